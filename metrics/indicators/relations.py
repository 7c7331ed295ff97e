"""The sets that indicators are worked out from (`data/relations.toml`), as views of a snapshot."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from contract.declarations import forms
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators import inputs

SCOPES = {"city": "合计", "bank": "机构", "bank_type": "机构类别", "district": "地区", "ip": "知识产权类型"}
CITY = "BJ"  # the one entity of scope `city`
REGION = "region"  # the scope, and key column, that sets have beside `city` where they hold several regions' rows
GROUPS = ("bank_type", "district", "ip", REGION)
BASES = ("year_before", "last_december")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
FIELDS = {
    "code", "title", "form", "sql", "scopes", "own", "domain", "reach", "stored",
    "within", "within_at", "city_of", "behind",
}  # fmt: skip
# Reach → which reports the rows of a period rest on: SQL over `report` (a report in force) and `period`.
REACHES = {
    "month": "report.period = period.period",
    "month_and_year_before": ("report.period IN (period.period, format('{}-{:02d}', period.year - 1, period.month))"),
    "two_months": ("report.period IN (period.period, strftime(period.first_day - INTERVAL 1 DAY, '%Y-%m'))"),
    "year": "left(report.period, 4) = left(period.period, 4) AND report.period <= period.period",
    "whole_year": "left(report.period, 4) = left(period.period, 4)",
    "past": "report.period <= period.period",
}


@dataclass(frozen=True)
class Relation:
    """A named set of rows; a view `set_<code>` of a snapshot."""

    code: str
    title: str
    sql: str
    form: str | None  # the form whose rows it holds
    scopes: tuple[str, ...]  # those it offers, each but city with a key column of that name
    own: frozenset[str]  # scopes whose entity is the submitter itself: history before admission counts there
    domain: str | None  # the set whose members have 0 where they have no row here
    reach: str | None  # which reports its rows of a period rest on (REACHES); None: on more than reports
    stored: bool  # a table of the snapshot and no view: others read it often
    columns: tuple[str, ...]
    added_names: Mapping[str, str] = field(repr=False, compare=False)  # Chinese names of columns beside the form's own
    above: Mapping[str, Relation] = field(repr=False, compare=False, default_factory=dict)  # sets its SQL may read
    within: str | None = None  # the set whose rows it has some or all of
    within_at: str = ""  # a base period at which it has them, else the same period
    city_of: str | None = None  # the set whose other scopes add up to its city
    behind: str | None = None  # SQL: the rows of a member's own form that tell of borrowers at banks

    @property
    def view(self) -> str:
        return view_name(self.code)

    @property
    def groups(self) -> tuple[str, ...]:
        """The scopes that are sums over banks, which others than those banks may see."""
        sums = GROUPS if {"bank", REGION} & set(self.columns) else ()
        return tuple(scope for scope in sums if scope in self.scopes and scope not in self.own)

    @property
    def summed(self) -> tuple[str, ...]:
        """The scopes whose figures may tell of single banks or borrowers to others."""
        scopes = self.scopes if self.behind else (("city", *self.groups) if self.groups else ())
        return tuple(scope for scope in scopes if scope in self.scopes)

    @property
    def counted(self) -> dict[str, str]:
        """Who stands behind its sums, by kind: the column that tells one from another. Nobody where others see none."""
        kinds = {"bank": ("bank",), "borrower": ("firm_key", "uscc"), REGION: (REGION,)}
        known = {kind: next((name for name in names if name in self.columns), "") for kind, names in kinds.items()}
        return {kind: column for kind, column in known.items() if column} if self.summed else {}

    @property
    def family(self) -> str:
        """The set that its sums are told apart by."""
        return self.city_of or self.code

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which a person finds a row again: where it stands, whose it is, its key."""
        own = forms()[self.form].key if self.form else ("version",)
        keys = ("submission_id", "sheet", "row_no", "bank", "district", "reported_in", *own)
        return tuple(key for key in keys if key in self.columns)

    def name_of(self, column: str) -> str:
        """The Chinese name of a column: the form's own header, else the declared one, else the column's code."""
        if self.form and column not in self.scopes:
            for own in forms()[self.form].columns:
                if own.code == column:
                    return own.header
        return self.added_names.get(column, column)


