"""Where a mark or a row of a task's record leads, as its section declares it."""

from __future__ import annotations

import pandas as pd

from contract.declarations import Column
from metrics.indicators.relations import relations
from metrics.queries.detail.kinds import CODES, asked_by, columns_of
from metrics.queries.detail.selection import Filter, Selection
from pages.shared.behind.figures import behind_figure, of_member
from pages.shared.behind.marks import Behind, Ways
from pages.shared.format import is_absent
from pages.shared.row_views import open_rows
from pages.shell import url
from pages.shell.selections import Firm, Task
from pages.tasks import whose
from pages.tasks.record import Record


def behind(record: Record, mark: str = "") -> Behind:
    """Of each row its ways; `mark`: the column of the shown rows that tells the chart's marks apart, else the index."""
    return Behind(record.view, lambda row: ways(record, record.frame.loc[row.name]), mark)


def ways(record: Record, row: pd.Series) -> Ways:
    """Whose it is, the rows behind it, the figure that it is part of, the part that lists it one by one."""
    declared, found = record.section.leads, []
    for scope in ("bank", "district"):
        code = row.get(getattr(declared, scope)) if getattr(declared, scope) else None
        if isinstance(code, str):
            found += of_member(scope, code, said(row, f"{scope}_name", "name" if scope == "district" else ""))
    if declared.firm and isinstance(row.get(declared.firm), str):
        found.append((Firm(uscc=row[declared.firm]), "这家企业的全部情况"))
    if declared.rows:
        words = f"查看明细（{selection(record, row).declared.name}）"
        found += [(way, words) for way in open_rows(record.view, selection(record, row))]
    if declared.explained:
        found += behind_figure(record.view, declared.explained, record.subject.scope, record.subject.entity)
    if declared.part:
        of = whose.address(record.subject.scope, record.subject.entity)
        found.append((Task(task=url.page_address(), part=declared.part, of=of), "逐家、逐件查看"))
    return found


def said(row: pd.Series, *names: str) -> str:
    """What the row calls a member; nothing where it does not."""
    return next((row[name] for name in names if name and isinstance(row.get(name), str)), "")


def selection(record: Record, row: pd.Series) -> Selection:
    """The rows behind a row: of the page's subject, with what the declared columns hold."""
    declared, subject = record.section.leads, record.subject
    columns = columns_of(relations()[declared.of])
    filters = tuple(
        _filter(columns[column], row[source]) for column, source in declared.where.items() if not is_absent(row[source])
    )
    whole = subject.scope if subject.scope in relations()[declared.of].scopes else ""
    return Selection(declared.rows, record.view.period, declared.of, whole, subject.entity * bool(whole), "", filters)


def _filter(column: Column, value: object) -> Filter:
    if asked_by(column) == CODES:
        return Filter(column.code, codes=(str(value).lower() if column.type == "flag" else str(value),))
    return Filter(column.code, text=str(value))
