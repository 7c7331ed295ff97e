"""The meeting's page: one page however much there is, what is left out counted, dates and periods as they are read."""

import io
from datetime import date
from decimal import Decimal

from pypdf import PdfReader

from briefing.issue.content import Number, tables
from briefing.paper.writers import WRITERS
from briefing.parts.meeting import meeting_page
from metrics.queries.work.agenda import CHANGED, LAST_TIME, THIS_TIME, TO_DECIDE, Agenda, Point
from tests.briefing.samples import source

FIGURES = tuple(
    Point(CHANGED, "指标", name, unit, before, now, indicator=code)
    for code, name, unit, before, now in (
        ("G01", "质押贷款余额", "万元", 1600000.0, 1683250.0),
        ("G02", "质押贷款户数", "户", 1739.0, 1749.0),
        ("G07", "累放加权平均利率", "%", 2.75, 2.74),
        ("G09", "不良率", "%", None, 1.12),
        ("S01", "中长期贷款占比", "%", 38.21, 37.86),
    )
)


def agenda(*points: Point) -> Agenda:
    return Agenda("2026-10", "2026-09", None, (*FIGURES, *points))


def test_figures_with_what_has_moved():
    table = tables(meeting_page(source(), agenda()).sections)[0]
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["质押贷款余额"] == (
        "亿元", Number(Decimal(160)), Number(Decimal("168.325")), Number(Decimal("8.325"), signed=True),
        Number(Decimal("5.203125"), 1, signed=True, growth=True),
    )  # fmt: skip
    assert rows["累放加权平均利率"][3] == Number(Decimal("-0.01"), signed=True) and rows["累放加权平均利率"][4] == "—"
    assert rows["不良率"][1] == "—" and rows["不良率"][3] == "—"


def test_one_page_however_much_there_is():
    long = "说明评价得分连续不足60分的改进措施，并报送整改时间表和责任人名单，逐项说明原因" * 3
    points = [
        Point(section, "预警待处置", f"演示外资民营银行{at:02}", long, owner="演示股份银行05", due=date(2026, 11, 13),
              state="限期整改·逾期")
        for section in (CHANGED, TO_DECIDE, LAST_TIME, THIS_TIME)
        for at in range(30)
    ]  # fmt: skip
    made = meeting_page(source(), agenda(*points))
    assert len(PdfReader(io.BytesIO(WRITERS["pdf"](made))).pages) == 1
    for table in tables(made.sections)[1:]:
        assert table.rows and table.notes == (f"另有{30 - len(table.rows)}项，见会商页。",)
    assert all(len(row[2]) <= 34 and row[2].endswith("…") for table in tables(made.sections)[1:] for row in table.rows)


def test_periods_and_days_are_written_as_read_and_empty_columns_left_out():
    points = Point(CHANGED, "报送", "2026-10", "应报40家"), Point(LAST_TIME, "结论", "2026-10-22", "增加对接")
    _, changed, last = tables(meeting_page(source(), agenda(*points)).sections)
    assert changed.rows == (("报送", "2026年10月", "应报40家"),)
    assert [column.header for column in changed.columns] == ["类别", "对象", "事项"]
    assert last.rows[0][1] == "2026年10月22日"
