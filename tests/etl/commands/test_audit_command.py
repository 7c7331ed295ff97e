"""`etl audit` lists who looked at which rows; `etl verify` holds its chain."""

from __future__ import annotations

import json
import sqlite3

import pytest

from contract.settings import Home
from contract.viewer import Viewer
from ledger.audit import record_look, stands_for
from tests.processes import run_here

ANALYST = Viewer("zhang", "张三", "analyst")
REPORTER = Viewer("li", "李四", "institution", "B001")


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    home = Home(tmp_path)
    for at, viewer, given in (("10", ANALYST, None), ("11", ANALYST, b"x"), ("12", REPORTER, None)):
        monkeypatch.setenv("PILOT_NOW", f"2026-11-{at}T09:00:00")
        record_look(home, viewer, "firm", {"uscc": stands_for(f"F{at}")}, int(at), 1, given, level="sensitive")
    return home


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ([], [12, 11, 10]),
        (["--since", "2026-11-11"], [12, 11]),
        (["--user", "zhang"], [11, 10]),
        (["--kind", "rows_exported"], [11]),
        (["--about", "F10"], [10]),
        (["--about", "F1"], []),
        (["--user", "zhang", "--since", "2026-11-12"], []),
    ],
)
def test_the_audit_is_listed(home, options, rows):
    done = run_here("etl", "audit", "--format", "json", *options, home=home.root)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [row["rows"] for row in told] == rows
    assert {row["kind"] for row in told} <= {"查看", "导出"}
    assert all(row["at"].endswith("T09:00:00+08:00") for row in told)


def test_verify_holds_the_chain_of_the_audit(home):
    done = run_here("etl", "verify", home=home.root)
    assert done.returncode == 0 and "查阅记录3条校验链完整" in done.stdout
    with sqlite3.connect(home.audit) as connection:
        connection.execute("DROP TRIGGER no_delete")
        connection.execute("DELETE FROM event WHERE seq = 2")
    done = run_here("etl", "verify", home=home.root)
    assert done.returncode == 1
    assert "错误：查阅记录第3号事件与前一事件的校验链不符" in done.stdout
