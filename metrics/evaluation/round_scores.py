"""The scores of a round from its freeze on: those of the archived sheet, with the values entered upon objections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from contract.errors import CallError
from contract.parameters import Policy
from contract.places import Archive
from ledger.archive import fetch
from ledger.rounds import Objection, Round
from metrics.evaluation import exact
from metrics.evaluation.member_scores import Placed, Score, grade_given, place_scores
from metrics.evaluation.scores import GRADE_FLOORS, Figure, ItemScore, score_items, total

ENTERED = "异议成立，按更正后的值计分"


@dataclass(frozen=True)
class Sheet:
    """The scores of one round as worked out: every member's standing, items with value and limits, bonus, total."""

    period: str
    grade_floors: dict[str, Decimal]  # policy parameter → points
    scores: tuple[Score, ...]

    def score(self, subject: str) -> Score | None:
        return next((score for score in self.scores if score.standing.subject == subject), None)


@dataclass(frozen=True)
class FrozenRound:
    """A round whose figures are frozen, with its sheet."""

    round: Round
    sheet: Sheet

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """The sheet's scores, worked out anew where a value was entered."""
        entered = self.round.entered
        return tuple(
            with_entered(score, objections, self.sheet.grade_floors)
            if (objections := entered.get(score.standing.subject))
            else score
            for score in self.sheet.scores
        )

    def placed(self, vetoes: Mapping[tuple[str, str], str]) -> list[Placed]:
        """The scores in their places. Figures are frozen; what decides a grade whatever the score
        (`member_scores.vetoes`) is no figure, and counts when it is confirmed after the freeze too."""
        return place_scores([_graded(score, vetoes, self.sheet.grade_floors) for score in self.scores])


def _graded(score: Score, vetoes: Mapping[tuple[str, str], str], floors: Mapping[str, Decimal]) -> Score:
    standing = replace(score.standing, veto=vetoes.get((score.standing.subject, score.standing.period), ""))
    return replace(score, standing=standing, grade=grade_given(standing, score.total, floors))


def sheet_of(period: str, placed: Iterable[Placed], policy: Policy) -> Sheet:
    """The sheet of a round's scores as just worked out."""
    floors = {name: policy[name] for name in GRADE_FLOORS.values()}
    return Sheet(period, floors, tuple(ranked.score for ranked in placed if ranked.score.standing.period == period))


def frozen_rounds(rounds: Mapping[str, Round], archive: Archive) -> dict[str, FrozenRound]:
    """Period → round, of the rounds whose figures are frozen.

    Raises RefusedFile where a sheet is missing from the archive or damaged.
    """
    return {
        period: FrozenRound(held, exact.read(Sheet, fetch(archive, held.freeze.sheet_hash)))
        for period, held in rounds.items()
        if held.freeze
    }


def with_entered(score: Score, objections: Mapping[str, Objection], floors: Mapping[str, Decimal]) -> Score:
    """A score with the values entered upon objections (item → objection): items, weights, total, grade."""
    figures = {scored.item.code: scored.figure for scored in score.items}
    for item, objection in objections.items():
        figures[item] = entered_figure(figures[item], objection.ruling.value, objection.ruling.whole)
    items = score_items([scored.item for scored in score.items], figures)
    points = total(items, score.bonus, score.deduction)
    if points is None:
        return replace(score, items=items)
    return replace(
        score, items=items, total=points, grade=grade_given(score.standing, points, floors), unscored_reason=None
    )


def entered_figure(computed: Figure, value: Decimal, whole: Decimal | None) -> Figure:
    """What an item measures once a value is entered; the computed whole holds where none is entered."""
    return Figure(Fraction(value), computed.whole if whole is None else whole, note=ENTERED)


def item_of(score: Score, code: str) -> ItemScore:
    """One item of a member's scorecard. Raises CallError where it has none of that code."""
    item = next((scored for scored in score.items if scored.item.code == code), None)
    if item is None:
        listed = "、".join(scored.item.code for scored in score.items)
        raise CallError(f"{score.standing.subject}的评分表没有评分项“{code}”，应为{listed}之一")
    return item
