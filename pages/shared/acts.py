"""What a person does on a page: what is being done is said, then that it is done; or it is refused, with the reason.

An act is in the ledger when it is said to be done. Where a data version has to follow, that is made afterwards, and the
page goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from contract.errors import PilotError
from contract.viewer import Viewer
from pages.shell import publishing, session
from pages.shell.plain import plain, refused

Result = TypeVar("Result")
SAID = "act_said"
RECORDING = "正在登记"
TURN = "{}-sent"


def do(
    act: Callable[[], Result], says: Callable[[Result], str], *, publish_for: Viewer | None = None, empties: str = ""
) -> None:
    """Does it; what it says is shown once, on the page as it is afterwards. Refused, what was typed stays as it is.

    `publish_for`: under whose name the data version is made that the act asks for; none where it asks for none.
    `empties`: the form that is empty afterwards, by the name that it gives to `turn`.
    """
    try:
        with st.spinner(RECORDING), publishing.on_record(session.view().viewer):
            result = act()
    except PilotError as refusal:
        st.error(refused(refusal), icon=":material/block:")
        return
    if publish_for is not None:
        publishing.ask(publish_for)
    st.session_state[SAID] = says(result)
    if empties:
        st.session_state[TURN.format(empties)] = turn(empties) + 1
    st.rerun()


def turn(form: str) -> int:
    """How often a form was sent: part of the keys of its fields, so that they are empty after that and not before."""
    return st.session_state.get(TURN.format(form), 0)


def said(viewer: Viewer) -> None:
    """What the last act said, once, and how the data version that follows it stands.

    The place is there whether anything is said or not: nothing below it moves, so that no open form closes.
    """
    with st.container(key="said", gap="small"):
        if text := st.session_state.pop(SAID, None):
            st.success(plain(text), icon=":material/check:")
        publishing.awaited(viewer)


@contextmanager
def doing(label: str) -> Iterator[Callable[[str, float], None]]:
    """Says what is being done while it lasts: gives what tells of a step, in words, and how much is behind us, 0…1."""
    with st.status(plain(label), expanded=True) as status:
        bar = st.progress(0.0)
        yield lambda text, share: bar.progress(share, text=plain(text))
        status.update(label="处理完成", state="complete")
