"""The outlook worked out by hand: the year at the present pace, a level carried on, and where nothing is projected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from contract.parameters import declared_parameters
from metrics.indicators.build import add_parameters
from metrics.targets.declared import Target
from metrics.targets.levels import add_targets
from metrics.targets.outlook import Outlook, outlook
from metrics.targets.reference_series import add_references
from tests.metrics.boards import Board

NOW = "2026-08"  # 62% of a year's lending is due by the end of August


def target(code: str, indicator: str, shape: str, value: str, base: str = "", path: str = "flat", **more) -> Target:
    facts = {"scope": "city", "entity": "BJ", "series": "", "target_period": "2027-12", "effective_to": None} | more
    return Target(
        code=code, indicator=indicator, shape=shape, value=Decimal(value), base_period=base, path=path,
        effective_from=date(2025, 1, 1), document_no="试1号", set_by="演示设定", note="", **facts,
    )  # fmt: skip


def looked(
    figures: Mapping[tuple[str, str, str], Mapping[str, tuple]],
    *declared: Target,
    scope: str = "city",
    entity: str = "BJ",
) -> dict[str, Outlook]:
    """Item → outlook, of figures as (scope, entity, indicator) → period → (part, whole, value)."""
    board = Board("2025-01", NOW, datetime(2026, 9, 20))
    board.member("B001")
    for (where, whose, code), values in figures.items():
        for period, (part, whole, value) in values.items():
            place = {"period": period, "scope": where, "entity": whose, "indicator": code}
            board.row("value", **place, part=part, whole=whole, value=value)
    add_parameters(board.connection, declared_parameters())
    add_references(board.connection, ())
    add_targets(board.connection, declared)
    return {ahead.item: ahead for ahead in outlook(board.connection, NOW, scope, entity)}


def test_the_years_lending_is_what_is_lent_over_the_share_due():
    """310 by August is 62% of 500; last year was 400. Of the planned banks 248, so 400 of a plan of 500."""
    ahead = looked(
        {
            ("city", "BJ", "G04"): {"2025-12": (400, None, 400), NOW: (310, None, 310)},
            ("city", "BJ", "S10"): {NOW: (248, 500, 49.6)},
        }
    )
    lending, plan = ahead["lending"], ahead["plan"]
    assert (lending.projected, lending.against, lending.difference, lending.ratio) == (500, 400, 100, 125)
    assert (lending.horizon, lending.unit, lending.formula) == ("2026-12", "万元", "310 ÷ 62% = 500")
    assert lending.inputs == ("本年累计发放额=310；至8月末应完成全年的62%（序时进度参数）；对照上年全年发放额=400")
    assert (plan.now, plan.projected, plan.against, plan.difference, plan.ratio) == (248, 400, 500, -100, 80)
    assert "单列信贷计划合计=500" in plan.inputs


def test_a_missing_input_gives_no_number_and_says_why():
    ahead = looked({("city", "BJ", "G01"): {NOW: (1, None, 1)}})
    assert (ahead["lending"].projected, ahead["lending"].reason) == (None, "没有2026-08的本年累计发放额")
    assert (ahead["plan"].projected, ahead["plan"].ratio) == (None, None)
    assert "没有2026-08的单列信贷计划" in ahead["plan"].reason
    ahead = looked({("city", "BJ", "G04"): {NOW: (31, None, 31)}, ("city", "BJ", "S10"): {NOW: (0, 0, None)}})
    assert (ahead["lending"].projected, ahead["lending"].against) == (50, None)
    assert ahead["lending"].reason == "没有上年全年发放额可比"
    assert ahead["plan"].projected is None
    assert looked({}) == {}


def test_a_balance_goes_on_by_the_mean_month_of_the_same_banks():
    """The banks of both years went from 600 to 720, 10 a month; 16 months are left from 900: 1060 of 1000."""
    balance = {"2025-06": (500, None, 500), "2025-08": (600, None, 600), NOW: (900, None, 900)}
    ahead = looked(
        {("city", "BJ", "G01"): balance, ("city", "BJ", "G17"): {NOW: (720, 600, 20)}},
        target("T01", "G01", "multiple", "2", "2025-06", "straight"),
    )["T01"]
    assert (ahead.projected, ahead.against, ahead.difference, ahead.ratio) == (1060, 1000, 60, 106)
    assert ahead.formula == "900 + 120 ÷ 12 × 16 = 1060"
    assert ahead.inputs == (
        "本期值=900；两期均报送的机构余额2025-08=600，2026-08=720，12个月变动=120；距2027-12还有16个月；目标=1000"
    )
    assert (ahead.horizon, ahead.document_no) == ("2027-12", "试1号")


def test_one_banks_balance_goes_on_by_its_own_year():
    own = target("T01", "G01", "multiple", "2", "2025-06", "straight", scope="bank", entity="B001")
    balance = {"2025-06": (500, None, 500), NOW: (400, None, 400)}
    figures = {("bank", "B001", "G01"): balance, ("bank", "B001", "G12"): {NOW: (400, 580, -31)}}
    ahead = looked(figures, own, scope="bank", entity="B001")["T01"]
    assert (ahead.projected, ahead.formula) == (160, "400 − 180 ÷ 12 × 16 = 160")
    del figures["bank", "B001", "G12"]
    ahead = looked(figures, own, scope="bank", entity="B001")["T01"]
    assert (ahead.projected, ahead.against) == (None, 1000)
    assert ahead.reason == "没有2025-08的值可比，推算不出月均变动"


def test_coverage_goes_on_to_all_and_no_further():
    """From 74 to 80 in a year: 16 months on 88. From 62 to 80: 104, so 100."""
    declared = target("T01", "D08", "coverage", "100")
    for before, projected in ((74, 88), (62, 100)):
        figures = {("city", "BJ", "D08"): {"2025-08": (None, None, before), NOW: (None, None, 80)}}
        figures[("city", "BJ", "G01")] = {NOW: (1, None, 1)}
        ahead = looked(figures, declared)["T01"]
        assert (ahead.projected, ahead.against) == (projected, 100)
    assert ahead.formula == "80 + 18 ÷ 12 × 16 = 104，占比不超过100，取100"


def test_a_yearly_target_is_held_against_this_years_december():
    """400 in 2025, 600 in 2027: 500 this December; 279 by August is 62% of 450."""
    lent = {"2025-12": (400, None, 400), NOW: (279, None, 279)}
    ahead = looked({("city", "BJ", "G04"): lent}, target("T01", "G04", "multiple", "1.5", "2025-12", "seasonal"))["T01"]
    assert (ahead.horizon, ahead.projected, ahead.against, ahead.difference, ahead.ratio) == (
        "2026-12", 450, 500, -50, 90,
    )  # fmt: skip
    assert "2026-12应为500" in ahead.inputs


def test_growth_is_compared_and_not_projected():
    figures = {("city", "BJ", "G12"): {NOW: (None, None, 12)}, ("city", "BJ", "G01"): {NOW: (1, None, 1)}}
    ahead = looked(figures, target("T01", "G12", "growth", "10"))["T01"]
    assert (ahead.now, ahead.projected, ahead.against, ahead.horizon) == (12, None, 10, NOW)
    assert (ahead.method, ahead.reason) == ("增速逐期与参照相比，不作推算", "")


def test_a_target_without_its_base_says_so():
    figures = {("city", "BJ", "G01"): {NOW: (900, None, 900)}}
    ahead = looked(figures, target("T01", "G01", "multiple", "2", "2025-06", "straight"))["T01"]
    assert (ahead.projected, ahead.against, ahead.reason) == (None, None, "基期2025-06没有值")
