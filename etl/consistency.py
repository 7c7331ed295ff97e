"""The second step of a snapshot: checks across forms, submitters and periods."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

import duckdb
import pyarrow as pa

from etl.declarations import code_lists, districts, forms
from etl.errors import DeclarationError
from etl.publish import BuildContext
from etl.rulebook import CATEGORIES, header_of, rule_book, structure_checks
from etl.settings import DECLARATIONS

PATH = DECLARATIONS / "checks" / "consistency.toml"
KEYS = {"id", "level", "form", "column", "sql", "message", "advice", "category"}


@dataclass(frozen=True)
class CrossCheck:
    """One check across submissions; `sql` gives a row a finding: submission_id, row_no, value, expected, record."""

    id: str
    level: str  # Q, M
    form: str
    column: str
    sql: str
    message: str
    advice: str
    category: str

    @property
    def code_list(self) -> str:
        """The list that gives the names of value and expected value; empty where they stand for themselves."""
        if self.form not in forms():
            return ""
        column = forms()[self.form].column(self.column)
        return "district" if column.type == "district" else column.code_list or ""


@cache
def views() -> dict[str, str]:
    """Name → SQL of what the declared statements may read besides the snapshot's tables, in order."""
    with PATH.open("rb") as file:
        return {row["name"]: row["sql"] for row in tomllib.load(file)["view"]}


@cache
def cross_checks() -> tuple[CrossCheck, ...]:
    """The declared checks, in order. Raises DeclarationError for a row that is incomplete or a number used twice."""
    with PATH.open("rb") as file:
        rows = tomllib.load(file)["check"]
    checks = tuple(_cross_check(row) for row in rows)
    ids = [check.id for check in (*checks, *rule_book(), *structure_checks().values())]
    twice = sorted({check_id for check_id in ids if ids.count(check_id) > 1})
    if twice:
        raise DeclarationError(f"校验编号重复：{'、'.join(twice)}")
    return checks


def _cross_check(row: dict[str, str]) -> CrossCheck:
    where = f"{PATH.name}的校验{row.get('id', '（无编号）')}"
    if set(row) != KEYS:
        raise DeclarationError(f"{where}的项目应为{'、'.join(sorted(KEYS))}")
    if row["level"] not in ("Q", "M") or row["category"] not in CATEGORIES:
        raise DeclarationError(f"{where}的级别应为Q或M，类别应为{'、'.join(CATEGORIES)}之一")
    if not row["id"].startswith(f"{row['level']}-{row['form'].upper()}-"):
        raise DeclarationError(f"{where}的编号与级别“{row['level']}”、表{row['form']}不符")
    if row["form"] != "cover" and row["form"] not in forms():
        raise DeclarationError(f"{where}的表“{row['form']}”没有声明")
    header_of(row["form"], row["column"])  # raises where the form has no such column
    return CrossCheck(**row)


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


def _statement(check: CrossCheck) -> str:
    """SQL that adds the check's findings to `finding`, after those of the submission itself."""
    return f"""
        INSERT INTO finding
        WITH hit AS ({check.sql}),
        named AS (SELECT map(list(code), list(name)) AS names FROM code_name WHERE list = $list),
        worded AS (
            SELECT submission_id, CAST(row_no AS INTEGER) AS row_no, {_plain("value")} AS value,
                {_plain("expected")} AS expected, CAST(record AS TEXT) AS record
            FROM hit, named)
        SELECT w.submission_id,
            coalesce((SELECT max(finding_no) FROM finding f WHERE f.submission_id = w.submission_id), 0)
                + row_number() OVER (PARTITION BY w.submission_id ORDER BY w.row_no, w.record),
            $form, coalesce(t.sheet, '封面'), w.row_no, $column, w.value, $level, $id,
            replace(replace($message, '{{value}}', coalesce(w.value, '')), '{{expected}}', coalesce(w.expected, '')),
            $advice, w.expected, $category, w.record
        FROM worded w LEFT JOIN version_form t ON t.submission_id = w.submission_id AND t.form = $form"""


COUNTS = """
    UPDATE submission SET q_count = found.q, m_count = found.m
    FROM (
        SELECT s.submission_id, count(f.level) FILTER (f.level = 'Q') AS q, count(f.level) FILTER (f.level = 'M') AS m
        FROM submission s LEFT JOIN finding f USING (submission_id) GROUP BY ALL) found
    WHERE found.submission_id = submission.submission_id"""


def declare_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes what the declared statements read. Raises DeclarationError."""
    connection.execute("CREATE OR REPLACE TEMP TABLE code_name (list TEXT, code TEXT, name TEXT)")
    connection.register("new_names", _code_names())
    connection.execute("INSERT INTO code_name SELECT * FROM new_names")
    connection.unregister("new_names")
    for name, sql in views().items():
        try:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
        except duckdb.Error as error:
            raise DeclarationError(f"{PATH.name}的视图{name}无法生成：{str(error).splitlines()[0]}") from None


def add_findings(connection: duckdb.DuckDBPyConnection, check: CrossCheck) -> None:
    """Adds what one check finds to `finding`. Raises DeclarationError for a statement that cannot be answered."""
    words = {name: getattr(check, name) for name in ("id", "level", "form", "column", "message", "advice", "category")}
    try:
        connection.execute(_statement(check), words | {"list": check.code_list})
    except duckdb.Error as error:
        raise DeclarationError(f"{PATH.name}的校验{check.id}无法执行：{str(error).splitlines()[0]}") from None


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the findings of the cross checks to `finding`, and their counts to `submission`.

    Raises DeclarationError for a statement that the snapshot's tables cannot answer.
    """
    declare_views(connection)
    for check in cross_checks():
        add_findings(connection, check)
    connection.execute(COUNTS)
