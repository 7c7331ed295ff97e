"""Annotations stand on the chart at their month and height, numbered as they are told below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ledger.sharing.annotations import Annotation
from pages.shared import charts
from pages.shared.series.annotated import ABOVE, mark, pin, remarks

FIRST = Annotation(7, "G01", "bank", "B001", "2026-02", "集中<b>核销", "demo-analyst", date(2026, 3, 16))
NOTES = (
    FIRST,
    replace(FIRST, id=8, indicator="G12", text="基数高"),
    replace(FIRST, id=9, text="又一条"),
    replace(FIRST, id=10, period="2026-03"),
)


def test_a_mark_stands_at_its_month_on_its_own_series():
    figure = charts.blank(200)
    pin(figure, NOTES, "G01", {"2026-01": 3.0, "2026-02": 5.0})
    placed = [(one.x, one.y, one.text, one.yshift) for one in figure.figure().layout.annotations]
    assert placed == [("2026-02", 5.0, "①", ABOVE), ("2026-02", 5.0, "③", ABOVE + 15)]
    assert figure.figure().layout.annotations[0].hovertext == "集中&lt;b&gt;核销"


def test_what_a_mark_says_is_told_by_its_number_with_who_and_when():
    assert remarks(NOTES[:2]) == (
        "① 2026年2月 质押贷款余额：集中<b>核销（演示分析员，2026-03-16）",
        "② 2026年2月 余额同比增速：基数高（演示分析员，2026-03-16）",
    )
    assert (mark(19), mark(20)) == ("⑳", "(21)")
