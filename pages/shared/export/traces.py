"""The marks of a chart's picture: bars, lines, points, steps, shapes and words, as the figure declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any

import plotly.graph_objects as go
from matplotlib.patches import Rectangle
from matplotlib.transforms import Transform, blended_transform_factory

from briefing.paper.typefaces import printable
from pages.shared.export.axes import POINT, Pane
from pages.shared.export.colours import BLUE, INK

DASHES = {"dash": (0, (5, 3)), "dot": (0, (1, 2)), None: "solid", "solid": "solid"}
MARKS = {"circle": "o", "circle-open": "o", "square": "s", "line-ns": "|", None: "o"}
TAG = re.compile(r"<[^>]+>")
RGB = re.compile(r"rgb\((\d+),\s*(\d+),\s*(\d+)\)")
TEXT_SIZE = 12  # pixels
GAP = 4  # pixels between a mark and its words
ACROSS = {"left": "right", "right": "left", "center": "center"}  # where the words lie → which end of them is held
ALONG = {"top": "bottom", "bottom": "top", "middle": "center"}


def points(values: Iterable | None) -> list:
    """The values along an axis; none where none are given."""
    return [] if values is None else list(values)


def colour(declared: str | None, fallback: str = INK) -> Any:
    """A colour as matplotlib takes it."""
    match = RGB.fullmatch(declared or "")
    return tuple(int(part) / 255 for part in match.groups()) if match else declared or fallback


def each(declared: Any, count: int) -> list:
    """One a mark: of a list its entries, of one value that value for all."""
    return [declared] * count if declared is None or isinstance(declared, str | int | float) else list(declared)


def plain(text: object) -> str:
    """Words without the markup that the screen understands, in characters that the faces have."""
    lines = re.sub(r"<br\s*/?>", "\n", str(text))
    return "\n".join(printable(unescape(TAG.sub("", line))) for line in lines.split("\n"))


def write(pane: Pane, x: float, y: float, text: object, shift: tuple[float, float], **style: Any) -> None:
    """Words at a place on the axes, moved by so many pixels."""
    words = plain(text)
    if words.strip() and x == x and y == y:  # a place that is not known equals nothing
        pane.axes.annotate(
            words.strip(), (x, y), xytext=(shift[0] * POINT, shift[1] * POINT), textcoords="offset points",
            annotation_clip=False, **style,
        )  # fmt: skip


def bars(pane: Pane, trace: go.Bar, figure: go.Figure) -> None:
    """Bars along or up, side by side, upon each other or over each other as the layout says."""
    level = trace.orientation == "h"
    places, lengths = (points(trace.y), points(trace.x)) if level else (points(trace.x), points(trace.y))
    scale = pane.up if level else pane.across
    mode, gap = figure.layout.barmode or "group", figure.layout.bargap if figure.layout.bargap is not None else 0.2
    mates = [
        other
        for other in figure.data
        if other.type == "bar" and (other.yaxis, other.xaxis) == (trace.yaxis, trace.xaxis)
    ]
    share = len(mates) if mode == "group" else 1
    broad = (1 - gap) / share
    aside = (mates.index(trace) - (share - 1) / 2) * broad if share > 1 else 0
    colours, texts = each(trace.marker.color, len(places)), each(trace.text, len(places))
    bases, widths = each(trace.base, len(places)), each(trace.width, len(places))
    for place, length, tint, text, base, width in zip(places, lengths, colours, texts, bases, widths, strict=True):
        at, size = scale.at(place) + aside, pane.across.at(length) if level else pane.up.at(length)
        start = _base(pane, mode, at, size, base)
        thick = width or broad * (1 - (figure.layout.bargroupgap or 0))
        draw = pane.axes.barh if level else pane.axes.bar
        draw(at, size, thick, **{"left" if level else "bottom": start}, color=colour(tint, BLUE), zorder=2)
        if text:
            _bar_text(pane, trace, text, at, start, size, level)


def _base(pane: Pane, mode: str, at: float, size: float, declared: float | None) -> float:
    """Where a bar begins: upon those before it where they are stacked."""
    if mode not in ("stack", "relative"):
        return declared or 0
    side = ("up" if size >= 0 else "down", at)
    before = pane.stacked.get(side, 0.0)
    pane.stacked[side] = before + (size if size == size else 0)
    return before


def _bar_text(pane: Pane, trace: Any, text: str, at: float, start: float, size: float, level: bool) -> None:
    style = {"fontsize": (trace.textfont.size or TEXT_SIZE) * POINT, "color": colour(trace.textfont.color)}
    if trace.textangle:
        style["rotation"] = -trace.textangle
    if trace.textposition == "inside":
        first = trace.insidetextanchor == "start"
        middle = start if first else start + size / 2
        x, y = (middle, at) if level else (at, middle)
        write(
            pane, x, y, text, (GAP if first else 0, 0), ha="left" if first and level else "center", va="center", **style
        )
        return
    end, forward = start + (size if size == size else 0), size >= 0 or size != size
    x, y = (end, at) if level else (at, end)
    if level:
        held = {"ha": "left" if forward else "right", "va": "center"}
        write(pane, x, y, text, (GAP if forward else -GAP, 0), **held, **style)
    else:
        held = {"ha": "center", "va": "bottom" if forward else "top"}
        write(pane, x, y, text, (0, GAP if forward else -GAP), **held, **style)


def scatter(pane: Pane, trace: go.Scatter, figure: go.Figure) -> None:
    """Lines, points and words; a gap in the line where there is no value."""
    xs, ys = (
        [scale.at(value) for value in points(values)] for scale, values in ((pane.across, trace.x), (pane.up, trace.y))
    )
    mode = trace.mode or "lines"
    if "lines" in mode:
        pane.axes.plot(
            xs, ys, color=colour(trace.line.color, BLUE), linewidth=(trace.line.width or 2) * POINT,
            linestyle=DASHES[trace.line.dash], zorder=3, clip_on=False, solid_capstyle="butt",
        )  # fmt: skip
    if "markers" in mode and trace.marker.opacity != 0:
        mark, edge = trace.marker, trace.marker.line
        hollow = mark.symbol == "circle-open"
        drawn = edge.color if mark.symbol == "line-ns" else mark.color
        pane.axes.plot(
            xs, ys, MARKS[mark.symbol], color=colour(drawn, BLUE), markersize=(mark.size or 6) * POINT, zorder=4,
            markerfacecolor="white" if hollow else colour(drawn, BLUE), clip_on=False,
            markeredgecolor=colour(edge.color if edge.color and not hollow else drawn, BLUE),
            markeredgewidth=(edge.width or (1.5 if hollow else 0)) * POINT,
        )  # fmt: skip
    if "text" in mode:
        along, across = (trace.textposition or "middle center").split()
        shift = (
            GAP * {"left": -1, "right": 1, "center": 0}[across],
            GAP * {"top": 1, "bottom": -1, "middle": 0}[along],
        )
        style = {"fontsize": (trace.textfont.size or TEXT_SIZE) * POINT, "color": colour(trace.textfont.color)}
        for x, y, text in zip(xs, ys, each(trace.text, len(xs)), strict=True):
            write(pane, x, y, text, shift, ha=ACROSS[across], va=ALONG[along], zorder=5, **style)


def waterfall(pane: Pane, trace: go.Waterfall, figure: go.Figure) -> None:
    """Steps from a level to another, joined by thin lines."""
    tints = {True: trace.increasing.marker.color, False: trace.decreasing.marker.color}
    gap = figure.layout.bargap or 0.2
    reached = 0.0
    for place, (name, size, kind, text) in enumerate(
        zip(trace.x, trace.y, trace.measure, each(trace.text, len(trace.x)), strict=True)
    ):
        at, before = pane.across.at(name), reached
        reached = float(size) if kind == "absolute" else before + float(size)
        start, tint = (0.0, trace.totals.marker.color) if kind == "absolute" else (before, tints[size >= 0])
        pane.axes.bar(at, reached - start, 1 - gap, bottom=start, color=colour(tint, BLUE), zorder=2)
        if place:
            pane.axes.plot(
                [at - 1, at], [before, before], color=colour(trace.connector.line.color), linewidth=0.7, zorder=1
            )
        top = max(start, reached) if kind == "absolute" or size >= 0 else min(start, reached)
        up = kind == "absolute" or size >= 0
        write(
            pane, at, top, text, (0, GAP if up else -GAP), ha="center", va="bottom" if up else "top",
            fontsize=TEXT_SIZE * POINT, color=INK,
        )  # fmt: skip


TRACES: dict[str, Callable[[Pane, Any, go.Figure], None]] = {"bar": bars, "scatter": scatter, "waterfall": waterfall}


def _through(pane: Pane, declared: Any) -> Transform:
    """Where a place is: on the values of an axis, or in parts of its length where it says `domain`."""
    axes = pane.axes
    within = [" domain" in (ref or "") or ref == "paper" for ref in (declared.xref, declared.yref)]
    x, y = (axes.transAxes if inside else axes.transData for inside in within)
    return blended_transform_factory(x, y)


def _at(pane: Pane, declared: Any, name: str, value: Any) -> float:
    scale, ref = (pane.across, declared.xref) if name.startswith("x") else (pane.up, declared.yref)
    return float(value) if ref == "paper" or " domain" in (ref or "") else scale.at(value)


def shape(pane: Pane, declared: Any) -> None:
    """A line across the axes, or a rectangle."""
    x0, x1, y0, y1 = (_at(pane, declared, name, declared[name]) for name in ("x0", "x1", "y0", "y1"))
    line = declared.line
    drawn = {"linewidth": (line.width or 1) * POINT, "linestyle": DASHES[line.dash], "clip_on": False}
    through = _through(pane, declared)
    if declared.type == "line":
        pane.axes.plot(
            [x0, x1],
            [y0, y1],
            color=colour(line.color),
            transform=through,
            scalex=False,
            scaley=False,
            zorder=3,
            **drawn,
        )
        return
    pane.axes.add_patch(
        Rectangle(
            (min(x0, x1), min(y0, y1)),
            abs(x1 - x0),
            abs(y1 - y0),
            facecolor=colour(declared.fillcolor, "none"),
            edgecolor=colour(line.color),
            transform=through,
            zorder=2,
            **drawn,
        )
    )


def annotation(pane: Pane, declared: Any) -> None:
    """Words at a place; in a box of their own colour where one is declared."""
    box = (
        {"boxstyle": "square,pad=0.15", "facecolor": declared.bgcolor, "edgecolor": "none"}
        if declared.bgcolor
        else None
    )
    held = {
        "ha": declared.xanchor or "center",
        "va": {"middle": "center"}.get(declared.yanchor, declared.yanchor) or "center",
    }
    pane.axes.annotate(
        plain(declared.text).strip(), (_at(pane, declared, "x", declared.x), _at(pane, declared, "y", declared.y)),
        xycoords=_through(pane, declared), xytext=((declared.xshift or 0) * POINT, (declared.yshift or 0) * POINT),
        textcoords="offset points", annotation_clip=False, zorder=6, bbox=box,
        fontsize=(declared.font.size or TEXT_SIZE) * POINT, color=colour(declared.font.color), **held,
    )  # fmt: skip
