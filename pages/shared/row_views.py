"""Rows as a page shows them: recorded before they are drawn, in words, with their columns; and the link to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import pandas as pd
import streamlit as st

from contract.declarations import Column
from contract.levels import Level, strictest
from contract.settings import home
from contract.viewer import may_see
from ledger.audit import record_look
from metrics.indicators.catalogue import Indicator
from metrics.queries.detail.kinds import Kind, codes_of, width_of
from metrics.queries.detail.listing import ORIGIN
from metrics.queries.detail.selection import Filter, Selection, behind, write_filters
from metrics.queries.members.roster import members
from pages.shared import tables
from pages.shell.data import read
from pages.shell.selections import Rows
from pages.shell.url import page_address
from pages.shell.view import View

SEEN = "rows_seen"
ONE_LOOK = 15 * 60  # seconds for which the same rows drawn anew are still the same look
DECIMALS = {"money": 2, "rate": 2, "int": 0, "days": 0}
ORIGIN_COLUMNS = {
    "file_name": tables.text(ORIGIN["file_name"]),
    "version": tables.figure(ORIGIN["version"]),
    "received_at": st.column_config.DatetimeColumn(ORIGIN["received_at"], format="YYYY-MM-DD HH:mm"),
    "sheet": tables.text(ORIGIN["sheet"]),
    "row_no": tables.figure(ORIGIN["row_no"]),
}


def seen(view: View, what: str, selection: Mapping[str, str], rows: int, level: Level, area: str) -> None:
    """Records that these rows are shown, once for each time that a page turns to them, and again after a while; nothing
    of a level at which no look is recorded. A page calls it before it draws them: where it cannot be recorded, the page
    fails and shows none. `area`: the right by which they are seen.
    """
    if not level.recorded:
        return
    mark = (page_address(), view.viewer, view.snapshot.number, tuple(sorted(selection.items())), rows)
    before, until = st.session_state.setdefault(SEEN, {}).get(what, (None, 0))
    if before != mark or monotonic() > until:
        record_look(home(), view.viewer, what, selection, rows, view.snapshot.number, level=level.code, area=area)
        st.session_state[SEEN][what] = (mark, monotonic() + ONE_LOOK)


def level_of(columns: Mapping[str, Column]) -> Level:
    """The strictest level of some columns as declared."""
    return strictest(column.level for column in columns.values())


def as_link(selection: Selection) -> Rows:
    """The link to some rows."""
    return Rows(
        period=selection.period, kind=selection.kind, of=selection.of, scope=selection.scope, entity=selection.entity,
        figure=selection.figure, filters=write_filters(selection.filters), sort=selection.sort,
        columns=",".join(selection.columns), leaf=selection.page,
    )  # fmt: skip


def loans_behind(view: View, scope: str, entity: str, *filters: Filter) -> tuple[Rows, ...]:
    """The link to an entity's outstanding loans that meet some filters; none where the viewer may not see them."""
    return open_rows(view, Selection("loans", view.period, "A", scope, entity, "G01.part", filters))


def loans_reported(view: View, scope: str, entity: str, *filters: Filter) -> tuple[Rows, ...]:
    """The same of all loans that an entity's reports hold, the closed ones among them."""
    return open_rows(view, Selection("loans", view.period, "B1", scope, entity, filters=filters))


def open_rows(view: View, selection: Selection) -> tuple[Rows, ...]:
    """The link to some rows; none where the viewer may not see them."""
    own = (selection.scope, selection.entity) == (view.viewer.own_scope, view.viewer.scope)
    seen_by = selection.declared.open_to(view.viewer) and (view.viewer.bureau or own)
    return (as_link(selection),) if seen_by else ()


def rows_behind(
    view: View, declared: Indicator, scope: str, entity: str, whose: str = ""
) -> tuple[tuple[Rows, str], ...]:
    """The links to the rows that a figure is made of, with their words; none where the viewer may not see them.

    `whose`: the entity by its name, where the words have to say it.
    """
    ways = {}
    for role, selection in behind(declared, scope, entity, view.period):
        of_role = role if declared.has_whole else ""
        for way in open_rows(view, selection):
            ways[way] = f"查看{whose}{of_role}明细（{selection.declared.name}）"
    return tuple(ways.items())


def bank_names(view: View) -> dict[str, str]:
    """Code → short name of the banks that the viewer may know by name."""
    if not may_see(view.viewer, "members"):
        return {}
    known = read(view, members)
    return dict(zip(known["code"], known["short_name"], strict=True))


def in_words(frame: pd.DataFrame, columns: Mapping[str, Column], names: Mapping[str, str]) -> pd.DataFrame:
    """The rows with codes by their names; numbers, days and texts stay as they are."""
    said = frame.copy()
    for code, column in columns.items():
        if code in said.columns:
            said[code] = [cell_in_words(column, cell, names) for cell in said[code]]
    return said


def cell_in_words(column: Column, cell: Any, names: Mapping[str, str]) -> Any:
    """One cell: a code by its name, several joined by 、; an absent one is none."""
    if cell is None or pd.isna(cell):
        return None
    if column.type == "institution":
        return names.get(cell, cell)
    called = codes_of(column)
    if not called:
        return cell
    if column.type == "flag":
        return called[str(cell).lower()]
    return "、".join(called.get(part, part) for part in str(cell).split(","))


def drawn(frame: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """The rows as a table on the screen takes them: amounts as numbers."""
    shown = frame.copy()
    for code, column in columns.items():
        if code in shown.columns and column.type in DECIMALS:
            shown[code] = pd.to_numeric(shown[code]).astype(float)
    return shown


def settings(columns: Mapping[str, Column], kind: Kind | None = None) -> dict[str, Any]:
    """Code → how the column is drawn: header with unit, decimals, days as days; in the list of a kind of rows with its
    headings and widths."""
    return {
        code: tables.held(_setting(column) | {"pinned": place == 0} | _listed(column, kind), column)
        for place, (code, column) in enumerate(columns.items())
    }


def _listed(column: Column, kind: Kind | None) -> dict[str, Any]:
    """What is otherwise with a column that is shown at first in the list of a kind of rows; its own name is told when
    it is pointed at. One that a reader has chosen takes what its name and cells do."""
    if kind is None or column.code not in kind.columns:
        return {}
    if column.code not in kind.headings:
        return {"width": width_of(column)}
    short = replace(column, header=kind.headings[column.code])
    return {"width": width_of(column), "label": header(short), "help": header(column)}


def header(column: Column) -> str:
    """A column's header with its unit."""
    return f"{column.header}(万元)" if column.type == "money" else column.header


def _setting(column: Column) -> Any:
    if column.type in DECIMALS:
        return tables.figure(header(column), DECIMALS[column.type])
    if column.type == "date":
        return st.column_config.DateColumn(column.header, format="YYYY-MM-DD")
    return tables.text(column.header)
