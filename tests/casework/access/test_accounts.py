"""Accounts as administrators handle them: by whom, for whom, what is said, what ends, what the record holds."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from casework.__main__ import casework
from casework.access import accounts, listed, upkept
from contract.errors import AccessDenied, CallError
from contract.settings import Home, wall_time
from contract.viewer import Viewer, areas, reach
from ledger.access import passwords, sessions
from ledger.access.accounts import account_of
from ledger.access.sessions import begin, living
from ledger.audit import looks, record_page
from tests.ledger.access.registered import register, register_all

ADMIN = Viewer("赵六", "赵六", "admin")
SUPERVISOR = Viewer("李四", "李四", "supervisor")
ANALYST = Viewer("张三", "张三", "analyst")
ISSUER = "https://id.example"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def home(own_home) -> Home:
    return register_all(Home(own_home))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(casework, ["account", *arguments])


def test_an_administrator_alone_makes_accounts_and_for_registered_users(home):
    password = accounts.create_account(home, "张三", ADMIN)
    assert passwords.fits(password, account_of(home, "张三").password) and account_of(home, "张三").must_change
    for by in (SUPERVISOR, ANALYST, "李四", "无名"):
        with pytest.raises(AccessDenied):
            accounts.create_account(home, "王五", by)
    with pytest.raises(CallError, match="已有账户"):
        accounts.create_account(home, " 张三", "赵六")
    with pytest.raises(CallError, match="没有登记使用者"):
        accounts.create_account(home, "无名", "赵六")
    assert [(look.user, look.what, look.selection) for look in looks(home)] == [("赵六", "开设账户", "使用者=张三")]


def test_a_reset_gives_a_new_first_password_and_ends_what_was_open(home):
    first = accounts.create_account(home, "张三", ADMIN)
    begin(home, "张三", "账户口令", "")
    second = accounts.reset_account(home, "张三", ADMIN)
    assert second != first and living(home) == []
    assert not passwords.fits(first, account_of(home, "张三").password)


def test_who_is_disabled_goes_out_and_may_come_back(home):
    accounts.create_account(home, "张三", ADMIN)
    begin(home, "张三", "账户口令", "")
    assert accounts.disable_account(home, "张三", ADMIN).disabled and living(home) == []
    with pytest.raises(CallError, match="已经停用"):
        accounts.disable_account(home, "张三", ADMIN)
    with pytest.raises(CallError, match="请先恢复"):
        accounts.reset_account(home, "张三", ADMIN)
    assert not accounts.disable_account(home, "张三", ADMIN, disabled=False).disabled


def test_a_supervisor_sees_and_ends_sessions_and_an_analyst_does_not(home):
    for _ in range(3):
        begin(home, "张三", "账户口令", "10.0.0.7")
    number = listed.sessions_for(SUPERVISOR, home)[0].number
    accounts.end_session(home, number, SUPERVISOR)
    with pytest.raises(CallError, match="或已结束"):
        accounts.end_session(home, number, SUPERVISOR)
    with pytest.raises(AccessDenied):
        accounts.end_session(home, number - 1, ANALYST)
    assert accounts.end_sessions_of(home, "张三", SUPERVISOR) == 2
    today = wall_time().date()
    for ask in (
        lambda: listed.sessions_for(ANALYST, home),
        lambda: listed.accounts_for(ANALYST, home),
        lambda: listed.audit_for(ANALYST, home, today, today),
        lambda: listed.users_for(ANALYST, home),
        lambda: listed.rights_for(ANALYST, {}),
        lambda: listed.levels_for(ANALYST),
        lambda: listed.uses_for(ANALYST, home, {}),
        lambda: upkept.versions_for(ANALYST, home),
        lambda: upkept.storage_for(ANALYST, home, wall_time()),
        lambda: upkept.condition_for(ANALYST, home, wall_time(), []),
    ):
        with pytest.raises(AccessDenied, match="分析员不能查看"):
            ask()


def test_the_audit_is_searched_by_kind_user_and_day(home):
    begin(home, "张三", "账户口令", "10.0.0.7")
    begin(home, "李四", "账户口令", "10.0.0.8")
    sessions.end(home, 1, sessions.SIGNED_OUT, "张三")
    today = wall_time().date()
    found = listed.audit_for(ADMIN, home, today, today, "signed_in", "张")
    assert [(look.user, look.address) for look in found] == [("张三", "10.0.0.7")]
    assert len(listed.audit_for(ADMIN, home, today, today)) == 3
    assert {one.user: one.last_in is not None for one in listed.users_for(ADMIN, home)} == {
        "张三": True, "李四": True, "王五": False, "赵六": False, "孙七": False,
    }  # fmt: skip


def test_rights_are_those_that_are_enforced(home):
    rows = {
        row["area"]: row for row in listed.rights_for(ADMIN, {"明细查询": ("rows",), "总览": ("figures", "filing")})
    }
    assert rows["贷款明细"] == {
        "area": "贷款明细", "level": "一般-敏感", "pages": "明细查询",
        "analyst": "全部", "supervisor": "全部", "district": "—",
        "institution": "本单位", "authority": "—", "admin": "—",
    }  # fmt: skip
    assert rows["指标数据"]["pages"] == "总览" and rows["指标数据"]["admin"] == "—"


def test_the_last_use_of_each_right_is_told_by_user_and_area(home, monkeypatch):
    """张三 opened a page and took rows away later; a page that was refused is no use of a right."""
    who = listed.registered(home)["张三"].user
    viewer = Viewer(who.name, who.name, who.role, who.scope, "10.0.0.7")
    (area, *others) = [area for area in areas() if reach(who.role, area) != "none" and area != "views"]
    for at, used in (("2026-11-02T09:00:00", area), ("2026-11-09T10:00:00", area)):
        monkeypatch.setenv("PILOT_NOW", at)
        record_page(home, viewer, "overview", area=used)
    monkeypatch.setenv("PILOT_NOW", "2026-11-10T10:00:00")
    record_page(home, viewer, "system", area=others[0], refused=True)
    told = {
        (right.user, right.area): (right.last, right.pages)
        for right in listed.uses_for(ADMIN, home, {"总览": (area,)})
    }  # fmt: skip
    assert told["张三", areas()[area]["name"]] == (datetime(2026, 11, 9, 10), "总览")
    assert told["张三", areas()[others[0]]["name"]] == (None, "")
    assert {user for user, _ in told} == {"张三", "李四", "王五", "赵六", "孙七"}
    assert len([user for user, _ in told if user == "张三"]) == len(
        [a for a in areas() if reach(who.role, a) != "none"]
    )
    (refused, *_) = listed.audit_for(ADMIN, home, date(2026, 11, 10), date(2026, 11, 10))
    assert (refused.kind, refused.address) == ("page_refused", "10.0.0.7")


def test_the_commands_begin_make_link_list_and_end(own_home):
    home = Home(own_home)
    begun = run("first", "周八")
    assert begun.exit_code == 0 and "周八的初始口令：" in begun.output and "只显示这一次" in begun.output
    assert "已为周八开设过" in run("first", "周九").output
    register_all(home)
    assert "台账中已有管理员" in run("first", "周九").output
    assert run("create", "张三", "--by", "赵六").exit_code == 0
    (own_home / "access.toml").write_text(
        f'sign_in = ["oidc"]\n[server]\npublic = "https://a.example"\n[oidc]\nissuer = "{ISSUER}"\nclient_id = "p"\n',
        encoding="utf-8",
    )
    (own_home / "access.toml").chmod(0o600)
    assert "已对应：李四" in run("link", "李四", "e-42", "--by", "赵六").output
    assert "已对应李四" in run("link", "王五", "e-42", "--by", "赵六").output
    rows = run("list").output.splitlines()
    assert rows[0] == "user,role,way,subject,state,codes"
    assert {"张三,analyst,账户口令,,待首次登录,无", "李四,supervisor,统一身份认证,e-42,在用,"} <= set(rows[1:])
    begin(home, "张三", "账户口令", "10.0.0.7")
    assert run("sessions").output.splitlines()[1].startswith("1,张三,账户口令,20")
    assert "已结束第1号会话" in run("end", "1", "--by", "赵六").output
    begin(home, "李四", "统一身份认证", "")
    assert "已取消与李四的对应" in run("unlink", "e-42", "--by", "赵六").output and living(home) == []
    assert "已结束张三的0个会话" in run("end", "张三", "--by", "李四").output
    assert "初始口令" in run("reset", "张三", "--by", "赵六").output
    assert "已停用张三" in run("disable", "张三", "--by", "赵六").output
    assert "已恢复张三" in run("enable", "张三", "--by", "赵六").output
    assert run("create", "张三", "--by", "张三").exit_code == 2


def test_whoever_begins_is_held_to_the_ledger_once_it_has_an_administrator(own_home):
    home = Home(own_home)
    accounts.first_account(home, "周八")
    register(home, "李四", "supervisor")
    accounts.create_account(home, "李四", Viewer("周八", "周八", "admin"))
    register(home, "赵六", "admin")
    with pytest.raises(AccessDenied, match="没有使用者“周八”"):
        accounts.reset_account(home, "李四", Viewer("周八", "周八", "admin"))
