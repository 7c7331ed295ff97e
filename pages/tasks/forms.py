"""The forms in which a section's rows are drawn; named in `data/tasks/pages.toml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

import pandas as pd
import streamlit as st

from metrics.indicators.relations import CITY
from pages.shared import charts, tables
from pages.shared.behind.marks import offer
from pages.shared.drawing import Drawing, panels
from pages.shared.export.exhibit import Exhibit
from pages.shared.format import WITHHELD, is_absent, number, shown
from pages.shared.in_url import kept
from pages.shared.tiles import tile_map
from pages.tasks import leads
from pages.tasks.bars import many_bars
from pages.tasks.record import Record
from pages.tasks.says import SAYS, greatest

COLOURS = (charts.BLUE, "#7fa3c4", charts.PALE)
MEASURED = "measured"  # the choice of what the map shows, in the URL
# What a title says → the place of the bar that it names; the longest, where nothing else is said.
EMPHASIS: dict[str, Callable[[list[float]], int]] = {
    "least": lambda values: values.index(min(values)),
    "shared": lambda values: 0,  # the last is what is not shared
}
LONG = 12  # rows of a list shown at once


def most(values: list[float]) -> int:
    return values.index(max(values))


def title(record: Record) -> str:
    return SAYS[record.section.says](record)


def draw(record: Record, figure: Drawing, above: str = "", mark: str = "") -> None:
    """The chart with its heading, where its marks lead (`mark`: the column whose values they carry, else their rows'
    index), and its table folded below."""
    charts.draw(
        figure, title(record), record.about, record.shown, record.table_columns, key=f"record-{record.key}",
        above=above, behind=leads.behind(record, mark),
    )  # fmt: skip


def parts_key(told: dict[str, str]) -> str:
    """The colours of the parts by their names, with a figure each: above the chart instead of a legend."""
    items = "".join(
        f'<span class="part"><i style="background:{colour}"></i>{escape(part)}{escape(said)}</span>'
        for (part, said), colour in zip(told.items(), COLOURS, strict=False)
    )
    return f'<div class="parts">{items}</div>'


def grouped(record: Record) -> None:
    """Columns side by side, a colour a part: how each part is spread over the bins."""
    frame = record.shown
    label, part, value, middle = (record.section.draws[name] for name in ("label", "part", "value", "middle"))
    parts = list(dict.fromkeys(frame[part]))
    if untold(frame[value]):
        folded(record)
        return
    figure = charts.blank(250, left=36, right=8, top=8)
    hidden = record.frame["withheld"] if "withheld" in record.frame else pd.Series(False, record.frame.index)
    told = {}
    for name, colour in zip(parts, COLOURS, strict=False):
        own = frame[frame[part] == name]
        figure.add_bar(
            x=own[label], y=own[value].fillna(0), name=name, marker_color=colour, cliponaxis=False,
            text=[WITHHELD if is_absent(share) else "" for share in own[value]],
            textposition="outside", textangle=-90, textfont={"color": charts.MUTED, "size": 11},
            customdata=[
                (str(row), WITHHELD if is_absent(share) else f"{number(share, 1)}%")
                for row, share in own[value].items()
            ],
            hovertemplate=f"{escape(name)}　%{{x}}　%{{customdata[1]}}<extra></extra>",
        )  # fmt: skip
        total = None if hidden[own.index].any() else own["loans"].sum(min_count=1)
        told[name] = "" if is_absent(total) or is_absent(own[middle].iat[0]) else f"　{number(total)}笔"
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.08)
    figure.update_yaxes(ticksuffix="%", rangemode="tozero", nticks=5)
    figure.update_xaxes(automargin=True)
    draw(record, figure, parts_key(told))


def untold(values: pd.Series) -> bool:
    """Whether nothing is there to draw: figures that are absent or withheld, and none above zero."""
    return bool(values.isna().any() and not values.fillna(0).any())


def folded(record: Record) -> None:
    """The heading, which says why nothing is drawn, and the table folded, in which what is known stands."""
    charts.heading(title(record), record.about)
    tables.beside(Exhibit(title(record), record.shown, record.table_columns, record.about), key=f"table-{record.key}")


def stacked(record: Record) -> None:
    """A bar a bin, made up of its parts to the full hundred."""
    frame = record.shown
    label, part, value = (record.section.draws[name] for name in ("label", "part", "value"))
    parts = list(dict.fromkeys(frame[part]))
    names = list(dict.fromkeys(frame[label]))
    figure = charts.blank(60 + 40 * len(names), left=8, right=8, top=4, bottom=8)
    for name, colour in zip(parts, COLOURS, strict=False):
        own = frame[frame[part] == name]
        figure.add_bar(
            y=own[label], x=own[value], name=name, orientation="h", marker_color=colour,
            customdata=own.index.astype(str).tolist(),
            text=[f"{number(share, 0)}%" if not is_absent(share) and share >= 6 else "" for share in own[value]],
            textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"color": "white" if colour == charts.BLUE else charts.INK},
            hovertemplate=f"{escape(name)}　%{{y}}　%{{x:.1f}}%<extra></extra>",
        )  # fmt: skip
    for name, said, at, side in unseen(record, label, value):
        figure.add_annotation(
            x=at, y=name, text=said, showarrow=False, xanchor=side, font={"color": charts.MUTED, "size": 11}
        )
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_yaxes(
        type="category", autorange="reversed", automargin=True, tickfont={"color": charts.INK}, showgrid=False
    )
    figure.update_xaxes(type="linear", visible=False, range=[0, 100])
    draw(record, figure, parts_key(dict.fromkeys(parts, "")))


def unseen(record: Record, label: str, value: str) -> Iterable[tuple[str, str, int, str]]:
    """Bars that are not whole: name, why, and where that is written."""
    hidden = record.frame["withheld"] if "withheld" in record.frame else pd.Series(False, record.frame.index)
    for name, rows in record.shown.groupby(label, sort=False):
        seen = rows[value].sum() > 0
        if hidden[rows.index].any():
            yield (name, f"其余{WITHHELD}", 100, "right") if seen else (name, WITHHELD, 0, "left")
        elif not seen:
            yield name, "无", 0, "left"


def bars(record: Record) -> None:
    """A bar a row, with its figure."""
    code = record.section.draws["value"]
    how = record.measure(record.section.column(code))
    rows = record.shown.dropna(subset=[code])
    if rows.empty:
        folded(record)
        return
    names, values = rows[record.section.draws["label"]].tolist(), rows[code].tolist()
    strong = (names[EMPHASIS.get(record.section.says, most)(values)],)
    figure = charts.bars_chart(names, values, how.decimals, strong=strong, unit=how.unit)
    draw(record, figure, mark=record.section.draws["label"])


def paced(record: Record) -> None:
    """A bar a bank and the month's pace across them; those that keep it are pale. The table stands beside."""
    label, value, mark = (record.section.draws[name] for name in ("label", "value", "mark"))
    frame = record.shown
    if len(frame) == 1:
        charts.heading(title(record), record.about)
        figures_of_one(record)
        return
    pace = None if is_absent(frame[mark].iat[0]) else frame[mark].iat[0]
    colours = [charts.BLUE if late else charts.PALE for late in record.frame["behind"]]
    how = record.measure(record.section.column(value))
    figure = many_bars(frame[label].tolist(), frame[value].tolist(), how, colours, pace)
    charts.heading(title(record), record.about)
    left, right = st.columns([4, 5])
    with left:
        key, onward = f"record-{record.key}", leads.behind(record, label)
        picked = charts.plot(figure, title(record), record.about, key=key, **charts.CHOOSING)
        offer(onward, frame, onward.of_mark(frame, picked.selection.points))
    with right:
        listing(record, Exhibit(title(record), frame, record.table_columns, record.about, figure))


