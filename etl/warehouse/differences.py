"""Two versions of a submission side by side, cell by cell, as they were handed in: returned ones too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from contract.declarations import Column, Form, cover_items, forms, named
from contract.errors import CallError, PilotError, RefusedFile
from contract.settings import Home
from etl.checks.cover import MONEY, Submitted, narrow
from etl.checks.faults import named_faults
from etl.checks.typed_forms import type_batch
from etl.reading.submission import Table
from etl.sheets.grids import UNREADABLE
from etl.warehouse.version import read_again
from ledger.events import Event, Ledger

MEASURED = ("money", "int", "days", "rate")
EXACT = "DECIMAL(38,6)"  # holds every difference and sum of what a column holds
COVER = "cover"
CHANGE_WORDS = {"changed": "改动", "added": "新增行", "removed": "删除行"}
CHANGE_FIELDS = ("form", "change", "record", "column", "header", "old_row", "new_row", "old", "new", "difference")
FORM_FIELDS = ("form", "old_rows", "new_rows", "added", "removed", "changed", "cells")


@dataclass(frozen=True)
class Differences:
    """What changed from one version to another.

    Grain of `forms`: a form that came in either version: old_rows and new_rows (None where the form did not come),
    rows added, removed and changed, changed cells of rows that are in both. Grain of `changes`: a changed cell or
    cover item (`changed`), or a row that only one version has (`added`, `removed`), in the order of forms and rows;
    old_row and new_row as a person sees them; difference only where both values are numbers. `total` counts all
    changes, of which `changes` may hold the first.
    """

    forms: list[dict]
    changes: list[dict]
    total: int


def acknowledged(home: Home, submitter: str, period: str, versions: Sequence[int] = ()) -> list[Event]:
    """The receipts of two versions, in the order given; without one, of the last version and the one before.

    Raises CallError where a version is unknown, or there is nothing to compare.
    """
    events = {
        event.payload["version"]: event
        for event in Ledger(home.ledger).events("submission")
        if (event.payload["submitter"], event.payload["period"]) == (submitter, period)
    }
    if not events:
        raise CallError(f"没有{submitter}在{period}的报送")
    if len(events) == 1:
        raise CallError(f"{submitter}在{period}只报送过一版，没有可以对比的版本")
    chosen = tuple(versions) or tuple(sorted(events))[-2:]
    unknown = [number for number in chosen if number not in events]
    if unknown:
        raise CallError(f"{submitter}在{period}没有第{unknown[0]}版，共{len(events)}版")
    if len(set(chosen)) != 2:
        raise CallError("对比需要两个不同的版本，如1,2")
    return [events[number] for number in chosen]


def differences(home: Home, old: Event, new: Event, limit: int | None = None) -> Differences:
    """What changed between two versions of one submitter and period, read again from the archive.

    Raises RefusedFile where the archive lacks one of them, or it cannot be read any more.
    """
    submissions = []
    for number, (event, reading) in enumerate(zip((old, new), read_again(home, (old, new)), strict=True)):
        if isinstance(reading, RefusedFile):
            raise reading
        facts = event.payload
        submissions.append(Submitted(number, facts["submitter"], facts["kind"], facts["period"], reading))
    return beside(*submissions, limit)


def beside(old: Submitted, new: Submitted, limit: int | None = None) -> Differences:
    """What changed from one reading (number 0) to another (number 1); all changes, or the first so many."""
    with duckdb.connect() as connection:
        forms_sent = pair_up(connection, (old, new))
        cover = _cover_changes(old, new)
        summary = ([_cover_summary(len(cover))] if cover else []) + _summary(connection, forms_sent, old, new)
        rows = _changes(connection, forms_sent, None if limit is None else max(limit - len(cover), 0))
        total = len(cover) + connection.execute("SELECT count(*) FROM change").fetchall()[0][0]
    return Differences(summary, (cover + rows)[:limit], total)


def pair_up(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> list[Form]:
    """Leaves `paired_<form>` in the connection for the forms that came, and gives those: a row a record that either
    version of a pair has.

    Pair n is what `batch` numbers 2n (old) and 2n + 1 (new). Columns: pair, old_row, new_row (NULL where a version
    lacks the record), record (its key), and for each column the values o_<code> and n_<code>, and where there is
    none the texts as they stood, o_<code>_text and n_<code>_text (NULL for a blank cell). A key that stands several
    times is told apart by its order; the rows of a form without a key by theirs.
    """
    _, faults = type_batch(connection, batch)
    if faults:
        raise PilotError(f"规则{named_faults(faults)}未能执行，两版无法比较")
    forms_sent = [form for form in forms().values() if any(form.code in submission.tables for submission in batch)]
    for form in forms_sent:
        record = " || '/' || ".join(_key(form.column(code)) for code in form.key) or "''"
        cells = ", ".join(
            f"v.{column.code}, CASE WHEN v.{column.code} IS NULL THEN {_bare('t.' + column.code)} END "
            f"AS {column.code}_text"
            for column in form.columns
        )
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE shown AS
            SELECT *, row_number() OVER (PARTITION BY number, record ORDER BY row_no) AS nth
            FROM (SELECT v.number, v.row_no, {record} AS record, {cells}
                FROM typed_{form.code} v JOIN text_{form.code} t ON t.number = v.number AND t.row_no = v.row_no)""")
        sides = ", ".join(
            f"{side}.{name} AS {side}_{name}"
            for column in form.columns
            for name in (column.code, f"{column.code}_text")
            for side in ("o", "n")
        )
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE paired_{form.code} AS
            SELECT coalesce(o.number, n.number) // 2 AS pair, o.row_no AS old_row, n.row_no AS new_row,
                coalesce(o.record, n.record) AS record, {sides}
            FROM (SELECT * FROM shown WHERE number % 2 = 0) o
            FULL JOIN (SELECT * FROM shown WHERE number % 2 = 1) n
                ON o.number + 1 = n.number AND o.record = n.record AND o.nth = n.nth""")
    return forms_sent


def _key(column: Column) -> str:
    """SQL: a part of a record's key as text, blank where the cell is."""
    return f"coalesce({_spelled(column, f'v.{column.code}')}, {_bare(f't.{column.code}')}, '')"


