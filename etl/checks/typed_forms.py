"""Types the cells of a batch of submissions: each different text of a column once, and all columns of a kind together.

Most columns of a form repeat a few values, so that a rule of spelling is asked some hundred times and not once a cell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contract.declarations import Column, Form, forms
from etl.checks.cell_types import CANONICAL, MACROS, cleaned, judged_type, typed
from etl.checks.cover import Submitted
from etl.checks.faults import RULE_BREAKS, Fault, fault
from etl.checks.rulebook import rule_book
from etl.reading.submission import Table
from etl.sheets.grids import CELLS, joined

ROWS_AT_ONCE = 16_384  # DuckDB works on the pieces of an Arrow table side by side


@dataclass(frozen=True)
class TypedForm:
    """One form of a batch. Grain: a row a data row, in the order of the batch and of each file.

    `texts` has number, row_no and the cells as they came; `values` has number, row_no, `place` (the row's position,
    from 0) and the typed columns. `bad` tells for a column which texts are no value of its type, `held` besides
    them the rows of submissions without the column; both know only columns in which there are any. `readable` are
    the submissions, by number, that have the column. `different` is the value of each different text of a column,
    in the order of the dictionary of `texts`; columns whose value hangs on another column are not in it.
    """

    form: Form
    texts: pa.Table
    values: pa.Table
    bad: dict[str, pa.BooleanArray]
    held: dict[str, pa.BooleanArray]
    readable: dict[str, frozenset[int]]
    different: dict[str, pa.Array]


@dataclass(frozen=True)
class _Cells:
    """One column of a form over all submissions of a batch: its texts, and the rows where it is absent, if any."""

    column: Column
    texts: pa.DictionaryArray
    absent: pa.BooleanArray | None
    readable: frozenset[int]


def _cells(column: Column, tables: Sequence[tuple[int, Table]]) -> _Cells:
    pieces = [table.columns.get(column.code) for _, table in tables]
    absent = None
    if None in pieces:
        parts = [pa.repeat(piece is None, table.row_count) for piece, (_, table) in zip(pieces, tables, strict=True)]
        absent = pa.concat_arrays(parts)
        pieces = [
            pa.nulls(table.row_count, CELLS) if piece is None else piece
            for piece, (_, table) in zip(pieces, tables, strict=True)
        ]
    readable = frozenset(number for number, table in tables if column.code in table.columns)
    return _Cells(column, pieces[0] if len(pieces) == 1 else joined(pieces), absent, readable)


def _expression(column: Column) -> str:
    """SQL: (value, whether there is any text) of the spelled text of a column."""
    return f"""SELECT CAST({typed(column, "text")} AS {judged_type(column)}) AS value, text IS NOT NULL AS said
        FROM (SELECT {cleaned(column, "text")} AS text FROM spelled)"""


def _typed_texts(connection: duckdb.DuckDBPyConnection, given: Sequence[_Cells]) -> list[tuple[pa.Array, pa.Array]]:
    """The value of each different text of the columns, and whether it is none: columns of a kind in one statement."""
    kinds: dict[str, list[int]] = {}
    for position, cells in enumerate(given):
        if not len(cells.texts):  # a form without rows, of which there are many: to plan a statement costs as
            continue  # much as to type some thousand cells
        kinds.setdefault(_expression(cells.column), []).append(position)
    answers = [(pa.nulls(len(cells.texts.dictionary)), pa.nulls(len(cells.texts.dictionary))) for cells in given]
    for statement, positions in kinds.items():
        texts = pa.table({"text": pa.chunked_array([given[position].texts.dictionary for position in positions])})
        connection.register("spelled", pa.Table.from_batches(texts.to_batches(ROWS_AT_ONCE), texts.schema))
        answer = connection.sql(statement).to_arrow_table().combine_chunks()
        value, said = (answer.column(name).combine_chunks() for name in ("value", "said"))
        start = 0
        for position in positions:
            end = start + len(given[position].texts.dictionary)
            bad = pc.and_(pc.is_null(value[start:end]), said[start:end])
            answers[position] = (value[start:end], bad)
            start = end
        connection.unregister("spelled")
    return answers


def _canonical(connection: duckdb.DuckDBPyConnection, values: pa.Table) -> pa.Table:
    """The values with those of other columns that decide their spelling taken into account."""
    for code in CANONICAL.keys() & set(values.column_names) if values.num_rows else ():
        connection.register("valued", values)
        column = connection.sql(f"SELECT {CANONICAL[code]} FROM valued ORDER BY place").to_arrow_table().column(0)
        connection.unregister("valued")
        values = values.set_column(values.column_names.index(code), code, column)
    return values


def _typed_form(
    connection: duckdb.DuckDBPyConnection,
    form: Form,
    tables: Sequence[tuple[int, Table]],
    given: Sequence[_Cells],
    answers: Sequence[tuple[pa.Array, pa.Array]],
) -> TypedForm:
    numbers = pa.concat_arrays([pa.repeat(pa.scalar(number, pa.int32()), table.row_count) for number, table in tables])
    place = {"number": numbers, "row_no": pa.concat_arrays([table.row_numbers for _, table in tables])}
    texts = pa.table(place | {cells.column.code: cells.texts for cells in given})
    values: dict[str, pa.Array] = {}
    bad: dict[str, pa.BooleanArray] = {}
    held: dict[str, pa.BooleanArray] = {}
    for cells, (value, wrong) in zip(given, answers, strict=True):
        code = cells.column.code
        values[code] = value.take(cells.texts.indices)
        wrong = pc.fill_null(wrong.take(cells.texts.indices).cast(pa.bool_()), False)
        if wrong.true_count:
            bad[code] = held[code] = wrong
        if cells.absent is not None:
            held[code] = pc.or_(wrong, cells.absent)
    place["place"] = pa.arange(0, len(numbers)).cast(pa.int32())
    whole = _canonical(connection, pa.table(place | values))
    readable = {cells.column.code: cells.readable for cells in given}
    pairs = zip(given, answers, strict=True)
    different = {cells.column.code: value for cells, (value, _) in pairs if cells.column.code not in CANONICAL}
    return TypedForm(form, texts, whole, bad, held, readable, different)


def _no_rows(form: Form) -> TypedForm:
    """A form that nobody sent."""
    place = {"number": pa.int32(), "row_no": pa.int32()}
    texts = pa.schema(place | {column.code: CELLS for column in form.columns}).empty_table()
    return TypedForm(form, texts, texts, {}, {}, {}, {})


def type_batch(
    connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]
) -> tuple[dict[str, TypedForm], list[Fault]]:
    """The forms of the batch by code, typed; and the columns whose typing broke, which are left out as if absent.

    Leaves in the connection, for each form, the views `text_<form>` (one row a data row: number, row_no, cell texts)
    and `typed_<form>` (number, row_no, place, typed columns, and `held_<column>` for columns of which cells are held
    back), until `forget_batch`.
    """
    for macro in MACROS:
        connection.execute(macro)
    try:
        return _typed_batch(connection, batch), []
    except RULE_BREAKS:
        broken = [(submission, _broken_columns(connection, submission)) for submission in batch]
        faults = [fault for _, columns in broken for fault in columns.values()]
        return _typed_batch(connection, [_without(submission, columns) for submission, columns in broken]), faults


def _broken_columns(connection: duckdb.DuckDBPyConnection, submission: Submitted) -> dict[tuple[str, str], Fault]:
    """The columns of a submission, by form, that break in typing."""
    given = [
        (code, _cells(column, [(submission.number, table)]))
        for code, table in submission.tables.items()
        for column in forms()[code].columns
    ]
    checks = {(check.form, check.column): check for check in rule_book() if check.kind == "type"}
    return {place: fault(checks[place], error, submission.number) for place, error in _breaking(connection, given)}


def _breaking(
    connection: duckdb.DuckDBPyConnection, given: Sequence[tuple[str, _Cells]]
) -> list[tuple[tuple[str, str], duckdb.Error]]:
    """Which columns (form, code) break in typing: asked together, and where that breaks each half by itself."""
    try:
        _typed_texts(connection, [cells for _, cells in given])
        return []
    except RULE_BREAKS as error:
        half = len(given) // 2
        if not half:
            return [((code, cells.column.code), error) for code, cells in given]
    return [*_breaking(connection, given[:half]), *_breaking(connection, given[half:])]


def _without(submission: Submitted, columns: Collection[tuple[str, str]]) -> Submitted:
    """The submission as if it lacked these columns of forms."""
    tables = {
        code: replace(
            table, columns={name: cells for name, cells in table.columns.items() if (code, name) not in columns}
        )
        for code, table in submission.reading.tables.items()
    }
    return replace(submission, reading=replace(submission.reading, tables=tables))


def _typed_batch(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> dict[str, TypedForm]:
    sent = {
        code: [(submission.number, submission.tables[code]) for submission in batch if code in submission.tables]
        for code in forms()
    }
    given = {
        code: [_cells(column, tables) for column in forms()[code].columns] for code, tables in sent.items() if tables
    }
    answers = iter(_typed_texts(connection, [cells for columns in given.values() for cells in columns]))
    result = {}
    for code, form in forms().items():
        if sent[code]:
            result[code] = _typed_form(connection, form, sent[code], given[code], [next(answers) for _ in form.columns])
        else:
            result[code] = _no_rows(form)
        _show(connection, result[code])
    return result


def _show(connection: duckdb.DuckDBPyConnection, typed_form: TypedForm) -> None:
    values = typed_form.values
    for code, held in typed_form.held.items():
        values = values.append_column(f"held_{code}", held)
    pieces = pa.Table.from_batches(values.to_batches(ROWS_AT_ONCE), values.schema)
    connection.register(f"typed_{typed_form.form.code}", pieces)
    connection.register(f"text_{typed_form.form.code}", typed_form.texts)


def forget_batch(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes the views of `type_batch` out of the connection, and with them its cells out of memory."""
    for code in forms():
        connection.unregister(f"typed_{code}")
        connection.unregister(f"text_{code}")
