"""What is pressed on a matter that somebody else has settled meanwhile is told, and not swallowed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from contract.viewer import Viewer
from pages.shared import forms
from pages.shell import sent, session
from pages.shell.view import View

session.keep(View(Viewer("wang", "某人", "supervisor"), None, "2026-10", ()))

place = st.container()
if not st.session_state.settled:
    act = {"act": lambda: "已批准", "says": lambda said: said}
    forms.behind_button("批准", ":material/check:", "approve-7", (), **act, send="确认批准")
with place:
    sent.tell_if_lost()
"""
LOST = "刚才的“确认批准”没有办理"


def pressed(settled: bool) -> AppTest:
    """The page after a press, the matter being settled by another in between or not."""
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.session_state["settled"] = False
    page.run()
    page.session_state["settled"] = settled
    return page.button[0].click().run()


@pytest.mark.parametrize("settled", [True, False])
def test_a_press_on_what_another_has_settled_is_told_once(settled):
    page = pressed(settled)
    assert not page.exception
    assert any(LOST in html.body for html in page.get("html")) is settled
    assert page.session_state["act_said"] == "已批准" if not settled else "act_said" not in page.session_state
    page.run()
    assert not any(LOST in html.body for html in page.get("html"))
