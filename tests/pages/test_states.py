"""Every page when there is little to show: one member with one report, months without any, a month before the first.

Each opens, shows no empty value, and says what to do next. With `PILOT_THOROUGH=1` each role looks at each month.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from contract.settings import PROJECT
from contract.viewer import ROLES
from pages.shell import navigation, states
from pages.shell.navigation import OVERVIEW, SECTIONS, entry_at
from pages.shell.session import demonstration_viewer
from tests.etl.submissions import BANK, PERIOD, submission, workbook
from tests.processes import run_here

ROSTER = f"code,name,kind,peer_group,ceiling,admitted_on\n{BANK},演示银行,bank,city,1000,2026-03-02\n"
REPORTED, LATER = "2026-10-12T09:00", "2026-12-05T09:00"  # the month of the report is over; two more months are
EMPTY, EARLY = "2026-11", "2026-02"
NO_VALUE = re.compile(r"\b(?:nan|NaN|None|NaT|null|undefined|inf)\b", re.ASCII)
FAILED, NO_REPORT = "页面未能打开", "2026年11月还没有已受理的报送"
AS = {"institution": f"institution-{BANK}"}  # district has no member here, and nobody to be
LOOKED = [(role, month) for role in ROLES for month in (PERIOD, EMPTY, EARLY) if role != "district"]
IN_SHORT = [("analyst", EMPTY), ("institution", PERIOD)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One member with one report, published again two months later."""
    folder = tmp_path_factory.mktemp("one-member")
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / f"{PERIOD}_{BANK}.xlsx").write_bytes(workbook(submission()))
    made = folder / "home"
    for words, time in (
        (("register", folder / "roster.csv"), REPORTED),
        (("load", folder / f"{PERIOD}_{BANK}.xlsx"), REPORTED),
        (("publish",), LATER),
    ):
        done = run_here("etl", *words, home=made, PILOT_NOW=time)
        assert done.returncode == 0, done.stderr
    return made


def opened(address: str, role: str, **query: str) -> AppTest:
    """A page by its address, as someone in a role opens it."""
    page = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    page._page_hash = calc_hash("" if address == OVERVIEW.address else address)  # as its address would choose it
    page.query_params.update(query | {"as": AS.get(role, role)})
    return page.run()


def said(page: AppTest) -> list[str]:
    """What is written on the page itself, piece by piece."""
    kinds = ("markdown", "caption", "info", "warning", "error", "text", "subheader", "header")
    written = [str(element.value) for kind in kinds for element in page.main.get(kind)]
    return written + [re.sub(r"<[^>]*>", " ", block.proto.body) for block in page.main.get("html")]


@pytest.mark.parametrize(("role", "month"), LOOKED if os.environ.get("PILOT_THOROUGH") else IN_SHORT)
def test_every_page_opens_where_there_is_little_to_show(home, monkeypatch, subtests, role, month):
    monkeypatch.setenv("PILOT_HOME", str(home))
    viewer = demonstration_viewer(role, BANK if role == "institution" else "")
    for listed in SECTIONS.values():
        for entry in listed:
            if not entry.open_to(viewer) or entry.demonstration:
                continue
            with subtests.test(page=entry.address):
                page = opened(entry.address, role, period=month)
                written = said(page)
                assert [error.value for error in page.exception] == []
                assert [piece for piece in written if FAILED in piece or NO_VALUE.search(piece)] == []
                told = any(NO_REPORT in piece for piece in written)
                assert told is (month == EMPTY and entry.of_reports and entry is not navigation.SETUP)


def test_an_empty_month_leads_on_to_the_latest_with_reports(home, monkeypatch):
    monkeypatch.setenv("PILOT_HOME", str(home))
    page = opened("bank", "analyst", period=EMPTY, bank=BANK)
    ways = "".join(piece.proto.body for piece in page.main.get("html"))
    assert re.search(rf'href="/bank\?period={PERIOD}&amp;bank={BANK}"[^>]*>(?:<i[^>]*></i>)?改看2026年9月<', ways)
    assert "查看报送情况" in ways


def test_a_month_before_the_first_report_is_told(home, monkeypatch):
    monkeypatch.setenv("PILOT_HOME", str(home))
    page = opened("bank", "analyst", period="2019-12")
    assert any("2019年12月没有数据" in info.value for info in page.info)


def test_nothing_to_show_is_never_said_without_a_next_step():
    with pytest.raises(TypeError, match="next_step"):
        states.empty("没有符合条件的记录。")
    assert entry_at("bank").of_reports and not entry_at("roster").of_reports
