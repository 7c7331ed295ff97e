"""The check engine: judges a batch of submissions in one pass, a few SQL statements a form for all of them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from etl.calendar import period_bounds
from etl.celltypes import CANONICAL, MACROS, cleaned, sql_type, typed
from etl.coverchecks import Submitted, problems_of
from etl.declarations import Form, forms
from etl.grids import ERROR_VALUE, NO_CACHED_VALUE, PRECISION_LOST
from etl.parameters import declared_parameters
from etl.rulebook import Check, header_of, rule_book, structure_checks, type_messages

FOUND = """CREATE OR REPLACE TEMP TABLE found (number INTEGER, form TEXT, sheet TEXT, row_no INTEGER,
    column_code TEXT, value TEXT, level TEXT, check_id TEXT, message TEXT, advice TEXT,
    expected TEXT, category TEXT, record TEXT)"""


def _texts(form: Form, batch: Sequence[Submitted]) -> pa.Table:
    """One row a data row of the form: number, row_no, then the cell texts by column."""
    tables = [(item.number, item.tables[form.code]) for item in batch if form.code in item.tables]
    numbers = [pa.repeat(pa.scalar(number, pa.int32()), table.row_count) for number, table in tables]
    columns = {
        "number": pa.chunked_array(numbers, pa.int32()),
        "row_no": pa.chunked_array([table.row_numbers for _, table in tables], pa.int32()),
    }
    for column in form.columns:
        parts = [
            table.columns[column.code].cast(pa.string())
            if column.code in table.columns
            else pa.nulls(table.row_count, pa.string())
            for _, table in tables
        ]
        columns[column.code] = pa.chunked_array(parts, pa.string())
    return pa.table(columns)


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


def _absent_columns(form: Form, batch: Sequence[Submitted]) -> pa.Table:
    """One row a submission with the form: numbers of the columns that it lacks or has twice."""
    tables = [(item.number, item.tables[form.code]) for item in batch if form.code in item.tables]
    absent = [[column.no for column in form.columns if column.code not in table.columns] for _, table in tables]
    numbers = pa.array([number for number, _ in tables], pa.int32())
    return pa.table({"number": numbers, "absent": pa.array(absent, pa.list_(pa.int32()))})


def _type_form(connection: duckdb.DuckDBPyConnection, form: Form) -> None:
    """Creates `typed_<form>`: number, row_no, the typed columns, `bad` (columns whose text is no value of
    their type) and `held` (those and the absent ones)."""
    codes = [column.code for column in form.columns]
    clean = ", ".join(f"{cleaned(column, column.code)} AS {column.code}" for column in form.columns)
    values = ", ".join(
        f"CAST({typed(column, column.code)} AS {sql_type(column)}) AS {column.code}, "
        f"{column.code} AS {column.code}__text"
        for column in form.columns
    )
    bad = ", ".join(
        f"CASE WHEN {column.code} IS NULL AND {column.code}__text IS NOT NULL THEN {column.no} END"
        for column in form.columns
    )
    final = ", ".join(f"{CANONICAL[code]} AS {code}" if code in CANONICAL else code for code in codes)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE typed_{form.code} AS
        WITH clean AS (SELECT number, row_no, {clean} FROM text_{form.code}),
        valued AS (SELECT number, row_no, {values} FROM clean),
        judged AS (SELECT *, list_filter([{bad}], lambda no: no IS NOT NULL) AS bad FROM valued)
        SELECT number, row_no, {final}, bad, list_concat(bad, absent) AS held
        FROM judged JOIN absent_{form.code} USING (number)""")


def _no_rows(connection: duckdb.DuckDBPyConnection, form: Form) -> None:
    """Creates an empty `typed_<form>`: to plan the statement that types a form costs more than a small file's rows."""
    columns = ", ".join(f"{column.code} {sql_type(column)}" for column in form.columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE typed_{form.code} "
        f"(number INTEGER, row_no INTEGER, {columns}, bad INTEGER[], held INTEGER[])"
    )


