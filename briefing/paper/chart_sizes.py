"""How large a chart is printed, before anything is drawn: by its panels alone, in inches."""

from __future__ import annotations

from briefing.issue.content import Chart

WIDTH = 156 / 25.4  # the width of the type area
BAR_HEIGHT, PANEL_HEIGHT, MARGIN = 0.215, 1.45, 0.3


def panel_heights(chart: Chart) -> list[float]:
    """The height of each panel: of bars by how many there are."""
    return [
        len(panel.categories) * BAR_HEIGHT + MARGIN if panel.form == "bars" else PANEL_HEIGHT for panel in chart.panels
    ]


def chart_size(chart: Chart) -> tuple[float, float]:
    """Width and height of the whole chart, without its caption."""
    return WIDTH, sum(panel_heights(chart)) + MARGIN