def _bare(text: str) -> str:
    """SQL: a cell's text without outer spaces and the reader's marks, NULL where nothing is left."""
    return f"nullif(trim({text}, ' \t\r\n\u3000{''.join(UNREADABLE)}'), '')"


def _spelled(column: Column, value: str) -> str:
    """SQL: a value in one spelling."""
    text = f"CAST({value} AS TEXT)"
    return f"rtrim(rtrim({text}, '0'), '.')" if column.type in ("money", "rate") else text


def differs(column: Column) -> str:
    """SQL: whether a paired cell differs."""
    code = column.code
    return f"(o_{code} IS DISTINCT FROM n_{code} OR o_{code}_text IS DISTINCT FROM n_{code}_text)"


def _summary(
    connection: duckdb.DuckDBPyConnection, forms_sent: Sequence[Form], old: Submitted, new: Submitted
) -> list[dict]:
    rows = []
    for form in forms_sent:
        both = "old_row IS NOT NULL AND new_row IS NOT NULL"
        cells = " + ".join(f"CAST({differs(column)} AS INTEGER)" for column in form.columns)
        counted = connection.execute(f"""
            SELECT count(*) FILTER (old_row IS NULL), count(*) FILTER (new_row IS NULL),
                count(*) FILTER ({both} AND cells > 0), coalesce(sum(cells) FILTER ({both}), 0)
            FROM (SELECT old_row, new_row, {cells} AS cells FROM paired_{form.code})""").fetchall()[0]
        lengths = [_rows(submission.tables.get(form.code)) for submission in (old, new)]
        rows.append(dict(zip(FORM_FIELDS, (form.code, *lengths, *map(int, counted)), strict=True)))
    return rows


def _rows(table: Table | None) -> int | None:
    return None if table is None else len(table.row_numbers)


