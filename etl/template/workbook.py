"""The workbook that a submitter fills in, empty or with what its last report brings along: one, or all of a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from contract.declarations import REGION_ITEM, Form, cover_items, forms, here
from contract.errors import CallError
from contract.parameters import Policy
from contract.settings import Home
from etl.template.layout import Sheet, control_items, write_workbook
from etl.template.prefill import Prefilled, prefilled
from ledger.events import Ledger
from ledger.roster import members

Asked = tuple[str, str, str]  # code, name and kind of a member
Progress = Callable[[int, int], None]


def expected_forms(kind: str, period: str | None = None) -> tuple[Form, ...]:
    """The forms that a kind of submitter files, all of them or those due with a period."""
    return tuple(form for form in forms().values() if form.filed_by(kind) and (period is None or form.due_in(period)))


def write_template(
    path: Path,
    submitter_code: str | None = None,
    submitter_name: str | None = None,
    period: str | None = None,
    *,
    kind: str,
    policy: Policy,
    brought: Mapping[str, Prefilled] | None = None,
) -> Path:
    """Writes the workbook of a kind of submitter (`bank` or `district`), cover filled as far as known.

    `policy`: the parameters in force at the period's end, now where none is given, by which it says when it is due.
    `brought` are the rows that the last report brings along; the other forms are empty.
    """
    due = expected_forms(kind, period)
    known = {"submitter": submitter_code, "submitter_name": submitter_name, "period": period, REGION_ITEM: here()}
    cover = {item.header: known.get(item.code) for item in cover_items()} | dict.fromkeys(control_items(due))
    title = f"{submitter_name or ''}{{name}}{f'（{period}）' if period else ''}"
    sheets = [_sheet(form, title.format(name=form.name), (brought or {}).get(form.code)) for form in due]
    write_workbook(path, cover, sheets, guide=policy, period=period)
    return path


def _sheet(form: Form, title: str, brought: Prefilled | None) -> Sheet:
    headings = tuple(column.header for column in form.columns)
    if brought is None:
        return Sheet(form, form.columns, headings, title=title)
    note = (
        f"已按{brought.period}的报送预填{brought.what}{len(brought.rows)}行，黄色单元格须填写；"
        "预填内容有变化的请改正，不再列报的删除整行。"
    )
    return Sheet(form, form.columns, headings, brought.rows, title, note)


def expected_members(place: Home, period: str) -> list[Asked]:
    """The members that are on the list in a period. Raises CallError where there are none."""
    listed = members(Ledger(place.ledger).events("decision")).values()
    expected = [(member.code, member.name, member.kind) for member in listed if member.expected_in(period)]
    if not expected:
        raise CallError(f"试点名单上没有{period}应报送的成员")
    return expected


def write_templates(
    connection: duckdb.DuckDBPyConnection | None,
    asked: Sequence[Asked],
    period: str | None,
    policy: Policy,
    out: Path,
    progress: Progress | None,
) -> Iterator[Path]:
    """Writes a workbook for each member, named by period and code; gives the files as they are written.

    `connection` is on a snapshot, None before the first publication: then nothing is there to bring along. `policy`:
    see `write_template`.
    """
    for done, (code, name, kind) in enumerate(asked, 1):
        brought = prefilled(connection, code, period) if connection and period else None
        path = out / f"{period or '模板'}_{code}.xlsx"
        yield write_template(path, code, name, period, kind=kind, policy=policy, brought=brought)
        if progress:
            progress(done, len(asked))
