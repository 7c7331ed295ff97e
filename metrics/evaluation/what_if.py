"""参数试算: every member's score, rank and grade under a trial beside today's, over past periods; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import duckdb

from contract.calendar import is_quarter_end
from contract.errors import CallError
from contract.parameters import Policy, declared_parameters, with_events
from contract.places import Archive
from contract.wording import KINDS
from ledger.events import Event, Ledger
from ledger.rounds import EVENTS as ROUND_EVENTS
from ledger.rounds import rounds
from metrics.evaluation.build import policies_by_period
from metrics.evaluation.item_figures import Measures, read_measures
from metrics.evaluation.judgements import Recognition
from metrics.evaluation.member_scores import Placed, read_standings, score_members, vetoes
from metrics.evaluation.policy_proposals import PARAMETER, SCORECARD, PolicyBook, policy_book
from metrics.evaluation.round_scores import frozen_rounds
from metrics.evaluation.scorecards import Item
from metrics.evaluation.scores import Figure, half_up
from metrics.evaluation.trial import Trial, tried

ROUNDS, ALL = "rounds", "all"
TODAY = """
    SELECT period, subject, CAST(total AS DECIMAL(5, 2)), rank, group_rank, grade
    FROM score WHERE list_contains(?, period)
"""


@dataclass(frozen=True)
class Outcome:
    """What an evaluation gives one member in one period; total None = 未评, grade in the annual round alone.

    `below`: whether the total of a round lies below `x03_score`; None where there is no total or no round.
    """

    total: Decimal | None = None
    rank: int | None = None
    group_rank: int | None = None
    grade: str | None = None
    below: bool | None = None


@dataclass(frozen=True)
class Compared:
    """One member in one period: today's outcome and that of the trial."""

    period: str
    subject: str
    name: str
    kind: str
    group: str
    now: Outcome
    trial: Outcome
    frozen: bool = False  # today's is that of a frozen round, and the trial is of its figures

    @property
    def difference(self) -> Decimal | None:
        """Points more (or fewer, negative) in the trial."""
        scored = self.now.total is not None and self.trial.total is not None
        return self.trial.total - self.now.total if scored else None

    @property
    def rank_change(self) -> int | None:
        """Places gained (or lost, negative)."""
        ranked = self.now.rank is not None and self.trial.rank is not None
        return self.now.rank - self.trial.rank if ranked else None

    @property
    def consequence(self) -> str:
        """What the trial would change beside points: grade, or the side of X03's threshold."""
        said = [f"等级{self.now.grade}→{self.trial.grade}"] if self.now.grade != self.trial.grade else []
        if self.now.below is not self.trial.below:
            said += ["将低于X03分数线"] if self.trial.below else ["不再低于X03分数线"] if self.now.below else []
        return "；".join(said)


@dataclass(frozen=True)
class Summary:
    """One period and kind: how many are scored, mean totals, and how many move which way."""

    period: str
    kind: str
    scored: int
    mean_now: Decimal | None
    mean_trial: Decimal | None
    higher: int
    lower: int
    rank_moved: int
    grade_changed: int
    newly_below: int
    no_longer_below: int


@dataclass(frozen=True)
class KeptFigures:
    """What items measure where rounds are frozen: the figures as frozen, but for those that a trial itself moves."""

    live: Measures
    kept: Mapping[tuple[str, str, str], Figure]  # (member, period, item) → figure
    policies: Mapping[str, Policy]  # period → policy in force today

    def of(self, item: Item, subject: str, period: str, policy: Policy) -> Figure:
        """As `Measures.of`."""
        live, kept = self.live.of(item, subject, period, policy), self.kept.get((subject, period, item.code))
        moved = policy != self.policies[period] and live != self.live.of(item, subject, period, self.policies[period])
        return live if kept is None or moved else kept


def book_in(connection: duckdb.DuckDBPyConnection, ledger: Ledger) -> PolicyBook:
    """Parameters and scorecards as the snapshot was built with: what the ledger says since is left out."""
    parameters = with_events(declared_parameters(), known(connection, ledger, PARAMETER))
    return policy_book(parameters, known(connection, ledger, SCORECARD))


def known(connection: duckdb.DuckDBPyConnection, ledger: Ledger, *kinds: str) -> list[Event]:
    """The ledger's events of some kinds that a snapshot was built on."""
    (head,) = connection.execute("SELECT ledger_seq FROM snapshot").fetchone()
    return [event for event in ledger.events(*kinds) if head is None or event.seq <= head]


def tried_over(
    connection: duckdb.DuckDBPyConnection, ledger: Ledger, archive: Archive, trial: Trial, asked: str
) -> list[Compared]:
    """A trial beside today's over the periods asked for (see `chosen_periods`), as the snapshot was built."""
    recognitions = known(connection, ledger, "recognise")
    periods = chosen_periods(connection, asked)
    rounds_then = frozen_rounds(rounds(known(connection, ledger, *ROUND_EVENTS)), archive)
    frozen = {period: known.placed(vetoes(connection)) for period, known in rounds_then.items()}
    return compare(connection, recognitions, book_in(connection, ledger), trial, periods, frozen)


