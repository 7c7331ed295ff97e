"""One section's rows as they are shown: codes by their names, money in the unit of whose it is, columns in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
import streamlit as st

from contract.declarations import code_lists
from contract.wording import exact, half_up
from metrics.queries.tasks.declared import ColumnShown, Section
from metrics.queries.tasks.reach import Subject
from pages.shared import tables
from pages.shared.format import WITHHELD, Measure, is_absent, measure, scaled, with_unit
from pages.shell.view import View

FLAGS = {True: "是", False: "否"}
WHOLE_WHERE_POSSIBLE = ("天", "个月")  # written without decimals where none of a column has any
SIGN, LETTER, MARGIN, WIDEST = 13, 8, 18, 430  # pixels: of a Chinese sign, of any other, around a text, of a column
# Of a long text, of one at the end, of a list beside the boxes to choose rows by on a laptop, of a day.
LEAST, TAIL, ROOM, DAY = 300, 160, 995, 96


def pixels(text: str) -> int:
    """How wide a table writes a text."""
    return sum(LETTER if letter.isascii() else SIGN for letter in text)


def fit(columns: Mapping[str, Any]) -> None:
    """Takes from the long texts of a list, the last first, what it is wider than its place on a laptop."""
    over = sum(config["width"] or pixels(config["label"]) + MARGIN for config in columns.values()) - ROOM
    for place, config in enumerate(reversed(columns.values())):
        given = max(0, min(over, (config["width"] or 0) - (LEAST if place else TAIL)))
        if given:
            config["width"] -= given
            over -= given


@dataclass
class Record:
    """One section of a task page with the rows that its query gave this viewer."""

    view: View
    subject: Subject
    section: Section
    frame: pd.DataFrame

    @property
    def key(self) -> str:
        columns = self.section.columns
        said = map(str, self.section.arguments.values())
        return "-".join([self.section.query, *said, str(len(columns)), columns[-1].code])

    def measure(self, column: ColumnShown) -> Measure:
        """How a column's figures are written: sums in the unit of whose they are, single cases as a member's."""
        return measure(column.unit, "bank" if self.section.listed else self.subject.scope)

    @cached_property
    def columns(self) -> tuple[ColumnShown, ...]:
        """The declared columns that this viewer is given."""
        return tuple(column for column in self.section.columns if column.code in self.frame)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The rows as a table shows them."""
        return pd.DataFrame({column.code: self._cells(column) for column in self.columns}, index=self.frame.index)

    def _cells(self, column: ColumnShown) -> pd.Series:
        cells = self.frame[column.code]
        if column.unit:
            return pd.Series([scaled(value, self.measure(column)) for value in cells], cells.index, dtype=float)
        if column.kind == "flag":
            return cells.map(FLAGS)
        if column.kind in code_lists():
            names = code_lists()[column.kind]
            return cells.map(lambda codes: "、".join(names[code] for code in codes.split(",")), na_action="ignore")
        return cells

    def config(self, column: ColumnShown) -> Any:
        own = self.section.declared(column.code)
        return tables.held(self._config(column), own) if own else self._config(column)

    def _config(self, column: ColumnShown) -> Any:
        cells = self.shown[column.code].dropna()
        if column.unit:
            how = self.measure(column)
            whole = how.unit in WHOLE_WHERE_POSSIBLE and (cells % 1 == 0).all()
            return tables.money(column.name, replace(how, decimals=0) if whole else how)
        if column.kind == "number":
            return tables.figure(column.name, 1)
        if column.kind == "date":
            return st.column_config.DateColumn(column.name, format="YYYY-MM-DD", width=DAY)
        widest = max(map(pixels, [column.name, *cells.astype(str)]))
        return tables.text(column.name, width=min(widest + MARGIN, WIDEST))

    @property
    def table_columns(self) -> dict[str, Any]:
        told = {column.code: self.config(column) for column in self.columns}
        if self.section.listed:
            fit(told)
        if self.section.listed and told:  # a list may be wider than a screen: whose row it is stays in sight
            told[self.columns[0].code] |= {"pinned": True}
        return told

    def draws(self, what: str) -> pd.Series:
        """The column that the form draws as `what`, as it is shown."""
        return self.shown[self.section.draws[what]]

    def said(self, code: str, value: float | None) -> str:
        """A figure of a column with its unit; what 亿元 would show as nothing, in 万元."""
        how = self.measure(self.section.column(code))
        told = is_absent(value) or not value or half_up(exact(value) / how.divisor, how.decimals) != 0
        return with_unit(value, how if told or how.divisor == 1 else measure("万元", "bank"))

    @property
    def hidden(self) -> str:
        """`；3项涉及不足3家机构或企业，不披露`: how many rows are withheld from this viewer."""
        withheld = int(self.frame["withheld"].sum()) if "withheld" in self.frame else 0
        return f"；{withheld}项涉及不足3家机构或企业，{WITHHELD}" if withheld else ""

    @property
    def about(self) -> str:
        """What is shown, under a title that says what it says; a list is called by its name in the title."""
        name = "" if self.section.says == "rows" else f"{self.section.title}："
        return f"{name}{self.section.about}{self.hidden}"
