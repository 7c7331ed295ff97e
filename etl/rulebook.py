"""The rule book: every check of the contract as one row, generated from columns or declared in `data/checks/`."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from etl.declarations import Column, Form, code_lists, cover_items, forms, read_rows
from etl.errors import DeclarationError
from etl.settings import DECLARATIONS

LEVELS = ("S", "V", "Q", "M")
# What a rule may read besides the row: the window over one submission is PARTITION BY number.
CONTEXT_COLUMNS = (
    "number",
    "submitter",
    "period_first",
    "period_last",
    "ceilings",
    "default_ceiling",
    "small_loan_limit",
)
REQUIRED_KEYS = {"id", "level", "columns", "message", "advice"}
OPTIONAL_KEYS = {"rule", "reference", "expected", "category", "clause"}
CATEGORIES = ("漏报", "错报", "口径不一致")


@dataclass(frozen=True)
class Check:
    """One check.

    `column` is where it is reported; `columns` are the cells it reads, one of which having an S finding
    holds it back; `rule` is SQL over the form's typed columns that must hold for each row; `reference`
    is `FORM.column` in which the value must stand; `expected` is SQL for what was to be expected instead.
    `{value}`, `{expected}` and `{header}` in the message are filled in from the finding.
    """

    id: str
    level: str
    kind: str  # type, required, rule, reference, structure
    form: str
    column: str
    columns: tuple[str, ...]
    message: str
    advice: str
    rule: str = ""
    reference: str = ""
    expected: str = ""
    category: str = "错报"
    clause: str = ""


@dataclass(frozen=True)
class StructureCheck:
    """A check of file, cover, sheets or headers; the reader or the engine finds it, this row words it."""

    id: str
    level: str
    category: str
    message: str
    advice: str


@cache
def structure_checks() -> dict[str, StructureCheck]:
    rows = read_rows(DECLARATIONS / "checks" / "structure.csv", "key", "id", "level", "category", "message", "advice")
    return {row.pop("key"): StructureCheck(**row) for row in rows}


@cache
def type_messages() -> dict[str, tuple[str, str]]:
    rows = read_rows(DECLARATIONS / "checks" / "types.csv", "type", "message", "advice")
    return {row["type"]: (row["message"], row["advice"]) for row in rows}


def type_wording(column: Column) -> tuple[str, str]:
    """Message and advice where a text is no value of the column's type."""
    key = column.type if column.type in type_messages() else "code"
    message, advice = type_messages()[key]
    codes = "、".join(code_lists()[column.code_list].values()) if key == "code" else ""
    length = str(column.length or "")
    return message.replace("{header}", column.header).replace("{length}", length).replace("{codes}", codes), advice


def _column_checks(form: Form) -> Iterator[Check]:
    for column in form.columns:
        message, advice = type_wording(column)
        here = (form.code, column.code, (column.code,))
        yield Check(f"S-{form.code}-{column.no:03}", "S", "type", *here, message, advice)
        if column.required:
            words = (f"“{column.header}”没有填写", f"补填{column.header}")
            yield Check(f"V-{form.code}-{column.no:03}", "V", "required", *here, *words, category="漏报")


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """DuckDB itself parses the rules that it will run: every command loads them, and this is quick."""
    return duckdb.connect()


def _names(rule: str, where: str) -> set[str]:
    """The columns that an expression reads. Raises DeclarationError for what is no expression."""
    parsed = _parser().execute("SELECT json_serialize_sql(?)", [f"SELECT ({rule})"]).fetchall()[0][0]
    tree = json.loads(parsed)
    if tree["error"]:
        raise DeclarationError(f"{where}的规则不是合法的SQL表达式：{tree['error_message']}")
    return _columns(tree["statements"])


def _columns(tree: object) -> set[str]:
    """The columns in a parsed expression; `entry.since` is a field of an entry, and `entry` a lambda's own name."""
    match tree:
        case {"class": "COLUMN_REF", "column_names": [name]}:
            return {name}
        case {"class": "LAMBDA", "lhs": own, "expr": body}:
            return _columns(body) - _columns(own)
        case dict():
            return set().union(*map(_columns, tree.values()))
        case list():
            return set().union(*map(_columns, tree))
        case _:
            return set()


def _declared(path: Path, form: Form) -> Iterator[Check]:
    with path.open("rb") as file:
        rows = tomllib.load(file)["check"]
    for row in rows:
        where = f"{path.name}的校验{row.get('id', '（无编号）')}"
        if set(row) - REQUIRED_KEYS - OPTIONAL_KEYS or not set(row) >= REQUIRED_KEYS:
            raise DeclarationError(f"{where}的项目应为{'、'.join(sorted(REQUIRED_KEYS | OPTIONAL_KEYS))}")
        if row.get("category", "错报") not in CATEGORIES:
            raise DeclarationError(f"{where}的类别“{row['category']}”应为{'、'.join(CATEGORIES)}之一")
        if row["level"] not in LEVELS or not row["id"].startswith(f"{row['level']}-{form.code}-"):
            raise DeclarationError(f"{where}的编号与级别“{row['level']}”、表{form.code}不符")
        columns = tuple(row["columns"])
        for code in columns:
            form.column(code)
        rule, reference = row.get("rule", ""), row.get("reference", "")
        if bool(rule) == bool(reference):
            raise DeclarationError(f"{where}应当有rule或reference中的一项")
        if reference:
            target, _, code = reference.partition(".")
            forms()[target].column(code)
        expressions = [text for text in (rule, row.get("expected", "")) if text]
        used = set().union(*(_names(text, where) for text in expressions))
        stray = used - set(columns) - set(CONTEXT_COLUMNS)
        if stray:
            raise DeclarationError(f"{where}的规则用到没有列出的列：{'、'.join(sorted(stray))}")
        yield Check(
            row["id"],
            row["level"],
            "rule" if rule else "reference",
            form.code,
            columns[0],
            columns,
            row["message"],
            row["advice"],
            rule,
            reference,
            row.get("expected", ""),
            row.get("category", "错报"),
            row.get("clause", ""),
        )


@cache
def rule_book() -> tuple[Check, ...]:
    """All checks of form cells, in the order of forms; ids are unique. Raises DeclarationError."""
    checks: list[Check] = []
    for form in forms().values():
        checks += _column_checks(form)
        path = DECLARATIONS / "checks" / f"{form.code}.toml"
        if path.exists():
            checks += _declared(path, form)
    ids = [check.id for check in checks] + [check.id for check in structure_checks().values()]
    twice = sorted({check_id for check_id in ids if ids.count(check_id) > 1})
    if twice:
        raise DeclarationError(f"校验编号重复：{'、'.join(twice)}")
    return tuple(checks)


@cache
def rule_book_version() -> str:
    """What judged a submission: the first digits of the hash over all declarations that checks come from."""
    digest = hashlib.sha256()
    folders = (DECLARATIONS, DECLARATIONS / "forms", DECLARATIONS / "checks")
    names = {"codes.csv", "cover.csv", "districts.csv", "forms.csv"}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file() and (folder != DECLARATIONS or path.name in names):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def header_of(form: str, column: str | None) -> str:
    """The Chinese header of a column or cover item; control totals by form."""
    if not column:
        return ""
    if form in forms():
        return forms()[form].column(column).header
    fixed = {item.code: item.header for item in cover_items()}
    kind, _, code = column.partition("_")
    return fixed.get(column) or {"rows": f"行数 {code}", "amount": f"金额 {code}"}.get(kind, column)