def chosen_periods(connection: duckdb.DuckDBPyConnection, asked: str) -> list[str]:
    """The periods meant by `rounds`, `all`, or periods joined by commas. Raises CallError for one that is not there."""
    there = [row[0] for row in connection.execute("SELECT DISTINCT period FROM score ORDER BY period").fetchall()]
    if asked in (ROUNDS, ALL):
        return [period for period in there if asked == ALL or is_quarter_end(period)]
    wanted = [period.strip() for period in asked.replace("，", ",").split(",") if period.strip()]
    missing = [period for period in wanted if period not in there]
    if missing or not wanted:
        span = f"{there[0]}至{there[-1]}" if there else "空"
        raise CallError(f"没有报送期“{missing[0] if missing else asked}”的得分，现有{span}；或写rounds（各轮次）、all")
    return [period for period in there if period in wanted]


def compare(
    connection: duckdb.DuckDBPyConnection,
    recognitions: Iterable[Recognition],
    book: PolicyBook,
    trial: Trial,
    periods: Sequence[str],
    frozen: Mapping[str, Sequence[Placed]] = MappingProxyType({}),
) -> list[Compared]:
    """Every member on the list in some periods of a snapshot, by period, kind and code.

    Today's is what table `score` has; the trial is worked out by the evaluation itself, with other cards and policies.
    `frozen`: period → scores of a round as frozen, whose standings and figures the trial then goes by.
    """
    other, wanted = tried(book, trial), set(periods)
    now = {
        period: policy for period, policy in policies_by_period(connection, book.parameters).items() if period in wanted
    }
    then = policies_by_period(connection, other.parameters)
    names = dict(connection.execute("SELECT code, coalesce(short_name, name) FROM member").fetchall())
    today = {(row[0], row[1]): row[2:] for row in connection.execute(TODAY, [list(now)]).fetchall()}
    live = [standing for standing in read_standings(connection, recognitions) if standing.period not in frozen]
    scores = [ranked.score for period in frozen for ranked in frozen[period]]
    kept = {
        (score.standing.subject, score.standing.period, scored.item.code): scored.figure
        for score in scores
        for scored in score.items
    }
    standings = sorted(
        [*live, *(score.standing for score in scores)],
        key=lambda standing: (standing.period, standing.kind, standing.subject),
    )
    measures = KeptFigures(read_measures(connection, other.cards), kept, now)
    placed = score_members(standings, measures, other.cards, {period: then[period] for period in now})
    compared = []
    for ranked in placed:
        standing = ranked.score.standing
        period, subject = standing.period, standing.subject
        before = _outcome(period, now[period], *today.get((period, subject), (None,) * 4))
        after = _outcome(period, then[period], *_figures(ranked))
        compared.append(
            Compared(period, subject, names[subject], standing.kind, standing.group, before, after, period in frozen)
        )
    return compared


def _figures(ranked: Placed) -> tuple[Decimal | None, int | None, int | None, str | None]:
    ranks = [place.rank if place and ranked.is_round else None for place in (ranked.place, ranked.group_place)]
    return ranked.score.total, *ranks, ranked.score.grade


def _outcome(
    period: str, policy: Policy, total: Decimal | None, rank: int | None, group_rank: int | None, grade: str | None
) -> Outcome:
    judged = total is not None and is_quarter_end(period)
    return Outcome(total, rank, group_rank, grade, total < policy["x03_score"] if judged else None)


def frozen_note(compared: Sequence[Compared]) -> list[str]:
    """Which rounds are frozen, and what stands beside what then; nothing where none is."""
    periods = "、".join(dict.fromkeys(member.period for member in compared if member.frozen))
    return [f"{periods}已冻结：现行为冻结的结果，试算按冻结的各项数值计算"] if periods else []


def summaries(compared: Iterable[Compared]) -> list[Summary]:
    """A summary a period and kind, by period, banks first."""
    parts: dict[tuple[str, str], list[Compared]] = {}
    for member in compared:
        parts.setdefault((member.period, member.kind), []).append(member)
    order = sorted(parts, key=lambda key: (key[0], list(KINDS).index(key[1])))
    return [_summary(*key, parts[key]) for key in order]


def _summary(period: str, kind: str, members: Sequence[Compared]) -> Summary:
    differences = [member.difference for member in members if member.difference is not None]
    return Summary(
        period,
        kind,
        len(differences),
        _mean([member.now.total for member in members]),
        _mean([member.trial.total for member in members]),
        sum(points > 0 for points in differences),
        sum(points < 0 for points in differences),
        sum(bool(member.rank_change) for member in members),
        sum(member.now.grade != member.trial.grade for member in members),
        sum(member.trial.below is True and not member.now.below for member in members),
        sum(member.now.below is True and not member.trial.below for member in members),
    )


def _mean(totals: Iterable[Decimal | None]) -> Decimal | None:
    scored = [total for total in totals if total is not None]
    return half_up(sum(map(Fraction, scored), Fraction(0)) / len(scored), 2) if scored else None
