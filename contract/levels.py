"""Levels of data (金规〔2024〕24号), and what follows from one: who is shown it, how it leaves, what is recorded, how
long it is kept.

Each column says its level where it is declared (forms, cover, tables of a snapshot, lists, kinds of events); what a
level means is `data/levels.csv`, in order from the strictest. Nothing else names columns to mask or tables to guard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from contract.errors import DeclarationError
from contract.settings import DECLARATIONS, read_rows

FIELDS = ("level", "name", "shown", "export", "recorded", "years")
# Who is shown a cell: whoever reaches the list it stands in; reaches the rows of the form that it is of; who of all
# these is of the Bureau, or a supervisor.
LIST, FORM, BUREAU, SUPERVISOR = SHOWN = ("list", "form", "bureau", "supervisor")
# How it leaves a page: with any table; marked and recorded with its selection, by the pages that offer that; by an
# approval alone.
FREE, GUARDED, APPROVED = EXPORTS = ("free", "guarded", "approved")
OTHER = "other"  # what is nobody's secret within the Bureau: figures, dates, kinds, words of the system's own


@dataclass(frozen=True)
class Level:
    """One level: its name; who is shown it (`SHOWN`), how it leaves (`EXPORTS`), whether a look at its rows is
    recorded, and for how many years at least it is kept."""

    code: str
    name: str
    shown: str
    export: str
    recorded: bool
    years: int


@cache
def levels() -> dict[str, Level]:
    """Code → level, the strictest first, as `data/levels.csv` declares them."""
    return read_levels(DECLARATIONS / "levels.csv")


def read_levels(path: Path) -> dict[str, Level]:
    """Code → level. Raises DeclarationError: a level twice, a word that is none, no years, or what is less strict in
    one respect than a level that comes after it."""
    found: dict[str, Level] = {}
    for number, row in enumerate(read_rows(path, *FIELDS), start=2):
        where = f"{path.name}第{number}行"
        if not row["level"] or row["level"] in found:
            raise DeclarationError(f"{where}的级别“{row['level']}”重复或为空")
        for name, known in (("shown", SHOWN), ("export", EXPORTS), ("recorded", ("yes", "no"))):
            if row[name] not in known:
                raise DeclarationError(f"{where}的{name}“{row[name]}”应为{'、'.join(known)}之一")
        if not row["years"].isdecimal() or not int(row["years"]):
            raise DeclarationError(f"{where}的保存年限“{row['years']}”应为正整数")
        said = (row["name"], row["shown"], row["export"], row["recorded"] == "yes", int(row["years"]))
        found[row["level"]] = Level(row["level"], *said)
    for stricter, looser in pairwise(found.values()):
        if any(ours < theirs for ours, theirs in zip(_strictness(stricter), _strictness(looser), strict=True)):
            raise DeclarationError(f"{path.name}中{stricter.code}在{looser.code}之前，各项都不应更宽")
    if OTHER not in found:
        raise DeclarationError(f"{path.name}缺少级别{OTHER}")
    return found


def _strictness(level: Level) -> tuple[int, ...]:
    return SHOWN.index(level.shown), EXPORTS.index(level.export), level.recorded, level.years


def level_named(code: str | None, where: str) -> str:
    """The code of a level as a declaration has it. Raises DeclarationError where it names none, or one that there is
    not."""
    if code not in levels():
        raise DeclarationError(f"{where}的数据级别“{code or ''}”应为{'、'.join(levels())}之一（levels.csv）")
    return code


def strictest(codes: Iterable[str]) -> Level:
    """The strictest of some levels; of none, `OTHER`."""
    given = set(codes)
    return next((level for code, level in levels().items() if code in given), levels()[OTHER])


def kept_until(level: Level, since: date) -> date:
    """The day until which what came on a day is kept at least."""
    leap_day = (since.month, since.day) == (2, 29)
    return since.replace(year=since.year + level.years, day=28 if leap_day else since.day)
