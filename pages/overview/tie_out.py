"""对数: the S70 file of a quarter held beside ours on the page, each difference with its reason, and put on record."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from casework.month.tie_out import compared, known_tie_out, record_tie_out
from contract.errors import PilotError
from contract.settings import home
from contract.wording import month_name
from metrics.queries.members.roster import members
from metrics.targets.s70 import TIED, Comparison, columns
from metrics.targets.tie_outs import Difference, TieOut
from pages.shared import acts, downloads, forms, on_paper, tables
from pages.shared.format import number
from pages.shell.data import read
from pages.shell.moments import day
from pages.shell.plain import refused
from pages.shell.session import person
from pages.shell.view import View

FORM = "tie-out"
SHAPE = "S70填报数（CSV，首行为“机构编码,列,数值”，列为A至H）"
LONGEST = 200


def tie_out(view: View) -> None:
    """What is on record for the quarter; then the form, step by step: file, differences, reasons."""
    acts.said(view.viewer)
    listed = read(view, members, kind="bank")
    names = dict(zip(listed["code"], listed["short_name"], strict=True))
    if known := known_tie_out(view.viewer, home(), view.period):
        _on_record(view, known, names)
    turn = acts.turn(FORM)
    file = forms.handed_in(st.file_uploader(SHAPE, type=["csv"], key=f"{FORM}-file-{view.period}-{turn}"))
    if file is None:
        return
    try:
        cells = compared(view.viewer, view.snapshot, view.period, file)
    except PilotError as refusal:
        st.error(refused(refusal), icon=":material/block:")
        return
    reasons = _differences([cell for cell in cells if cell.outcome != TIED], len(cells), names, turn)
    if st.button("登记对数", type="primary", icon=":material/task_alt:", key=f"{FORM}-send"):
        acts.do(
            lambda: record_tie_out(home(), view.period, file, reasons, view.viewer),
            lambda done: f"{month_name(done.period)}对数已登记：比较{done.compared}处，差异{len(done.differences)}处",
            empties=FORM,
        )


def _on_record(view: View, known: TieOut, names: dict[str, str]) -> None:
    apart = len(known.differences)
    st.html(
        f'<p class="case">{day(known.on)}由{person(known.by)}登记，按数据版本第{known.snapshot}版：'
        f"比较{number(known.compared)}处，{f'差异{number(apart)}处，均已说明' if apart else '全部一致'}。</p>"
    )
    if apart:
        rows = [
            _row(difference, names) | {"outcome": difference.outcome, "reason": difference.reason}
            for difference in known.differences
        ]
        tables.sheet(pd.DataFrame(rows), COLUMNS, key="tie-out-known", about="已登记的差异")
    downloads.papers(view, known.id)


def _differences(apart: list[Comparison], total: int, names: dict[str, str], turn: int) -> dict[tuple[str, str], str]:
    """The cells apart as a table whose last column is written in; bank and column → reason."""
    st.caption(f"比较{number(total)}处，一致{number(total - len(apart))}处，差异{number(len(apart))}处。")
    if not apart:
        return {}
    frame = pd.DataFrame([_row(cell, names) | {"outcome": cell.outcome, "reason": ""} for cell in apart])
    on_paper.table(frame, COLUMNS, "与S70的差异", edited=True)
    written = st.data_editor(
        frame,
        column_config=COLUMNS,
        disabled=[name for name in COLUMNS if name != "reason"],
        hide_index=True,
        key=f"{FORM}-reasons-{turn}",
        placeholder="",
    )
    return {(cell.bank, cell.column): str(reason or "") for cell, reason in zip(apart, written["reason"], strict=True)}


def _row(cell: Comparison | Difference, names: dict[str, str]) -> dict[str, object]:
    sides = {
        side: None if value is None else float(value) for side, value in (("s70", cell.s70), ("pilot", cell.pilot))
    }
    declared = columns()[cell.column]
    named = f"{declared.code} {declared.name}（{declared.unit}）"
    return {"bank": names.get(cell.bank, cell.bank), "column": named, **sides}


COLUMNS = {
    "bank": tables.text("机构", width=140),
    "column": tables.text("S70列", width=230),
    "s70": tables.figure("S70填报数", 2, width=110),
    "pilot": tables.figure("本系统", 2, width=110),
    "outcome": tables.text("结果", width=100),
    "reason": tables.text("差异原因", width=300, max_chars=LONGEST),
}
