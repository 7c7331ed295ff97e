"""The page to sign and seal: what it says, on one version of a bank and of a district."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import docx

from briefing.paper.seal_word import SIGNATURES, write
from metrics.queries.filing.seal import SealPage

PAGE = SealPage(
    875, "B014", "演示股份银行06", "2026-09", 2, datetime(2026, 10, 8, 15, 48, 27), "2026-09_B014.xlsx", "e5b2", "649c",
    (("B1 质押贷款明细", 1200), ("B2 机构汇总", 1)), Decimal("16000.500000"),
    "演示甲", "演示乙", "演示丙", "010-00000000", "9D5C-7123-20F1-81C9", False,
    f"台账校验码（截至第900号事件）：{'9d' * 32}",
)  # fmt: skip


def lines(page: SealPage) -> dict[str, str]:
    """Name → content of the tables' rows."""
    tables = docx.Document(BytesIO(write(page))).tables
    return {row.cells[0].text: row.cells[1].text for table in tables for row in table.rows}


def test_what_is_signed():
    said = lines(PAGE)
    assert said["报送机构"] == "演示股份银行06（B014）"
    assert said["报送期"] == "2026年9月　第2版"
    assert (said["B1 质押贷款明细"], said["合计"]) == ("1,200行", "1,201行")
    assert said["质押贷款期末余额合计"] == "16,000.5万元"
    assert (said["填报人、复核人"], said["回执校验码"]) == ("演示甲、演示乙", "9D5C-7123-20F1-81C9")
    texts = [paragraph.text for paragraph in docx.Document(BytesIO(write(PAGE))).paragraphs]
    assert set(SIGNATURES) < set(texts)
    assert texts[-1] == f"台账校验码（截至第900号事件）：{'9d' * 32}"
    assert PAGE.paper_name == "盖章页_2026-09_B014_第2版.docx"


def test_a_district_has_no_balance_and_a_demonstration_says_so():
    page = replace(PAGE, forms=(("R1 综合服务点", 3),), balance=None, demonstration=True)
    assert "质押贷款期末余额合计" not in lines(page)
    assert docx.Document(BytesIO(write(page))).paragraphs[0].text.startswith("演示数据")


def test_the_same_page_gives_the_same_bytes():
    assert write(PAGE) == write(PAGE)
