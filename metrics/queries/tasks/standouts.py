"""Members that stand out in a task, and why: by place, change or target; each reason is a declared predicate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import rows
from metrics.queries.tasks.standing import standing, ways

KINDS = ("bank", "district")
TONES = ("good", "attention")
COLUMNS = ("entity", "name", "kind", "indicator", "standout", "value", "change_from", "level", "peers")
FEW = """
    SELECT CAST(max(value) AS INTEGER) AS few FROM parameter JOIN period ON period.period = $period
    WHERE name = 'peers_range_below' AND effective_from <= last_day
        AND (effective_to IS NULL OR last_day < effective_to)
"""


def alone(marked: pd.Series) -> pd.Series:
    """The mark where one member bears it, and none where several share it."""
    return marked & (marked.sum() == 1)


def is_first(members: pd.DataFrame) -> pd.Series:
    """Alone in the first place."""
    return alone(members["merit"] == members["merit"].max())


def is_last(members: pd.DataFrame) -> pd.Series:
    """Alone in the last place."""
    return alone(members["merit"] == members["merit"].min())


def gained_most(members: pd.DataFrame) -> pd.Series:
    """Alone with the greatest change for the better on the year before."""
    return alone((members["gain"] > 0) & (members["gain"] == members["gain"].max()))


def lost_most(members: pd.DataFrame) -> pd.Series:
    """Alone with the greatest change for the worse on the year before."""
    return alone((members["gain"] < 0) & (members["gain"] == members["gain"].min()))


def reached_with_few(members: pd.DataFrame) -> pd.Series:
    """At its target, as fewer than half of those who have one."""
    met = members["met"].astype("boolean")
    return (met & (met.sum() * 2 < met.notna().sum())).fillna(False)


def short_of_target(members: pd.DataFrame) -> pd.Series:
    """Short of its target, as no more than half of those who have one."""
    short = ~members["met"].astype("boolean")
    return (short & (short.sum() * 2 <= short.notna().sum())).fillna(False)


PREDICATES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
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
        for _, compared in members.groupby("indicator", sort=False):
            if len(compared) < fewest:
                continue
            compared = compared.assign(merit=compared["value"] * compared["sign"], peers=len(compared))
            compared["gain"] = compared["merit"] - compared["last_year"] * compared["sign"]
            for reason in declared_standouts().values():
                here = compared[PREDICATES[reason.predicate](compared)]
                found.append(here.assign(kind=kind, standout=reason.code, change_from=here["last_year"]))
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(found, ignore_index=True)[list(COLUMNS)]
