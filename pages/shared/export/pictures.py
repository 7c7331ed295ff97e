"""A chart of the screen as a picture, without a browser: its own figure, trace by trace, drawn anew by matplotlib."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from io import BytesIO

import matplotlib
import plotly.graph_objects as go
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from briefing.paper.charts import DRAWING, STYLE
from briefing.paper.typefaces import printable
from pages.shared.export.axes import Pane, panes
from pages.shared.export.colours import INK, MUTED
from pages.shared.export.traces import TRACES, annotation, points, shape

WIDTH = 960  # pixels of the picture, as wide as a chart on a usual screen
EDGE = 20  # pixels around everything
PER_INCH = 96
SHARPNESS = 192  # dots per inch of a PNG
TITLE_SIZE, NOTE_SIZE = 17, 11  # pixels
LINE = 1.5  # of a text's size, from line to line
LETTER = 12.5  # pixels of a full-width character beside an axis
MOST_LETTERS = 22  # beside an axis


def picture(figure: go.Figure, kind: str, title: str, notes: Sequence[str]) -> bytes:
    """PNG or SVG with the title above and the notes below. ValueError for a kind of trace that is not drawn here."""
    target = BytesIO()
    if unknown := {trace.type for trace in figure.data} - TRACES.keys():
        raise ValueError(f"no picture of traces of type {', '.join(sorted(unknown))}")
    with DRAWING, matplotlib.rc_context(STYLE | {"text.parse_math": False}):
        sheet = drawn(figure, title, notes)
        if kind == "png":
            FigureCanvasAgg(sheet).print_figure(target, format="png", dpi=SHARPNESS, metadata={"Software": None})
        else:
            FigureCanvasSVG(sheet).print_figure(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()


def drawn(figure: go.Figure, title: str = "", notes: Sequence[str] = (), width: int = WIDTH) -> Figure:
    """The whole sheet: title, chart, notes, each below the other."""
    above, below = _lines([title] if title else [], TITLE_SIZE, width), _lines(notes, NOTE_SIZE, width)
    head, foot = len(above) * TITLE_SIZE * LINE, len(below) * NOTE_SIZE * LINE
    height = EDGE + head + (figure.layout.height or 250) + foot + EDGE
    sheet = Figure(figsize=(width / PER_INCH, height / PER_INCH), facecolor="white")
    _write(sheet, above, EDGE, TITLE_SIZE, INK, width, height)
    _write(sheet, below, height - EDGE - foot, NOTE_SIZE, MUTED, width, height)
    chart(sheet, figure, EDGE + head, width, height, EDGE + foot)
    return sheet


def chart(sheet: Figure, figure: go.Figure, above: float, width: int, height: float, below: float) -> None:
    """The chart itself, between what is above and below it, in pixels."""
    margin = figure.layout.margin
    left = EDGE + max(margin.l or 0, _room(figure))
    right, top, bottom = EDGE + (margin.r or 0), above + (margin.t or 0), below + max(margin.b or 0, 8)
    box = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    drawing = panes(sheet, figure, box)
    for trace in figure.data:
        TRACES[trace.type](drawing[trace.xaxis or "x", trace.yaxis or "y"], trace, figure)
    for pane in drawing.values():
        pane.finish()
    for declared in figure.layout.shapes:
        shape(_pane(drawing, declared), declared)
    for declared in figure.layout.annotations:
        annotation(_pane(drawing, declared), declared)


def _pane(drawing: dict[tuple[str, str], Pane], declared: object) -> Pane:
    """The pair of axes that a shape or a piece of text refers to."""
    names = tuple((ref or default).split()[0] for ref, default in ((declared.xref, "x"), (declared.yref, "y")))
    return drawing.get(names) or next(pane for pair, pane in drawing.items() if names[0] in pair or names[1] in pair)


def _room(figure: go.Figure) -> float:
    """Pixels that the names beside the upright axes need, where there are names."""
    names = [
        str(name)
        for trace in figure.data
        if (figure.layout[f"yaxis{(trace.yaxis or 'y')[1:]}"]).type == "category"
        for name in points(trace.y)
    ]
    return min(max(map(len, names), default=0), MOST_LETTERS) * LETTER


def _lines(texts: Sequence[str], size: int, width: int) -> list[str]:
    letters = int((width - 2 * EDGE) / size)
    return [line for text in texts for line in textwrap.wrap(printable(text), letters) or [""]]


def _write(sheet: Figure, lines: Sequence[str], top: float, size: int, colour: str, width: int, height: float) -> None:
    for place, line in enumerate(lines):
        down = top + place * size * LINE
        sheet.text(EDGE / width, 1 - down / height, line, fontsize=size * 0.75, color=colour, va="top", ha="left")
