"""Handling in a real browser: a chart taken away, annotated, kept as a view; a table arranged; a page on paper."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from contract.settings import Home
from ledger.audit import ACTED, EXPORTED, Look, looks
from tests.browser.screen import Screen, looking_at
from tests.browser.test_pages import faults
from tests.browser.test_task_pages import choose

pytestmark = pytest.mark.browser

PERIOD = "2026-10"


def taken(screen: Screen, name: str, folder: Path, within: str = "body") -> Path:
    """The file that a button gives."""
    with screen.page.expect_download(timeout=60_000) as download:
        screen.page.locator(within).get_by_role("button", name=name, exact=True).click()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target


def taken_away(home: Path) -> list[Look]:
    """What the audit has of files given out, the latest first."""
    return [look for look in looks(Home(home)) if look.kind == EXPORTED]


def test_a_chart_is_annotated_taken_away_and_kept_as_a_view(browser, acted_on, tmp_path):
    own = acted_on.home
    taken_before = len(taken_away(own))
    with looking_at(browser, f"{acted_on.address}/bank?bank=B002&period={PERIOD}&beside=B005") as screen:
        page = screen.page
        chart = page.locator(".st-key-chart-balance-bank")
        chart.get_by_role("button", name="批注", exact=True).click()
        page.get_by_role("textbox", name="内容").fill("<b>当月集中</b>投放")
        page.get_by_role("button", name="添加", exact=True).click()
        chart.get_by_text("① 2026年10月 质押贷款余额：<b>当月集中</b>投放（演示分析员").wait_for(timeout=30_000)
        screen.drawn()
        chart.get_by_role("button", name="导出", exact=True).click()
        screen.drawn()
        dialog = '[role="dialog"]'
        workbook = openpyxl.load_workbook(taken(screen, "Excel", tmp_path, dialog)).active
        said = [str(cell.value) for cell in workbook["A"][:12]]
        assert "报告期：2026年10月" in said and "内部资料 注意保存" in said
        assert [line for line in said if line.startswith("质押贷款余额（G01）：")]
        assert [line for line in said if "当月集中" in line]
        assert taken(screen, "PNG", tmp_path, dialog).read_bytes().startswith(b"\x89PNG")
        assert taken(screen, "SVG", tmp_path, dialog).read_bytes().startswith(b"<?xml")
        page.locator(dialog).get_by_role("button", name="关闭").click()
        paper = taken(screen, "本页PDF", tmp_path)
        assert paper.read_bytes().startswith(b"%PDF") and paper.stat().st_size > 20_000
        page.get_by_role("button", name="常用视图").click()
        page.get_by_role("textbox", name="把本页当前选择保存为").fill("两家对照")
        page.get_by_role("button", name="保存", exact=True).click()
        kept = page.locator(dialog).get_by_role("link", name="两家对照")
        kept.wait_for(timeout=30_000)
        screen.go(f"{acted_on.address}/dictionary?period={PERIOD}")
        page.get_by_role("button", name="常用视图").click()
        kept.click()
        page.wait_for_url("**/bank?*beside=B005*")
        screen.drawn()
        assert faults(screen) == {}
    record = taken_away(own)
    assert (record[0].user, record[0].what, record[0].rows > 0) == ("demo-analyst", "bank：page-pdf", True)
    assert len(record) - taken_before == 4
    acts = [(look.area, look.address) for look in looks(Home(own)) if look.kind == ACTED][:2]
    assert acts == [("views", "127.0.0.1"), ("annotations", "127.0.0.1")]
    assert record[0].address == "127.0.0.1"


def test_a_table_is_arranged_and_given_as_seen(browser, dashboard, tmp_path):
    chosen = "indicators=G01,G09&subjects=city-BJ,bank-B001&span=3&rows=subject&columns=indicator,period"
    with looking_at(browser, f"{dashboard.address}/free_table?period={PERIOD}&{chosen}") as screen:
        heads = screen.page.locator("table.free thead th")
        assert heads.all_inner_texts()[:3] == ["对象", "质押贷款余额(万元)", "不良率(%)"]
        seen = screen.page.locator("table.free tbody tr").all_inner_texts()
        sheet = openpyxl.load_workbook(taken(screen, "按所见导出Excel", tmp_path)).active
        first = next(row for row in sheet.iter_rows() if row[0].value == "试点合计")
        shown = [cell if isinstance(cell, str) else f"{cell:,.2f}" for cell in (cell.value for cell in first)]
        assert shown == seen[0].split("\t")
        assert len(sheet.merged_cells.ranges) == 3
        choose(screen, "内容", "环比变动")
        assert "moved=month" in screen.page.url
        assert faults(screen) == {}
