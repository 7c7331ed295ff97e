"""The tables of a snapshot as declared (`data/snapshot/tables.csv`): what each column is, and the level of its data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.declarations import forms
from contract.errors import DeclarationError
from contract.levels import level_named
from contract.settings import DECLARATIONS, read_rows

DECLARED = DECLARATIONS / "snapshot" / "tables.csv"
FIELDS = ("table", "column", "level", "meaning")
EVERYWHERE = "*"  # in place of a table: what a column is wherever a table says nothing of its own


@dataclass(frozen=True)
class Said:
    """What a column of a table is; without a column the grain of the table, which has no level."""

    table: str
    column: str
    level: str
    meaning: str


@dataclass(frozen=True)
class Held:
    """The level of a column's data, and the area of `data/access.csv` by which its form is reached; empty for none."""

    level: str
    area: str


@cache
def snapshot_columns() -> dict[tuple[str, str], Said]:
    """Table and column → what it is. Forms, their facts and the sets have declarations of their own."""
    return read_snapshot_columns(DECLARED)


def read_snapshot_columns(path: Path) -> dict[tuple[str, str], Said]:
    """Table and column → what it is. Raises DeclarationError: a column twice or without a level, a grain with one."""
    found: dict[tuple[str, str], Said] = {}
    for number, row in enumerate(read_rows(path, *FIELDS), start=2):
        said, where = Said(**row), f"{path.name}第{number}行{row['table']}.{row['column']}"
        if (said.table, said.column) in found:
            raise DeclarationError(f"{where}重复")
        if said.column:
            level_named(said.level, where)
        elif said.level:
            raise DeclarationError(f"{where}说明的是整张表，不应有数据级别")
        found[said.table, said.column] = said
    return found


def held_by(reference: str) -> Held:
    """The level and area of `B1.balance` or `finding.value`: a form's column, else a table's.

    Raises DeclarationError where there is no such column.
    """
    table, _, column = reference.partition(".")
    if table in forms():
        own = forms()[table].column(column)
        return Held(own.level, own.area)
    known = snapshot_columns()
    said = known.get((table, column)) or (known.get((EVERYWHERE, column)) if (table, "") in known else None)
    if said is None or not column:
        raise DeclarationError(f"没有声明过列“{reference}”")
    return Held(said.level, "")
