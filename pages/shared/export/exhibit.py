"""A table or chart as it is taken away: every one on a page is declared here, with its title and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from contract.console.program import later
from contract.levels import FREE, OTHER, Level, strictest
from contract.wording import month_name
from metrics.indicators.catalogue import indicator
from pages.shared import downloads
from pages.shared.drawing import Drawing
from pages.shell import session
from pages.shell.view import View

DRAWINGS = ("line_chart", "bar_chart", "area_chart")  # columns that draw in their cells: no figures to take away
picture = later("pages.shared.export.pictures:picture")  # what draws it is loaded where one is taken away
PLACES = re.compile(r"%[,+]*\.(\d+)f")
LEVEL, AREA = "level", "area"  # in the settings of a column: of the data that it tells of (`tables.held`)
PICTURES = {"png": ("PNG", "image/png"), "svg": ("SVG", "image/svg+xml")}


@dataclass(frozen=True)
class Exhibit:
    """A table as the screen shows it, and the chart that stands beside it where there is one.

    `columns` are the screen's own; `about` says what is drawn and in which unit; `indicators` are those whose
    definitions go with the file; `remarks`: what marks on the chart say.
    """

    title: str
    frame: pd.DataFrame
    columns: Mapping[str, Any]
    about: str = ""
    figure: Drawing | None = None
    indicators: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The strictest level of what it tells."""
        return level_of(self.columns)

    @property
    def headers(self) -> dict[str, str]:
        """Column → header, of the columns that hold figures or words."""
        return {name: column["label"] for name, column in self.columns.items() if _kind(column) not in DRAWINGS}

    @property
    def places(self) -> dict[str, int]:
        """Column → decimals, of the columns that declare how many they show."""
        said = {name: PLACES.search(str(_typed(column).get("format"))) for name, column in self.columns.items()}
        return {name: int(match[1]) for name, match in said.items() if match}

    def notes(self, view: View) -> tuple[str, ...]:
        """What the file says of itself: period, what is shown, definitions, then whose and when."""
        helps = [f"{column['label']}：{column['help']}" for column in self.columns.values() if column.get("help")]
        meant = [f"{indicator(code).name}（{code}）：{indicator(code).definition}" for code in self.indicators]
        about = [self.about] if self.about else []
        return (
            f"报告期：{month_name(view.period)}",
            *about,
            *self.remarks,
            *dict.fromkeys((*meant, *helps)),
            *downloads.provenance(view),
        )


def level_of(columns: Mapping[str, Any]) -> Level:
    """The strictest level of some columns of a table, by their settings."""
    return strictest(config.get(LEVEL, OTHER) for config in columns.values())


def _typed(column: Mapping[str, Any]) -> Mapping[str, Any]:
    return column.get("type_config") or {}


def _kind(column: Mapping[str, Any]) -> str:
    return _typed(column).get("type", "")


def button(exhibit: Exhibit, key: str) -> None:
    """导出: opens the choice of formats; none for what its level lets go by a guarded export or an approval alone."""
    if exhibit.level.export != FREE:
        return
    if st.button("导出", key=f"export-{key}", icon=":material/download:", type="tertiary"):
        offer(exhibit, key)


@st.dialog("导出")
def offer(exhibit: Exhibit, key: str) -> None:
    """A button a format; each file is made when it is asked for."""
    view = session.view()
    name = downloads.file_name(f"{exhibit.title}_{view.period}")
    st.text(exhibit.title)
    with st.container(horizontal=True, gap="small"):
        files = {"rows": len(exhibit.frame)}
        downloads.button("Excel", lambda: as_xlsx(exhibit, view), f"{name}.xlsx", key=f"exhibit-xlsx-{key}", **files)
        downloads.button(
            "CSV", lambda: as_csv(exhibit, view), f"{name}.csv", key=f"exhibit-csv-{key}", mime="text/csv", **files
        )
        if exhibit.figure is not None:
            for kind, (label, mime) in PICTURES.items():
                downloads.button(
                    label, lambda kind=kind: as_picture(exhibit, view, kind), f"{name}.{kind}",
                    key=f"exhibit-{kind}-{key}", mime=mime, **files,
                )  # fmt: skip
    st.caption("文件中写明标题、报告期、口径、数据版本、导出人和导出时间，并标注“内部资料 注意保存”。")


def as_xlsx(exhibit: Exhibit, view: View) -> bytes:
    """The table as a workbook, figures as numbers with the decimals that the screen shows."""
    notes = exhibit.notes(view)
    return downloads.as_xlsx(exhibit.frame, exhibit.headers, notes, exhibit.title, exhibit.places)


def as_csv(exhibit: Exhibit, view: View) -> bytes:
    """The table as text, with its title in the notes below."""
    return downloads.as_csv(exhibit.frame, exhibit.headers, (exhibit.title, *exhibit.notes(view)))


def as_picture(exhibit: Exhibit, view: View, kind: str) -> bytes:
    """The chart, drawn anew from the same figures, with title and notes on it."""
    return picture(exhibit.figure.figure(), kind, exhibit.title, exhibit.notes(view))
