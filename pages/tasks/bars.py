"""Many bars below each other: their figures in a column of their own, clear of the line and the marks across them."""

from __future__ import annotations

from collections.abc import Sequence

from pages.shared import charts
from pages.shared.drawing import Drawing
from pages.shared.format import Measure, is_absent, number

ROW = 21  # pixels of a bar
ROOM = 1.28  # how far the axis reaches beyond the longest bar, for the figures written there


def many_bars(
    names: Sequence[str],
    values: Sequence[float],
    how: Measure,
    colours: Sequence[str],
    line: float | None = None,
    marks: Sequence[float | None] = (),
) -> Drawing:
    """Bars in the order given; `line` is a level across all of them, `marks` a short line of each that has one."""
    figure = charts.bars_chart(names, values, how.decimals, unit=how.unit, height=40 + ROW * len(names))
    figure.update_traces(marker_color=list(colours), text=None)
    levels = [mark for mark in marks if not is_absent(mark)]
    reach = max([*values, *levels, *([] if line is None else [line]), 0]) * ROOM or 1
    figure.add_scatter(
        x=[reach] * len(names), y=list(names), mode="text", text=[number(value, how.decimals) for value in values],
        textposition="middle left", hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip
    if levels:
        figure.add_scatter(
            x=list(marks), y=list(names), mode="markers",
            hovertemplate=f"同组　%{{x:,.{how.decimals}f}}{how.unit}<extra></extra>",
            marker={"symbol": "line-ns", "size": 12, "line": {"width": 2, "color": charts.INK}},
        )  # fmt: skip
    if line is not None:
        figure.add_vline(x=line, line={"color": charts.MUTED, "width": 1, "dash": "dash"})
    figure.update_xaxes(range=[min([*values, 0]), reach])
    figure.update_layout(margin={"r": 12})
    return figure
