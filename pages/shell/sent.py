"""What a person has sent, and whether the page still had a place for it: what somebody else has settled meanwhile is
not drawn any more, and its form would swallow the press without a word."""

from __future__ import annotations

import streamlit as st

from pages.shell import states

SENT = "sent"  # what was pressed and not yet taken up, by its words


def note(words: str) -> None:
    """Called by a button as it is pressed, before the page is drawn."""
    st.session_state[SENT] = words


def taken_up() -> None:
    """Called where the button is drawn: whatever becomes of the press is said there."""
    st.session_state.pop(SENT, None)


def tell_if_lost() -> None:
    """Once the page is drawn: says what was pressed for nothing, and what to do."""
    if words := st.session_state.pop(SENT, None):
        states.card(
            "!",
            f"刚才的“{words}”没有办理",
            "打开本页之后，这件事项已由他人办结、撤回，或不再由本人办理；台账中没有新的登记。",
            "以下已是现在的情况，请先看办理结果和办理人",
            "仍须办理的，在本页另行提出",
            tone="alert",
        )
