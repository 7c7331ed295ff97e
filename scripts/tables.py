"""Writes docs/tables.md, the tables of a snapshot: `python -m scripts.tables` after a change of one.

Which tables and columns there are is read from a snapshot that is built in its declared steps from an empty ledger,
which has them all; what each of them is stands in data/snapshot/tables.csv (`table,column,level,meaning`): a table's
grain in a row without column, and under `*` the columns that mean the same wherever a table says nothing of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from textwrap import fill

import duckdb

from contract.declarations import forms, read_rows
from contract.levels import levels
from contract.settings import DECLARATIONS, PROJECT, Home
from etl.snapshot.columns import EVERYWHERE, snapshot_columns
from etl.snapshot.context import BuildContext
from etl.snapshot.publish import steps
from etl.snapshot.timing import STEPS_TABLE
from etl.warehouse.lock import writing
from etl.warehouse.staging import open_staging
from ledger.events import Ledger
from metrics.indicators.relations import relations

PAGE = PROJECT / "docs" / "tables.md"
STAGING, FACTS = "staging", "fact_"
HEAD = """# Tables of a snapshot

Written by `python -m scripts.tables` from a snapshot built of nothing, `data/snapshot/tables.csv`, `data/forms/` and
`data/relations.toml`; a test holds it to them. In the order in which a snapshot is built (`data/snapshot.csv`).

Periods are text `YYYY-MM`; times are naive Beijing time; money is in 万元, rates in percent. A code column holds the
code as text (`risk_class` '1' … '5'), `ip_types` several joined by `,` in declared order. The level of each column's
data is that of `data/levels.csv`.
"""
STAGING_HEAD = """## Staging
A snapshot begins as a copy of staging, which holds all versions (`etl/warehouse/`).
"""

Columns = dict[str, str]  # column → type, in order
Layout = dict[str, Columns]  # table or view → its columns
Words = tuple[str, str]  # level and meaning
Meanings = Mapping[tuple[str, str], Words]


def layout(connection: duckdb.DuckDBPyConnection) -> Layout:
    """The tables and views of a database, by name."""
    tables: Layout = {}
    for table, column, kind in connection.execute(
        """SELECT table_name, column_name, data_type FROM duckdb_columns()
        WHERE database_name = current_database() AND NOT internal ORDER BY table_name, column_index"""
    ).fetchall():
        tables.setdefault(table, {})[column] = kind.replace("VARCHAR", "TEXT")
    return tables


def built() -> dict[str, Layout]:
    """Step → the tables that it adds, staging first: the declared steps are taken one by one, on an empty ledger."""
    with tempfile.TemporaryDirectory(prefix="tables-") as folder:
        home = Home(Path(folder))
        context = BuildContext(1, datetime(2026, 11, 16, 9), Ledger(home.ledger), demonstration=False)
        with writing(home), open_staging(home) as connection:
            known = layout(connection)
            added = {STAGING: known}
            for name, step in steps().items():
                step(connection, context)
                now = layout(connection)
                added[name] = {table: columns for table, columns in now.items() if table not in known}
                known = now
    return added


def meanings() -> dict[tuple[str, str], Words]:
    """Table and column → its level and what it is; of a table itself column and level are empty."""
    return {place: (said.level, said.meaning) for place, said in snapshot_columns().items()}


def is_described_elsewhere(table: str) -> bool:
    """Forms and sets have declarations of their own, and the facts of a form are laid out as the form."""
    return table in forms() or table.startswith((FACTS, "set_"))


def unsaid(tables: Layout, said: Meanings) -> list[tuple[str, str]]:
    """Tables without grain and columns without meaning."""
    asked = [
        (table, column) for table in tables for column in ("", *tables[table]) if not is_described_elsewhere(table)
    ]
    return [(table, column) for table, column in asked if not _meaning(said, table, column)]


def gone(tables: Layout, said: Meanings) -> list[tuple[str, str]]:
    """Declared tables and columns that no snapshot has."""
    there = {(table, column) for table, columns in tables.items() for column in ("", *columns)}
    there |= {(EVERYWHERE, column) for columns in tables.values() for column in columns}
    return sorted(set(said) - there)


def _meaning(said: Meanings, table: str, column: str) -> Words | None:
    """A table's own word on a column, else the one that holds everywhere; a table's grain is its own."""
    return said.get((table, column)) or (said.get((EVERYWHERE, column)) if column else None)


def page(added: Mapping[str, Layout], said: Meanings) -> str:
    return "\n".join(_lines(added, said))


def _lines(added: Mapping[str, Layout], said: Meanings) -> Iterator[str]:
    yield HEAD
    homes = {row["step"]: row["callable"] for row in read_rows(DECLARATIONS / "snapshot.csv", *STEPS_TABLE)}
    for step, tables in added.items():
        yield f"## Step `{step}`: `{_file_of(homes[step])}`\n" if step in homes else STAGING_HEAD
        if not tables:
            yield "Adds no table: it fills or settles those above.\n"
        for table, columns in tables.items():
            if not is_described_elsewhere(table):
                yield f"### `{table}`\n{_sentence(said[table, ''][1])}\n"
                yield from _rows({column: _meaning(said, table, column) for column in columns}, columns)
            elif table in forms():
                headers = {column.code: (column.level, column.header) for column in forms()[table].columns}
                yield f"### `{table}`\n{forms()[table].name}: a row a data row of a version in force.\n"
                yield from _rows({name: headers.get(name) or _meaning(said, table, name) for name in columns}, columns)
        yield from _bullets(
            "fact_<form>", "A row a data row of every accepted version, in force or not.", _facts(tables)
        )
        yield from _bullets(
            "set_<code>",
            "Sets: a row a loan, case, form row or filing, and the period that it counts for.",
            _sets(tables),
        )


def _file_of(function: str) -> str:
    module, _, _ = function.partition(":")
    return f"{module.replace('.', '/')}.py"


def _rows(what: Mapping[str, Words], columns: Columns) -> Iterator[str]:
    yield "| column | type | level | what |"
    yield "|---|---|---|---|"
    for column, (level, meaning) in what.items():
        yield f"| `{column}` | {columns[column]} | {levels()[level].name} | {meaning} |"
    yield ""


def _bullets(name: str, what: str, bullets: list[str]) -> Iterator[str]:
    if bullets:
        yield f"### `{name}`\n{what}\n"
        yield from (fill(f"- {text}", 120, subsequent_indent="  ", break_long_words=False) for text in bullets)
        yield ""


def _facts(tables: Layout) -> list[str]:
    return [f"`{table}`: {_columns(columns)}" for table, columns in tables.items() if table.startswith(FACTS)]


def _sets(tables: Layout) -> list[str]:
    titles = {relation.view: relation.title for relation in relations().values()}
    return [f"`{table}` {titles[table]}: {_columns(columns)}" for table, columns in tables.items() if table in titles]


def _columns(columns: Columns) -> str:
    """The columns by name; where all those of a form are there, these by the form's."""
    whole = {form.code: {column.code for column in form.columns} for form in forms().values()}
    there = [code for code, names in whole.items() if names <= set(columns)]
    if not there:
        return f"{_listed(columns)}."
    form = max(there, key=lambda code: len(whole[code]))
    return f"{_listed(name for name in columns if name not in whole[form])}, and the columns of `{form}`."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


if __name__ == "__main__":
    PAGE.write_text(page(built(), meanings()), encoding="utf-8")
