"""Approving, rejecting and acting behind a button, as a person does it: who may, what is said, what is asked for."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

PAGE = """
from types import SimpleNamespace
import streamlit as st
from contract.errors import CallError
from contract.viewer import Viewer
from pages.shared import acts, approval, forms
from pages.shell import session
from pages.shell.view import View

st.session_state.setdefault("approved", False)

def refuse(reason):
    if not reason:
        raise CallError("驳回须写明理由")
    st.session_state.rejected = reason

view = View(Viewer(st.session_state.user, "某人", st.session_state.role), None, "2026-10", ())
session.keep(view)
acts.said(view.viewer)
"""
APPROVAL = (
    PAGE
    + """
approval.approve_or_reject(
    view, "第7号事项", "7", {"由本人提出": "Zhang", "涉及本人": "li"},
    lambda: st.session_state.update(approved=True), refuse,
    effects=("甲行转为<关注>", "记入台账"), obstacle=st.session_state.obstacle,
)
"""
)
FORM = (
    PAGE
    + """
forms.behind_button(
    "登记", ":material/check:", "register",
    (forms.choice("结果", {True: "到位", False: "不到位"}), forms.text("情况"), forms.file("材料")),
    lambda passed, text, paper: (passed, text, paper), lambda given: f"已登记{given}",
)
"""
)
WAITING = (
    PAGE
    + """
change = lambda number, status: SimpleNamespace(
    id=number, status=status, proposer="甲", proposed_on=None, approver="乙", decided_on=None,
    rejected_because="<理由>",
)
changes = [change(9, "proposed"), change(8, "rejected"), change(7, "proposed")]
approval.waiting("事项", "proposal", changes[: st.session_state.shown], lambda proposal: st.text(proposal.id))
st.html("".join(approval.persons(changes[1])))
"""
)


def opened(script: str, user: str = "wang", role: str = "supervisor", **state: object) -> AppTest:
    page = AppTest.from_string(script)
    for name, value in {"user": user, "role": role, **state}.items():
        page.session_state[name] = value
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def said(page: AppTest) -> list[str]:
    return [message.value for message in (*page.success, *page.error, *page.caption)]


def test_a_second_person_approves_once_what_follows_was_told():
    page = opened(APPROVAL, obstacle="")
    assert [button.label for button in page.button] == ["确认批准", "驳回"]
    told = next(element.proto.body for element in page.get("html"))
    assert "批准后" in told and "<li>甲行转为&lt;关注&gt;</li><li>记入台账</li>" in told
    assert not page.session_state.approved
    assert said(press(page, "确认批准")) == ["第7号事项已批准"]
    assert page.session_state.approved
    assert said(page.run()) == []


def test_what_cannot_be_approved_yet_says_why_and_can_be_rejected():
    page = opened(APPROVAL, obstacle="陈述申辩期限为2026-12-01，尚未答复也未到期，不能批准")
    assert [(button.label, button.disabled) for button in page.button] == [("批准", True), ("驳回", False)]
    assert said(page) == ["现在还不能批准：陈述申辩期限为2026-12-01，尚未答复也未到期，不能批准。"]


def test_a_rejection_takes_its_reason_and_a_refused_act_says_why():
    page = opened(APPROVAL, obstacle="")
    assert said(press(page, "驳回")) == ["驳回须写明理由"]
    page.text_area[0].set_value("不妥")
    assert said(press(page, "驳回")) == ["第7号事项已驳回"]
    assert page.session_state.rejected == "不妥"


@pytest.mark.parametrize(
    ("user", "why"),
    [(" zhang", "由本人提出，须由另一人批准或驳回。"), ("LI", "涉及本人，须由另一人批准或驳回。")],
)
def test_who_has_a_hand_in_it_is_told_that_another_must(user, why):
    page = opened(APPROVAL, user=user, obstacle="")
    assert (said(page), list(page.button)) == ([why], [])


def test_who_may_not_approve_is_offered_nothing():
    page = opened(APPROVAL, role="analyst", obstacle="")
    assert (said(page), list(page.button)) == ([], [])


def test_a_form_gives_what_was_entered_in_order_and_asks_for_the_file_it_needs():
    page = opened(FORM)
    page.radio[0].set_value(False)
    page.text_area[0].set_value("尚缺一项")
    assert said(press(page, "登记")) == ["请选择材料"]
    page.file_uploader[0].set_value(("验收.txt", b"text", "text/plain"))
    assert said(press(page, "登记")) == ["已登记(False, '尚缺一项', ('验收.txt', b'text'))"]


@pytest.mark.parametrize(("shown", "numbers"), [(3, ["7", "9"]), (0, [])])
def test_what_waits_stands_oldest_first(shown, numbers):
    page = opened(WAITING, shown=shown)
    assert page.subheader[0].value == f"待复核的事项（{len(numbers)}件）"
    assert [text.value for text in page.text] == numbers
    assert said(page) == ([] if numbers else ["没有待复核的事项。"])


def test_a_rejection_is_told_with_its_reason_as_text():
    (html,) = opened(WAITING, shown=0).get("html")
    assert html.proto.body == "甲<br>—乙<br>—<br>&lt;理由&gt;"
