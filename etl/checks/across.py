"""Checks across forms, submitters and periods, as `data/checks/consistency.toml` declares them."""

from __future__ import annotations

import tomllib
from functools import cache

from contract.declarations import forms
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from etl.checks.rulebook import SPAN, Check, header_of

PATH = DECLARATIONS / "checks" / "consistency.toml"
LEVELS = ("Q", "M")
KEYS = {"id", "level", "form", "column", "sql", "message", "advice", "category", "clause"}


@cache
def views() -> dict[str, str]:
    """Name → SQL of what the declared statements may read besides the snapshot's tables, in order."""
    with PATH.open("rb") as file:
        return {row["name"]: row["sql"] for row in tomllib.load(file)["view"]}


@cache
def cross_checks() -> tuple[Check, ...]:
    """The declared checks, in order; `rule` is SQL that gives a row a finding: submission_id, row_no, value,
    expected, record. Raises DeclarationError for a row that is incomplete."""
    with PATH.open("rb") as file:
        rows = tomllib.load(file)["check"]
    return tuple(_cross_check(row) for row in rows)


def _cross_check(row: dict[str, str]) -> Check:
    where = f"{PATH.name}的校验{row.get('id', '（无编号）')}"
    if not KEYS <= set(row) <= KEYS | set(SPAN):
        raise DeclarationError(f"{where}的项目应为{'、'.join(sorted(KEYS))}")
    if row["level"] not in LEVELS:
        raise DeclarationError(f"{where}的级别应为Q或M")
    if not row["id"].startswith(f"{row['level']}-{row['form'].upper()}-"):
        raise DeclarationError(f"{where}的编号与级别“{row['level']}”、表{row['form']}不符")
    if row["form"] != "cover" and row["form"] not in forms():
        raise DeclarationError(f"{where}的表“{row['form']}”没有声明")
    header_of(row["form"], row["column"])  # raises where the form has no such column
    return Check(kind="across", columns=(row["column"],), rule=row.pop("sql"), **row)
