"""The arithmetic of an evaluation, on tables small enough to work out by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.parameters import declared_parameters
from metrics.evaluation.ranking import places
from metrics.evaluation.scorecards import Item
from metrics.evaluation.scores import (
    SAMPLE_TOO_SMALL,
    Figure,
    bonus,
    deduction,
    grade,
    half_up,
    item_score,
    score_items,
    shared_weights,
    total,
)

POLICY = declared_parameters().at(date(2026, 10, 31))


def item(theme: str, code: str, weight, floor=0, full=100, min_whole=None) -> Item:
    least = None if min_whole is None else Decimal(min_whole)
    return Item(theme, code, code, Decimal(weight), Decimal(floor), Decimal(full), least)


def figure(value, whole=None) -> Figure:
    return Figure(Fraction(Decimal(str(value))), None if whole is None else Decimal(whole))


# theme a: a1 30, a2 10; theme b: b1 40; theme c: c1 20
CARD = (item("a", "a1", 30), item("a", "a2", 10), item("b", "b1", 40), item("c", "c1", 20))


@pytest.mark.parametrize(
    ("floor", "full", "value", "score"),
    [
        (0, 30, "15", 50),
        (0, 30, "-4", 0),  # below the floor
        (0, 30, "33", 100),  # above full
        (20, 5, "11", 60),  # lower is better: (11 − 20) / (5 − 20)
        (20, 5, "4", 100),
        (6, 3, "3.3", 90),
        (6, 3, "6.1", 0),
    ],
)
def test_an_item_score_is_clipped_and_knows_lower_is_better(floor, full, value, score):
    assert item_score(item("a", "x", 10, floor, full), Fraction(value)) == score


@pytest.mark.parametrize(
    ("applicable", "weights"),
    [
        ("a1 a2 b1 c1", {"a1": 30, "a2": 10, "b1": 40, "c1": 20}),
        ("a1 b1 c1", {"a1": 40, "b1": 40, "c1": 20}),  # a2's 10 stay in theme a
        ("a1 a2 b1", {"a1": Fraction(75, 2), "a2": Fraction(25, 2), "b1": 50}),  # c's 20 go 40 : 40
        ("a1 c1", {"a1": Fraction(200, 3), "c1": Fraction(100, 3)}),  # b's 40 go 40 : 20, a2's within a
        ("a2", {"a2": 100}),
        ("", {}),
    ],
)
def test_weights_are_shared_within_the_theme_then_among_themes(applicable, weights):
    assert shared_weights(CARD, set(applicable.split())) == weights


def test_a_small_sample_does_not_apply_and_its_weight_goes_to_its_theme():
    card = (item("a", "a1", 60, min_whole=20), item("a", "a2", 20), item("b", "b1", 20))
    scored = score_items(card, {"a1": figure(90, 19), "a2": figure(50), "b1": figure(100)})
    assert [(item_score.score, item_score.effective_weight, item_score.reason) for item_score in scored] == [
        (None, 0, SAMPLE_TOO_SMALL),
        (50, 80, ""),
        (100, 20, ""),
    ]
    assert total(scored, Decimal(0), Decimal(0)) == Decimal("60.00")
    assert score_items(card, {"a1": figure(90, 20)})[0].score == 90


def test_no_item_left_gives_no_total():
    scored = score_items(CARD, {})
    assert total(scored, Decimal(5), Decimal(0)) is None
    assert {item_score.reason for item_score in scored} == {"无数值"}


def test_a_score_that_a_rule_sets_needs_no_value():
    scored = score_items(
        (item("a", "a1", 100, floor=-10),), {"a1": Figure(None, fixed_score=Fraction(0), note="计划为0")}
    )
    assert total(scored, Decimal(0), Decimal(0)) == 0
    assert scored[0].reason == "计划为0"


@pytest.mark.parametrize(
    ("value", "rounded"), [("72.125", "72.13"), ("72.1249999", "72.12"), ("59.995", "60.00"), ("59.99499", "59.99")]
)
def test_the_total_is_rounded_half_up_once(value, rounded):
    assert total(score_items((item("a", "a1", 100),), {"a1": figure(value)}), Decimal(0), Decimal(0)) == Decimal(
        rounded
    )


def test_thirds_that_add_up_to_a_tie_still_round_up():
    # three items of weight 100/3 once the fourth is left out: (10 + 20 + 34.515) / 3 = 21.505 exactly
    card = tuple(item("a", code, 25) for code in ("a1", "a2", "a3", "a4"))
    scored = score_items(card, {"a1": figure(10), "a2": figure(20), "a3": figure("34.515")})
    assert total(scored, Decimal(0), Decimal(0)) == Decimal("21.51")


@pytest.mark.parametrize(
    ("value", "bonus", "deduction", "expected"),
    [(98, 5, 0, "100.00"), (3, 0, 10, "0.00"), (60, 2, 3, "59.00"), (99, 5, 10, "94.00")],
)
def test_bonus_and_deductions_stay_within_0_and_100(value, bonus, deduction, expected):
    scored = score_items((item("a", "a1", 100),), {"a1": figure(value)})
    assert total(scored, Decimal(bonus), Decimal(deduction)) == Decimal(expected)


@pytest.mark.parametrize(
    ("late", "returned", "points"), [(0, 0, 0), (1, 0, 2), (1, 2, 4), (4, 1, 9), (4, 2, 10), (6, 0, 10), (0, 11, 10)]
)
def test_deductions_are_2_and_1_and_10_at_most(late, returned, points):
    assert deduction(late, returned, POLICY) == points


@pytest.mark.parametrize(("recognised", "points"), [(0, 0), (3, 3), (5, 5), (9, 5)])
def test_bonus_is_5_at_most(recognised, points):
    assert bonus(recognised, POLICY) == points


@pytest.mark.parametrize(
    ("points", "letter"),
    [("90.00", "A"), ("89.99", "B"), ("75.00", "B"), ("74.99", "C"), ("60.00", "C"), ("59.99", "D"), ("0", "D")],
)
def test_grades_go_by_the_rounded_total(points, letter):
    assert grade(Decimal(points), POLICY) == letter


def test_ranks_leave_gaps_at_ties_and_percentiles_share_them():
    placed = places({"w": Decimal(4), "x": Decimal(3), "y": Decimal(3), "z": Decimal(1)})
    assert {name: place.rank for name, place in placed.items()} == {"w": 1, "x": 2, "y": 2, "z": 4}
    assert {name: float(place.percentile) for name, place in placed.items()} == {
        "w": 100.0,
        "x": 62.5,
        "y": 62.5,
        "z": 25.0,
    }
    assert {place.peers for place in placed.values()} == {4}
    assert places({}) == {}


def test_half_up_rounds_the_half_away():
    assert half_up(Fraction(5, 1000), 2) == Decimal("0.01")
    assert half_up(Fraction(499, 100000), 2) == Decimal("0.00")


values = st.one_of(st.none(), st.decimals(-1000, 1000, places=4))


@given(st.lists(values, min_size=4, max_size=4), st.integers(0, 20), st.integers(0, 20))
def test_a_total_is_none_or_within_0_and_100(measured, recognised, late):
    figures = {
        declared.code: figure(value) for declared, value in zip(CARD, measured, strict=True) if value is not None
    }
    scored = score_items(CARD, figures)
    points = total(scored, bonus(recognised, POLICY), deduction(late, 0, POLICY))
    assert points is None if not figures else 0 <= points <= 100
    assert sum(item_score.effective_weight for item_score in scored) == (100 if figures else 0)


@given(st.sets(st.sampled_from(["a1", "a2", "b1", "c1"]), min_size=1), st.integers(1, 50))
def test_scaling_all_weights_scales_the_shared_ones(applicable, factor):
    scaled = [item(declared.theme, declared.code, declared.weight * factor) for declared in CARD]
    once = shared_weights(CARD, applicable)
    assert shared_weights(scaled, applicable) == {code: weight * factor for code, weight in once.items()}


@given(st.dictionaries(st.integers(), st.decimals(0, 100, places=2), min_size=1, max_size=12))
def test_percentiles_average_to_half_a_step_above_50(totals):
    placed = places(totals)
    number = len(totals)
    assert sum(place.percentile for place in placed.values()) / number == 50 * Fraction(number + 1, number)
    best = max(totals.values())
    assert all((place.rank == 1) == (totals[member] == best) for member, place in placed.items())