def _changes(connection: duckdb.DuckDBPyConnection, forms_sent: Sequence[Form], limit: int | None) -> list[dict]:
    """Fills the table `change` and gives its first rows, codes by their names."""
    connection.execute("""CREATE OR REPLACE TEMP TABLE change (form_no INTEGER, form TEXT, change TEXT, record TEXT,
        column_no INTEGER, old_row INTEGER, new_row INTEGER, old TEXT, new TEXT, difference DECIMAL(38,6))""")
    for place, form in enumerate(forms_sent):
        _add_changes(connection, place, form)
    changes = connection.execute(
        """SELECT form, change, record, column_no, old_row, new_row, old, new, difference FROM change
        ORDER BY form_no, coalesce(new_row, old_row), old_row, column_no LIMIT ?""",
        [limit],
    ).fetchall()
    rows = []
    for form, change, record, no, old_row, new_row, old, new, difference in changes:
        column = forms()[form].columns[no - 1] if no else None
        code, header = (column.code, column.header) if column else (None, None)
        old, new = (named(column, text) if column and text is not None else text for text in (old, new))
        cells = (form, change, record, code, header, old_row, new_row, old, new, difference)
        rows.append(dict(zip(CHANGE_FIELDS, cells, strict=True)))
    return rows


def _add_changes(connection: duckdb.DuckDBPyConnection, place: int, form: Form) -> None:
    connection.execute(f"""
        INSERT INTO change
        SELECT {place}, '{form.code}', CASE WHEN old_row IS NULL THEN 'added' ELSE 'removed' END, record,
            NULL, old_row, new_row, NULL, NULL, NULL
        FROM paired_{form.code} WHERE old_row IS NULL OR new_row IS NULL""")
    cells = ", ".join(
        f"CASE WHEN {differs(column)} THEN {{'no': {place_no}, 'old': {_side('o', column)}, "
        f"'new': {_side('n', column)}, 'difference': {_difference(column)}}} END"
        for place_no, column in enumerate(form.columns, 1)
    )
    connection.execute(f"""
        INSERT INTO change
        SELECT {place}, '{form.code}', 'changed', record, cell.no, old_row, new_row, cell.old, cell.new, cell.difference
        FROM (
            SELECT record, old_row, new_row,
                unnest(list_filter([{cells}], lambda entry: entry IS NOT NULL)) AS cell
            FROM paired_{form.code} WHERE old_row IS NOT NULL AND new_row IS NOT NULL)""")


def _difference(column: Column) -> str:
    if column.type not in MEASURED:
        return f"CAST(NULL AS {EXACT})"
    return f"CAST(n_{column.code} AS {EXACT}) - CAST(o_{column.code} AS {EXACT})"


def _side(side: str, column: Column) -> str:
    """SQL: a paired cell as it is shown: its value, else its text."""
    return f"coalesce({_spelled(column, f'{side}_{column.code}')}, {side}_{column.code}_text)"


def _cover_summary(count: int) -> dict:
    return dict(zip(FORM_FIELDS, (COVER, None, None, 0, 0, 0, count), strict=True))


def _cover_changes(old: Submitted, new: Submitted) -> list[dict]:
    """A row a cover item whose value differs; a control total by its number, however it is written."""
    labels = {item.code: item.header for item in cover_items()}
    labels |= {f"rows_{code}": f"行数 {code}" for code in forms()} | {"amount_B1": "金额 B1"}
    before, after = (submission.reading.cover for submission in (old, new))
    rows = []
    for code, label in labels.items():
        cells = [cover.get(code) for cover in (before, after)]
        texts = [_stated(cell.value, code) if cell else None for cell in cells]
        if texts[0] == texts[1]:
            continue
        places = [cell.row if cell else None for cell in cells]
        numbers = [_number(text) for text in texts] if _is_total(code) else [None]
        difference = numbers[1] - numbers[0] if None not in numbers else None
        fields = (COVER, "changed", "", code, label, *places, *texts, difference)
        rows.append(dict(zip(CHANGE_FIELDS, fields, strict=True)))
    return rows


def _is_total(code: str) -> bool:
    return code.startswith(("rows_", "amount_"))


def _stated(text: str | None, code: str) -> str | None:
    text = narrow((text or "").strip().lstrip("".join(UNREADABLE))) or None
    number = _number(text) if _is_total(code) else None
    return text if number is None else format(number.normalize(), "f")


def _number(text: str | None) -> Decimal | None:
    return Decimal(text.replace(",", "")) if text and MONEY.fullmatch(text) else None
