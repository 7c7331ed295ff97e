"""Rows taken away as a file: marked as internal, with user, time, data version, selection; recorded with its hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import streamlit as st

from casework.giving.requests import LONGEST
from contract.console.output import plain
from contract.levels import APPROVED
from contract.settings import home
from ledger.audit import record_look
from metrics.queries.detail.listing import EXPORT_ROWS, ORIGIN, exported, too_many
from metrics.queries.detail.selection import Selection, on_record, open_columns, shown_columns, words
from pages.detail import given
from pages.shared import downloads
from pages.shared.row_views import header, in_words, level_of
from pages.shell.view import View


def files(view: View, now: Selection, count: int, names: dict[str, str]) -> None:
    """Excel and CSV for one's own desk, as far as the level of the columns shown lets that; and what asks to give the
    rows to others. Too many rows are refused with what to do."""
    if count > EXPORT_ROWS:
        st.caption(f"导出：{too_many(count)}。")
        return
    known = open_columns(view.viewer, now)
    shown = {code: known[code] for code in shown_columns(view.viewer, now)}
    columns = {code: header(column) for code, column in shown.items()} | ORIGIN
    level = level_of(shown)
    about = words(now, names)
    notes = (*downloads.provenance(view, level), f"范围：{view.period}；{about}", f"共{count:,}行")
    title = f"明细_{now.declared.name}_{view.period}"

    def rows() -> pd.DataFrame:
        return in_words(exported(view.viewer, view.snapshot, now), known, names)

    def book(frame: pd.DataFrame) -> bytes:
        return downloads.as_xlsx(frame, columns, notes, title)

    def made(write: Callable[[pd.DataFrame], bytes]) -> bytes:
        """The file, as it is recorded: what could not be recorded is not given out."""
        frame = rows()
        content = write(frame)
        taken = (on_record(replace(now, page=1)), len(frame), view.snapshot.number, content)
        record_look(home(), view.viewer, now.kind, *taken, level=level.code, area=now.declared.area)
        return content

    with st.container(horizontal=True, gap="small", key="taking"):
        if level.export == APPROVED:
            downloads.by_approval(level)
        else:
            downloads.button("导出Excel", lambda: made(book), f"{title}.xlsx", key="rows-xlsx", records_itself=True)
            downloads.button(
                "导出CSV",
                lambda: made(lambda frame: downloads.as_csv(exact(frame), columns, notes)),
                f"{title}.csv",
                key="rows-csv",
                mime="text/csv",
                records_itself=True,
            )
        what = f"{now.declared.name}明细（{view.period}）：{about}"[:LONGEST]
        given.ask_for(view, "give-rows", what, level.code, count, lambda: (f"{title}.xlsx", book(rows())))


def exact(frame: pd.DataFrame) -> pd.DataFrame:
    """Amounts as their own digits, which a file of text can hold."""
    return frame.map(lambda cell: plain(cell) if isinstance(cell, Decimal) else cell)
