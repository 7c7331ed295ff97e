"""Initiatives that a member reports now and then (I1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from contract.declarations import read_rows
from etl.demo.bank_forms import Row
from etl.demo.days import workdays
from etl.demo.tables import FOLDER


@dataclass(frozen=True)
class Initiative:
    """A kind of initiative that a member can come up with once."""

    theme: str
    kind: str
    subject: str
    summary: str


@cache
def _initiatives() -> tuple[Initiative, ...]:
    columns = ("theme", "kind", "subject", "summary")
    return tuple(Initiative(**row) for row in read_rows(FOLDER / "initiatives.csv", *columns))


def initiative_rows(seed: int, member: str, name: str, liveliness: float, period: str) -> list[Row]:
    """I1: none in most months; `liveliness` 0 … 1 is how often there is one."""
    draws = Random(f"{seed}:I1:{member}:{period}")
    if draws.random() > liveliness * 0.22:
        return []
    initiative = draws.choice(_initiatives())
    issued_on = draws.choice(workdays(period))
    number = int(period[5:])
    return [
        {
            "title": f"演示{name.removeprefix('演示')}{initiative.subject}（{issued_on.year}年第{number}号）",
            "kind": initiative.kind,
            "theme": initiative.theme,
            "issued_on": issued_on,
            "doc_no": f"演示发〔{issued_on.year}〕{number}号" if initiative.kind == "rule" else None,
            "summary": initiative.summary,
        }
    ]
