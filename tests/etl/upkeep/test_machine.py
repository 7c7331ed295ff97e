"""`make doctor` says what is there, and marks what needs a hand."""

from __future__ import annotations

import pytest

from etl.upkeep import machine
from scripts import doctor


def test_every_named_package_is_installed():
    assert [fact.subject for fact in machine.packages() if not fact.fine] == []


def test_a_home_that_is_not_there_yet_is_judged_by_the_folder_it_will_lie_in(own_home):
    assert not own_home.exists()
    facts = {fact.subject: fact for fact in machine.storage()}
    assert facts["数据目录"].state == str(own_home)
    assert facts["数据目录可写"].fine
    assert facts["当前数据版本"].state == "尚未发布"


@pytest.mark.parametrize(("setting", "fine"), [("2026-11-16T09:00:00", True), ("明天", False)])
def test_a_clock_that_cannot_be_read_is_marked(monkeypatch, setting, fine):
    monkeypatch.setenv("PILOT_NOW", setting)
    assert [fact.fine for fact in machine.time_in_force()] == [fine]


def test_what_needs_a_hand_is_named_and_ends_with_one(monkeypatch, capsys):
    monkeypatch.setenv("PILOT_NOW", "明天")
    assert doctor.main() == 1
    assert "需要处理：" in capsys.readouterr().out
