"""Patterns among the loans of a period that a supervisor hunts for, as `data/patterns.toml` declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

import pandas as pd

from contract.declarations import Column, told
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import check_fields, read_toml
from metrics.queries.detail.kinds import check_room
from metrics.queries.detail.listing import ORIGIN, asked, framed

AREA = "rows"
FIELDS = ("code", "name", "question", "about", "parameters", "next", "columns", "shown", "order", "sql")
# What a statement reads: the rows of one period, held to the viewer's own where it is held to them.
READ = {"live": "set_A", "loan": "set_B1", "pledged": "set_pledged"}
HELD = ", ".join(
    f"{name} AS (SELECT * FROM {view} WHERE period = $period AND ($own IS NULL OR bank = $own))"
    for name, view in READ.items()
)
VALUES = """
    SELECT p.name, p.value, p.unit FROM parameter AS p JOIN period AS t ON t.period = $period
    WHERE list_contains($names, p.name) AND p.effective_from <= t.last_day
        AND (p.effective_to IS NULL OR t.last_day < p.effective_to)
"""
MOST_ROWS = 2_000


@dataclass(frozen=True)
class Pattern:
    """One pattern: what it asks, by which policy parameters, which columns its rows have."""

    code: str
    name: str
    question: str
    about: str
    parameters: Mapping[str, str]  # in the statement → the policy parameter
    next: str
    columns: Mapping[str, Column]
    shown: tuple[str, ...]  # of them, in the list
    order: str
    sql: str


@dataclass(frozen=True)
class Threshold:
    """The value of a parameter of a pattern: as policy has it on the last day of the period."""

    name: str
    value: Decimal
    unit: str


@cache
def patterns() -> dict[str, Pattern]:
    """Code → pattern, in declared order. Raises DeclarationError."""
    result = {}
    for row in read_toml(DECLARATIONS / "patterns.toml")["pattern"]:
        where = f"patterns.toml的{row.get('code', '（未命名）')}"
        check_fields(row, FIELDS, FIELDS, where)
        columns = {code: told(code, said, where) for code, said in row["columns"].items()}
        if unknown := [code for code in row["shown"] if code not in columns]:
            raise DeclarationError(f"{where}的shown用到没有声明的列{'、'.join(unknown)}")
        check_room([columns[code] for code in row["shown"]], where)
        result[row["code"]] = Pattern(**row | {"columns": MappingProxyType(columns), "shown": tuple(row["shown"])})
    return result


def pattern_of(code: str) -> Pattern:
    """One pattern. Raises CallError where there is none of that code."""
    if code not in patterns():
        raise CallError(f"没有“{code}”这一线索类型，应为{'、'.join(patterns())}之一")
    return patterns()[code]


def thresholds(viewer: Viewer, snapshot: Snapshot, period: str, code: str) -> dict[str, Threshold]:
    """Name in the statement → value by policy on the last day of the period."""
    own_only(viewer, AREA)
    declared = pattern_of(code).parameters
    _, rows = asked(snapshot, VALUES, {"period": period, "names": list(declared.values())})
    known = {name: Threshold(name, value, unit) for name, value, unit in rows}
    return {name: known[policy] for name, policy in declared.items() if policy in known}


def matches(
    viewer: Viewer, snapshot: Snapshot, period: str, code: str, tried: Mapping[str, Decimal] = MappingProxyType({})
) -> pd.DataFrame:
    """One row a loan, or a loan and right, that fits the pattern at a period: its declared columns, those of ORIGIN.

    `tried`: values in place of policy's. A viewer held to its own rows reads what is to be seen in these alone. At most
    MOST_ROWS, in the declared order. Raises AccessDenied; CallError for no such pattern, or a value that there is not.
    """
    own, declared = own_only(viewer, AREA), pattern_of(code)
    given = {name: tried.get(name, each.value) for name, each in thresholds(viewer, snapshot, period, code).items()}
    absent = declared.parameters.keys() - given.keys()
    if absent:
        raise CallError(f"{period}末没有参数{'、'.join(sorted(declared.parameters[name] for name in absent))}")
    used = {name: f"found.{name}" for name in declared.columns} | {
        name: f"file.{name}" if name in ("file_name", "version", "received_at") else f"found.{name}" for name in ORIGIN
    }
    columns, rows = asked(
        snapshot,
        f"""
        WITH {HELD}, found AS ({declared.sql})
        SELECT {", ".join(used.values())}, found.submission_id
        FROM found LEFT JOIN submission AS file ON file.submission_id = found.submission_id
        ORDER BY {", ".join(f"found.{part}" for part in declared.order.split(", "))} LIMIT $most
        """,
        given | {"period": period, "own": own, "most": MOST_ROWS},
    )
    return framed(columns, rows)
