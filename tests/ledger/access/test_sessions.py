"""Sessions: begun under a new id, over after eight hours or thirty idle minutes, at once when their user changes."""

from __future__ import annotations

import sqlite3

import pytest

from contract.errors import LedgerError, SignInRefused
from contract.settings import Home
from ledger.access import sessions, steps, store
from ledger.access.configured import SignIn
from ledger.audit import looks
from tests.ledger.access.registered import Clock, register, register_all

RULES = SignIn(ways=("accounts",), public="https://pilot.example")
HOUR, MINUTE = 3600, 60


@pytest.fixture
def home(own_home) -> Home:
    return register_all(Home(own_home))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


def begin(home: Home, name: str = "张三") -> str:
    return sessions.begin(home, name, "账户口令", "10.0.0.7")


def test_a_session_stands_for_the_user_of_the_ledger(home, clock):
    session = sessions.look(home, RULES, begin(home, "孙七"))
    viewer = sessions.viewer_in(home, session)
    assert (viewer.user, viewer.role, viewer.scope) == ("孙七", "district", "110108")
    assert sessions.look(home, RULES, "x" * 43) is None and sessions.look(home, RULES, "") is None


def test_every_id_is_new_and_only_its_hash_is_stored(home, clock):
    one, other = begin(home), begin(home)
    assert one != other and len(one) >= 43
    raw = home.access.read_bytes() + home.access.with_name("access.db-wal").read_bytes()
    assert one.encode() not in raw and store.hashed(one).encode() in raw
    assert home.access.stat().st_mode & 0o077 == 0


def test_it_is_over_after_thirty_idle_minutes(home, clock):
    token = begin(home)
    for _ in range(3):
        clock.pass_by(29 * MINUTE)
        assert sessions.look(home, RULES, token)
    clock.pass_by(31 * MINUTE)
    assert sessions.look(home, RULES, token) is None
    assert "没有操作" in sessions.why_ended(home, token)
    clock.pass_by(-31 * MINUTE)
    assert sessions.look(home, RULES, token) is None  # over is over


def test_looking_without_touching_is_no_act(home, clock):
    token = begin(home)
    clock.pass_by(20 * MINUTE)
    assert sessions.look(home, RULES, token, touch=False)
    clock.pass_by(11 * MINUTE)
    assert sessions.look(home, RULES, token, touch=False) is None


def test_it_is_over_after_eight_hours_however_busy(home, clock):
    token = begin(home)
    for _ in range(24):
        clock.pass_by(20 * MINUTE)
        assert sessions.look(home, RULES, token)
    clock.pass_by(MINUTE)
    assert sessions.look(home, RULES, token) is None
    assert "最长时限" in sessions.why_ended(home, token)


def test_a_clock_set_back_ends_it(home, clock):
    token = begin(home)
    clock.pass_by(-30)
    assert sessions.look(home, RULES, token)
    clock.pass_by(-2 * MINUTE)
    assert sessions.look(home, RULES, token) is None
    assert "时钟" in sessions.why_ended(home, token)


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "supervisor"}, {}])
def test_any_new_decision_about_its_user_ends_it(home, clock, change):
    token, other = begin(home), begin(home, "李四")
    register(home, "张三", change.get("role", "analyst"), disabled=change.get("disabled", False))
    assert sessions.look(home, RULES, token) is None
    assert "变更" in sessions.why_ended(home, token)
    assert sessions.look(home, RULES, other)


def test_who_is_disabled_or_unknown_begins_none(home, clock):
    register(home, "张三", "analyst", disabled=True)
    for name in ("张三", "无名"):
        with pytest.raises(SignInRefused, match="尚未登记"):
            begin(home, name)
    assert sessions.living(home) == []


def test_an_administrator_sees_and_ends(home, clock):
    first, second = begin(home), begin(home)
    listed = sessions.living(home)
    assert [one.name for one in listed] == ["张三", "张三"] and listed[0].address == "10.0.0.7"
    assert sessions.end(home, listed[1].number, sessions.BY_ADMINISTRATOR, "赵六")
    assert not sessions.end(home, listed[1].number, sessions.BY_ADMINISTRATOR, "赵六")
    assert sessions.look(home, RULES, first) is None and sessions.look(home, RULES, second)
    assert sessions.end_all_of(home, listed[0].person, sessions.BY_ADMINISTRATOR, "赵六") == 1


def test_each_coming_and_going_is_in_the_audit(home, clock):
    sessions.look(home, RULES, begin(home))
    number = sessions.living(home)[0].number
    sessions.end(home, number, sessions.SIGNED_OUT, "张三", "10.0.0.7")
    found = [(look.kind, look.user, look.role, look.address) for look in looks(home)]
    assert found == [("signed_out", "张三", "", "10.0.0.7"), ("signed_in", "张三", "analyst", "10.0.0.7")]


def test_a_step_is_taken_once_and_in_time(home, clock):
    token = steps.lay(home, steps.CODE, name="张三")
    assert steps.take(home, steps.NEW_PASSWORD, token) is None
    assert steps.known(home, steps.CODE, token) == steps.take(home, steps.CODE, token) == {"name": "张三"}
    assert steps.take(home, steps.CODE, token) is None
    late = steps.lay(home, steps.CODE, name="张三")
    clock.pass_by(steps.STEP_SECONDS + 1)
    assert steps.known(home, steps.CODE, late) is None and steps.take(home, steps.CODE, late) is None


def test_a_store_that_is_locked_says_so_in_one_line(home, clock, monkeypatch):
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.05)
    token = begin(home)
    with sqlite3.connect(home.access, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert sessions.look(home, RULES, token)  # who only looks waits for nobody
        with pytest.raises(LedgerError, match="登录记录access.db正被另一个程序占用"):
            begin(home)
        other.execute("ROLLBACK")


def test_a_store_that_is_locked_puts_nobody_out_and_notes_nobody_as_seen(home, clock, monkeypatch, caplog):
    monkeypatch.setattr(store, "BRIEF_SECONDS", 0.05)
    token = begin(home)
    with sqlite3.connect(home.access, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        clock.pass_by(29 * 60)
        assert sessions.look(home, RULES, token)
        other.execute("ROLLBACK")
    assert "could not be noted as seen" in caplog.text
    clock.pass_by(2 * 60)  # idle since it was noted last
    assert sessions.look(home, RULES, token) is None
    token = begin(home)
    clock.pass_by(29 * 60)
    assert sessions.look(home, RULES, token)
    clock.pass_by(2 * 60)
    assert sessions.look(home, RULES, token)


def test_a_store_without_room_says_so_and_keeps_what_it_had(home, clock):
    token = begin(home)
    with store.store_of(home).writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # as many as there are: a disk without room
    with pytest.raises(LedgerError, match="登录记录access.db无法写入：磁盘已满"):
        sessions.begin(home, "张三", "统一身份认证", "10.0.0.7", id_token="x" * 100_000)
    assert sessions.look(home, RULES, token)


def test_sessions_outlive_the_server_and_are_shared_by_several(home, clock):
    token = begin(home)
    store._open.cache_clear()  # another process, or the same one after a restart
    assert sessions.look(home, RULES, token)
    sessions.end(home, sessions.living(home)[0].number, sessions.SIGNED_OUT, "张三")
    store._open.cache_clear()
    assert sessions.look(home, RULES, token) is None


def test_a_store_that_is_damaged_says_so_in_one_line(home):
    home.access.write_bytes(b"no database" * 1000)
    with pytest.raises(LedgerError, match="登录记录access.db"):
        sessions.look(home, RULES, "x")
