"""本页PDF: any page as A4, made of what the run has drawn: every row of its tables, its charts as drawings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import pandas as pd
import plotly.graph_objects as go
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element

from briefing.paper.screen_page import Chart, Grid, Heading, Line, Piece, ScreenPage, write
from contract.console.program import later
from contract.levels import FREE, OTHER
from contract.settings import home, wall_time
from contract.wording import NO_VALUE, month_name
from ledger.audit import record_look
from pages.shared import downloads
from pages.shared.export.exhibit import level_of
from pages.shared.export.markup import pieces_of
from pages.shared.format import number
from pages.shell import url
from pages.shell.drawn import Drawn
from pages.shell.moments import day, minute
from pages.shell.navigation import Entry
from pages.shell.view import View

picture = later("pages.shared.export.pictures:picture")  # what draws it is loaded where a page is taken away
FOLDED = ("popover", "dialog", "form")  # what a reader has to open, and forms to fill in
LEVELS = {"h1": 1, "h2": 1, "h3": 2, "h4": 3}
MOST_ROWS = 2_000  # of one table
ICON = re.compile(r":material/\w+:\s*")
EMPHASIS = re.compile(r"\*\*(.+?)\*\*")
PLACES = re.compile(r"%([,+]*)\.(\d+)f")


def button(view: View, entry: Entry, drawn: Drawn) -> None:
    """The file of the page as it was drawn last, made when it is asked for; none of a page that is for rows of a level
    that no table gives away, or of one that is not open to the viewer."""
    if entry.guarded or not entry.open_to(view.viewer):
        return
    parameters = url.parameters()

    def made() -> bytes:
        """The file, as it is recorded: what could not be recorded is not given out."""
        page = page_of(view, entry, drawn, parameters)
        content = write(page)
        rows = sum(len(piece.rows) for piece in page.pieces if isinstance(piece, Grid))
        about = (f"{entry.address}：page-pdf", {}, rows, view.snapshot.number, content)
        record_look(home(), view.viewer, *about, level=OTHER, area=entry.area_of(view.viewer))
        return content

    downloads.button(
        "本页PDF",
        made,
        f"{downloads.file_name(f'{entry.title}_{view.period}')}.pdf",
        key="page-pdf",
        mime="application/pdf",
        records_itself=True,
        width="stretch",
    )


def page_of(view: View, entry: Entry, drawn: Drawn, parameters: Mapping[str, str]) -> ScreenPage:
    """The page as content: title, what it is about, and its pieces in reading order."""
    marking, *rest = downloads.provenance(view)
    *demonstration, who = rest
    elements = list(_shown(drawn))
    chosen = "；".join(filter(None, map(_choice, elements)))
    about = (
        f"截至{month_name(view.period)}末　数据版本第{view.snapshot.number}版　{view.viewer.role_name}",
        *demonstration,
        *([f"所选内容：{chosen}"] if chosen else []),
        "页面地址参数：" + ("，".join(f"{name}={value}" for name, value in parameters.items()) or "无"),
        "折叠的部分和填写用的表单不在其中。",
    )
    pieces = tuple(piece for element in elements for piece in _pieces(element))
    return ScreenPage(entry.title, about, marking, who, pieces, wall_time())


def _shown(drawn: Drawn) -> Iterator[Element]:
    """The elements in the order of the page, without what is folded."""
    folded = [place for place, delta in drawn.items() if _is_folded(delta)]
    for place in sorted(drawn):
        delta = drawn[place]
        if delta.WhichOneof("type") == "new_element" and not any(place[: len(hidden)] == hidden for hidden in folded):
            yield delta.new_element


def _is_folded(delta: Delta) -> bool:
    if delta.WhichOneof("type") != "add_block":
        return False
    block = delta.add_block
    kind = block.WhichOneof("type")
    return kind in FOLDED or (kind == "expandable" and not block.expandable.expanded)


def _choice(element: Element) -> str:
    """`指标 不良率`: what a selection holds that the page has set from its address; nothing of others."""
    kind = element.WhichOneof("type")
    if kind not in ("selectbox", "multiselect", "button_group", "text_input"):
        return ""
    proto = getattr(element, kind)
    if not proto.set_value:
        return ""
    if kind == "selectbox":
        said = proto.raw_value
    elif kind == "text_input":
        said = proto.value
    else:
        said = "、".join(proto.raw_values)
    return f"{proto.label} {said}" if said else ""


def _pieces(element: Element) -> list[Piece]:
    """What an element is on paper; nothing of what only serves the screen."""
    match element.WhichOneof("type"):
        case "html":
            return pieces_of(element.html.body)
        case "heading":
            return [Heading(_plain(element.heading.body), LEVELS.get(element.heading.tag, 2))]
        case "markdown":
            quiet = element.markdown.element_type == element.markdown.Type.CAPTION
            return [Line(_plain(element.markdown.body), quiet)] if element.markdown.body.strip() else []
        case "text":
            return [Line(element.text.body)]
        case "alert":
            return [Line(_plain(element.alert.body))]
        case "dataframe":
            return _table(element)
        case "plotly_chart":
            chart = element.plotly_chart
            figure = go.Figure(json.loads(chart.spec))
            return [Chart(picture(figure, "svg", "", ()).decode(), chart.alt)]
    return []


def _plain(text: str) -> str:
    return EMPHASIS.sub(r"\1", ICON.sub("", text)).replace("\\", "")


def _table(element: Element) -> list[Piece]:
    """A table with its name above, every row of it up to `MOST_ROWS`; of more, how many are left out. None of a level
    that no table gives away."""
    proto = element.dataframe
    declared = json.loads(proto.columns or "{}")
    if (level := level_of(declared)).export != FREE:
        return [Line(f"“{proto.alt}”含{level.name}数据，不随本页导出。", quiet=True)]
    frame = convert_arrow_bytes_to_pandas_df(proto.arrow_data.data)
    columns = {name: declared.get(name, {}) for name in map(str, frame.columns)}
    drawings = {name for name, column in columns.items() if str(_type(column).get("type")).endswith("_chart")}
    told = [name for name in columns if name not in drawings]
    rows = tuple(
        tuple(_cell(value, columns[name]) for name, value in zip(columns, row, strict=True) if name not in drawings)
        for row in frame.head(MOST_ROWS).itertuples(index=False, name=None)
    )
    right = tuple(place for place, name in enumerate(told) if _is_figure(frame[name], columns[name]))
    heads = tuple(str(columns[name].get("label") or name) for name in told)
    left_out = len(frame) - len(rows)
    more = [Line(f"共{len(frame):,}行，此处列前{len(rows):,}行，其余见导出的表格。", quiet=True)] if left_out else []
    return [Heading(proto.alt, 3), Grid(heads, rows, right), *more]


def _type(column: Mapping) -> Mapping:
    return column.get("type_config") or {}


def _is_figure(cells: pd.Series, column: Mapping) -> bool:
    return column.get("alignment") == "right" or (
        pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)
    )


def _cell(value: object, column: Mapping) -> str:
    """A cell as the screen shows it."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return NO_VALUE
    if pd.api.types.is_bool(value):
        return "是" if value else "否"
    if isinstance(value, pd.Timestamp):
        return minute(value) if "HH" in str(_type(column).get("format")) else day(value)
    if pd.api.types.is_number(value):
        declared = PLACES.search(str(_type(column).get("format")))
        return number(value, int(declared[2])) if declared else f"{value:,}"
    return str(value)
