"""Charts: titles that say what is shown, direct labels, grey context, reference lines; the table stands beside each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from html import escape
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
import streamlit as st

from contract.wording import month_name
from pages.shared import tables
from pages.shared.behind.marks import Behind, offer
from pages.shared.drawing import Drawing, Sent
from pages.shared.export.colours import BLUE, GREY, GRID, INK, MUTED, PALE
from pages.shared.export.exhibit import Exhibit
from pages.shared.format import is_absent, number
from pages.shell.data import Kept, key_of

# Axes without lines or zooming: categories across, faint lines up.
AXIS = {
    "showline": False, "zeroline": False, "ticks": "", "tickfont": {"color": MUTED}, "fixedrange": True,
    "ticklabelstandoff": 6,
}  # fmt: skip
ACROSS = AXIS | {"showgrid": False, "type": "category"}
UP = AXIS | {"gridcolor": GRID, "tickformat": ","}
A_YEAR = 12  # months that a chart of columns has room for at least: few are not drawn as broad as the sheet
LETTER = 12  # pixels, the width of a full-width character
NEAR = 0.07  # of a chart's height: names of lines that end closer would lie over one another
TICK_GAP = 4  # the last period is marked too where the one before is so many away
FONT = "'Source Han Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CHOOSING = {"on_select": "rerun", "selection_mode": "points"}  # of a chart whose marks lead on
DRAWINGS = Kept(400)
CONFIG = {"displayModeBar": False, "locale": "zh-CN", "scrollZoom": False, "doubleClick": False, "showTips": False}


def blank(height: int, *, left: int = 48, right: int = 24, top: int = 12, bottom: int = 32) -> Drawing:
    """An empty figure in the house style."""
    return Drawing(
        {
            "height": height,
            "margin": {"l": left, "r": right, "t": top, "b": bottom},
            "font": {"family": FONT, "size": 12, "color": INK},
            "plot_bgcolor": "white",
            "paper_bgcolor": "white",
            "showlegend": False,
            "hoverlabel": {"font": {"family": FONT, "size": 12}, "bgcolor": "white", "bordercolor": GRID},
            "dragmode": False,
            "bargap": 0.28,
            "xaxis": ACROSS,
            "yaxis": UP,
        }
    )


def beside(names: Sequence[str]) -> int:
    """Pixels that names need beside an axis: told by us, the chart need not be drawn twice to find out."""
    letters = (sum(1 if east_asian_width(letter) in "WF" else 0.6 for letter in name) for name in names)
    return round(LETTER * max(letters, default=0)) + 12


def house_axes(figure: Drawing) -> None:
    """The house's axes for a figure of several panels."""
    figure.update_xaxes(**ACROSS)
    figure.update_yaxes(**UP)


def drawn_once(draw: Callable[..., Drawing]) -> Callable[..., Drawing]:
    """A drawing kept for the same figures, as most of a page's run is drawing: it is made of its arguments alone.

    The figure is one for all who look at it: whoever adds to it takes a copy.
    """

    @wraps(draw)
    def drawn(*figures: object, **options: object) -> Drawing:
        return DRAWINGS.shared(key_of(draw, figures, options), lambda: draw(*figures, **options))

    return drawn


def heading(title: str, about: str) -> None:
    """A chart's title, in words that follow from its figures, and below it what is drawn in which unit."""
    st.html(f'<h3 class="chart-title">{escape(title)}</h3><p class="chart-about">{escape(about)}</p>')


def show(
    figure: Drawing,
    title: str,
    about: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    **options: Any,
) -> Any:
    """A chart in its own card; see `draw`."""
    with st.container(border=True, key=f"chart-{key}", height="stretch"):
        return draw(figure, title, about, frame, columns, key=key, **options)


