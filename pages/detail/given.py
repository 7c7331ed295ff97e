"""Requests to give data to others, as their page shows them; and the form of a new one, which other pages use too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from casework.giving.given import taken_out
from casework.giving.requests import GIVES, LONGEST, approve, reject, request
from casework.held import File
from contract.levels import levels
from contract.settings import home
from contract.viewer import may_see
from ledger.givings import Giving, GivingDraft
from pages.shared import acts, downloads, forms, tables, wording
from pages.shared.approval import approve_or_reject
from pages.shell.moments import day
from pages.shell.session import person
from pages.shell.view import View

CLOSED = {
    "number": tables.text("编号"),
    "what": tables.text("内容", width=240),
    "recipient": tables.text("接收单位", width=130),
    "level": tables.text("数据级别"),
    "rows": tables.figure("行数"),
    "status": tables.text("状态"),
    "given": tables.text("领出"),
    "approver": tables.text("批准或驳回"),
    "proposer": tables.text("申请人"),
    "purpose": tables.text("用途", width=200),
    "sha256": tables.text("文件校验值"),
}
TO, WHY = forms.line("接收单位", most=LONGEST), forms.text("用途和依据", most=LONGEST)
SHOWN = 12
FILE = "give-file"


def ask_for(view: View, key: str, what: str, level: str, rows: int, make: Callable[[], File]) -> None:
    """The button that asks to give what a page shows to others: the file is made, and kept, as it is asked for."""
    if not may_see(view.viewer, GIVES):
        return

    def asked(recipient: str, purpose: str) -> Giving:
        draft = GivingDraft(recipient, purpose, what, level, rows, view.snapshot.number)
        return request(home(), draft, make(), view.viewer)

    forms.behind_button(
        "申请对外提供", ":material/outbound:", f"{key}-{acts.turn(key)}", (TO, WHY), asked, _asked, send="申请",
        empties=key,
        lead="<p>把这些行作为一个文件提供给外单位：须由另一人批准，批准后在“对外提供”领出，只给出一次。</p>",
    )  # fmt: skip


def ask(view: View) -> None:
    """The same for a file that was made elsewhere: who asks says what it holds, and of which level."""
    names = {level.code: level.name for level in reversed(levels().values())}
    fields = (
        forms.file("拟提供的文件"), TO, WHY, forms.line("文件内容", most=LONGEST),
        forms.pick("所含数据的最高级别", names),
    )  # fmt: skip

    def asked(file: File, recipient: str, purpose: str, what: str, level: str) -> Giving:
        return request(home(), GivingDraft(recipient, purpose, what, level), file, view.viewer)

    forms.behind_button(
        "申请提供一个文件", ":material/outbound:", f"{FILE}-{acts.turn(FILE)}", fields, asked, _asked, send="申请",
        empties=FILE,
    )  # fmt: skip
    st.caption("明细在“明细查询”中按条件选出后，由“申请对外提供”申请。")


def _asked(giving: Giving) -> str:
    return f"已登记为{giving.number}对外提供，待另一人批准"


def card(view: View, giving: Giving) -> None:
    """One that waits: what is given to whom and why, the file itself to look at, and the buttons of who may decide."""
    draft = giving.draft
    said = f"{giving.number} · {person(giving.proposer)}于{day(giving.proposed_on)}申请"
    st.html(
        f'<p class="case"><b>{escape(draft.what)}</b></p><ul class="changes"><li>提供给：{escape(draft.recipient)}</li>'
        f"<li>用途：{escape(draft.purpose)}</li><li>{escape(_held(giving))}</li></ul>"
        f'<p class="quiet">{escape(said)}</p>'
    )
    if may_see(view.viewer, "approve"):
        downloads.papers(view, giving.id, level=draft.level)
    approve_or_reject(
        view,
        f"{giving.number}对外提供",
        f"giving-{giving.id}",
        {"由本人申请": giving.proposer},
        partial(approve, home(), giving.id, view.viewer),
        partial(reject, home(), giving.id, view.viewer),
        effects=(f"文件可以领出一次，提供给{draft.recipient}", "记入台账"),
        most=LONGEST,
    )


def _held(giving: Giving) -> str:
    rows = f"{giving.draft.rows:,}行，" if giving.draft.rows else ""
    version = f"数据版本第{giving.draft.version}版，" if giving.draft.version else ""
    return f"{rows}{version}{levels()[giving.draft.level].name}，文件{giving.paper.name}"


def to_hand_out(view: View, approved: Sequence[Giving]) -> None:
    """The files that may be handed out, each once."""
    if not approved:
        return
    st.subheader(f"已批准、待领出（{len(approved)}件）")
    for giving in approved:
        with st.container(border=True, key=f"hand-out-{giving.id}"):
            st.html(
                f'<p class="case"><b>{escape(giving.draft.what)}</b>　提供给{escape(giving.draft.recipient)}</p>'
                f'<p class="quiet">{escape(giving.number)} · {day(giving.decided_on)}由'
                f"{escape(person(giving.approver))}批准；{escape(_held(giving))}</p>"
            )
            downloads.button(
                "领出文件", lambda giving=giving: taken_out(home(), giving.id, view.viewer)[1], giving.paper.name,
                key=f"giving-{giving.id}", mime=downloads.ANY, records_itself=True,
            )  # fmt: skip
            st.caption("点击即登记为已提供，文件只给出一次。")


def closed(view: View, decided: Sequence[Giving]) -> None:
    """What was decided, and what was handed out by whom."""
    if not decided:
        return
    st.subheader("办理记录")
    frame = pd.DataFrame(
        [
            vars(giving.draft)
            | {"number": giving.number, "level": levels()[giving.draft.level].name, "sha256": giving.paper.sha256}
            | {"status": wording.DECISION_STATUS[giving.status], "proposer": person(giving.proposer)}
            | {"approver": f"{person(giving.approver)} {day(giving.decided_on)} {giving.rejected_because}".strip()}
            | {"given": f"{person(giving.given_by)} {day(giving.given_on)}" if giving.given_on else None}
            for giving in decided
        ],
        columns=list(CLOSED),
    )
    tables.sheet(frame, CLOSED, key="givings", about="对外提供", height=tables.tall(len(frame), SHOWN))
