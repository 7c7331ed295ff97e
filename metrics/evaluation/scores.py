"""The arithmetic of an evaluation: item scores, shared weights, bonus, deductions, total and grade.

Exact fractions from the stored values; rounded half-up to 2 decimals once, at the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from contract.parameters import Policy
from metrics.evaluation.scorecards import Item

GRADES = {"A": "优秀", "B": "良好", "C": "合格", "D": "不合格"}
VETOED = "D"  # the grade after a confirmed falsification or major violation, whatever the score
GRADE_FLOORS = {"A": "grade_a_from", "B": "grade_b_from", "C": "grade_c_from"}

NO_VALUE = "无数值"
SAMPLE_TOO_SMALL = "样本不足"


@dataclass(frozen=True)
class Figure:
    """What one item measures for one member and period."""

    value: Fraction | None
    whole: Decimal | None = None
    fixed_score: Fraction | None = None  # where a rule sets the score, whatever floor and full
    note: str = ""


@dataclass(frozen=True)
class ItemScore:
    """One item's score 0…100, None where not applicable, and its weight once weights are shared out."""

    item: Item
    figure: Figure
    score: Fraction | None
    effective_weight: Fraction
    reason: str

    @property
    def points(self) -> Fraction:
        """What the item adds to the total."""
        return self.effective_weight * self.score / 100 if self.score is not None else Fraction(0)


def item_score(item: Item, value: Fraction) -> Fraction:
    """100 × (value − floor) / (full − floor), within 0…100."""
    return scaled(value, Fraction(item.floor), Fraction(item.full))


def scaled(value: Fraction, floor: Fraction, full: Fraction) -> Fraction:
    """Where a value stands from floor (0) to full (100), within 0…100; `floor` > `full` where lower is better."""
    return min(max(100 * (value - floor) / (full - floor), Fraction(0)), Fraction(100))


def score_items(items: Sequence[Item], figures: Mapping[str, Figure]) -> tuple[ItemScore, ...]:
    """A score an item, in the order given; an item without a figure is not applicable."""
    measured = [(item, figures.get(item.code, Figure(None))) for item in items]
    reasons = {item.code: not_applicable(item, figure) for item, figure in measured}
    weights = _weights(tuple(items), frozenset(item.code for item in items if not reasons[item.code]))
    return tuple(
        ItemScore(
            item=item,
            figure=figure,
            score=None if reasons[item.code] else _score(item, figure),
            effective_weight=weights.get(item.code, Fraction(0)),
            reason=reasons[item.code] or figure.note,
        )
        for item, figure in measured
    )


def not_applicable(item: Item, figure: Figure) -> str:
    """Why the item does not apply; empty where it does."""
    if figure.value is None and figure.fixed_score is None:
        return figure.note or NO_VALUE
    if item.min_whole is not None and (figure.whole or 0) < item.min_whole:
        return SAMPLE_TOO_SMALL
    return ""


def shared_weights(items: Sequence[Item], applicable: Set[str]) -> dict[str, Fraction]:
    """Applicable item code → weight, once the weights of the others are shared out; they add up to what all had.

    Within a theme in proportion to the weights of its applicable items; the weight of a theme that has none, among
    the other themes in proportion to theirs.
    """
    left = [item for item in items if item.code in applicable]
    theme_weights, theme_left = _by_theme(items), _by_theme(left)
    weight_left = sum(theme_weights[theme] for theme in theme_left)
    among_themes = sum(theme_weights.values()) / weight_left if left else 0
    within = {theme: theme_weights[theme] / theme_left[theme] * among_themes for theme in theme_left}
    return {item.code: Fraction(item.weight) * within[item.theme] for item in left}


@lru_cache(1024)  # most members of a kind have the same items to be scored on
def _weights(items: tuple[Item, ...], applicable: frozenset[str]) -> Mapping[str, Fraction]:
    return MappingProxyType(shared_weights(items, applicable))


def bonus(recognised: int, policy: Policy) -> Decimal:
    """Points for recognised initiatives of the year."""
    return min(recognised * policy["bonus_per_initiative"], policy["bonus_max"])


def deduction(late: int, returned: int, policy: Policy) -> Decimal:
    """Points off for late or missing first versions and for versions returned after the deadline."""
    return min(late * policy["deduction_late"] + returned * policy["deduction_returned"], policy["deduction_max"])


def total(items: Sequence[ItemScore], bonus: Decimal, deduction: Decimal) -> Decimal | None:
    """The total within 0…100, half-up to 2 decimals; None where no item applies."""
    if all(item.score is None for item in items):
        return None
    points = sum(item.points for item in items) + Fraction(bonus) - Fraction(deduction)
    return half_up(min(max(points, Fraction(0)), Fraction(100)), 2)


def grade(total: Decimal, policy: Policy) -> str:
    """A, B, C or D by the rounded total."""
    return next((grade for grade, floor in GRADE_FLOORS.items() if total >= policy[floor]), "D")


def half_up(number: Fraction, places: int) -> Decimal:
    """A number that is not negative, rounded half-up to some decimals."""
    scaled = number * 10**places + Fraction(1, 2)
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-places)


def _score(item: Item, figure: Figure) -> Fraction:
    return figure.fixed_score if figure.fixed_score is not None else item_score(item, figure.value)


def _by_theme(items: Sequence[Item]) -> dict[str, Fraction]:
    weights: dict[str, Fraction] = {}
    for item in items:
        weights[item.theme] = weights.get(item.theme, Fraction(0)) + Fraction(item.weight)
    return weights
