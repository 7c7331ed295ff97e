"""Members that stand out in a task, and why: by place, change or target; each reason is a declared predicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import records, rows
from metrics.queries.tasks.standing import standing, ways

KINDS = ("bank", "district")
TONES = ("good", "attention")
COLUMNS = ("entity", "name", "kind", "indicator", "standout", "value", "change_from", "level", "peers")
READ = ("indicator", "sign", "entity", "name", "value", "last_year", "level", "met")  # of `standing`
FEW = """
    SELECT CAST(max(value) AS INTEGER) AS few FROM parameter JOIN period ON period.period = $period
    WHERE name = 'peers_range_below' AND effective_from <= last_day
        AND (effective_to IS NULL OR last_day < effective_to)
"""


@dataclass(frozen=True)
class Compared:
    """Members compared by one figure, each list in their order; None for who has none.

    `merit`: the greater, the better. `gain`: merit less that of the year before. `met`: whether at its target.
    """

    merit: Sequence[float] = ()
    gain: Sequence[float | None] = ()
    met: Sequence[bool | None] = ()


def _alone(values: Sequence[float | None], end: Callable[[Iterable[float]], float]) -> list[bool]:
    """The mark at the greatest or least value where one member bears it, and none where several share it."""
    known = [value for value in values if value is not None]
    best = end(known) if known else None
    only = known.count(best) == 1
    return [only and value == best for value in values]


def is_first(members: Compared) -> list[bool]:
    """Alone in the first place."""
    return _alone(members.merit, max)


def is_last(members: Compared) -> list[bool]:
    """Alone in the last place."""
    return _alone(members.merit, min)


def gained_most(members: Compared) -> list[bool]:
    """Alone with the greatest change for the better on the year before."""
    return _alone([gain if gain is not None and gain > 0 else None for gain in members.gain], max)


def lost_most(members: Compared) -> list[bool]:
    """Alone with the greatest change for the worse on the year before."""
    return _alone([gain if gain is not None and gain < 0 else None for gain in members.gain], min)


def reached_with_few(members: Compared) -> list[bool]:
    """At its target, as fewer than half of those who have one."""
    few = members.met.count(True) < members.met.count(False)
    return [few and met is True for met in members.met]


def short_of_target(members: Compared) -> list[bool]:
    """Short of its target, as no more than half of those who have one."""
    few = members.met.count(False) <= members.met.count(True)
    return [few and met is False for met in members.met]


PREDICATES: dict[str, Callable[[Compared], list[bool]]] = {
    predicate.__name__: predicate
    for predicate in (is_first, is_last, gained_most, lost_most, reached_with_few, short_of_target)
}


@dataclass(frozen=True)
class Standout:
    """One reason to stand out: when it holds, whether it is good or asks for attention, and the words for it."""

    code: str
    predicate: str
    tone: str
    words: str


def read_standouts(path: Path) -> dict[str, Standout]:
    """Code → reason, in declared order. Raises DeclarationError for an unknown predicate or tone."""
    found = {}
    for number, row in enumerate(read_rows(path, "standout", "predicate", "tone", "words"), start=2):
        for field, known in (("predicate", PREDICATES), ("tone", TONES)):
            if row[field] not in known:
                raise DeclarationError(f"{path.name}第{number}行的{field}“{row[field]}”不认识")
        found[row["standout"]] = Standout(row["standout"], row["predicate"], row["tone"], row["words"])
    return found


@cache
def declared_standouts() -> dict[str, Standout]:
    """The reasons of `data/tasks/standouts.csv`."""
    return read_standouts(DECLARATIONS / "tasks" / "standouts.csv")


def standouts(viewer: Viewer, snapshot: Snapshot, period: str, indicators: tuple[str, ...]) -> pd.DataFrame:
    """One row a member, indicator and reason: `entity, name, kind, indicator, standout, value, change_from` (the value
    a year before), `level` (of its target) and `peers` (how many were compared).

    Before the Bureau of all members, before an authority of districts. Members with fewer behind the figure than the
    scorecard asks for are left out, and whole indicators where the members are too few for places; whoever is bound
    to one member has its place and range among peers elsewhere, and no row here.
    """
    fewest = int(rows(snapshot, FEW, {"period": period})["few"].fillna(0).iat[0])
    found = []
    for kind in KINDS:
        codes = tuple(code for code in indicators if kind in ways(viewer, code) and kind != viewer.own_scope)
        if not codes:
            continue
        members = standing(viewer, snapshot, period, codes, kind)
        members = members[members["listed"] & ~members["small"] & members["value"].notna() & (members["sign"] != 0)]
        for _, each in groupby(records(members[list(READ)]), key=itemgetter("indicator")):
            compared = list(each)
            if len(compared) >= fewest:
                found += _standing_out(kind, compared)
    return pd.DataFrame(found, columns=list(COLUMNS))


def _standing_out(kind: str, members: Sequence[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Those of some members who stand out by one indicator, a row of COLUMNS a reason."""
    compared = Compared(
        merit=[one["value"] * one["sign"] for one in members],
        gain=[None if one["last_year"] is None else (one["value"] - one["last_year"]) * one["sign"] for one in members],
        met=[one["met"] for one in members],
    )
    for reason in declared_standouts().values():
        for one, stands_out in zip(members, PREDICATES[reason.predicate](compared), strict=True):
            if stands_out:
                yield (
                    one["entity"], one["name"], kind, one["indicator"], reason.code, one["value"], one["last_year"],
                    one["level"], len(members),
                )  # fmt: skip