def view_name(code: str) -> str:
    return f"set_{code}"


def read_toml(path: Path) -> dict[str, Any]:
    """A declaration file. Raises DeclarationError where it is no TOML, a duplicate key included."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{path.name}不是有效的TOML（或有重复的键）：{error}") from None


def check_fields(row: Mapping[str, Any], needed: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raises DeclarationError where a declaration lacks a field or has an unknown one."""
    missing, unknown = sorted(set(needed) - set(row)), sorted(set(row) - set(known))
    if missing:
        raise DeclarationError(f"{where}缺少：{'、'.join(missing)}")
    if unknown:
        raise DeclarationError(f"{where}有不认识的项：{'、'.join(unknown)}")


def _columns(connection: duckdb.DuckDBPyConnection, code: str, sql: str, where: str) -> tuple[str, ...]:
    """Makes the view on the empty tables, so that a wrong name is found when declarations are read."""
    try:
        connection.execute(f"CREATE VIEW {view_name(code)} AS {sql}")
        return tuple(row[0] for row in connection.execute(f"DESCRIBE {view_name(code)}").fetchall())
    except duckdb.Error as error:
        raise DeclarationError(f"{where}的SQL不能执行：{str(error).splitlines()[0]}") from None


def _relation(
    row: Mapping[str, Any],
    known: Mapping[str, Relation],
    names: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
    where: str,
) -> Relation:
    check_fields(row, ("code", "title", "sql"), FIELDS, where)
    code, scopes, own = row["code"], tuple(row.get("scopes", ())), frozenset(row.get("own", ()))
    if not CODE.fullmatch(code) or code.lower() in {other.lower() for other in known}:
        raise DeclarationError(f"{where}：集合名“{code}”重复或含有不允许的字符")
    for scope in scopes:
        if scope not in SCOPES:
            raise DeclarationError(f"{where}的范围“{scope}”不认识")
    if not own <= set(scopes) - {"city"}:
        raise DeclarationError(f"{where}的own“{'、'.join(sorted(own))}”应是其范围之一")
    if row.get("form") is not None and row["form"] not in forms():
        raise DeclarationError(f"{where}的form“{row['form']}”不是已声明的表")
    for other in ("domain", "within", "city_of"):
        if row.get(other) is not None and row[other] not in known:
            raise DeclarationError(f"{where}的{other}“{row[other]}”应是上文声明的集合")
    if row.get("within_at", BASES[0]) not in BASES:
        raise DeclarationError(f"{where}的within_at“{row['within_at']}”应为{'、'.join(BASES)}之一")
    if row.get("reach") is not None and row["reach"] not in REACHES:
        raise DeclarationError(f"{where}的reach“{row['reach']}”应为{'、'.join(REACHES)}之一")
    columns = _columns(connection, code, row["sql"], where)
    for column in sorted({"period", "on_list", *scopes} - {"city"}) if scopes else ():
        if column not in columns:
            raise DeclarationError(f"{where}缺少列“{column}”")
    fixed = (row.get("domain"), row.get("reach"), row.get("stored", False), columns, names, dict(known))
    told = {name: row[name] for name in ("within", "within_at", "city_of", "behind") if name in row}
    return Relation(code, row["title"], row["sql"].strip(), row.get("form"), scopes, own, *fixed, **told)


def read_relations(path: Path) -> dict[str, Relation]:
    """Code → set, in declared order; each reads tables and sets declared above it only.

    Raises:
        DeclarationError: names the file, the set and what is wrong with it.
    """
    declared = read_toml(path)
    relations: dict[str, Relation] = {}
    with duckdb.connect() as connection:
        inputs.create_all(connection)
        for row in declared.get("relation", []):
            where = f"{path.name}的集合{row.get('code', '（未命名）')}"
            relation = _relation(row, relations, declared.get("column_names", {}), connection, where)
            relations[relation.code] = relation
    return relations


@cache
def relations() -> dict[str, Relation]:
    """The sets of `data/relations.toml`."""
    return read_relations(DECLARATIONS / "relations.toml")
