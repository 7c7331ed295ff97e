"""Figures as cards: value with its unit, what stands beside it, changes on month and year, and its course as a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import quote

import streamlit as st

from metrics.indicators.catalogue import Indicator, indicator
from metrics.queries.figures.values import Headline
from pages.shared import explain
from pages.shared.format import WITHHELD, Measure, change, measure, shown, with_unit
from pages.shell.view import View

LARGE = 10_000
ABSENT = "本期没有这个数"  # why, its explanation tells
BLUE = "#1f4e79"
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 160, 34, 3
TONES = {("higher", "+"): "good", ("higher", "−"): "bad", ("lower", "+"): "bad", ("lower", "−"): "good"}


def figure_row(view: View, headlines: Sequence[Headline], absent: str = "") -> None:
    """Figures side by side, each with its explanation. `absent`: why those without a value
    have none, where that is known of all.

    A figure without which another misleads (`beside` in the catalogue) stands on that one's card.
    """
    by_code = {headline.indicator: headline for headline in headlines}
    told = {indicator(code).beside: code for code in by_code if indicator(code).beside}
    row(
        card(
            explain.anchor(view, headline.indicator, headline.scope, headline.entity),
            figure_html(headline, by_code.get(indicator(headline.indicator).beside), absent),
        )
        for headline in headlines
        if headline.indicator not in told
    )


def row(cards: Iterable[str]) -> None:
    """Cards side by side, six to a line and two on a phone (style.css): one piece of HTML, where a container, a text
    and a button each are as many elements that the browser sets up one by one."""
    st.html(f'<div class="cards">{"".join(cards)}</div>')


def card(way: str, *content: str) -> str:
    """A card of a row: the way to what explains its figure, and what it says."""
    return f'<section class="card">{way}{"".join(content)}</section>'


def figure_html(headline: Headline, beside: Headline | None = None, absent: str = "") -> str:
    """One figure: name, value with its unit, what stands beside it, change on month and year, course; without a value,
    why, where that is known."""
    declared = indicator(headline.indicator)
    how = measure(declared.unit, headline.scope, declared.decimals)
    value = WITHHELD if headline.withheld else shown(headline.value, on_card(headline.value, how))
    unit = "" if headline.value is None else how.unit
    changes = [] if headline.cumulative else [("环比", "上月无可比数", headline.last_month)]
    lines = "".join(
        change_html(name, lacking, headline, base, declared, how)
        for name, lacking, base in (*changes, ("同比", "上年无可比数", headline.last_year))
    )
    if headline.value is None and not headline.withheld:
        lines = f'<div class="card-change"><span>{escape(absent or ABSENT)}</span></div>'
    return (
        f'<div class="card-title">{escape(declared.name)}</div>'
        f'<div class="card-value">{escape(value)}<small>{escape(unit)}</small></div>'
        f'<div class="card-changes">{beside_html(beside)}{lines}</div>{spark(headline)}'
    )


def beside_html(beside: Headline | None) -> str:
    """`还原不良率 1.40%`: a figure told on another's card; nothing where there is none, nor where it has no value."""
    if beside is None or (beside.value is None and not beside.withheld):
        return ""
    declared = indicator(beside.indicator)
    how = measure(declared.unit, beside.scope, declared.decimals)
    said = WITHHELD if beside.withheld else with_unit(beside.value, how)
    return f'<div class="card-change"><span>{escape(declared.name)}</span><b class="plain">{escape(said)}</b></div>'


def on_card(value: float | None, how: Measure) -> Measure:
    """Without decimals where there are digits enough, so that a card holds the figure whole."""
    return replace(how, decimals=0) if value is not None and abs(value) / how.divisor >= LARGE else how


def change_html(
    name: str, lacking: str, headline: Headline, base: float | None, declared: Indicator, how: Measure
) -> str:
    """`环比 +2.1%`, coloured by whether that is better; where there is nothing to compare with, what is lacking."""
    text = change(headline.value, base, how)
    tone = TONES.get((declared.better, text[0]), "plain") if text else "quiet"
    said = text or (WITHHELD if headline.withheld else lacking)
    return f'<div class="card-change"><span>{name}</span><b class="{tone}">{escape(said)}</b></div>'


def spark(headline: Headline) -> str:
    """The course as a line with its last point, in SVG; what it shows is said in words beside it."""
    numbers = [value for _, value in headline.trend]
    if len(numbers) < 2:
        return ""
    low, high = min(numbers), max(numbers)
    across = SPARK_WIDTH - 2 * SPARK_MARGIN
    down = SPARK_HEIGHT - 2 * SPARK_MARGIN
    points = [
        (
            SPARK_MARGIN + across * position / (len(numbers) - 1),
            SPARK_MARGIN + down * (1 - (number - low) / (high - low) if high > low else 0.5),
        )
        for position, number in enumerate(numbers)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" '
        f'preserveAspectRatio="none">'
        f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="1.6" '
        f'vector-effect="non-scaling-stroke"/></svg>'
    )
    return f'<img class="spark" src="data:image/svg+xml,{quote(drawing)}" alt="近{len(numbers)}期走势">'
