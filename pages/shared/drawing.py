"""A chart as plain data, said in the words of plotly's own figures.

plotly's Python figures look every property up and check it as it is set: of the run of a page with six charts that was
more than half. What the browser draws is the same; a test lets plotly check every kind of drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from html import escape
from typing import Any

import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure

AXES = ("xaxis", "yaxis")
# Properties that list what marks and ticks are called: the browser's library reads tags in them. A property that is one
# piece of text is the code's own, which escapes what it puts there.
CALLED = {"x", "y", "text", "customdata", "hovertext", "ticktext", "categoryarray", "tickvals"}


class Drawing:
    """Traces and layout, to be added to; axes of several panels are numbered from the top: x, x2, x3 …

    In traces `marker_color=` means the colour of the marker, as in plotly.
    """

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = _own(layout)

    def copy(self) -> Drawing:
        """Another of the same: to add to one that is shared."""
        return deepcopy(self)

    def content(self) -> dict[str, Any]:
        """All of it as the browser's library takes it, with the framework's template below."""
        return {"data": self.data, "layout": {"template": _template(), **self.layout}}

    def figure(self) -> go.Figure:
        """The same as plotly's own figure, every property checked. Raises ValueError for one that there is not."""
        return go.Figure(self.content())

    def add_bar(self, **said: Any) -> None:
        self._add("bar", said)

    def add_scatter(self, **said: Any) -> None:
        self._add("scatter", said)

    def add_waterfall(self, **said: Any) -> None:
        self._add("waterfall", said)

    def _add(self, kind: str, said: dict[str, Any]) -> None:
        """A trace; in the panel `row`, counted from 1, where one is named."""
        panel = _panel(said)
        place = {} if panel is None else {"xaxis": f"x{panel}", "yaxis": f"y{panel}"}
        trace: dict[str, Any] = {"type": kind}
        _change(trace, {**_nested(said), **place})
        self.data.append(trace)

    def update_traces(self, **said: Any) -> None:
        """Changes all traces so far."""
        for trace in self.data:
            _change(trace, _nested(said))

    def update_layout(self, **said: Any) -> None:
        _change(self.layout, said)

    def update_xaxes(self, **said: Any) -> None:
        self._update("xaxis", said)

    def update_yaxes(self, **said: Any) -> None:
        self._update("yaxis", said)

    def _update(self, kind: str, said: dict[str, Any]) -> None:
        """Changes an axis of the panel `row`, or of all panels."""
        panel = _panel(said)
        for name in self._axes(kind):
            if panel is None or name == f"{kind}{panel}":
                _change(self.layout[name], said)

    def _axes(self, kind: str) -> Iterator[str]:
        return (name for name in self.layout if name.startswith(kind))

    def add_annotation(self, **said: Any) -> None:
        """Words at a place; in the panel `row` where one is named."""
        panel = _panel(said)
        if panel is not None:
            for axis in ("x", "y"):
                end = " domain" if said.get(f"{axis}ref", "").endswith(" domain") else ""
                said[f"{axis}ref"] = f"{axis}{panel}{end}"
        told = {name: value for name, value in said.items() if value is not None}
        told |= {axis: escape(told[axis], quote=False) for axis in ("x", "y") if isinstance(told.get(axis), str)}
        self.layout.setdefault("annotations", []).append(told)

    def add_vline(self, x: Any, line: Mapping[str, Any], name: str = "", font: Mapping[str, Any] | None = None) -> None:
        """An upright line across the whole height, its name above it."""
        self._across({"x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}, line)
        if name:
            place = {"x": x, "xref": "x", "xanchor": "center", "y": 1, "yref": "y domain", "yanchor": "bottom"}
            self.add_annotation(text=name, showarrow=False, font=font, **place)

    def add_hline(self, y: Any, line: Mapping[str, Any], name: str = "", font: Mapping[str, Any] | None = None) -> None:
        """A level line across the whole width, its name above its left end."""
        self._across({"x0": 0, "x1": 1, "xref": "x domain", "y0": y, "y1": y, "yref": "y"}, line)
        if name:
            place = {"x": 0, "xref": "x domain", "xanchor": "left", "y": y, "yref": "y", "yanchor": "bottom"}
            self.add_annotation(text=name, showarrow=False, font=font, **place)

    def _across(self, place: Mapping[str, Any], line: Mapping[str, Any]) -> None:
        self.layout.setdefault("shapes", []).append({"type": "line", **place, "line": dict(line)})


def panels(layout: Mapping[str, Any], heights: Sequence[float], gap: float, *, shared: bool = False) -> Drawing:
    """Panels over one another in this layout, of these shares of the height, with a gap between.

    `shared`: they have the months in common, which stand below the last.
    """
    drawing = Drawing(layout)
    room, top, last = 1 - gap * (len(heights) - 1), 1.0, len(heights)
    for place, share in enumerate(heights, 1):
        number = "" if place == 1 else str(place)
        low = top - room * share / sum(heights)
        across = {"anchor": f"y{number}", "domain": [0, 1]}
        if shared and place < last:
            across |= {"matches": f"x{last}", "showticklabels": False}
        upright = {"anchor": f"x{number}", "domain": [max(low, 0), top]}
        for kind, said in zip(AXES, (across, upright), strict=True):
            drawing.layout[f"{kind}{number}"] = {**drawing.layout.get(f"{kind}{number}", {}), **said}
        top = low - gap
    return drawing


class Sent(BaseFigure):
    """A drawing as the framework takes a figure: already in its last form, so that nothing is looked up or copied."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def to_dict(self) -> dict[str, Any]:
        return self._drawing.content()


@cache
def _template() -> dict[str, Any]:
    """The framework's template, as every figure of plotly's own has it."""
    return go.Figure().to_dict()["layout"]["template"]


def _panel(said: dict[str, Any]) -> str | None:
    """Takes the panel out of what is said: its number behind the names of its axes; none where none is named."""
    row = said.pop("row", None)
    said.pop("col", None)  # panels stand below one another
    return None if row is None else "" if row == 1 else str(row)


def _nested(said: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of a trace with `marker_color` as the colour of the marker, frames' columns as lists."""
    nested: dict[str, Any] = {}
    for name, value in said.items():
        outer, _, inner = name.partition("_")
        listed = value.tolist() if hasattr(value, "tolist") else value
        nested[outer] = nested.get(outer, {}) | {inner: listed} if inner else listed
    return nested


def _change(into: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Lays properties over those that are there, level by level; an absent one takes away what was there."""
    for name, value in said.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _change(into[name], value)
        else:
            into[name] = _texts(value) if name in CALLED else _own(value)


def _texts(value: Any) -> Any:
    """What marks are called as text: no tag is left in it (`html.unescape` gives back what was written)."""
    if not isinstance(value, list | tuple):
        return value
    return [escape(each, quote=False) if isinstance(each, str) else _texts(each) for each in value]


def _own(value: Any) -> Any:
    """A property with dictionaries of its own, as one is given to several axes."""
    return {name: _own(part) for name, part in value.items()} if isinstance(value, Mapping) else value