def _violation(check: Check, form: Form) -> str:
    """SQL: whether a row violates the check, where no cell that it reads is held back."""
    numbers = [form.column(code).no for code in check.columns]
    broken = f"{check.column} IS NULL" if check.kind == "required" else f"({check.rule}) IS FALSE"
    return f"{broken} AND (len(held) = 0 OR NOT list_has_any(held, {numbers}))"


def _entry(check: Check) -> str:
    """SQL: what is noted of a violation: the check, and what was to be expected instead."""
    expected = f"CAST({check.expected} AS TEXT)" if check.expected else "CAST(NULL AS TEXT)"
    return f"{{'id': '{check.id}', 'expected': {expected}}}"


def _row_findings(connection: duckdb.DuckDBPyConnection, form: Form, checks: list[Check]) -> None:
    """Adds to `hit` (number, row_no, check_id, column_code) what types, required cells, rules, keys and
    references find in the form."""
    typed_checks = {check.column: check for check in checks if check.kind == "type"}
    ids = ", ".join(f"{form.column(code).no}: '{check.id}'" for code, check in typed_checks.items())
    connection.execute(f"""INSERT INTO hit SELECT number, row_no, MAP {{{ids}}}[no], NULL
        FROM (SELECT number, row_no, unnest(bad) AS no FROM typed_{form.code} WHERE len(bad) > 0)""")
    row_checks = [check for check in checks if check.kind in ("required", "rule")]
    cases = ", ".join(f"CASE WHEN {_violation(check, form)} THEN {_entry(check)} END" for check in row_checks)
    connection.execute(f"""INSERT INTO hit SELECT number, row_no, entry.id, entry.expected FROM (
        SELECT number, row_no, unnest(list_filter([{cases}], lambda entry: entry IS NOT NULL)) AS entry
        FROM typed_{form.code} JOIN context USING (number))""")
    if form.key:
        keys, numbers = ", ".join(form.key), [form.column(code).no for code in form.key]
        filled = " AND ".join(f"{code} IS NOT NULL" for code in form.key)
        key_id = structure_checks()["duplicate_key"].id
        connection.execute(f"""INSERT INTO hit SELECT number, row_no, '{key_id}', first_row FROM (
            SELECT number, row_no, min(row_no) OVER (PARTITION BY number, {keys}) AS first_row
            FROM typed_{form.code} WHERE {filled} AND NOT list_has_any(held, {numbers})) WHERE row_no > first_row""")
    for check in checks:
        if check.kind == "reference":
            _reference_findings(connection, form, check)


def _reference_findings(connection: duckdb.DuckDBPyConnection, form: Form, check: Check) -> None:
    """Values that do not stand in another form of the same submission, where that form could be read whole."""
    target, _, code = check.reference.partition(".")
    no, target_no = form.column(check.column).no, forms()[target].column(code).no
    connection.execute(f"""INSERT INTO hit SELECT number, row_no, '{check.id}', NULL
        FROM typed_{form.code} JOIN absent_{target} USING (number)
        WHERE {check.column} IS NOT NULL AND NOT list_contains(held, {no}) AND NOT list_contains(absent, {target_no})
          AND number NOT IN (SELECT number FROM typed_{target} WHERE list_contains(bad, {target_no}))
          AND (number, {check.column}) NOT IN (SELECT (number, {code}) FROM typed_{target} WHERE {code} IS NOT NULL)""")


def _unreadable_wording(part: int) -> str:
    marks = {
        NO_CACHED_VALUE: type_messages()["no_cached_value"][part],
        ERROR_VALUE: type_messages()["error_value"][part],
        PRECISION_LOST: type_messages()["precision_lost"][part],
    }
    return " ".join(f"WHEN starts_with(text, '{mark}') THEN '{words}'" for mark, words in marks.items())


