"""The check engine: judges a batch of submissions in one pass, a few SQL statements a form for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from contract.calendar import period_bounds
from contract.declarations import Form, forms
from contract.parameters import Parameters, declared_parameters
from etl.checks.cover import Submitted, problems_of
from etl.checks.faults import Fault
from etl.checks.rule_changes import Changes, RuleBook, declared_changes
from etl.checks.rule_hits import Hits, required_hits, rule_hits, with_expected
from etl.checks.rulebook import Check, header_of, rule_book, structure_checks, type_messages
from etl.checks.typed_forms import TypedForm, type_batch
from etl.sheets.grids import MARKS

NEW_FINDING = """CREATE OR REPLACE TEMP TABLE new_finding (number INTEGER, form TEXT, sheet TEXT, row_no INTEGER,
    column_code TEXT, value TEXT, level TEXT, check_id TEXT, message TEXT, advice TEXT,
    expected TEXT, category TEXT, record TEXT)"""
CEILING = pa.struct({"since": pa.date32(), "ceiling": pa.decimal128(18, 6)})


def _contexts(batch: Sequence[Submitted], books: Mapping[str, RuleBook], parameters: Parameters) -> pa.Table:
    """One row a submission: what rules may read besides the rows of its forms, and the rule book that judges it."""
    bounds = [period_bounds(submission.period) for submission in batch]
    policies = [parameters.at(last) for _, last in bounds]
    money = pa.decimal128(18, 6)
    return pa.table(
        {
            "number": pa.array([submission.number for submission in batch], pa.int32()),
            "submitter": [submission.submitter for submission in batch],
            "rule_book": pa.array([books[submission.period].version for submission in batch], pa.string()),
            "period_first": pa.array([first for first, _ in bounds], pa.date32()),
            "period_last": pa.array([last for _, last in bounds], pa.date32()),
            "ceilings": pa.array(
                [
                    [{"since": since, "ceiling": ceiling} for since, ceiling in submission.ceilings]
                    for submission in batch
                ],
                pa.list_(CEILING),
            ),
            "default_ceiling": pa.array([policy["default_valuation_ceiling"] for policy in policies], money),
            "small_loan_limit": pa.array([policy["small_loan_limit"] for policy in policies], money),
        }
    )


def _key_hits(connection: duckdb.DuckDBPyConnection, typed_form: TypedForm) -> Hits:
    """The second and later rows with the same key; the first is what they are compared with."""
    form = typed_form.form
    keys = ", ".join(form.key)
    whole = " AND ".join(
        [f"{code} IS NOT NULL" for code in form.key]
        + [f"NOT held_{code}" for code in form.key if code in typed_form.held]
    )
    repeats = connection.sql(f"""
        WITH keyed AS (SELECT number, {keys}, row_no, place FROM typed_{form.code} WHERE {whole}),
        repeated AS (SELECT number, {keys}, min(row_no) AS first_row FROM keyed GROUP BY ALL HAVING count(*) > 1)
        SELECT place, CAST(first_row AS TEXT) AS first_row FROM keyed JOIN repeated USING (number, {keys})
        WHERE row_no > first_row""").to_arrow_table()
    at, first = (column.combine_chunks() for column in repeats.columns)
    return Hits(_key_check(form), at, first)


@cache
def _key_check(form: Form) -> Check:
    """The check of repeated keys, worded for a form; reported at the first column of its key."""
    check = structure_checks()["duplicate_key"]
    headers = "、".join(form.column(code).header for code in form.key)
    message, advice = (text.replace("{header}", headers) for text in (check.message, check.advice))
    return replace(check, form=form.code, column=form.key[0], columns=form.key, message=message, advice=advice)


def _reference_hits(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, other: TypedForm, check: Check
) -> Hits:
    """Values that do not stand in another form of the same submission, where that form could be read whole."""
    code, target = check.column, check.reference.partition(".")[2]
    readable = other.readable.get(target, frozenset())
    if target in other.bad:
        readable -= set(other.values["number"].filter(other.bad[target]).to_pylist())
    held = f"AND NOT held_{code}" if code in typed_form.held else ""
    places = connection.execute(
        f"""SELECT place FROM typed_{typed_form.form.code}
        WHERE {code} IS NOT NULL {held} AND list_contains($readable, number) AND (number, {code}) NOT IN
            (SELECT (number, {target}) FROM typed_{other.form.code} WHERE {target} IS NOT NULL)""",
        {"readable": sorted(readable)},
    ).fetchall()
    return Hits(check, pa.array([place for (place,) in places], pa.int32()))


def _hits(
    connection: duckdb.DuckDBPyConnection,
    typed_forms: Mapping[str, TypedForm],
    typed_form: TypedForm,
    checks: Sequence[Check],
    faults: list[Fault],
) -> Iterator[Hits]:
    """What types, keys, required cells, rules and references find in the form; rules that break go to `faults`."""
    kinds: dict[str, list[Check]] = {}
    for check in checks:
        kinds.setdefault(check.kind, []).append(check)
    for check in kinds.get("type", []):
        if check.column in typed_form.bad:
            yield Hits(check, pc.indices_nonzero(typed_form.bad[check.column]))
    yield from required_hits(typed_form, kinds.get("required", []))
    yield from rule_hits(connection, typed_form, kinds.get("rule", []), faults)
    if typed_form.form.key:
        yield _key_hits(connection, typed_form)
    for check in kinds.get("reference", []):
        yield _reference_hits(connection, typed_form, typed_forms[check.reference.partition(".")[0]], check)


def _placed(typed_form: TypedForm, hits: Hits) -> pa.Table:
    """One row a hit: number, row_no, check_id, the cell's text, what was expected, and the texts of the key."""
    row = typed_form.texts.take(hits.at)
    columns = {"number": row["number"], "row_no": row["row_no"], "check_id": pa.repeat(hits.check.id, len(hits.at))}
    columns["text"] = row[hits.check.column].cast(pa.string())
    columns["expected"] = pa.nulls(len(hits.at), pa.string()) if hits.expected is None else hits.expected
    return pa.table(columns | {f"key_{code}": row[code].cast(pa.string()) for code in typed_form.form.key})


