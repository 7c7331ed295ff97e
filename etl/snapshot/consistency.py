"""The step of a snapshot that judges across forms, submitters and periods."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import duckdb
import pyarrow as pa

from contract.declarations import code_lists, districts, forms
from contract.errors import DeclarationError
from contract.wide_sql import Source, of_form, read_statement
from etl.checks.across import PATH, cross_checks, views
from etl.checks.faults import REASONS, RULE_BREAKS, Fault, fault
from etl.checks.rulebook import Check
from etl.snapshot.context import BuildContext


def _code_names() -> pa.Table:
    """One row a code: list, code, name."""
    rows = [(name, code, word) for name, codes in code_lists().items() for code, word in codes.items()]
    rows += [("district", district.code, district.name) for district in districts().values()]
    return pa.table(dict(zip(("list", "code", "name"), map(list, zip(*rows, strict=True)), strict=True)))


def _plain(expression: str) -> str:
    """SQL: a value as people write it: decimals without padding, codes (several joined by commas) by their names."""
    text = f"CAST({expression} AS TEXT)"
    bare = f"rtrim(regexp_replace({text}, '(\\.\\d*?)0+$', '\\1'), '.')"
    named = (
        f"array_to_string(list_transform(string_split({text}, ','), lambda code: coalesce(names[code], code)), '、')"
    )
    is_decimal = f"regexp_matches(typeof({expression}), '^(DECIMAL|DOUBLE)')"
    return f"CASE WHEN $list <> '' THEN {named} WHEN {is_decimal} THEN {bare} ELSE {text} END"


def _code_list(check: Check) -> str:
    """The list that gives the names of value and expected value; empty where they stand for themselves."""
    if check.form not in forms():
        return ""
    column = forms()[check.form].column(check.column)
    return "district" if column.type == "district" else column.code_list or ""


def _statement(check: Check) -> str:
    """SQL that adds what the check found, the table `hit`, to `finding`, after those of the submission itself, at the
    level that the rule book has for the submission's period; none where the check is not in force."""
    return f"""
        INSERT INTO finding
        WITH named AS (SELECT map(list(code), list(name)) AS names FROM code_name WHERE list = $list),
        worded AS (
            SELECT submission_id, CAST(row_no AS INTEGER) AS row_no, {_plain("value")} AS value,
                {_plain("expected")} AS expected, CAST(record AS TEXT) AS record, rule_level.level
            FROM hit JOIN submission USING (submission_id)
            JOIN rule_level ON rule_level.check_id = $id AND rule_level.period = submission.period, named)
        SELECT w.submission_id,
            coalesce((SELECT max(finding_no) FROM finding f WHERE f.submission_id = w.submission_id), 0)
                + row_number() OVER (PARTITION BY w.submission_id ORDER BY w.row_no, w.record),
            $form, coalesce(t.sheet, '封面'), w.row_no, $column, w.value, w.level, $id,
            replace(replace($message, '{{value}}', coalesce(w.value, '')), '{{expected}}', coalesce(w.expected, '')),
            $advice, w.expected, $category, w.record
        FROM worded w LEFT JOIN version_form t ON t.submission_id = w.submission_id AND t.form = $form"""


REFUSED = REASONS[duckdb.ParserException]
COUNTS = """
    UPDATE submission SET q_count = found.q, m_count = found.m
    FROM (
        SELECT s.submission_id, count(f.level) FILTER (f.level = 'Q') AS q, count(f.level) FILTER (f.level = 'M') AS m
        FROM submission s LEFT JOIN finding f USING (submission_id) GROUP BY ALL) found
    WHERE found.submission_id = submission.submission_id"""


@cache
def _wide(declared: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], dict[str, Source]]:
    """Views as they are run, with room for the largest amounts; and what statements may read."""
    tables = {form.code: of_form(form) for form in forms().values()}
    statements = {}
    for name, sql in declared:
        statements[name], tables[name] = read_statement(sql, tables, f"{PATH.name}的视图{name}")
    return statements, tables


def statement_of(check: Check) -> str:
    """A declared check as it is run, with room for the largest amounts. Raises DeclarationError where it has none."""
    return _widened(check.rule, f"{PATH.name}的校验{check.id}", tuple(views().items()))


@cache
def _widened(rule: str, where: str, declared: tuple[tuple[str, str], ...]) -> str:
    """The same by its text: read once in the life of a process, as parsing takes as long as asking."""
    return read_statement(rule, _wide(declared)[1], where)[0]


def declare_views(connection: duckdb.DuckDBPyConnection) -> dict[str, duckdb.Error]:
    """Makes what the declared statements read; returns the views that broke, by name."""
    connection.execute("CREATE OR REPLACE TEMP TABLE code_name (list TEXT, code TEXT, name TEXT)")
    connection.register("new_names", _code_names())
    connection.execute("INSERT INTO code_name SELECT * FROM new_names")
    connection.unregister("new_names")
    broken: dict[str, duckdb.Error] = {}
    for name, sql in _wide(tuple(views().items()))[0].items():
        try:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
        except RULE_BREAKS as error:
            broken[name] = error
    return broken


def add_findings(
    connection: duckdb.DuckDBPyConnection, check: Check, broken: Mapping[str, duckdb.Error]
) -> Fault | None:
    """Adds what one check finds to `finding`; a statement that breaks adds nothing and is returned as a fault, and so
    is one that may get too large.

    A check that reads a broken view breaks by the error of the first that broke: views read each other.
    """
    words = {name: getattr(check, name) for name in ("id", "form", "column", "message", "advice", "category")}
    try:
        # Most checks find nothing, and then planning the words costs more than asking.
        hits = connection.execute(f"CREATE OR REPLACE TEMP TABLE hit AS {statement_of(check)}").fetchall()[0][0]
        if hits:
            connection.execute(_statement(check), words | {"list": _code_list(check)})
    except (*RULE_BREAKS, DeclarationError) as error:
        reads_broken = any(name in check.rule for name in broken)
        if isinstance(error, DeclarationError) and not reads_broken:
            return Fault(None, check.id, check.form, check.kind, REFUSED, str(error))
        return fault(check, next(iter(broken.values())) if reads_broken else error)
    return None


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the findings of the cross checks to `finding`, what broke to `rule_fault`, and the counts that follow to
    `submission`."""
    broken = declare_views(connection)
    in_force = {row[0] for row in connection.execute("SELECT DISTINCT check_id FROM rule_level").fetchall()}
    faults = [add_findings(connection, check, broken) for check in cross_checks() if check.id in in_force]
    rows = [(broke.check_id, broke.form, broke.reason, broke.message, context.now) for broke in faults if broke]
    if rows:
        connection.executemany(
            "INSERT INTO rule_fault (check_id, form, reason, message, found_at, is_across, is_open) "
            "VALUES (?, ?, ?, ?, ?, true, true)",
            rows,
        )
    connection.execute(COUNTS)
