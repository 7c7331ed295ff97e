"""The axes of a chart's picture: where each pair lies, what stands along it, and where a value is on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape

import pandas as pd
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from briefing.paper.typefaces import printable
from pages.shared.export.colours import GRID, MUTED

POINT = 0.75  # of a pixel
TICK_SIZE = 11 * POINT
HEAD_ROOM = 0.12  # beyond the outermost value, for what is written there


@dataclass
class Scale:
    """One axis: its declaration, and its categories in order where it has some."""

    declared: object
    names: dict[object, int] = field(default_factory=dict)

    @property
    def categorical(self) -> bool:
        return self.declared.type == "category"

    def at(self, value: object) -> float:
        """Where a value lies; NaN for none."""
        if value is None or (not isinstance(value, str) and pd.isna(value)):
            return float("nan")
        if isinstance(value, str) and self.categorical:
            return float(self.names[value])
        return float(value)

    def learn(self, values: list) -> None:
        """Takes in names in the order in which they come, after those declared."""
        if self.categorical:
            for value in (*(self.declared.categoryarray if self.declared.categoryarray is not None else ()), *values):
                self.names.setdefault(value, len(self.names))

    @property
    def limits(self) -> tuple[float, float] | None:
        """The span as declared, or as the categories need it; none where the values decide."""
        if self.declared.range is not None:
            return tuple(self.declared.range)
        if not self.categorical:
            return None
        ends = (-0.6, len(self.names) - 0.4)
        return ends[::-1] if self.declared.autorange == "reversed" else ends

    def ticks(self) -> tuple[list[float], list[str]] | None:
        """Where ticks stand and what they say, where that is declared or follows from the categories."""
        if self.declared.tickvals is not None:
            values = [value for value in self.declared.tickvals if not self.categorical or value in self.names]
            texts = self.declared.ticktext if self.declared.ticktext is not None else values
            said = dict(zip(self.declared.tickvals, texts, strict=True))
            return [self.at(value) for value in values], [_said(said[value]) for value in values]
        if self.categorical:
            return list(map(float, self.names.values())), [_said(name) for name in self.names]
        return None


def _said(name: object) -> str:
    """A name as it was written, in characters that the faces have: a drawing holds it for the browser."""
    return printable(unescape(str(name)))


@dataclass
class Pane:
    """A pair of axes on the sheet."""

    axes: Axes
    across: Scale
    up: Scale
    stacked: dict[tuple[str, float], float] = field(default_factory=dict)  # how far the bars at a place reach

    def finish(self) -> None:
        """Spans, ticks and lines, once everything is drawn."""
        axes = self.axes
        for spine in axes.spines.values():
            spine.set_visible(False)
        for scale, limit, margin in ((self.across, axes.set_xlim, "x"), (self.up, axes.set_ylim, "y")):
            if scale.limits is not None:
                limit(*scale.limits)
            else:
                axes.margins(**{margin: HEAD_ROOM})
                if scale.declared.rangemode == "tozero":
                    low, high = axes.get_ylim() if margin == "y" else axes.get_xlim()
                    limit(min(0, low), max(0, high))
        for scale, axis in ((self.across, axes.xaxis), (self.up, axes.yaxis)):
            self._mark(scale, axis)

    def _mark(self, scale: Scale, axis: object) -> None:
        declared, ticks = scale.declared, scale.ticks()
        if declared.visible is False:
            axis.set_visible(False)
            return
        suffix = declared.ticksuffix or ""
        if ticks is not None:
            axis.set_ticks(*ticks)
        else:
            axis.set_major_locator(MaxNLocator(nbins=declared.nticks or 6))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}{suffix}"))
        axis.set_tick_params(length=0, labelsize=TICK_SIZE, labelcolor=declared.tickfont.color or MUTED)
        if declared.showticklabels is False:
            axis.set_ticklabels([])
        if declared.showgrid is not False:
            axis.grid(visible=True, color=declared.gridcolor or GRID, linewidth=0.7)
            axis.set_zorder(0)


def panes(sheet: Figure, figure: go.Figure, box: tuple[float, float, float, float]) -> dict[tuple[str, str], Pane]:
    """A pane for each pair of axes that a trace names, laid into the box (left, bottom, width, height)."""
    left, bottom, width, height = box
    pairs = list(dict.fromkeys((trace.xaxis or "x", trace.yaxis or "y") for trace in figure.data)) or [("x", "y")]
    scales: dict[str, Scale] = {}
    drawing = {}
    for across, up in pairs:
        for name in (across, up):
            scales.setdefault(name, Scale(figure.layout[f"{name[0]}axis{name[1:]}"]))
        x, y = (scales[name].declared.domain or (0, 1) for name in (across, up))
        place = (left + width * x[0], bottom + height * y[0], width * (x[1] - x[0]), height * (y[1] - y[0]))
        axes = sheet.add_axes(place, facecolor="none")
        axes.set_axisbelow(True)
        drawing[across, up] = Pane(axes, scales[across], scales[up])
    for trace in figure.data:
        for name, values in ((trace.xaxis or "x", trace.x), (trace.yaxis or "y", trace.y)):
            scales[name].learn([value for value in (values if values is not None else ()) if isinstance(value, str)])
    return drawing