def _unreadable_wording(part: int) -> str:
    marks = {mark: type_messages()[key][part] for mark, key in MARKS.items()}
    return " ".join(f"WHEN starts_with(text, '{mark}') THEN '{words}'" for mark, words in marks.items())


def _word_findings(
    connection: duckdb.DuckDBPyConnection, typed_form: TypedForm, all_hits: Sequence[Hits], batch: Sequence[Submitted]
) -> None:
    """Adds the hits to `new_finding`, with sheet, the value as it stood, message and advice, at the level that the rule
    book of the submission's period has for the check; not those of checks that are not in force for it."""
    form = typed_form.form
    sheets = {
        submission.number: submission.tables[form.code].sheet for submission in batch if form.code in submission.tables
    }
    record = " || '/' || ".join(f"coalesce(trim(hit.key_{code}), '')" for code in form.key) or "''"
    connection.register("hit", pa.concat_tables([_placed(typed_form, hits) for hits in all_hits]))
    connection.register(
        "sheets", pa.table({"number": pa.array(sheets, pa.int32()), "sheet": pa.array(sheets.values(), pa.string())})
    )
    connection.execute(f"""
        INSERT INTO new_finding
        WITH placed AS (
            SELECT hit.number, hit.row_no, hit.check_id, hit.text, {record} AS record, s.sheet,
                regexp_replace(hit.expected, '(\\.\\d*?)0+$', '\\1') AS padded,
                c.column_code, c.level, c.message, c.advice, c.category
            FROM hit JOIN context b ON b.number = hit.number
            JOIN wording c ON c.check_id = hit.check_id AND c.form = '{form.code}' AND c.rule_book = b.rule_book
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


def _wording(books: Mapping[str, RuleBook]) -> pa.Table:
    """One row a rule book, form and check in force: at which level and column it is reported, and its words."""
    checks = [*rule_book(), *(_key_check(form) for form in forms().values() if form.key)]
    rows = [
        (version, levels[check.id], check.form, check.id, check.column, check.message, check.advice, check.category)
        for version, levels in {book.version: book.levels for book in books.values()}.items()
        for check in checks
        if check.id in levels
    ]
    names = ("rule_book", "level", "form", "check_id", "column_code", "message", "advice", "category")
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})


def _structure_findings(
    connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted], books: Mapping[str, RuleBook]
) -> None:
    rows = []
    for submission in batch:
        levels = books[submission.period].levels
        for problem in problems_of(submission):
            check = structure_checks()[problem.check]
            if check.id not in levels:
                continue
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
            place = (submission.number, problem.form, problem.sheet, problem.row, problem.column, problem.value)
            told = (message, advice, problem.expected or None, check.category, "")
            rows.append((*place, levels[check.id], check.id, *told))
    if rows:
        connection.executemany(f"INSERT INTO new_finding VALUES ({', '.join('?' * len(rows[0]))})", rows)


def check_batch(
    connection: duckdb.DuckDBPyConnection,
    batch: Sequence[Submitted],
    changes: Changes | None = None,
    parameters: Parameters | None = None,
) -> list[Fault]:
    """Judges all submissions of the batch, each by the rule book in force for its report period.

    Leaves in the connection the views of `type_batch` and the temporary table `new_finding` (one row a finding:
    number, form, sheet, row_no, column_code, value, level, check_id, message, advice, expected, category, record: the
    row's key). Returns the rules that broke, and on which submission; all others have judged. Without `changes` and
    `parameters` those declared in `data/` hold.
    """
    changes = changes or declared_changes()
    books = {period: changes.book(period) for period in {submission.period for submission in batch}}
    in_force = set().union(*(book.levels for book in books.values()))
    typed_forms, faults = type_batch(connection, batch)
    connection.execute(NEW_FINDING)
    connection.register("context", _contexts(batch, books, parameters or declared_parameters()))
    connection.register("wording", _wording(books))
    broken: list[Fault] = []
    for code, typed_form in typed_forms.items():
        if typed_form.values.num_rows:
            checks = [check for check in rule_book() if check.form == code and check.id in in_force]
            all_hits = [hits for hits in _hits(connection, typed_forms, typed_form, checks, broken) if len(hits.at)]
            if all_hits:
                _word_findings(connection, typed_form, with_expected(connection, typed_form, all_hits, broken), batch)
    _structure_findings(connection, batch, books)
    connection.unregister("context")
    connection.unregister("wording")
    periods = {submission.number: submission.period for submission in batch}
    return [*faults, *(fault for fault in broken if fault.check_id in books[periods[fault.number]].levels)]
