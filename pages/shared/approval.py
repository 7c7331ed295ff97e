"""What a second person decides: cards of what waits, what approving will do, its buttons, who proposed and decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from html import escape
from typing import TypeVar

import streamlit as st

from contract.viewer import may_see
from ledger.people import same_person
from ledger.proposals import PROPOSED
from pages.shared import forms
from pages.shared.format import number
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.session import person
from pages.shell.view import View

Proposed = TypeVar("Proposed")  # a decision, a change of policy or of a user: numbered, with its persons and state


def left_to_another(view: View, act: str, own: Mapping[str, str]) -> bool:
    """Whether an act is not this viewer's, which is then said in place: `由本人提出，须由另一人批准或驳回。`

    `own`: why not → the user of whom that is so.
    """
    for why, user in own.items():
        if same_person(view.viewer.user, user):
            st.caption(plain(f"{why}，须由另一人{act}。"))
            return True
    return False


def approve_or_reject(
    view: View,
    name: str,
    key: str,
    own: Mapping[str, str],
    approve: Callable[[], object],
    reject: Callable[[str], object],
    *,
    effects: Sequence[str],
    obstacle: str = "",
    publishes: bool = False,
    most: int | None = None,
    in_row: bool = False,
) -> None:
    """The two buttons on what waits for a second person, for who may approve and has no hand in it (see `own` above).

    `name`: what it is called, as `第3号事项`; `effects`: what approving will do, told before it is done; `obstacle`:
    why it cannot be approved yet; `publishes`: a data version follows; `most`: characters of a reason; `in_row`: they
    stand in an open row.
    """
    if not may_see(view.viewer, "approve") or left_to_another(view, "批准或驳回", own):
        return
    with nullcontext() if in_row else st.container(horizontal=True, gap="small"):
        if obstacle:
            st.button("批准", key=f"approve-{key}", icon=":material/check:", disabled=True)
        else:
            forms.behind_button(
                "批准",
                ":material/check:",
                f"approve-{key}",
                (),
                approve,
                lambda _: f"{name}已批准",
                send="确认批准",
                primary=True,
                lead=told(effects),
                publish_for=view.viewer if publishes else None,
            )
        reason = forms.text("理由", most=most)
        forms.behind_button(
            "驳回", ":material/close:", f"reject-{key}", (reason,), reject, lambda _: f"{name}已驳回", send="驳回"
        )
    if obstacle:
        st.caption(plain(f"现在还不能批准：{obstacle}。"))


def told(effects: Sequence[str]) -> str:
    """What approving will do, as a list, in HTML."""
    return f"<p><b>批准后：</b></p><ul>{''.join(f'<li>{escape(effect)}</li>' for effect in effects)}</ul>"


def waiting(name: str, key: str, proposals: Iterable[Proposed], draw: Callable[[Proposed], None]) -> None:
    """A card each of what waits for a second person, the oldest first; `proposals` come the latest first."""
    cards = [proposal for proposal in proposals if proposal.status == PROPOSED][::-1]
    st.subheader(f"待复核的{name}（{number(len(cards))}件）")
    if not cards:
        st.caption(f"没有待复核的{name}。")
    for proposal in cards:
        with st.container(border=True, key=f"{key}-{proposal.id}"):
            draw(proposal)


def persons(proposal: Proposed) -> tuple[str, str]:
    """Who proposed and who decided, each with the day, and why not where it was rejected: two cells, in HTML."""
    because = f"<br>{escape(proposal.rejected_because)}" if proposal.rejected_because else ""
    return (
        f"{escape(person(proposal.proposer))}<br>{day(proposal.proposed_on)}",
        f"{escape(person(proposal.approver))}<br>{day(proposal.decided_on)}{because}",
    )
