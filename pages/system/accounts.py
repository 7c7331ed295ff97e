"""账户: every way in, and what an administrator does about accounts; a first password is shown once."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from casework.access import accounts as handled
from casework.access.listed import BY_ACCOUNT, OFF, accounts_for
from contract.settings import home
from contract.viewer import ROLES, may_see
from ledger.access.accounts import FIRST_SECONDS
from pages.shared import acts, tables
from pages.shell import session, states
from pages.shell.plain import plain
from pages.shell.view import View

COLUMNS = {
    "user": tables.text("使用者"),
    "role": tables.text("角色"),
    "way": tables.text("登录方式"),
    "subject": tables.text("用户标识"),
    "state": tables.text("状态"),
    "codes": tables.text("动态验证码"),
}
LONGEST_NAME = 60


def accounts(view: View) -> None:
    """A table of accounts and links, and the acts on the chosen one."""
    if session.demonstration():
        states.empty("演示登录不用账户。", "正式使用前请配置登录，见运行维护手册", title="演示登录")
        return
    found = accounts_for(view.viewer, home())
    frame = pd.DataFrame([vars(one) | {"role": ROLES.get(one.role, "—")} for one in found], columns=list(COLUMNS))
    chosen = tables.pick(frame, COLUMNS, key="accounts", about="账户", export=False)
    if not may_see(view.viewer, handled.ACTS):
        st.caption("开设、重置、停用由管理员办理。")
        return
    if chosen is not None and chosen["way"] == BY_ACCOUNT:
        _acts_on(view, chosen["user"], chosen["state"] == OFF)
    _create(view)


def _acts_on(view: View, name: str, disabled: bool) -> None:
    with st.container(horizontal=True, gap="small"):
        if not disabled and st.button(f"重置{plain(name)}的口令", icon=":material/key:", key="reset"):
            acts.do(partial(handled.reset_account, home(), name, view.viewer), partial(_told, name))
        if not disabled and st.button("重置口令并取消动态验证码", icon=":material/phonelink_off:", key="reset-codes"):
            acts.do(partial(handled.reset_account, home(), name, view.viewer, True), partial(_told, name))
        label, icon = ("恢复账户", ":material/lock_open:") if disabled else ("停用账户", ":material/lock:")
        if st.button(label, icon=icon, key="disable"):
            act = partial(handled.disable_account, home(), name, view.viewer, not disabled)
            acts.do(act, lambda account: f"{account.name}的账户已{'停用' if account.disabled else '恢复'}")


def _create(view: View) -> None:
    with st.form("new-account", border=False):
        name = st.text_input("为已登记的使用者开设账户", max_chars=LONGEST_NAME, placeholder="姓名", key="account-name")
        sent = st.form_submit_button("开设", type="primary")
    if sent:
        acts.do(partial(handled.create_account, home(), name, view.viewer), partial(_told, name))


def _told(name: str, password: str) -> str:
    days = FIRST_SECONDS // 86400
    return f"{name}的初始口令：{password}。只显示这一次，请当面交给本人；{days}天内有效，首次登录须更换。"
