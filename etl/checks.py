"""The check engine: judges a batch of submissions in one pass, a few SQL statements a form for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from etl.calendar import period_bounds
from etl.coverchecks import Submitted, problems_of
from etl.declarations import Form, forms
from etl.grids import MARKS
from etl.parameters import declared_parameters
from etl.rulebook import CONTEXT_COLUMNS, Check, header_of, rule_book, structure_checks, type_messages
from etl.typedforms import TypedForm, type_batch

FOUND = """CREATE OR REPLACE TEMP TABLE found (number INTEGER, form TEXT, sheet TEXT, row_no INTEGER,
    column_code TEXT, value TEXT, level TEXT, check_id TEXT, message TEXT, advice TEXT,
    expected TEXT, category TEXT, record TEXT)"""


CEILING = pa.struct({"since": pa.date32(), "ceiling": pa.decimal128(18, 6)})


def _contexts(batch: Sequence[Submitted]) -> pa.Table:
    """One row a submission: what rules may read besides the rows of its forms."""
    bounds = [period_bounds(item.period) for item in batch]
    policies = [declared_parameters().at(last) for _, last in bounds]
    money = pa.decimal128(18, 6)
    return pa.table(
        {
            "number": pa.array([item.number for item in batch], pa.int32()),
            "submitter": [item.submitter for item in batch],
            "period_first": pa.array([first for first, _ in bounds], pa.date32()),
            "period_last": pa.array([last for _, last in bounds], pa.date32()),
            "ceilings": pa.array(
                [[{"since": since, "ceiling": ceiling} for since, ceiling in item.ceilings] for item in batch],
                pa.list_(CEILING),
            ),
            "default_ceiling": pa.array([policy["default_valuation_ceiling"] for policy in policies], money),
            "small_loan_limit": pa.array([policy["small_loan_limit"] for policy in policies], money),
        }
    )


WINDOW = re.compile(r"\bOVER\b", re.IGNORECASE)
BESIDES = re.compile(rf"\b({'|'.join(CONTEXT_COLUMNS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Hits:
    """What one check finds in one form: positions of rows, and what was to be expected, where the check says it."""

    check: Check
    at: pa.Array
    expected: pa.Array | None = None


def _asked(connection: duckdb.DuckDBPyConnection, rows: str, answers: Iterable[str]) -> pa.Table:
    """The answers to SQL expressions, in their order, after the `place` of the row; rows come in any order."""
    columns = ", ".join(f"{answer} AS answer_{number}" for number, answer in enumerate(answers))
    return connection.sql(f"SELECT place, {columns} FROM {rows}").to_arrow_table().combine_chunks()


def _rows_of(form: Form) -> str:
    return f"typed_{form.code} JOIN context USING (number)"


def _required_hits(one: TypedForm, checks: Iterable[Check]) -> Iterator[Hits]:
    for check in checks:
        blank = pc.is_null(one.values[check.column])
        if check.column in one.held:
            blank = pc.and_not(blank, one.held[check.column])
        yield Hits(check, pc.indices_nonzero(blank))


def _reads_one_value(check: Check, one: TypedForm) -> bool:
    """Whether the rule's answer hangs on one cell alone, so that it need not be asked again where the cell repeats."""
    return len(check.columns) == 1 and check.column in one.different and not BESIDES.search(check.rule)


def _value_hits(connection: duckdb.DuckDBPyConnection, one: TypedForm, checks: Sequence[Check]) -> Iterator[Hits]:
    """What rules find that read one cell: each asked once of every different value, and of a blank one."""
    values = {code: one.different[code] for code in {check.column for check in checks}}
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
            broken = pc.fill_null(flags.take(one.texts[check.column].chunk(0).indices), flags[-1])
            if check.column in one.held:
                broken = pc.and_not(broken, one.held[check.column])
            yield Hits(check, pc.indices_nonzero(broken))


def _violation(check: Check, held: Collection[str]) -> str:
    """SQL: whether a row violates the rule, where no cell that it reads is held back."""
    return " AND NOT ".join([f"({check.rule}) IS FALSE", *(f"held_{code}" for code in check.columns if code in held)])


def _row_hits(connection: duckdb.DuckDBPyConnection, one: TypedForm, checks: Sequence[Check]) -> Iterator[Hits]:
    """What rules find in the rows: all asked of every row in one statement."""
    flags = _asked(connection, _rows_of(one.form), [_violation(check, one.held) for check in checks])
    for check, flag in zip(checks, flags.columns[1:], strict=True):
        yield Hits(check, flags["place"].take(pc.indices_nonzero(flag)))


