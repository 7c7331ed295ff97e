"""Files to take away: tables as Excel and CSV, marked as internal, and the papers of a matter beside its decision."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

import pandas as pd
import streamlit as st

from casework.papers.held_papers import HeldPaper, content_of, papers_of, words_of
from contract.console.output import guarded, new_workbook
from contract.levels import APPROVED, GUARDED, OTHER, Level, strictest
from contract.settings import home, wall_time
from contract.wording import month_name
from etl.snapshot.columns import held_by
from ledger.audit import head_words, record_look
from pages.shared.format import number
from pages.shell import session, url
from pages.shell.moments import day, minute
from pages.shell.navigation import entry_at
from pages.shell.plain import plain
from pages.shell.session import person
from pages.shell.view import View

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANY = "application/octet-stream"  # a file as it was handed in: never opened in the browser
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_WIDTH = 60
NOT_IN_NAMES = str.maketrans('[]:*?/\\<>|"', "　" * 11)  # of sheets and of files
MOST_NAME = 80  # characters of a file's name


def provenance(view: View, level: Level | None = None) -> tuple[str, ...]:
    """What every file that leaves the system says of itself; `level`: the strictest of its data, said where a table may
    not give it away, with the audit's head as it is before this export."""
    said = (f"数据级别：{level.name}", head_words(home())) if level and level.export == GUARDED else ()
    mark = ("演示数据，不得作为真实情况使用",) if view.snapshot.demonstration else ()
    return (
        "内部资料 注意保存",
        *mark,
        f"导出人：{view.viewer.name}　导出时间：{minute(wall_time())}　数据版本第{view.snapshot.number}版",
        *said,
    )


def plain_cell(value: object) -> object:
    """A frame's cell as a file holds it: None where absent, days without a time of day, yes and no in words."""
    if pd.isna(value):
        return None
    if pd.api.types.is_bool(value):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return minute(value) if (value.hour, value.minute) != (0, 0) else day(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal):
        return float(value)
    return value.item() if hasattr(value, "item") else value


def as_csv(frame: pd.DataFrame, columns: Mapping[str, str], notes: tuple[str, ...]) -> bytes:
    """Header, rows, and the notes below; UTF-8 with a mark, so that Excel reads it as such."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns.values())
    for row in frame[list(columns)].itertuples(index=False, name=None):
        writer.writerow(["" if (cell := plain_cell(value)) is None else guarded(cell) for value in row])
    writer.writerows([[], *([guarded(note)] for note in notes)])
    return text.getvalue().encode("utf-8-sig")


def sheet_name(title: str) -> str:
    """A title as a workbook takes it for a sheet's name."""
    return title.translate(NOT_IN_NAMES)[:31].strip("'　 ") or "数据"


def file_name(title: str) -> str:
    """A title as a name of a file, without what file systems refuse."""
    return title.translate(NOT_IN_NAMES)[:MOST_NAME].strip("　 .")


def as_xlsx(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    notes: tuple[str, ...],
    title: str,
    places: Mapping[str, int] = MappingProxyType({}),
) -> bytes:
    """Title and notes above, then a frozen header and the rows; texts are texts, whatever they begin with.

    `places`: column → decimals shown, of columns of figures; the cells hold the figures unrounded.
    """
    target = io.BytesIO()
    with new_workbook(target, OPTIONS) as book:
        sheet = book.add_worksheet(sheet_name(title))
        shown = {name: book.add_format({"num_format": number_format(count)}) for name, count in places.items()}
        bold = book.add_format({"bold": True, "font_size": 13})
        header = book.add_format({"bold": True, "bg_color": "#E9EEF3", "border": 1, "border_color": "#DFE5EB"})
        quiet = book.add_format({"font_color": "#5B6774"})
        sheet.write_string(0, 0, title, bold)
        for row, note in enumerate(notes, 1):
            sheet.write_string(row, 0, note, quiet)
        top = len(notes) + 1
        for place, name in enumerate(columns.values()):
            sheet.write_string(top, place, name, header)
        for row, cells in enumerate(frame[list(columns)].itertuples(index=False, name=None), top + 1):
            for place, (name, cell) in enumerate(zip(columns, map(plain_cell, cells), strict=True)):
                if isinstance(cell, str):
                    sheet.write_string(row, place, cell)
                elif cell is not None:
                    sheet.write(row, place, cell, shown.get(name))
        for place, (code, name) in enumerate(columns.items()):
            longest = max([len(name), *(len(str(plain_cell(value) or "")) for value in frame[code])])
            sheet.set_column(place, place, min(MOST_WIDTH, 2 * longest + 2))
        sheet.freeze_panes(top + 1, 0)
        sheet.autofilter(top, 0, top + max(len(frame), 1), len(columns) - 1)
    return target.getvalue()


