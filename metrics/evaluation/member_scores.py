"""The evaluation of every member in every period: who is scored, its items, total, grade and place among its peers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from contract.calendar import is_quarter_end
from contract.parameters import Policy
from contract.standing import VERDICT_WORDS
from ledger.incidents import incident_kinds
from metrics.evaluation.item_figures import Measures
from metrics.evaluation.judgements import Recognition, recognised_rows
from metrics.evaluation.ranking import Place, places
from metrics.evaluation.scorecards import Scorecard, scorecard_at
from metrics.evaluation.scores import VETOED, ItemScore, bonus, deduction, grade, score_items, total

# How a member filed → why it is not scored; empty where it is.
UNSCORED = {
    "in_force": "",
    "not_due": "报送期限未到，尚未报送",
    "exempt": "报送要求施行之前，没有报送",
    "missing": VERDICT_WORDS["missing"],
    "returned": "报送已退回，尚无受理版本",
}
NO_ITEM = "没有适用的评分项"
ANNUAL = "-12"  # the month of the round that gives grades

# Grain: a member on the list and period. The counts are those of the year's expected periods so far.
STANDINGS = """
    SELECT
        submitter,
        kind,
        member_group,
        period,
        CASE WHEN in_force THEN 'in_force' WHEN missing THEN 'missing' WHEN due THEN 'not_due'
            WHEN exempt THEN 'exempt' ELSE 'returned' END AS filed,
        CAST(sum(CASE WHEN late OR missing THEN 1 ELSE 0 END) OVER year_so_far AS INTEGER) AS late_so_far,
        CAST(sum(returned_late) OVER year_so_far AS INTEGER) AS returned_late_so_far
    FROM filing
    WHERE on_list
    WINDOW year_so_far AS (PARTITION BY submitter, left(period, 4) ORDER BY period)
    ORDER BY period, kind, submitter
"""


VETOES = """SELECT subject, veto_year, kind, confirmed_on FROM incident
    WHERE veto_year > 0 ORDER BY subject, veto_year, incident_id"""


@dataclass(frozen=True)
class Standing:
    """A member on the list in one period: whether it can be scored, and what it did this year up to then."""

    subject: str
    kind: str
    group: str
    period: str
    unscored_reason: str  # empty where a submission is in force
    late: int  # periods whose first version came late or is missing
    returned_late: int
    recognised: int
    veto: str = ""  # why this annual round's grade is D whatever the score; empty where nothing decides it


@dataclass(frozen=True)
class Score:
    """A member's score in one period; `total` is None where it is 未评."""

    standing: Standing
    items: tuple[ItemScore, ...]
    bonus: Decimal
    deduction: Decimal
    total: Decimal | None
    grade: str | None  # in the annual round only
    unscored_reason: str | None


@dataclass(frozen=True)
class Placed:
    """A score with its place among all members of its kind, and in its group; None where it is 未评."""

    score: Score
    place: Place | None
    group_place: Place | None

    @property
    def is_round(self) -> bool:
        """Whether the period is a round, in which ranks are given."""
        return is_quarter_end(self.score.standing.period)


def read_standings(connection: duckdb.DuckDBPyConnection, recognitions: Iterable[Recognition]) -> list[Standing]:
    """Every member on the list in every period, by period, kind and code.

    Reads `filing`, `incident` and `I1`; a recognition counts while it is not revoked and its row is in
    force.
    """
    decided = vetoes(connection)
    reported = set(connection.execute("SELECT submitter, period, title FROM I1").fetchall())
    recognised = sorted(recognised_rows(recognitions).keys() & reported)
    standings = []
    for subject, kind, group, period, filed, *counts in connection.execute(STANDINGS).fetchall():
        year = period[:4]
        count = sum(who == subject and at[:4] == year and at <= period for who, at, _ in recognised)
        veto = decided.get((subject, period), "")
        standings.append(Standing(subject, kind, group, period, UNSCORED[filed], *counts, count, veto))
    return standings


def vetoes(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(member, period of the annual round) → the confirmed incidents that decide its grade, in words."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for subject, year, kind, confirmed_on in connection.execute(VETOES).fetchall():
        said = f"“{incident_kinds()[kind].name}”事件，{confirmed_on}确认"
        reasons.setdefault((subject, f"{year}{ANNUAL}"), []).append(said)
    return {key: "；".join(said) for key, said in reasons.items()}


def score_members(
    standings: Iterable[Standing], measures: Measures, cards: Sequence[Scorecard], policies: Mapping[str, Policy]
) -> list[Placed]:
    """A score a standing, in the order given, of the periods in `policies` (period → policy in force).

    With other cards or policies it tries out another evaluation.
    """
    scores = [
        score_member(standing, measures, scorecard_at(cards, standing.kind, policies[standing.period].day), policy)
        for standing in standings
        if (policy := policies.get(standing.period))
    ]
    return place_scores(scores)


def place_scores(scores: Sequence[Score]) -> list[Placed]:
    """Each score with its place among all members of its kind and period, and in its group."""
    among_all = _places(scores, lambda standing: (standing.period, standing.kind))
    in_group = _places(scores, lambda standing: (standing.period, standing.kind, standing.group))
    return [Placed(score, among_all.get(score.standing), in_group.get(score.standing)) for score in scores]


def score_member(standing: Standing, measures: Measures, card: Scorecard, policy: Policy) -> Score:
    """One member's score in one period: 未评 where no submission is in force or no item applies."""
    figures = {
        item.code: measures.of(item, standing.subject, standing.period, policy)
        for item in card.items
        if not standing.unscored_reason
    }
    items = score_items(card.items, figures)
    added = bonus(standing.recognised, policy) if standing.kind == "bank" else Decimal(0)
    taken = deduction(standing.late, standing.returned_late, policy)
    points = total(items, added, taken)
    return Score(
        standing=standing,
        items=items,
        bonus=added,
        deduction=taken,
        total=points,
        grade=grade_given(standing, points, policy),
        unscored_reason=(standing.unscored_reason or NO_ITEM) if points is None else None,
    )


def grade_given(standing: Standing, points: Decimal | None, floors: Mapping[str, Decimal]) -> str | None:
    """The grade of an annual round, by the total or by what decides it whatever the score; none in another round."""
    if points is None or not standing.period.endswith(ANNUAL):
        return None
    return VETOED if standing.veto else grade(points, floors)


def _places(scores, key) -> dict[Standing, Place]:
    peers: dict[tuple, dict[Standing, Decimal]] = {}
    for score in scores:
        if score.total is not None:
            peers.setdefault(key(score.standing), {})[score.standing] = score.total
    return {standing: place for totals in peers.values() for standing, place in places(totals).items()}