def ranges(record: Record) -> None:
    """A line a quantity, each on a scale of its own: from the lowest to the highest, the middle half thick."""
    frame, drawn = record.shown, record.section.draws
    layout = charts.blank(70 * len(frame) + 20, left=8, right=20, top=8, bottom=20).layout
    figure = panels(layout, [1] * len(frame), 0.1)
    for place, (at, row) in enumerate(frame.iterrows(), start=1):
        ends = [row[code] for code in drawn["ends"]]
        for span, width in ((ends, 2), ([row[drawn["low"]], row[drawn["high"]]], 8)):
            figure.add_scatter(
                x=span, y=[0, 0], mode="lines", line={"color": charts.PALE, "width": width}, hoverinfo="skip",
                row=place, col=1,
            )  # fmt: skip
        middle = row[drawn["middle"]]
        figure.add_scatter(
            x=[middle], y=[0], mode="markers+text", marker={"color": charts.BLUE, "size": 10}, row=place, col=1,
            text=[number(middle, 1)], textposition="bottom center", textfont={"color": charts.BLUE}, cliponaxis=False,
            customdata=[str(at)], hovertemplate=f"{escape(row[drawn['label']])}　中位数 %{{x:,.1f}}<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            x=0, y=1, xref="x domain", yref="y domain", text=escape(row[drawn["label"]]), showarrow=False,
            xanchor="left", yanchor="top", font={"color": charts.INK}, row=place, col=1,
        )  # fmt: skip
    charts.house_axes(figure)
    figure.update_yaxes(visible=False, range=[-1, 1.4])
    figure.update_xaxes(type="linear", nticks=5)
    draw(record, figure)