def draw(
    figure: Drawing,
    title: str,
    about: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    key: str,
    indicators: Sequence[str] = (),
    remarks: Sequence[str] = (),
    above: str = "",
    behind: Behind | None = None,
    **options: Any,
) -> Any:
    """A chart with its heading, its table and the way to take both away; what was selected on it, where `on_select` is
    among the options.

    `indicators`: those whose definitions go with the files; `remarks`: what marks on it say; `above`: what stands
    between heading and chart, in HTML; `behind`: where a mark that is chosen leads, by the rows of the frame.
    """
    options |= CHOOSING if behind else {}
    heading(title, about)
    if above:
        st.html(above)
    result = plot(figure, title, about, key=key, **options)
    if behind:
        offer(behind, frame, behind.of_mark(frame, result.selection.points))
    tables.beside(Exhibit(title, frame, columns, about, figure, tuple(indicators), tuple(remarks)), key=f"table-{key}")
    return result


def plot(figure: Drawing, title: str, about: str, *, key: str, **options: Any) -> Any:
    """The chart alone, where its heading and its table stand elsewhere."""
    return st.plotly_chart(
        Sent(figure), theme=None, config=CONFIG, key=f"plot-{key}", alt=f"{title}。{about}", **options
    )


def month_ticks(periods: Sequence[str]) -> dict[str, list[str]]:
    """Tick marks on Januarys, Julys and the last period, short enough for a phone: `2025年7月`, `2026年1月`, `7月`."""
    marked = [period for period in periods if period[5:] in ("01", "07")]
    if periods and (not marked or list(periods).index(periods[-1]) - list(periods).index(marked[-1]) >= TICK_GAP):
        marked.append(periods[-1])
    years = [""] + [period[:4] for period in marked]
    said = [
        month_name(period) if period[:4] != before else f"{int(period[5:])}月"
        for period, before in zip(marked, years, strict=False)
    ]
    return {"tickvals": marked, "ticktext": said, "tickangle": 0}


