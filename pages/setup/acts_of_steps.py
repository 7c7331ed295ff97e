"""What is done for each step of setting up: a form, or the link to the page where it is done."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

import streamlit as st

from casework.decisions.first_list import register_first_list, sample
from casework.held import act_and_publish
from casework.policy.changes import propose_value
from casework.policy.setting_up import DAY, FILE, LIST, POLICY, USERS, Step
from casework.policy.users import propose_user
from contract.calendar import SWITCH
from contract.settings import home
from contract.viewer import ROLES
from ledger.users import UserDraft
from pages.shared import acts, downloads
from pages.shared.forms import handed_in
from pages.shell import links, session
from pages.shell.selections import Filing, Policy, Roster
from pages.shell.view import View

EARLIEST = date(2000, 1, 1)
NEEDS_LIST = "先登记试点名单，再办这一步。"


def draw(view: View, step: Step) -> None:
    """The act of a step; once it is done, where it is changed."""
    DRAWS[step.code](view, step)


def _list(view: View, step: Step) -> None:
    if step.done and view.snapshot:
        links.link(view, Roster(part="decisions"), "增减成员、变更状态：试点名单")
        return
    if step.done:
        st.markdown("名单已登记，尚未形成数据版本。")
        if st.button("生成首个数据版本", type="primary", icon=":material/publish:"):
            with st.spinner("正在生成数据版本"):
                acts.do(partial(act_and_publish, _nothing, home(), by=view.viewer), _published)
        return
    st.markdown("把首批名单填入样表后上传：每行一家机构或一个地区。上传即登记并生成首个数据版本；此后增减由两人办理。")
    downloads.button("下载名单样表", sample, "试点名单.csv", key="roster-sample", mime="text/csv")
    with st.form("first-list", border=False):
        file = handed_in(st.file_uploader("名单文件（CSV）", type=["csv"], key="first-list-file"))
        since = st.date_input("自哪一天起须报送", value=date.today(), min_value=EARLIEST, format="YYYY-MM-DD",
                              help="截止日早于这一天的报送期不计迟报、未报；以后以文件确定的施行日为准",
                              key="first-list-from", width=240)  # fmt: skip
        sent = st.form_submit_button("登记名单", type="primary", icon=":material/check:")
    if sent and file is None:
        st.error("请先选择名单文件")
    elif sent:
        with st.spinner("正在登记名单并生成数据版本"):
            acts.do(
                partial(act_and_publish, register_first_list, home(), file, by=view.viewer, required_from=since),
                _published,
            )


def _nothing(_home: object, *, by: object) -> None:
    """The list is in the ledger already: only the data version is to be made."""


def _published(number: int) -> str:
    return f"名单已登记，已发布数据版本第{number}版"


def _day(view: View, step: Step) -> None:
    st.markdown("截止日早于施行之日的报送期，不计迟报、未报，也不生成预警。施行日由文件确定，一人提出、另一人批准。")
    with st.form("go-live", border=False):
        first, second = st.columns(2)
        since = first.date_input("施行日", value=date.today() if not view.snapshot else view.snapshot.now.date(),
                                 min_value=EARLIEST, format="YYYY-MM-DD", key="go-live-day")  # fmt: skip
        document_no = second.text_input("文号", max_chars=60, key="go-live-document")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        given = (home(), SWITCH, Decimal(1), since, document_no, "报送要求施行", view.viewer)
        acts.do(partial(propose_value, *given), lambda proposal: f"已登记为{proposal.number}政策提议，待另一人批准")
    if view.snapshot:
        links.link(view, Policy(part="proposals"), "批准或驳回：评价参数 · 变更办理")


def _policy(view: View, step: Step) -> None:
    st.markdown("报送截止日、月度安排各步的日期和其余参数，都在“评价参数”中查看，逐项提出、由另一人批准。")
    if view.snapshot:
        links.link(view, Policy(), "评价参数")
    else:
        st.caption(NEEDS_LIST)


def _users(view: View, step: Step) -> None:
    st.markdown("先登记两名复核人，此后由一人提出、另一人批准；本人不能批准涉及自己的变更。")
    with st.form("first-users", border=False):
        first, second = st.columns(2)
        name = first.text_input("姓名", max_chars=60, key="user-name")
        role = second.selectbox("角色", list(ROLES), format_func=ROLES.get, key="user-role")
        third, fourth = st.columns(2)
        members = _members(view)
        scope = third.selectbox(
            "所属机构或地区（区级用户、报送用户）", ["", *members], format_func=lambda code: members.get(code, "不选"),
            key="user-scope",
        )  # fmt: skip
        reason = fourth.text_input("事由", max_chars=200, key="user-reason")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        draft = UserDraft(name, role, scope, reason=reason)
        acts.do(
            partial(propose_user, home(), draft, view.viewer),
            lambda proposal: f"已登记为{proposal.number}使用者提议，待另一人批准",
        )
    if view.snapshot:
        links.link(view, Policy(part="proposals"), "批准或驳回：评价参数 · 变更办理")


def _members(view: View) -> dict[str, str]:
    """Code → name and code of those on the list; none before there is a list."""
    known = session.known_members(view.snapshot) if view.snapshot else {}
    return {code: f"{name}（{code}）" for listed in known.values() for code, name in listed.items()}


def _file(view: View, step: Step) -> None:
    if view.snapshot:
        st.markdown("下载模板、试校验和上传，都在“数据报送”。历史各期可一并上传。")
        links.link(view, Filing(part="upload"), "上传与模板：数据报送")
    else:
        st.caption(NEEDS_LIST)


DRAWS = {LIST: _list, DAY: _day, POLICY: _policy, USERS: _users, FILE: _file}
