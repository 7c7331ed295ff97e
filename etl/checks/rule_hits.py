"""What the rules of a form find in a batch: all in a few statements, and apart from each other where one breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contract.declarations import Form
from etl.checks.faults import RULE_BREAKS, Fault, fault
from etl.checks.rulebook import CONTEXT_COLUMNS, Check
from etl.checks.typed_forms import TypedForm

WINDOW = re.compile(r"\bOVER\b", re.IGNORECASE)
BESIDES = re.compile(rf"\b({'|'.join(CONTEXT_COLUMNS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Hits:
    """What one check finds in one form: positions of rows, and what was to be expected, where the check says it."""

    check: Check
    at: pa.Array
    expected: pa.Array | None = None


def _asked(
    connection: duckdb.DuckDBPyConnection, rows: str, answers: Iterable[str], number: int | None = None
) -> pa.Table:
    """The answers to SQL expressions, in their order, after the `place` of the row; rows come in any order."""
    columns = ", ".join(f"{answer} AS answer_{position}" for position, answer in enumerate(answers))
    given = {} if number is None else {"number": number}
    return connection.sql(f"SELECT place, {columns} FROM {rows}", params=given).to_arrow_table().combine_chunks()


def _rows_of(form: Form, number: int | None = None) -> str:
    """SQL: the rows of a form with their context, of all submissions or of the one asked about."""
    rows = f"typed_{form.code}" if number is None else f"(SELECT * FROM typed_{form.code} WHERE number = $number)"
    return f"{rows} JOIN context USING (number)"


def required_hits(typed_form: TypedForm, checks: Iterable[Check]) -> Iterator[Hits]:
    for check in checks:
        blank = pc.is_null(typed_form.values[check.column])
        if check.column in typed_form.held:
            blank = pc.and_not(blank, typed_form.held[check.column])
        yield Hits(check, pc.indices_nonzero(blank))


def _reads_one_value(check: Check, typed_form: TypedForm) -> bool:
    """Whether the rule's answer hangs on one cell alone, so that it need not be asked again where the cell repeats."""
    return len(check.columns) == 1 and check.column in typed_form.different and not BESIDES.search(check.rule)


def _value_hits(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, checks: Sequence[Check]
) -> Iterator[Hits]:
    """What rules find that read one cell: each asked once of every different value, and of a blank one."""
    values = {code: typed_form.different[code] for code in {check.column for check in checks}}
    longest = max(map(len, values.values())) + 1
    filled = {
        code: pa.concat_arrays([every, pa.nulls(longest - len(every), every.type)]) for code, every in values.items()
    }
    filled["place"] = pa.arange(0, longest)
    connection.register("different", pa.table(filled))
    answers = _asked(connection, "different", [f"({check.rule}) IS FALSE" for check in checks]).sort_by("place")
    connection.unregister("different")
    for check, column in zip(checks, answers.columns[1:], strict=True):
        flags = column.combine_chunks()
        if flags.true_count:
            broken = pc.fill_null(flags.take(typed_form.texts[check.column].chunk(0).indices), flags[-1])
            if check.column in typed_form.held:
                broken = pc.and_not(broken, typed_form.held[check.column])
            yield Hits(check, pc.indices_nonzero(broken))


def _violation(check: Check, held: Collection[str]) -> str:
    """SQL: whether a row violates the rule, where no cell that it reads is held back."""
    return " AND NOT ".join([f"({check.rule}) IS FALSE", *(f"held_{code}" for code in check.columns if code in held)])


def _row_hits(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, checks: Sequence[Check], number: int | None = None
) -> Iterator[Hits]:
    """What rules find in the rows, of all submissions or of one: all asked of every row in one statement."""
    answers = [_violation(check, typed_form.held) for check in checks]
    flags = _asked(connection, _rows_of(typed_form.form, number), answers, number)
    for check, flag in zip(checks, flags.columns[1:], strict=True):
        yield Hits(check, flags["place"].take(pc.indices_nonzero(flag)))


def rule_hits(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, checks: Sequence[Check], faults: list[Fault]
) -> Iterator[Hits]:
    """What rules find. Those that look over other rows are asked one by one, each holding but its own columns.

    A rule that breaks stops no other: it goes to `faults`.
    """
    kinds: dict[Callable, list[Check]] = {_value_hits: [], _row_hits: []}
    windows = []
    for check in checks:
        if WINDOW.search(check.rule):
            windows.append(check)
        else:
            kinds[_value_hits if _reads_one_value(check, typed_form) else _row_hits].append(check)
    for ask, asked in (*kinds.items(), *((_row_hits, [check]) for check in windows)):
        if asked:
            yield from _hits_of(connection, typed_form, ask, asked, faults)


def _hits_of(
    connection: duckdb.DuckDBPyConnection,
    typed_form: TypedForm,
    ask: Callable,
    checks: Sequence[Check],
    faults: list[Fault],
) -> list[Hits]:
    """What rules find; where their statement breaks, each half of them is asked by itself, down to the one that breaks.

    That one is asked of each submission by itself, and goes to `faults` for those on which it breaks.
    """
    try:
        return list(ask(connection, typed_form, checks))
    except RULE_BREAKS:
        half = len(checks) // 2
        if half:
            parts = (checks[:half], checks[half:])
            return [hits for part in parts for hits in _hits_of(connection, typed_form, ask, part, faults)]
    hits: list[Hits] = []
    for number in pc.unique(typed_form.values["number"]).to_pylist():
        try:
            hits += _row_hits(connection, typed_form, checks, number)
        except RULE_BREAKS as error:
            faults.append(fault(checks[0], error, number))
    return hits


def with_expected(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, all_hits: Sequence[Hits], faults: list[Fault]
) -> list[Hits]:
    """The hits with what their rules would have expected, in one statement for all that say it.

    Where that cannot be said for a rule, its hits stand without, and the rule goes to `faults`.
    """
    saying = {position: hits for position, hits in enumerate(all_hits) if hits.check.expected}
    try:
        told = _expected(connection, typed_form, saying)
    except RULE_BREAKS:
        told = {}
        for position, hits in saying.items():
            try:
                told |= _expected(connection, typed_form, {position: hits})
            except RULE_BREAKS as error:
                numbers = pc.unique(typed_form.values["number"].take(hits.at)).to_pylist()
                faults += [fault(hits.check, error, number) for number in numbers]
    return [replace(hits, expected=told.get(position, hits.expected)) for position, hits in enumerate(all_hits)]


def _expected(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, by_position: Mapping[int, Hits]
) -> dict[int, pa.ChunkedArray]:
    """What the rules of hits, by position, would have expected in their rows."""
    if not by_position:
        return {}
    answers = [f"CAST({hits.check.expected} AS TEXT)" for hits in by_position.values()]
    told = _asked(connection, _rows_of(typed_form.form), answers).sort_by("place")
    return {
        position: column.take(hits.at)
        for (position, hits), column in zip(by_position.items(), told.columns[1:], strict=True)
    }
