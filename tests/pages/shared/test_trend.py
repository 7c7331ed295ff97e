"""The chart of balance and growth: targets and references as lines beside ours; and a rate's companion on its card."""

from __future__ import annotations

import pandas as pd
import pytest

from metrics.queries.figures.values import Headline
from pages.shared import charts
from pages.shared.cards import figure_html
from pages.shared.format import measure
from pages.shared.series import trend

CITY = measure("万元", "city")
PERIODS = ("2026-08", "2026-09", "2026-10")


def headline(code: str, *values: float, **more) -> Headline:
    """A headline of the last three periods."""
    return Headline(
        code, "city", "BJ", PERIODS[-1], None, None, values[-1], None, None,
        tuple(zip(PERIODS[-len(values) :], values, strict=True)), **more,
    )  # fmt: skip


AIMED = pd.DataFrame(
    [("G01", "2026-09", 15_000.0), ("G01", "2026-10", 16_000.0), ("G12", "2026-10", 10.0)],
    columns=["indicator", "period", "level"],
)
OTHERS = pd.DataFrame(
    [
        ("演示贷款增速", "2026-08", 7.5, "演示来源甲"),
        ("演示贷款增速", "2026-09", 7.6, "演示来源乙"),
    ],
    columns=["name", "period", "value", "source"],
)


@pytest.fixture
def frame() -> pd.DataFrame:
    return trend.course(headline("G01", 10_000, 12_000, 14_000), headline("G12", 30, 32), AIMED, CITY)


def test_each_figure_stands_beside_its_target_in_one_unit(frame):
    assert frame.fillna(-1).values.tolist() == [
        ["2026-08", 1, -1, -1, -1],
        ["2026-09", 1.2, 1.5, 30, -1],
        ["2026-10", 1.4, 1.6, 32, 10],
    ]


def test_without_targets_there_is_no_line_and_no_word():
    frame = trend.course(headline("G01", 10_000), headline("G12", 30), AIMED.iloc[:0], CITY)
    assert trend.drawn_targets(frame) == ""
    assert trend.drawn_references(OTHERS.iloc[:0]) == ""
    figure = trend.two_panels(frame, OTHERS.iloc[:0], CITY, 300)
    assert not [
        trace
        for trace in figure.figure().data
        if "目标" in str(trace.hovertemplate) or "参照" in str(trace.hovertemplate)
    ]


def test_targets_are_dashed_and_references_grey_and_named(frame):
    figure = trend.two_panels(frame, OTHERS, CITY, 300)
    aims = [trace for trace in figure.figure().data if "目标" in str(trace.hovertemplate)]
    assert [(list(trace.x), list(trace.y), trace.line.dash) for trace in aims] == [
        (["2026-10"], [10.0], "dash"),
        (["2026-09", "2026-10"], [1.5, 1.6], "dash"),
    ]
    (reference,) = [trace for trace in figure.figure().data if "参照：演示贷款增速" in str(trace.hovertemplate)]
    assert (list(reference.x), list(reference.y), reference.line.color) == (
        ["2026-08", "2026-09"],
        [7.5, 7.6],
        charts.GREY,
    )
    assert trend.drawn_targets(frame) == "；虚线为目标"
    assert trend.drawn_references(OTHERS) == "；灰点为参照：演示贷款增速（演示来源乙）"
    assert trend.known_references(OTHERS).to_dict() == {"演示贷款增速": {"2026-08": 7.5, "2026-09": 7.6}}


def test_a_balance_alone_has_its_target_too(frame):
    figure = trend.one_panel(frame, CITY, 300)
    assert [list(trace.y) for trace in figure.figure().data if "目标" in str(trace.hovertemplate)] == [[1.5, 1.6]]


def test_a_rate_is_told_with_its_companion_on_one_card():
    shown = figure_html(headline("G09", 1.12), headline("G18", 1.4))
    assert "还原不良率" in shown and "1.40%" in shown
    assert "还原不良率" not in figure_html(headline("G09", 1.12))
    withheld = figure_html(headline("G09", 1.12), headline("G18", 1.4, withheld=True))
    assert "1.40%" not in withheld and "不披露" in withheld