def _rule_hits(connection: duckdb.DuckDBPyConnection, one: TypedForm, checks: Sequence[Check]) -> Iterator[Hits]:
    """What rules find. Those that look over other rows are asked one by one, each holding but its own columns."""
    kinds: dict[Callable, list[Check]] = {_value_hits: [], _row_hits: []}
    windows = []
    for check in checks:
        if WINDOW.search(check.rule):
            windows.append(check)
        else:
            kinds[_value_hits if _reads_one_value(check, one) else _row_hits].append(check)
    for ask, asked in (*kinds.items(), *((_row_hits, [check]) for check in windows)):
        if asked:
            yield from ask(connection, one, asked)


def _with_expected(connection: duckdb.DuckDBPyConnection, one: TypedForm, hits: Sequence[Hits]) -> list[Hits]:
    """The hits with what their rules would have expected, in one statement for all that say it."""
    saying = [found for found in hits if found.check.expected]
    if not saying:
        return list(hits)
    answers = [f"CAST({found.check.expected} AS TEXT)" for found in saying]
    told = _asked(connection, _rows_of(one.form), answers).sort_by("place")
    words = {found.check.id: column.take(found.at) for found, column in zip(saying, told.columns[1:], strict=True)}
    return [replace(found, expected=words.get(found.check.id, found.expected)) for found in hits]


def _key_hits(connection: duckdb.DuckDBPyConnection, one: TypedForm) -> Hits:
    """The second and later rows with the same key; the first is what they are compared with."""
    form = one.form
    keys = ", ".join(form.key)
    whole = " AND ".join(
        [f"{code} IS NOT NULL" for code in form.key] + [f"NOT held_{code}" for code in form.key if code in one.held]
    )
    found = connection.sql(f"""
        WITH keyed AS (SELECT number, {keys}, row_no, place FROM typed_{form.code} WHERE {whole}),
        repeated AS (SELECT number, {keys}, min(row_no) AS first_row FROM keyed GROUP BY ALL HAVING count(*) > 1)
        SELECT place, CAST(first_row AS TEXT) AS first_row FROM keyed JOIN repeated USING (number, {keys})
        WHERE row_no > first_row""").to_arrow_table()
    at, first = (column.combine_chunks() for column in found.columns)
    return Hits(_key_check(form), at, first)


@cache
def _key_check(form: Form) -> Check:
    """The check of repeated keys, worded for a form; reported at the first column of its key."""
    check = structure_checks()["duplicate_key"]
    headers = "、".join(form.column(code).header for code in form.key)
    message, advice = (text.replace("{header}", headers) for text in (check.message, check.advice))
    return Check(check.id, check.level, "key", form.code, form.key[0], form.key, message, advice)


def _reference_hits(connection: duckdb.DuckDBPyConnection, one: TypedForm, other: TypedForm, check: Check) -> Hits:
    """Values that do not stand in another form of the same submission, where that form could be read whole."""
    code, target = check.column, check.reference.partition(".")[2]
    readable = other.readable.get(target, frozenset())
    if target in other.bad:
        readable -= set(other.values["number"].filter(other.bad[target]).to_pylist())
    held = f"AND NOT held_{code}" if code in one.held else ""
    found = connection.execute(
        f"""SELECT place FROM typed_{one.form.code}
        WHERE {code} IS NOT NULL {held} AND list_contains($readable, number) AND (number, {code}) NOT IN
            (SELECT (number, {target}) FROM typed_{other.form.code} WHERE {target} IS NOT NULL)""",
        {"readable": sorted(readable)},
    ).fetchall()
    return Hits(check, pa.array([row for (row,) in found], pa.int32()))


def _hits(
    connection: duckdb.DuckDBPyConnection, typed_forms: Mapping[str, TypedForm], one: TypedForm, checks: list[Check]
) -> Iterator[Hits]:
    """What types, keys, required cells, rules and references find in the form."""
    kinds: dict[str, list[Check]] = {}
    for check in checks:
        kinds.setdefault(check.kind, []).append(check)
    for check in kinds.get("type", []):
        if check.column in one.bad:
            yield Hits(check, pc.indices_nonzero(one.bad[check.column]))
    yield from _required_hits(one, kinds.get("required", []))
    yield from _rule_hits(connection, one, kinds.get("rule", []))
    if one.form.key:
        yield _key_hits(connection, one)
    for check in kinds.get("reference", []):
        yield _reference_hits(connection, one, typed_forms[check.reference.partition(".")[0]], check)


