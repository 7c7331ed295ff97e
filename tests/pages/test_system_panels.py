"""The panels of 系统管理 on how the system runs: on the first day, for whom, and faults first."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from casework.access import upkept
from contract.errors import AccessDenied
from contract.settings import Home, wall_time
from contract.viewer import Viewer
from etl.upkeep.machine import Fact
from etl.upkeep.records import BACKUP, Record, note
from ledger.events import Entry, Ledger
from pages.shell import url
from pages.system import machine as condition

PANEL = """
import streamlit as st
from contract.viewer import Viewer
from pages.shell.view import View
from pages.system.panels import DRAWS

DRAWS[st.session_state.part](View(Viewer("wang", "某人", st.session_state.role), None, "2026-10", ()))
"""
PARTS = ("versions", "storage", "machine")


@pytest.fixture
def home(own_home, monkeypatch) -> Home:
    own_home.mkdir()
    monkeypatch.setattr(condition, "facts", lambda: [Fact("Python", "3.11"), Fact("字体", "没有", fine=False)])
    condition._facts.clear()
    return Home(own_home)


def drawn(part: str, role: str = "admin") -> AppTest:
    page = AppTest.from_string(PANEL, default_timeout=60)
    page.session_state["part"], page.session_state["role"] = part, role
    page.session_state[url.ADDRESS] = "system"
    return page.run()


def cards(page: AppTest) -> str:
    return "".join(block.proto.body for block in page.get("html"))


@pytest.mark.parametrize("role", ["admin", "supervisor"])
@pytest.mark.parametrize("part", PARTS)
def test_the_first_day_is_designed(home, part, role):
    page = drawn(part, role)
    assert not page.exception
    wanted = {"versions": "还没有发布过数据版本", "storage": "还没有备份过", "machine": "尚未发布"}[part]
    assert wanted in cards(page) + "".join(frame.value.to_string() for frame in page.dataframe)


@pytest.mark.parametrize("role", ["analyst", "district", "institution", "authority"])
def test_others_are_refused(home, role):
    viewer = Viewer("wang", "某人", role, {"district": "110108", "institution": "B001"}.get(role, ""))
    for ask in (
        lambda: upkept.versions_for(viewer, home),
        lambda: upkept.storage_for(viewer, home, wall_time()),
        lambda: upkept.condition_for(viewer, home, wall_time(), []),
    ):
        with pytest.raises(AccessDenied, match="不能查看系统运行"):
            ask()


def test_what_is_overdue_and_what_is_wrong_is_marked_and_first(home):
    Ledger(home.ledger).append(wall_time(), [Entry("refusal", "甲", "x", {"content_hash": ""})])
    note(home, Record(BACKUP, wall_time().replace(year=2025), "00001_x", "/x", 1, 2, 3, 4.0, ("档案缺少一件",)))
    duties, _, terms, growth, records = [frame.value for frame in drawn("storage").dataframe]
    assert list(duties["state"]) == ["！还没有过", "！还没有过"]  # an unsound copy is none
    assert list(growth["events"]) == [1]
    (term,) = terms.to_dict("records")  # a file that was refused may hold anything
    assert (term["what"], term["level"], term["records"], term["years"]) == ("台账", "一般-敏感", 1, 10)
    assert list(records["result"]) == ["！1处问题：档案缺少一件"]
    verdicts = list(drawn("machine").dataframe[0].value["verdict"])
    assert verdicts.count("！需处理") >= 3 and verdicts == sorted(verdicts, key=lambda said: said == "正常")


def test_a_version_without_times_says_so(home):
    Ledger(home.ledger).append(wall_time(), [
        Entry("submission", "甲", "B001", {}), Entry("publication", "甲", "pilot-1.duckdb", {"number": 1}),
    ])  # fmt: skip
    page = drawn("versions")
    (row,) = page.dataframe[0].value.to_dict("records")
    assert (row["version"], row["acts"], row["way"], row["state"]) == ("第1版", "报送", "未记录", "已清理，可重建")
    assert any("没有记录各步用时" in caption.value for caption in page.caption)


def test_an_archive_that_is_away_is_told_beside_what_is_known_without_it(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PILOT_ARCHIVE", (tmp_path / "not mounted").as_uri())
    page = drawn("storage")
    assert not page.exception
    assert "读不到原件库" in cards(page) and "没有原件库的标记：共享目录没有挂载" in cards(page)
    assert "还没有备份过" in cards(page) and len(page.dataframe) == 1  # duties; no size and no growth that nobody knows
    assert "！需处理" in list(drawn("machine").dataframe[0].value["verdict"])
