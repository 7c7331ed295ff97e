"""Where a snapshot and the oracle disagree: figures, scores and triggers, each as a line that names both.

`python -m tests.metrics.agreement HOME` holds the current snapshot of a home against the oracle, over all its periods;
`python -m tests.metrics.agreement --seeds 1 50` does so with generated packs. They end with 1 where anything differs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import duckdb

from etl.snapshot.opened import LIMITS
from tests.metrics.worlds import deadlines, read_world, snapshot_of
from tests.oracle.indicators import Key, figures
from tests.oracle.packs import pack
from tests.oracle.scores import Place, Score, grade, half_up, places, scores
from tests.oracle.triggers import RULES, Trigger, triggers
from tests.oracle.world import Figure, Member, World, earlier, is_quarter_end

NEAR = 1e-12  # relative: the stored value is one quotient in double


@dataclass(frozen=True)
class Judged:
    """A snapshot beside what the oracle makes of the same world, over some periods."""

    connection: duckdb.DuckDBPyConnection
    world: World
    periods: tuple[str, ...]

    @cached_property
    def figures(self) -> dict[str, dict[Key, Figure]]:
        """By period, of the periods looked at and of 12 months before each."""
        needed = {when for period in self.periods for when in (period, earlier(period, 12))}
        return {period: figures(self.world, period) for period in sorted(needed & set(self.world.periods))}

    @cached_property
    def frozen(self) -> set[str]:
        """The rounds whose scores are those of an archived sheet, whatever the facts have become since."""
        rows = self.connection.execute('SELECT period FROM "round" WHERE sheet_hash IS NOT NULL').fetchall()
        return {period for (period,) in rows}

    @cached_property
    def scores(self) -> dict[str, dict[str, Score]]:
        """Worked out; in a frozen round totals are taken as stored, so that places, grades and X03 follow from them."""
        judged = {period: scores(self.world, self.figures, period) for period in self.periods}
        for period in self.frozen & judged.keys():
            stored = self.connection.execute(STORED_POINTS, [period]).fetchall()
            judged[period] |= {
                code: replace(judged[period][code], total=total, bonus=bonus, deduction=deduction)
                for code, total, bonus, deduction in stored
            }
        return judged

    @cached_property
    def triggers(self) -> set[Trigger]:
        """Of all periods: a trigger looks back."""
        return triggers(self.world, self.figures, self.scores)

    def stored(self, period: str) -> dict[Key, tuple[Decimal | None, Decimal | None, float | None]]:
        rows = self.connection.execute(
            "SELECT scope, entity, indicator, part, whole, value FROM value WHERE period = ?", [period]
        ).fetchall()
        return {(scope, entity, code): (part, whole, value) for scope, entity, code, part, whole, value in rows}


def _same_value(exact: Fraction | None, stored: float | None) -> bool:
    if exact is None or stored is None:
        return exact is None and stored is None
    return abs(float(exact) - stored) <= NEAR * max(1.0, abs(stored))


def value_differences(judged: Judged) -> Iterator[str]:
    """Part and whole to the last digit; a row that only one side has."""
    for period in judged.periods:
        expected, stored = judged.figures[period], judged.stored(period)
        for key in sorted(expected.keys() | stored.keys()):
            figure, row = expected.get(key), stored.get(key)
            same = figure and row and (figure.part, figure.whole) == row[:2] and _same_value(figure.value, row[2])
            if not same:
                yield f"{period} {key}: oracle {figure}, stored {row}"


def _score_rows(judged: Judged, period: str) -> dict[tuple, tuple]:
    """Member → total, grade, bonus, deduction, and its places among all and in its group."""
    scores, members = judged.scores[period], judged.world.members

    def placed(together: Callable[[Member], object]) -> dict[str, Place]:
        peers: dict[object, dict[str, Decimal]] = {}
        for code, score in scores.items():
            if score.total is not None:
                peers.setdefault(together(members[code]), {})[code] = score.total
        return {code: place for totals in peers.values() for code, place in places(totals).items()}

    def of(place: Place | None) -> tuple:
        if place is None:
            return (None, None, None)
        return (place.rank if is_quarter_end(period) else None, float(place.percentile), place.peers)

    among_all = placed(lambda member: member.kind)
    in_group = placed(lambda member: (member.kind, member.group_in(period)))
    return {
        (code,): (
            *(score.total, grade(score, period), score.bonus, score.deduction),
            *(*of(among_all.get(code)), *of(in_group.get(code))),
        )
        for code, score in scores.items()
    }


def _item_rows(judged: Judged, period: str) -> dict[tuple, tuple]:
    """(member, item) → effective weight and score of the items that apply."""
    return {
        (code, item): (half_up(scored_item.weight, 6), half_up(scored_item.score, 4))
        for code, score in judged.scores[period].items()
        for item, scored_item in score.items.items()
        if scored_item.score is not None
    }


STORED_SCORES = """
    SELECT subject, total, grade, bonus, deduction, rank, percentile, peers, group_rank, group_percentile, group_peers
    FROM score WHERE period = ?"""
STORED_POINTS = "SELECT subject, total, bonus, deduction FROM score WHERE period = ?"
STORED_ITEMS = "SELECT subject, item, effective_weight, item_score FROM score_item WHERE period = ? AND applicable"


def score_differences(judged: Judged) -> Iterator[str]:
    """Totals, grades, ranks, percentiles and peers of every member on the list, and every item that applies.

    The items of a frozen round do not follow from the facts.
    """
    parts = ((_score_rows, STORED_SCORES, 1), (_item_rows, STORED_ITEMS, 2))
    for period in judged.periods:
        for rows_of, statement, keys in parts[:1] if period in judged.frozen else parts:
            expected = rows_of(judged, period)
            rows = judged.connection.execute(statement, [period]).fetchall()
            stored = {row[:keys]: row[keys:] for row in rows}
            for key in sorted(expected.keys() | stored.keys()):
                if expected.get(key) != stored.get(key):
                    yield f"{period} {key}: oracle {expected.get(key)}, stored {stored.get(key)}"


def trigger_differences(judged: Judged) -> Iterator[str]:
    """Rule, subject, period, level, since and id of all that is open, of the rules that figures and filings raise."""
    rows = judged.connection.execute(
        "SELECT id, rule, subject, period, level, since FROM trigger WHERE list_contains(?, rule)", [list(RULES)]
    ).fetchall()
    expected = {
        (trigger.id, trigger.rule, trigger.subject, trigger.period, trigger.level, trigger.since)
        for trigger in judged.triggers
    }
    yield from (f"only the oracle: {row}" for row in sorted(expected - set(rows)))
    yield from (f"only stored: {row}" for row in sorted(set(rows) - expected))


def differences(judged: Judged) -> list[str]:
    """All of them."""
    return [*value_differences(judged), *score_differences(judged), *trigger_differences(judged)]


def judged_pack(seed: int, home: Path) -> Judged:
    """A generated pack made into a snapshot, over all its periods."""
    world = pack(seed, deadlines())
    return Judged(snapshot_of(world, home), world, tuple(world.periods))


def judged_home(home: Path, periods: Iterable[str] = ()) -> Judged:
    """The current snapshot of a home, over all its periods unless told otherwise."""
    name = (home / "warehouse" / "CURRENT").read_text(encoding="utf-8").strip()
    connection = duckdb.connect(str(home / "warehouse" / name), read_only=True, config=LIMITS)
    world = read_world(connection)
    return Judged(connection, world, tuple(periods) or tuple(world.periods))


def _report(name: str, judged: Judged) -> int:
    told = differences(judged)
    compared: Mapping[str, int] = {
        "figures": sum(len(judged.stored(period)) for period in judged.periods),
        "items": sum(len(_item_rows(judged, period)) for period in judged.periods),
        "triggers": len(judged.triggers),
    }
    print(name, ", ".join(f"{number} {what}" for what, number in compared.items()), f"{len(told)} differ", sep=": ")
    print(*told[:20], sep="\n", end="\n" if told else "")
    return len(told)


def main(arguments: list[str]) -> int:
    """Runs what the module's text says."""
    if arguments[:1] != ["--seeds"]:
        return int(_report(arguments[0], judged_home(Path(arguments[0]))) > 0)
    differing = 0
    for seed in range(int(arguments[1]), int(arguments[2]) + 1):
        with tempfile.TemporaryDirectory() as home:
            differing += _report(f"seed {seed}", judged_pack(seed, Path(home)))
    return int(differing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
