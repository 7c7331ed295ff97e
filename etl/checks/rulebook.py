"""Checks of one submission as rows: generated from columns, or declared in `data/checks/` for a form or its frame."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from contract.declarations import (
    REGIONS,
    UNITS,
    Column,
    Form,
    code_lists,
    cover_items,
    declared_in,
    forms,
    here,
    in_region_words,
    read_rows,
    region_words,
)
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS

LEVELS = ("S", "V", "Q", "M")
# What a rule may read besides the row: the window over one submission is PARTITION BY number.
CONTEXT_COLUMNS = (
    "number",
    "row_no",
    "submitter",
    "period_first",
    "period_last",
    "ceilings",
    "default_ceiling",
    "small_loan_limit",
)
REQUIRED_KEYS = {"id", "level", "columns", "message", "advice", "clause"}
SPAN = ("effective_from", "effective_to")
OPTIONAL_KEYS = {"rule", "reference", "expected", "category", *SPAN}
CATEGORIES = ("漏报", "错报", "迟报", "口径不一致")
CONTRACT = "报送要求"
PERIOD = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
# The file's parts that a structure check's id names.
FRAMES = {"COVER": "cover", "FILE": "file", "FORM": "form"}


@dataclass(frozen=True)
class Check:
    """One check.

    `column` is where it is reported; `columns` are the cells it reads, one of which having an S finding
    holds it back; `rule` is SQL over the form's typed columns that must hold for each row; `reference`
    is `FORM.column` in which the value must stand; `expected` is SQL for what was to be expected instead.
    `{value}`, `{expected}` and `{header}` in the message are filled in from the finding.
    It is in force for the report periods from `effective_from` to `effective_to` (`YYYY-MM`, both included, empty =
    open). One that is `fixed` says that something could not be read: it can't be lowered or switched off, as what
    it names would then be lost without a word.
    """

    id: str
    level: str
    kind: str  # type, required, rule, reference; structure (found by the reader); across (etl.checks.across)
    form: str  # or cover, file, form
    column: str
    columns: tuple[str, ...]
    message: str
    advice: str
    rule: str = ""
    reference: str = ""
    expected: str = ""
    category: str = "错报"
    clause: str = ""
    effective_from: str = ""
    effective_to: str = ""
    fixed: bool = False

    def __post_init__(self) -> None:
        where = f"校验{self.id}"
        if self.category not in CATEGORIES:
            raise DeclarationError(f"{where}的类别“{self.category}”应为{'、'.join(CATEGORIES)}之一")
        if any(period and not PERIOD.fullmatch(period) for period in (self.effective_from, self.effective_to)):
            raise DeclarationError(
                f"{where}的起止报送期应形如2026-10，现为“{self.effective_from}”“{self.effective_to}”"
            )
        if self.effective_to and self.effective_from > self.effective_to:
            raise DeclarationError(f"{where}的起始报送期{self.effective_from}晚于终止报送期{self.effective_to}")
        unknown = [part for part in self.clause.split("；") if part not in clauses() and part != self._own_clause()]
        if unknown:
            raise DeclarationError(f"{where}的依据“{'；'.join(unknown)}”不在clauses.csv内，也不是所在列的报送要求")

    def _own_clause(self) -> str:
        """The contract's row of the column that the check is reported at; empty for what is no column."""
        return column_clause(forms()[self.form], self.column) if self.form in forms() and self.column else ""

    def in_span(self, period: str) -> bool:
        """Whether a report period lies between the check's first and its last."""
        return self.effective_from <= period and (not self.effective_to or period <= self.effective_to)


def column_clause(form: Form, column: str) -> str:
    """The contract's row of a column, as a clause is cited."""
    return f"{CONTRACT}·{form.name}·{form.column(column).header}"


@cache
def clauses() -> dict[str, str]:
    """Clause → what it says, of the contract's lists, the plans, standards and supervisory practice."""
    return {row["clause"]: row["text"] for row in read_rows(DECLARATIONS / "checks" / "clauses.csv", "clause", "text")}


@cache
def structure_checks() -> dict[str, Check]:
    """Key → a check of file, cover, sheets or headers; the reader or the engine finds it, this row words it."""
    fields = ("key", "id", "level", "category", "message", "advice", "clause", "fixed", *SPAN)
    rows = read_rows(DECLARATIONS / "checks" / "structure.csv", *fields)
    return {row.pop("key"): _structure_check(row) for row in rows}