def strip(record: Record) -> None:
    """Figures of different kinds side by side."""
    label, value, unit = (record.frame[record.section.draws[name]] for name in ("label", "value", "unit"))
    charts.heading(title(record), record.about)
    written = [number(figure, 2 if one == "万元" else 0) for figure, one in zip(value, unit, strict=True)]
    tallies(zip(label, written, unit, strict=True))


def figures_of_one(record: Record) -> None:
    """The figures of the last row side by side."""
    row = record.frame.iloc[-1]
    figures = [column for column in record.columns if column.unit]
    hows = [record.measure(column) for column in figures]
    tallies((one.name, shown(row[one.code], how), how.unit) for one, how in zip(figures, hows, strict=True))


def tallies(figures: Iterable[tuple[str, str, str]]) -> None:
    """Name, figure and unit of each, in cells that wrap."""
    cells = "".join(
        f'<div class="count"><b>{escape(figure)}<small>{escape(unit)}</small></b><span>{escape(name)}</span></div>'
        for name, figure, unit in figures
    )
    st.html(f'<div class="counts tallies">{cells}</div>')


def tiles(record: Record) -> None:
    """The tile map of what is chosen, with its table; of one unit alone, or the sum, all figures side by side."""
    codes = record.section.draws["choices"]
    columns = [record.section.column(code) for code in codes]
    several = (record.frame["entity"] != CITY).sum() > 1
    if not several:
        charts.heading(f"{record.frame['name'].iat[-1]}{record.section.title}", record.about)
        figures_of_one(record)
        return
    names = {column.code: column.name for column in columns}
    code = st.selectbox(
        record.section.title, **kept(MEASURED, codes), format_func=names.get, label_visibility="collapsed"
    )
    column = record.section.column(code)
    how = record.measure(column)
    units = record.frame[record.frame["entity"] != CITY].rename(columns={code: "value"})
    values = dict(zip(units["entity"], units["value"], strict=True))
    charts.draw(
        tile_map(values, {}, set(values), how),
        greatest(column.name, units, how),
        f"{record.about}；{how.unit}，深色为高，虚框为未报送或非试点地区",
        record.shown.assign(entity=record.frame["entity"]), record.table_columns, key=f"record-{record.key}",
        behind=leads.behind(record, "entity"),
    )  # fmt: skip


def listing(record: Record, exhibit: Exhibit | None = None) -> None:
    """The rows as a table; `exhibit`: what is taken away, where a chart goes with them."""
    tables.sheet(
        record.shown, record.table_columns, key=f"list-{record.key}", about=record.section.title,
        height=tables.tall(len(record.shown), LONG if record.section.form == "list" else LONG + 6), exhibit=exhibit,
        behind=leads.behind(record),
    )  # fmt: skip


def listed(record: Record) -> None:
    """A heading and the rows as a table."""
    charts.heading(title(record), record.about)
    listing(record)


FORMS: dict[str, Callable[[Record], None]] = {
    "grouped": grouped,
    "stacked": stacked,
    "bars": bars,
    "paced": paced,
    "ranges": ranges,
    "counts": strip,
    "tiles": tiles,
    "list": listed,
}