def _placed(one: TypedForm, hits: Hits) -> pa.Table:
    """One row a hit: number, row_no, check_id, the cell's text, what was expected, and the texts of the key."""
    row = one.texts.take(hits.at)
    columns = {"number": row["number"], "row_no": row["row_no"], "check_id": pa.repeat(hits.check.id, len(hits.at))}
    columns["text"] = row[hits.check.column].cast(pa.string())
    columns["expected"] = pa.nulls(len(hits.at), pa.string()) if hits.expected is None else hits.expected
    return pa.table(columns | {f"key_{code}": row[code].cast(pa.string()) for code in one.form.key})


def _unreadable_wording(part: int) -> str:
    marks = {mark: type_messages()[key][part] for mark, key in MARKS.items()}
    return " ".join(f"WHEN starts_with(text, '{mark}') THEN '{words}'" for mark, words in marks.items())


def _word_findings(
    connection: duckdb.DuckDBPyConnection, one: TypedForm, hits: Sequence[Hits], batch: Sequence[Submitted]
) -> None:
    """Adds the hits to `found`: with sheet, the value as it stood, message and advice."""
    form = one.form
    sheets = {item.number: item.tables[form.code].sheet for item in batch if form.code in item.tables}
    record = " || '/' || ".join(f"coalesce(trim(hit.key_{code}), '')" for code in form.key) or "''"
    told = _with_expected(connection, one, hits)
    connection.register("hit", pa.concat_tables([_placed(one, found) for found in told]))
    connection.register(
        "sheets", pa.table({"number": pa.array(sheets, pa.int32()), "sheet": pa.array(sheets.values(), pa.string())})
    )
    connection.execute(f"""
        INSERT INTO found
        WITH placed AS (
            SELECT hit.number, hit.row_no, hit.check_id, hit.text, {record} AS record, s.sheet,
                regexp_replace(hit.expected, '(\\.\\d*?)0+$', '\\1') AS padded,
                c.column_code, c.level, c.message, c.advice, c.category
            FROM hit JOIN wording c ON c.check_id = hit.check_id AND c.form = '{form.code}'
            JOIN sheets s ON s.number = hit.number),
        worded AS (
            SELECT *, regexp_replace(trim(text), '^[{"".join(MARKS)}]', '') AS value, rtrim(padded, '.') AS expected,
                CASE {_unreadable_wording(0)} ELSE message END AS template,
                CASE {_unreadable_wording(1)} ELSE advice END AS mend
            FROM placed)
        SELECT number, '{form.code}', sheet, row_no, column_code, value, level, check_id,
            replace(replace(template, '{{value}}', coalesce(value, '')), '{{expected}}', coalesce(expected, '')),
            mend, expected, category, record
        FROM worded""")
    connection.unregister("sheets")
    connection.unregister("hit")


def _wording(checks: Sequence[Check]) -> pa.Table:
    """One row a check and form: where it is reported and its words; the key check once a form."""
    rows = [
        (check.form, check.id, check.column, check.level, check.message, check.advice, check.category)
        for check in (*checks, *(_key_check(form) for form in forms().values() if form.key))
    ]
    names = ("form", "check_id", "column_code", "level", "message", "advice", "category")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _structure_findings(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> None:
    rows = []
    for item in batch:
        for problem in problems_of(item):
            check = structure_checks()[problem.check]
            header = header_of(problem.form if problem.form in forms() else "cover", problem.column)
            code = (problem.column or "").removeprefix("rows_") if problem.form == "cover" else problem.form
            words = {
                "{value}": problem.value or "",
                "{expected}": problem.expected,
                "{header}": header,
                "{form_name}": forms()[code].name if code in forms() else "",
            }
            message, advice = check.message, check.advice
            for placeholder, word in words.items():
                message, advice = message.replace(placeholder, word), advice.replace(placeholder, word)
            place = (item.number, problem.form, problem.sheet, problem.row, problem.column, problem.value)
            rows.append((*place, check.level, check.id, message, advice, problem.expected or None, check.category, ""))
    if rows:
        connection.executemany(f"INSERT INTO found VALUES ({', '.join('?' * len(rows[0]))})", rows)


def check_batch(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> None:
    """Judges all submissions of the batch.

    Leaves in the connection the views of `type_batch` and the temporary table `found` (one row a finding: number,
    form, sheet, row_no, column_code, value, level, check_id, message, advice, expected, category, record: the row's
    key).
    """
    typed_forms = type_batch(connection, batch)
    connection.execute(FOUND)
    connection.register("context", _contexts(batch))
    connection.register("wording", _wording(rule_book()))
    for code, one in typed_forms.items():
        if one.values.num_rows:
            checks = [check for check in rule_book() if check.form == code]
            hits = [found for found in _hits(connection, typed_forms, one, checks) if len(found.at)]
            if hits:
                _word_findings(connection, one, hits, batch)
    _structure_findings(connection, batch)
    connection.unregister("context")
    connection.unregister("wording")