def columns_chart(
    periods: Sequence[str], values: Sequence[float | None], decimals: int, unit: str, height: int = 250
) -> Drawing:
    """A column a period, the last one in blue and labelled, the others in grey-blue."""
    figure = blank(height)
    colours = [PALE] * (len(periods) - 1) + [BLUE]
    labels = [""] * (len(periods) - 1) + [number(values[-1], decimals)]
    figure.add_bar(
        x=list(periods), y=list(values), marker_color=colours, text=labels, textposition="outside", cliponaxis=False,
        constraintext="none",  # else written as small as its column is narrow
        textfont={"color": BLUE, "size": 13}, hovertemplate=f"%{{x}}　%{{y:,.{decimals}f}}{unit}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(**month_ticks(periods))
    if len(periods) < A_YEAR:
        figure.update_xaxes(range=[-0.5, A_YEAR - 0.5])
    return figure


def line_chart(
    periods: Sequence[str],
    lines: Mapping[str, Sequence[float | None]],
    decimals: int,
    unit: str,
    *,
    height: int = 250,
    references: Mapping[str, float] | None = None,
) -> Drawing:
    """Lines named at their ends: the first in blue, the others in grey; references as dashed lines with their names."""
    figure = blank(height, right=96)
    beside_end = ends_apart(list(lines.values()))
    for position, (name, values) in enumerate(lines.items()):
        add_line(figure, periods, name, values, decimals, unit, strong=position == 0, said=beside_end[position])
    for name, level in (references or {}).items():
        reference(figure, level, f"{name} {number(level, decimals)}")
    figure.update_xaxes(**month_ticks(periods), categoryorder="array", categoryarray=list(periods))
    return figure


def ends_apart(lines: Sequence[Sequence[float | None]]) -> list[str]:
    """Where each line is named at its end: of two that end at nearly one height, one above and one below it."""
    known = [[float(value) for value in values if not is_absent(value)] for values in lines]
    ends = sorted((values[-1], place) for place, values in enumerate(known) if values)
    drawn = [value for values in known for value in values]
    span = max(drawn, default=0) - min(drawn, default=0)
    places = ["middle right"] * len(lines)
    for (low, under), (high, over) in pairwise(ends):
        if high - low <= NEAR * span:
            places[under] = "bottom right" if places[under] == "middle right" else places[under]
            places[over] = "top right"
    return places


def add_line(
    figure: Drawing,
    periods: Sequence[str],
    name: str,
    values: Sequence[float | None],
    decimals: int,
    unit: str,
    *,
    strong: bool = True,
    said: str = "middle right",
) -> None:
    """A line with its name and last value written at its end, at the place `said`; gaps where there is no value."""
    colour, width, size = (BLUE, 2.4, 7) if strong else (GREY, 1.4, 5)
    figure.add_scatter(
        x=list(periods), y=list(values), mode="lines", line={"color": colour, "width": width}, connectgaps=False,
        hovertemplate=f"{escape(name)}　%{{x}}　%{{y:,.{decimals}f}}{unit}<extra></extra>",
    )  # fmt: skip
    last = next((place for place in reversed(range(len(values))) if not is_absent(values[place])), None)
    if last is not None:
        figure.add_scatter(
            x=[periods[last]], y=[values[last]], mode="markers+text", marker={"color": colour, "size": size},
            text=[f" {escape(name)} {number(values[last], decimals)}"], textposition=said,
            textfont={"color": BLUE if strong else MUTED}, cliponaxis=False, hoverinfo="skip",
        )  # fmt: skip


def add_target(
    figure: Drawing,
    periods: Sequence[str],
    levels: Sequence[float | None],
    decimals: int,
    unit: str,
    **panel: int,
) -> None:
    """A target's line over the periods, dashed and named at its end, clear of the last column's label; its numbers are
    told on hover and in the table. Nothing where there is none."""
    known = [(period, level) for period, level in zip(periods, levels, strict=True) if not is_absent(level)]
    if not known:
        return
    figure.add_scatter(
        x=[period for period, _ in known], y=[level for _, level in known], mode="lines", cliponaxis=False,
        line={"color": MUTED, "width": 1, "dash": "dash"},
        hovertemplate=f"%{{x}}　目标 %{{y:,.{decimals}f}}{unit}<extra></extra>", **panel,
    )  # fmt: skip
    figure.add_scatter(
        x=[known[-1][0]], y=[known[-1][1]], mode="text", text=["　　　目标"],
        textposition="middle right", textfont={"color": MUTED, "size": 11}, cliponaxis=False, hoverinfo="skip", **panel,
    )  # fmt: skip


def add_reference(
    figure: Drawing,
    periods: Sequence[str],
    values: Sequence[float],
    name: str,
    decimals: int,
    unit: str,
    **panel: int,
) -> None:
    """A reference series in grey, a point where a value is known: the only marks on a chart that are not ours."""
    figure.add_scatter(
        x=list(periods), y=list(values), mode="lines+markers", line={"color": GREY, "width": 1, "dash": "dot"},
        marker={"color": GREY, "size": 6}, cliponaxis=False,
        hovertemplate=f"参照：{escape(name)}　%{{x}}　%{{y:,.{decimals}f}}{unit}<extra></extra>", **panel,
    )  # fmt: skip


def reference(figure: Drawing, level: float, name: str) -> None:
    """A target, tolerance or reference as a dashed line with its name."""
    figure.add_hline(
        y=level, line={"color": MUTED, "width": 1, "dash": "dash"}, name=escape(name),
        font={"color": MUTED, "size": 11},
    )  # fmt: skip


def bars_chart(
    names: Sequence[str],
    values: Sequence[float | None],
    decimals: int,
    *,
    strong: Sequence[str] = (),
    unit: str = "",
    height: int | None = None,
) -> Drawing:
    """Horizontal bars in the order given, each with its value; those in `strong` in blue, the rest in grey-blue."""
    figure = blank(height or 34 + 26 * len(names), left=beside(names), right=56, top=4, bottom=8)
    figure.add_bar(
        y=list(names), x=list(values), orientation="h",
        marker_color=[BLUE if name in strong else PALE for name in names],
        text=[number(value, decimals) for value in values], textposition="outside", cliponaxis=False,
        hovertemplate=f"%{{y}}　%{{x:,.{decimals}f}}{unit}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(type="category", autorange="reversed", tickfont={"color": INK}, showgrid=False)
    figure.update_xaxes(type="linear", visible=False)
    return figure