def number_format(places: int) -> str:
    """`#,##0.00`: separated thousands and so many decimals."""
    return "#,##0" + ("." + "0" * places if places else "")


def by_approval(level: Level) -> None:
    """Says, in place of buttons, that data of a level go out by an approval alone."""
    st.caption(f"含{plain(level.name)}数据，须经申请、批准后导出。")


def buttons(
    view: View, frame: pd.DataFrame, columns: Mapping[str, str], *, name: str, key: str, of: Sequence[str] = ()
) -> None:
    """Two buttons, Excel and CSV, side by side; the files are made when they are asked for.

    `of`: the declared columns that the table tells of (`finding.value`), by whose level it goes; none of a table of the
    system's own figures and words. What only an approval lets go has no button.
    """
    level = strictest(held_by(each).level for each in of)
    if level.export == APPROVED:
        by_approval(level)
        return
    notes = (f"报告期：{month_name(view.period)}", *provenance(view, level))
    with st.container(horizontal=True, gap="small"):
        button(
            "导出Excel", lambda: as_xlsx(frame, columns, notes, name), f"{name}.xlsx", key=f"xlsx-{key}",
            rows=len(frame), level=level.code,
        )  # fmt: skip
        button(
            "导出CSV", lambda: as_csv(frame, columns, notes), f"{name}.csv", key=f"csv-{key}", mime="text/csv",
            rows=len(frame), level=level.code,
        )  # fmt: skip


def button(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    *,
    key: str,
    mime: str = XLSX,
    rows: int = 0,
    level: str = OTHER,
    records_itself: bool = False,
    **options,
) -> None:
    """One file to take away, made when it is asked for, and recorded in the audit: how many `rows` it gives away (0 of
    what is no table), of which level. `records_itself`: `make` does, with more than is known here."""
    st.download_button(
        plain(label),
        make if records_itself else recorded(make, key, rows, level),
        file_name,
        mime=mime,
        key=f"download-{key}",
        on_click="ignore",
        icon=":material/download:",
        **options,
    )


def recorded(make: Callable[[], bytes], what: str, rows: int, level: str = OTHER) -> Callable[[], bytes]:
    """The same file, whose taking the audit records with page, number of rows, level and hash; none where it can't."""
    view, page = session.view(), url.page_address()
    area = entry_at(page).area_of(view.viewer)
    number = view.snapshot.number if view.snapshot else 0

    def made() -> bytes:
        content = make()
        record_look(home(), view.viewer, f"{page}：{what}", {}, rows, number, content, level=level, area=area)
        return content

    return made


@dataclass(frozen=True)
class Whole:
    """All that there is on a matter as one file: its name, and what makes it."""

    name: str
    make: Callable[[], bytes]


def papers(view: View, matter: int, *, whole: Whole | None = None, level: str = OTHER) -> None:
    """A fold with the papers of a matter, each with who brought it; opened only when asked for. `level`: the strictest
    of what they hold, where it is known."""
    held = papers_of(view.viewer, home(), matter)
    if not held and whole is None:
        st.caption("没有材料。")
        return
    title = f"材料（{number(len(held))}件）" if held else "事项全卷（没有附件）"
    fold = st.expander(title, icon=":material/folder_open:", key=f"papers-{matter}", on_change="rerun")
    if fold.open:
        with fold:
            for paper in held:
                _paper(view, matter, paper, level)
            if whole:
                button("下载事项全卷（zip）", whole.make, whole.name, key=f"whole-{matter}", mime=ANY)
                st.caption(
                    "全卷：事项全过程、名单摘录、预警线索及其指标的来历、全部材料和文书、台账记录、清单与校验值。"
                )


def _paper(view: View, matter: int, held: HeldPaper, level: str) -> None:
    """One paper: what it is, its download, and what it says where it is plain text or our own letter."""
    viewer, sha256 = view.viewer, held.paper.sha256
    key = f"{matter}-{sha256[:16]}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        about = {"key": key, "mime": ANY, "level": level}
        button(held.name, lambda: content_of(viewer, home(), matter, sha256), held.name, **about)
        st.caption(plain(f"{held.what} · {day(held.on)} {person(held.by)}登记"))
    if words := words_of(viewer, home(), matter, sha256):
        with st.expander("查看文字内容", key=f"words-{key}"):
            st.text(words)
