"""Charts as pictures, without a browser: ink on white, one blue, one red for what needs a person, grey for context."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import Literal

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from briefing.issue.content import Chart, Panel, Series
from briefing.issue.subject import MONEY
from briefing.paper.chart_sizes import chart_size, panel_heights
from briefing.paper.typefaces import HEADING, printable
from contract.wording import plain

INK, BLUE, PALE, RED, GREY, HAIRLINE = "#1f2328", "#1f4e8c", "#c9d6e8", "#b3261e", "#9aa4b2", "#d9dde3"
COLOURS = {"main": BLUE, "alert": RED, "context": GREY}
END_LABEL = 3.6  # months of room for the names at the ends of lines
PIXELS_PER_INCH = 220
AT_HAND = 8  # charts drawn, for their other format
KEPT = 64  # pictures: the parts of a month share their charts

font_manager.fontManager.addfont(HEADING.file)
DRAWING = Lock()  # the style is the process's, and a page server draws in several threads
STYLE = {
    "font.family": HEADING.free,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": HAIRLINE,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.unicode_minus": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "briefing",
}


def _numbers(series: Series) -> list[float]:
    return [float("nan") if value is None else float(value) for value in series.values]


def _told_value(panel: Panel, value: Decimal) -> str:
    """A figure as a label shows it: money in 万元 with separators of thousands."""
    return plain(value, panel.places, grouped=panel.unit == MONEY)


def _frame(axes: Axes, panel: Panel) -> None:
    axes.set_title(printable(panel.title), loc="left", fontsize=9, pad=6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)


def _months(axes: Axes, panel: Panel) -> None:
    """Month ticks: the first month of a year carries the year, quarter ends their month, the last month its own."""
    last = len(panel.categories) - 1
    shown = {}
    for at, category in enumerate(panel.categories):
        year, month = category[:4], int(category[5:])
        if month == 1 or at == 0:
            shown[at] = f"{month}月\n{year}年"
        elif month % 3 == 0 or at == last:
            shown[at] = f"{month}月"
    if last - 1 in shown:
        del shown[last - 1]
    axes.set_xticks(list(shown), list(shown.values()), fontsize=8)


def _label(axes: Axes, panel: Panel, at: int, value: Decimal, colour: str) -> None:
    axes.annotate(
        _told_value(panel, value),
        (at, float(value)),
        xytext=(0, 4 if value >= 0 else -12),
        textcoords="offset points",
        ha="center",
        color=colour,
        fontsize=8,
    )


def _told(panel: Panel, series: Series) -> list[tuple[int, Decimal]]:
    """The points that carry their figure: the first, each December, and the last."""
    known = [(at, value) for at, value in enumerate(series.values) if value is not None]
    ends = {known[0][0], known[-1][0]} if known else set()
    told = [(at, value) for at, value in known if at in ends or panel.categories[at].endswith("-12")]
    return [point for point in told if point[0] in ends or min(abs(point[0] - end) for end in ends) > 1]


def _columns(axes: Axes, panel: Panel) -> None:
    (series,) = panel.series
    colour, told = COLOURS[series.role], _told(panel, series)
    strong = {at for at, _ in told}
    colours = [colour if at in strong else PALE for at in range(len(panel.categories))]
    axes.bar(range(len(panel.categories)), _numbers(series), width=0.66, color=colours)
    for at, value in told:
        _label(axes, panel, at, value, colour)


def _lines(axes: Axes, panel: Panel) -> None:
    """Lines; of several, each is named with its figure at its end, the higher one above the lower."""
    for series in reversed(panel.series):
        colour, told = COLOURS[series.role], _told(panel, series)
        axes.plot(range(len(panel.categories)), _numbers(series), color=colour, linewidth=1.6, solid_capstyle="round")
        axes.plot([at for at, _ in told], [float(value) for _, value in told], "o", color=colour, markersize=3.5)
        if len(panel.series) == 1:
            for at, value in told:
                _label(axes, panel, at, value, colour)
    if len(panel.series) > 1:
        ends = [(series, *_told(panel, series)[-1]) for series in panel.series if _told(panel, series)]
        ends.sort(key=lambda end: -end[2])
        for rank, (series, at, value) in enumerate(ends):
            text = f"{printable(series.name)} {_told_value(panel, value)}"
            place = {"xytext": (7, 1 if rank == 0 else -1), "va": "bottom" if rank == 0 else "top"}
            colour = COLOURS[series.role] if series.role != "context" else INK
            axes.annotate(text, (at, float(value)), textcoords="offset points", color=colour, fontsize=8, **place)


def _time(axes: Axes, panel: Panel, room: float) -> None:
    """Columns or lines over months, labelled at the points that matter; no value axis."""
    (_columns if panel.form == "columns" else _lines)(axes, panel)
    _months(axes, panel)
    axes.set_xlim(-0.7, len(panel.categories) - 0.3 + room)
    axes.set_yticks([])
    axes.margins(y=0.22)
    if panel.form == "columns":
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))


def _bars(axes: Axes, panel: Panel) -> None:
    """Bars of named things, the largest on top, each with its figure at its end."""
    (series,) = panel.series
    positions, values = (
        range(len(panel.categories)),
        [0.0 if value is None else float(value) for value in series.values],
    )
    colours = [GREY if at in panel.muted else COLOURS[series.role] for at in positions]
    axes.barh(positions, values, height=0.66, color=colours)
    axes.set_yticks(list(positions), [printable(category) for category in panel.categories], fontsize=8.5)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.margins(x=0.12, y=0.02)
    for at, value in enumerate(series.values):
        text = "—" if value is None else _told_value(panel, value)
        axes.annotate(
            text, (values[at], at), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8, color=INK
        )


@lru_cache(maxsize=AT_HAND)
def _draw(chart: Chart) -> Figure:
    """The chart laid out once: what is printed of it afterwards, as PNG or SVG, has the same places."""
    room = END_LABEL if any(panel.form == "line" and len(panel.series) > 1 for panel in chart.panels) else 0
    figure = Figure(figsize=chart_size(chart), layout="constrained")
    axes = figure.subplots(len(chart.panels), 1, squeeze=False, height_ratios=panel_heights(chart))
    for pair, panel in zip(axes[:, 0], chart.panels, strict=True):
        _frame(pair, panel)
        if panel.form == "bars":
            _bars(pair, panel)
        else:
            _time(pair, panel, room)
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine(None)  # "none" would stand for an engine, for which printing lays it out once more
    return figure


@lru_cache(maxsize=KEPT)
def picture(chart: Chart, kind: Literal["png", "svg"]) -> bytes:
    """The chart as a picture as wide as the type area, without its caption: PNG for Word, SVG (outlines) for PDF."""
    target = BytesIO()
    with DRAWING, matplotlib.rc_context(STYLE):
        figure = _draw(chart)
        if kind == "png":
            FigureCanvasAgg(figure).print_figure(target, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})
        else:
            FigureCanvasSVG(figure).print_figure(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
