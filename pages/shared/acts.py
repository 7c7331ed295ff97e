"""What a person does on a page: done, said, and the page drawn anew; or refused, with the reason in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from contract.errors import PilotError
from contract.wording import for_screen

Result = TypeVar("Result")
SAID = "act_said"


def do(act: Callable[[], Result], says: Callable[[Result], str]) -> None:
    """Does it; what it says is shown once, on the page as it is afterwards."""
    try:
        result = act()
    except PilotError as refusal:
        st.error(for_screen(str(refusal)), icon=":material/block:")
        return
    st.session_state[SAID] = says(result)
    st.rerun()


def said() -> None:
    """What the last act said, once."""
    if text := st.session_state.pop(SAID, None):
        st.success(text, icon=":material/check:")