def _structure_check(row: dict[str, str]) -> Check:
    frame = FRAMES[row["id"].split("-")[1]]
    return Check(kind="structure", form=frame, column="", columns=(), **row | {"fixed": row["fixed"] == "是"})


@cache
def type_messages() -> dict[str, tuple[str, str]]:
    rows = read_rows(DECLARATIONS / "checks" / "types.csv", "type", "message", "advice")
    words = region_words()
    return {row["type"]: tuple(in_region_words(row[said], words) for said in ("message", "advice")) for row in rows}


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
        clause = column_clause(form, column.code)
        yield Check(f"S-{form.code}-{column.no:03}", "S", "type", *here, message, advice, clause=clause, fixed=True)
        if column.required:
            words = (f"“{column.header}”没有填写", f"补填{column.header}")
            yield Check(f"V-{form.code}-{column.no:03}", "V", "required", *here, *words, category="漏报", clause=clause)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """DuckDB itself parses the rules that it will run: every command loads them, and this is quick.

    Whoever parses takes a cursor: two pages may be the first to ask at once, and would get each other's answers.
    """
    return duckdb.connect()


def _names(rule: str, where: str) -> set[str]:
    """The columns that an expression reads. Raises DeclarationError for what is no expression, or may get too large."""
    parsed = _parser().cursor().execute("SELECT json_serialize_sql(?)", [f"SELECT ({rule})"]).fetchall()[0][0]
    tree = json.loads(parsed)
    if tree["error"]:
        raise DeclarationError(f"{where}的规则不是合法的SQL表达式：{tree['error_message']}")
    if any(sum(bool(_columns(factor)) for factor in factors) > 1 for factors in _products(tree["statements"])):
        raise DeclarationError(f"{where}的规则把列与列相乘，乘积可能超过数据库可容的位数；请与数字相乘，或改为跨表校验")
    return _columns(tree["statements"])


def _products(tree: object) -> Iterator[list[object]]:
    """The factors of each product in a parsed expression."""
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    match tree:
        case {"class": "FUNCTION", "function_name": "*", "arguments": factors}:
            yield factors
    for each in inner:
        yield from _products(each)


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
    own = region_words()  # once: there are thousands of texts, and every command reads them
    for declared in rows:
        row = {k: in_region_words(said, own) if isinstance(said, str) else said for k, said in declared.items()}
        where = f"{path.name}的校验{row.get('id', '（无编号）')}"
        if set(row) - REQUIRED_KEYS - OPTIONAL_KEYS or not set(row) >= REQUIRED_KEYS:
            raise DeclarationError(f"{where}的项目应为{'、'.join(sorted(REQUIRED_KEYS | OPTIONAL_KEYS))}")
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
        given = {key: row[key] for key in ("expected", "category", *SPAN) if key in row}
        where = (form.code, columns[0], columns)
        kind, words = ("rule" if rule else "reference"), (row["message"], row["advice"])
        yield Check(
            row["id"], row["level"], kind, *where, *words, rule, reference, clause=row["clause"], **given
        )  # fmt: skip


@cache
def rule_book() -> tuple[Check, ...]:
    """All checks of form cells, in the order of forms. Raises DeclarationError."""
    checks: list[Check] = []
    for form in forms().values():
        checks += _column_checks(form)
        path = DECLARATIONS / "checks" / f"{form.code}.toml"
        if path.exists():
            checks += _declared(path, form)
    return tuple(checks)


@cache
def declared_rules_hash() -> str:
    """The hash over all declarations that checks come from; what changed of them for a period is apart."""
    digest = hashlib.sha256()
    folders = (DECLARATIONS, DECLARATIONS / "forms", DECLARATIONS / "checks")
    names = {"codes.csv", "cover.csv", "forms.csv"}
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.name != "changes.csv" and (folder != DECLARATIONS or path.name in names):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in (REGIONS, UNITS):
        digest.update(name.encode() + b"\0" + (declared_in() / name).read_bytes())
    digest.update(here().encode())
    return digest.hexdigest()


def header_of(form: str, column: str | None) -> str:
    """The Chinese header of a column or cover item; control totals by form."""
    if not column:
        return ""
    if form in forms():
        return forms()[form].column(column).header
    fixed = {item.code: item.header for item in cover_items()}
    kind, _, code = column.partition("_")
    return fixed.get(column) or {"rows": f"行数 {code}", "amount": f"金额 {code}"}.get(kind, column)
