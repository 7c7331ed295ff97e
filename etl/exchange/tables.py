"""The tables of the exchange: the forms, and what `data/exchange.toml` declares beside them; columns, types, codes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contract.decision_kinds import STATES
from contract.declarations import Column as FormColumn
from contract.declarations import Form, code_lists, districts, forms, member_groups
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.standing import VERDICT_WORDS
from contract.wording import KINDS
from etl.checks.cell_types import sql_type
from etl.warehouse.tables import keys_of

FILE = "exchange.toml"
PERIOD = "period"  # the column by which tables are split into folders
NEEDED = {"code", "name", "grain", "by_period", "order", "columns"}
COLUMN_FIELDS = {"type", "name", "codes"}
NUMBERS = ("INTEGER", "BIGINT", "DECIMAL")
TYPES = ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", *NUMBERS)
UNITS = {"money": "万元", "rate": "%", "days": "天"}


@dataclass(frozen=True)
class Column:
    """One column: its type as SQL, what it is called and may hold; `codes` is a list of `code_names`."""

    code: str
    type: str
    name: str
    unit: str = ""
    note: str = ""
    codes: str = ""

    @property
    def is_number(self) -> bool:
        return self.type.startswith(NUMBERS)


@dataclass(frozen=True)
class Table:
    """One table: where its rows come from, and what tells one from another (`order`)."""

    code: str
    name: str
    grain: str
    by_period: bool
    source: str
    order: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def rows(self) -> str:
        """SQL: its rows in its columns, each of its type; with the period that they count for where it is split."""
        chosen = ", ".join(f"CAST({column.code} AS {column.type}) AS {column.code}" for column in self.columns)
        return f"SELECT {f'{PERIOD}, ' if self.by_period else ''}{chosen} FROM {self.source}"


@cache
def tables() -> Mapping[str, Table]:
    """Code → table: the forms in the order of the contract, then the others as declared. Raises DeclarationError."""
    declared = tomllib.loads((DECLARATIONS / FILE).read_text(encoding="utf-8"))
    found = {form.code: _of_form(form, declared) for form in forms().values()}
    for row in declared["table"]:
        where = f"{FILE}的{row.get('code', '（未命名）')}"
        if not NEEDED <= row.keys() <= NEEDED | {"source"}:
            raise DeclarationError(f"{where}的项应为{'、'.join(sorted(NEEDED))}，另可有source")
        if row["code"] in found:
            raise DeclarationError(f"{where}重复")
        columns = tuple(_columns(row["columns"], where))
        if unknown := set(row["order"]) - {column.code for column in columns}:
            raise DeclarationError(f"{where}的order用到没有声明的列“{'、'.join(sorted(unknown))}”")
        source = row.get("source", row["code"])
        facts = (row["code"], row["name"], row["grain"], row["by_period"], source)
        found[row["code"]] = Table(*facts, tuple(row["order"]), columns)
    return found


def _columns(declared: Mapping[str, Mapping[str, str]], where: str) -> Iterator[Column]:
    for code, facts in declared.items():
        if not {"type", "name"} <= facts.keys() <= COLUMN_FIELDS:
            raise DeclarationError(f"{where}的列{code}应有type和name，另可有codes")
        if not facts["type"].startswith(TYPES):
            raise DeclarationError(f"{where}的列{code}的类型“{facts['type']}”应为{'、'.join(TYPES)}之一")
        if facts.get("codes", "") not in {"", *code_names()}:
            raise DeclarationError(f"{where}的列{code}用到没有的代码表“{facts['codes']}”")
        yield Column(code, **facts)


def _of_form(form: Form, declared: Mapping[str, Any]) -> Table:
    """A form: where each row stands, its own columns, the integers that stand for its texts."""
    keys = declared["key_columns"]
    own = (
        *_columns(declared["form_columns"], FILE),
        *map(_own, form.columns),
        *_columns({key: keys[key] for key in keys_of(form.code)}, FILE),
    )
    return Table(form.code, form.name, "现行版本的一行", True, form.code, ("submission_id", "row_no"), own)


def _own(column: FormColumn) -> Column:
    codes = "district" if column.type == "district" else column.code_list or ""
    return Column(column.code, sql_type(column), column.header, UNITS.get(column.type, ""), column.note, codes)


@cache
def code_names() -> Mapping[str, Mapping[str, str]]:
    """Code list → code → Chinese name: those of the forms, and those that the system gives itself."""
    own = {"district": {unit.code: unit.name for unit in districts().values()}, "member_group": member_groups()}
    verdicts = {code: VERDICT_WORDS[code] for code in ("accepted", "questions", "returned")}
    states = {code: name for code, name in STATES.items() if code != "candidate"}
    return code_lists() | own | {"member_kind": KINDS, "member_state": states, "verdict": verdicts}
