"""A record on a PostgreSQL server: nobody changes it, one order, every fault in one line, no password anywhere."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from contract.errors import CallError, LedgerError
from contract.places import Server, place_of, server_of
from contract.settings import Home, home
from ledger.audit import Audit
from ledger.database import connecting, postgres, tables
from ledger.database.preparing import prepare
from ledger.events import Entry, Ledger
from tests.ledger.records import by_force
from tests.postgres import OWNER, PASSWORD, RECORDS, ROLE, Cluster
from tests.processes import run_here

AT = datetime(2026, 11, 16, 9)
LOOK = Entry("try", "张三", "B001", {"n": 1})


@pytest.fixture
def ledger(on_server: Cluster) -> Ledger:
    ledger = Ledger(home().ledger)
    ledger.append(AT, [LOOK] * 3)
    return ledger


CHANGES = (
    "UPDATE event SET actor = '李四'",
    "UPDATE event SET actor = '李四' WHERE seq = 9",  # finds no row
    "DELETE FROM event WHERE seq = 3",
    "TRUNCATE event",
    "INSERT INTO event SELECT 5, at, kind, actor, subject, payload, hash, hash || '0', '' FROM event WHERE seq = 3",
    "INSERT INTO event SELECT 4, at, kind, actor, subject, payload, previous, hash || '0', '' FROM event WHERE seq = 3",
    "CREATE TEMP TABLE event AS SELECT 8 AS seq, hash FROM event WHERE seq = 3; INSERT INTO ledger.event "
    "SELECT 9, at, kind, actor, subject, payload, hash, hash || '0', '' FROM ledger.event WHERE seq = 3",
    "INSERT INTO event SELECT * FROM event WHERE seq = 3 ON CONFLICT (seq) DO UPDATE SET actor = '李四'",
)
BY_THE_OWNER_ALONE = ("ALTER TABLE event DISABLE TRIGGER USER", "DROP TABLE event")


def test_the_database_itself_refuses_changes_gaps_and_forks(on_server, ledger: Ledger):
    before = ledger.events()
    for role, statements in ((ROLE, CHANGES + BY_THE_OWNER_ALONE), (OWNER, CHANGES)):
        for statement in statements:
            with (
                psycopg.connect(on_server.url("shared", role), options="-c search_path=ledger") as connection,
                pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)),
            ):
                connection.execute(statement)
    assert ledger.events() == before


def test_a_role_that_could_change_events_is_not_run_with(on_server):
    for role in (OWNER, "postgres"):
        with pytest.raises(LedgerError, match="运行角色可以改动已登记的事件"):
            Ledger(Server(on_server.url("shared", role), "ledger"))


def test_guards_that_were_taken_away_are_missed(on_server, ledger: Ledger):
    with psycopg.connect(on_server.url("shared", OWNER)) as connection:
        connection.execute("ALTER TABLE ledger.event DISABLE TRIGGER no_truncate")
    with pytest.raises(LedgerError, match="缺少防止改动的触发器"):
        ledger.verify()


def test_the_audit_lies_in_the_same_database_and_waits_for_no_act(on_server, ledger: Ledger):
    with on_server.connected("shared", ROLE) as deciding, deciding.transaction():
        deciding.execute("SELECT pg_advisory_xact_lock(%s, %s)", (postgres.OF_PILOT, postgres.APPENDING["ledger"]))
        Audit(home().audit).append(AT, [LOOK])
    assert (Audit(home().audit).head()[0], ledger.head()[0]) == (1, 3)


def test_who_waits_too_long_for_another_writer_is_told(on_server, ledger: Ledger, monkeypatch):
    monkeypatch.setitem(connecting.THERE, "lock_timeout", "100ms")
    ledger.close()
    with on_server.connected("shared", ROLE) as deciding, deciding.transaction():
        deciding.execute("SELECT pg_advisory_xact_lock(%s, %s)", (postgres.OF_PILOT, postgres.APPENDING["ledger"]))
        with pytest.raises(LedgerError, match="正被另一个程序占用"):
            ledger.append(AT, [LOOK])
    ledger.close()
    assert ledger.head()[0] == 3


def test_commits_wait_for_the_disk_whatever_the_server_was_set_to(on_server):
    server = home().ledger
    for asked, got in (("off", "on"), ("local", "on"), ("remote_write", "on"), ("remote_apply", "remote_apply")):
        with connecting.connect(server, synchronous_commit=asked) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == (got,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "falsch"}, "拒绝了用户或口令"),
        ({"database": "nobodys"}, "没有这个数据库"),
        ({"port": 1}, "连接不上"),
    ],
)
def test_what_keeps_it_from_opening_is_one_line_without_the_password(on_server, monkeypatch, change: dict, words: str):
    change = {"database": "shared", "port": on_server.port} | change
    url = on_server.url_by_network(change.pop("database"), change.pop("port"), **change)
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger(Server(url, "ledger"))
    monkeypatch.setenv("PILOT_LEDGER", url)
    home().root.mkdir()
    for call in (("verify",), ("health",), ("publish",)):
        done = run_here("etl", *call, home=home().root, PILOT_LEDGER=url)
        assert words in done.stdout + done.stderr and done.returncode
        said = f"{done.stdout}{done.stderr}{caught.value}{caught.value.__cause__}{home()}{home().ledger}"
        assert PASSWORD not in said and "falsch" not in said and "%E5" not in said and "Traceback" not in said


def test_what_is_no_address_is_told_without_repeating_it(own_home, tmp_path: Path, monkeypatch):
    with pytest.raises(LedgerError, match="写法不对") as caught:
        Ledger(Server("postgresql://pilot:geheim@[/pilot", "ledger"))
    assert "geheim" not in f"{caught.value}{caught.value.__cause__}"
    secret = tmp_path / "address"
    secret.write_text("postgresql://pilot@host/pilot\n", encoding="utf-8")
    secret.chmod(0o640)
    with pytest.raises(CallError, match="其他用户可以读取"):
        server_of(str(secret), "ledger")
    secret.chmod(0o600)
    assert server_of(str(secret), "audit") == Server("postgresql://pilot@host/pilot", "audit")
    assert place_of(str(secret), "audit").name == "PostgreSQL host/pilot"
    assert place_of(str(tmp_path / "ledger.db"), "ledger") == tmp_path / "ledger.db"
    monkeypatch.setenv("PILOT_LEDGER", str(tmp_path / "nothing"))
    done = run_here("etl", "publish", home=own_home, PILOT_LEDGER=str(tmp_path / "nothing"))
    assert (done.returncode, "不是台账的地址" in done.stderr) == (2, True)


def test_another_home_is_never_the_servers(on_server, tmp_path: Path):
    assert Home(tmp_path / "elsewhere").ledger == tmp_path / "elsewhere" / "ledger.db"
    assert isinstance(Home(home().root).audit, Server)


def test_a_standby_a_server_without_tables_and_one_of_a_newer_program_are_told(on_server):
    name = on_server.new_database("template0")
    with pytest.raises(LedgerError, match="的表没有建立"):
        Ledger(Server(on_server.url(name), "ledger"))
    with on_server.connected("postgres") as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(LedgerError, match="只读的备用服务器"):
        Ledger(Server(on_server.url(name), "ledger"))
    name = on_server.new_database()
    with on_server.connected(name) as connection:
        connection.execute("INSERT INTO ledger.migration (number, brings) VALUES (9, 'of another day')")
    with pytest.raises(LedgerError, match="已是第9版，本程序只认得第1版"):
        Ledger(Server(on_server.url(name), "ledger"))
    with pytest.raises(LedgerError, match="已是第9版"):
        prepare(Server(on_server.url(name, OWNER), "ledger"), ROLE)


def test_versions_of_the_tables_are_applied_in_order_and_once(on_server, monkeypatch):
    name = on_server.new_database()
    with pytest.raises(CallError, match="所有者"):
        prepare(Server(on_server.url(name, OWNER), "ledger"), OWNER)
    with pytest.raises(CallError, match="没有角色"):
        prepare(Server(on_server.url(name, OWNER), "ledger"), "nobodys")
    done = run_here("etl", "ledger", "prepare", "--owner", on_server.url(name, OWNER), "--role", ROLE, home=home().root)
    assert (done.returncode, done.stdout.count("没有变化")) == (0, 2), done.stderr
    more = tuple(
        tables.Migration(number, "a column", (), (f"ALTER TABLE event ADD COLUMN later{number} TEXT",))
        for number in (2, 3)
    )
    monkeypatch.setattr("ledger.database.preparing.due", lambda known, called: (*tables.MIGRATIONS, *more)[known:])
    assert [prepare(Server(on_server.url(name, OWNER), record), ROLE) for record in RECORDS] == [[2, 3]] * 2
    assert prepare(Server(on_server.url(name, OWNER), "ledger"), ROLE) == []
    with on_server.connected(name) as connection:
        assert connection.execute("SELECT number FROM audit.migration ORDER BY 1").fetchall() == [(1,), (2,), (3,)]


def test_a_file_of_a_newer_program_is_told(own_home: Path):
    Ledger(own_home / "ledger.db").close()
    engine = sa.create_engine(f"sqlite:///{own_home / 'ledger.db'}")
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == 1
        connection.exec_driver_sql("PRAGMA user_version = 2")
    with pytest.raises(LedgerError, match="已是第2版，本程序只认得第1版"):
        Ledger(own_home / "ledger.db")


def test_readers_go_on_after_a_restart_and_threads_share_the_record(on_server, ledger: Ledger):
    on_server.stop("fast")
    with pytest.raises(LedgerError, match="中断|连接不上|正在停止"):
        ledger.append(AT, [LOOK])
    on_server.start()
    assert ledger.head()[0] == 3
    writers = [threading.Thread(target=ledger.append, args=(AT, [LOOK] * 2)) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    ledger.verify()
    assert ledger.head()[0] == 19


def test_a_server_that_does_not_answer_is_given_up(on_server, ledger: Ledger, monkeypatch):
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.3)
    began = time.monotonic()
    with on_server.connected("shared", ROLE) as deciding, deciding.transaction():
        deciding.execute("SELECT pg_advisory_xact_lock(%s, %s)", (postgres.OF_PILOT, postgres.APPENDING["ledger"]))
        with pytest.raises(LedgerError, match="连接中断"):
            ledger.append(AT, [LOOK])
    assert time.monotonic() - began < 5
    assert ledger.head()[0] == 3


def test_the_chain_finds_what_the_owner_of_the_tables_did(on_server, ledger: Ledger):
    by_force(home().ledger, "DELETE FROM event WHERE seq = 2")
    with pytest.raises(LedgerError, match="第3号"):
        ledger.verify()