def _word_findings(connection: duckdb.DuckDBPyConnection, form: Form, batch: Sequence[Submitted]) -> None:
    """Turns `hit` into `found`: adds sheet, the value as it stood, message and advice."""
    texts = " ".join(f"WHEN '{column.code}' THEN t.{column.code}" for column in form.columns)
    sheets = {item.number: item.tables[form.code].sheet for item in batch if form.code in item.tables}
    record = " || '/' || ".join(f"coalesce(trim(t.{code}), '')" for code in form.key) or "''"
    connection.register(
        "sheets", pa.table({"number": pa.array(sheets, pa.int32()), "sheet": pa.array(sheets.values(), pa.string())})
    )
    connection.execute(f"""
        INSERT INTO found
        WITH placed AS (
            SELECT hit.* EXCLUDE (expected), regexp_replace(hit.expected, '(\\.\\d*?)0+$', '\\1') AS padded,
                c.column_code, c.level, c.message, c.advice, c.category, s.sheet,
                {record} AS record, CASE c.column_code {texts} END AS text
            FROM hit JOIN wording c ON c.check_id = hit.check_id AND c.form = '{form.code}'
            JOIN sheets s ON s.number = hit.number
            JOIN text_{form.code} t ON t.number = hit.number AND t.row_no = hit.row_no),
        worded AS (
            SELECT *, regexp_replace(trim(text), '^[\ue000-\ue002]', '') AS value, rtrim(padded, '.') AS expected,
                CASE {_unreadable_wording(0)} ELSE message END AS template,
                CASE {_unreadable_wording(1)} ELSE advice END AS mend
            FROM placed)
        SELECT number, '{form.code}', sheet, row_no, column_code, value, level, check_id,
            replace(replace(template, '{{value}}', coalesce(value, '')), '{{expected}}', coalesce(expected, '')),
            mend, expected, category, record
        FROM worded""")
    connection.unregister("sheets")


def _wording(checks: Sequence[Check]) -> pa.Table:
    """One row a check and form: where it is reported and its words; the key check once a form."""
    rows = [
        (check.form, check.id, check.column, check.level, check.message, check.advice, check.category)
        for check in checks
    ]
    key = structure_checks()["duplicate_key"]
    for form in forms().values():
        if form.key:
            headers = "、".join(form.column(code).header for code in form.key)
            words = (key.message.replace("{header}", headers), key.advice.replace("{header}", headers))
            rows.append((form.code, key.id, form.key[0], key.level, *words, "错报"))
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


def type_batch(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> None:
    """Leaves in the connection, for each form: `text_<form>` (one row a data row: number, row_no, cell texts),
    `absent_<form>` (one row a submission with the form: the columns it lacks) and `typed_<form>` (number, row_no,
    typed columns, bad, held)."""
    for macro in MACROS:
        connection.execute(macro)
    for form in forms().values():
        connection.register(f"text_{form.code}", _texts(form, batch))
        connection.register(f"absent_{form.code}", _absent_columns(form, batch))
        if any(form.code in item.tables for item in batch):
            _type_form(connection, form)
        else:
            _no_rows(connection, form)


def check_batch(connection: duckdb.DuckDBPyConnection, batch: Sequence[Submitted]) -> None:
    """Judges all submissions of the batch.

    Leaves in the connection the temporary tables `typed_<form>` (one row a data row: number, row_no, typed
    columns) and `found` (one row a finding: number, form, sheet, row_no, column_code, value, level, check_id,
    message, advice, expected, category, record: the row's key).
    """
    type_batch(connection, batch)
    connection.execute(FOUND)
    connection.register("context", _contexts(batch))
    connection.register("wording", _wording(rule_book()))
    for form in forms().values():
        if any(form.code in item.tables for item in batch):
            connection.execute(
                "CREATE OR REPLACE TEMP TABLE hit (number INTEGER, row_no INTEGER, check_id TEXT, expected TEXT)"
            )
            _row_findings(connection, form, [check for check in rule_book() if check.form == form.code])
            _word_findings(connection, form, batch)
    _structure_findings(connection, batch)
    for form in forms().values():
        connection.unregister(f"text_{form.code}")
        connection.unregister(f"absent_{form.code}")
    connection.unregister("context")
    connection.unregister("wording")
