"""From last month's balance to this month's: a waterfall of the reasons, and the loans that moved it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from contract.calendar import period_bounds, previous
from metrics.indicators.catalogue import indicator
from metrics.queries.detail.selection import Filter
from metrics.queries.figures.loans import LOANS_SHOWN, movement, moving_loans
from pages.overview.titles import sources_title
from pages.shared import charts, tables
from pages.shared.drawing import Drawing
from pages.shared.export.exhibit import level_of
from pages.shared.format import Measure, measure, number, scaled, signed
from pages.shared.row_views import loans_reported, rows_behind, seen
from pages.shell import states
from pages.shell.data import read
from pages.shell.links import links
from pages.shell.selections import Rows
from pages.shell.view import View

MEMBER = measure("万元", "bank")
LEVELS = {"balance": "G01", "npl": "G08"}  # the sum whose movement it is
NAMED = 2  # reasons in the title
HEAD_ROOM = 0.18  # above and below the steps, of their span


def waterfall(view: View, scope: str, entity: str, of: str, name: str) -> None:
    """The movement of a balance (`balance`, `npl`) and, folded away, its greatest movers."""
    steps = read(view, movement, period=view.period, scope=scope, entity=entity, measure=of)
    how = measure("万元", scope)
    with st.container(border=True, height="stretch", key=f"chart-waterfall-{of}"):
        if steps.empty:
            states.empty(f"{name}在上月没有可比的报送，看不出变动来源。", "在左侧换一个报告期")
            return
        moves = steps[steps["sign"] != 0].sort_values("effect", key=abs, ascending=False)
        reasons = list(moves[["name", "effect"]].head(NAMED).itertuples(index=False, name=None))
        charts.draw(
            drawn(steps, how),
            sources_title(name, moves["effect"].sum(), how, reasons),
            f"{name}从上月到本月，{how.unit}；逐笔比对得出，首尾两柱未从零画起",
            steps.assign(amount=[scaled(value, how) for value in steps["amount"]]),
            {
                "name": tables.text("原因"),
                "amount": tables.money("金额", how),
                "loans": tables.figure("笔数"),
                "note": tables.text("说明"),
            },
            key=f"waterfall-{of}",
        )
        links(view, *rows_of_steps(view, scope, entity, of, steps["code"].tolist()))
        movers(view, scope, entity, of, name)


def rows_of_steps(view: View, scope: str, entity: str, of: str, steps: Sequence[str]) -> tuple[tuple[Rows, str], ...]:
    """The links to the rows of steps that are rows of one report: the two levels, what was lent, what was closed."""
    first, last = (day.isoformat() for day in period_bounds(view.period))
    level = indicator(LEVELS[of])
    asked = {
        "disbursed": ("发放明细", Filter("disbursed_on", low=first, high=last)),
        "written_off": ("核销明细", Filter("status", codes=("written_off",))),
        "transferred": ("转让明细", Filter("status", codes=("transferred",))),
    }
    if of == "npl":  # nothing is lent bad; what was transferred counts here only where it was bad before
        asked = {"written_off": asked["written_off"]}
    before = replace(view, period=previous(view.period))
    ways = [(way, "上月明细") for way, _ in rows_behind(before, level, scope, entity)]
    for step, (words, wanted) in asked.items():
        if step in steps:
            ways += [(way, words) for way in loans_reported(view, scope, entity, wanted)]
    return (*ways, *((way, "本月明细") for way, _ in rows_behind(view, level, scope, entity)))


@charts.drawn_once
def drawn(steps: pd.DataFrame, how: Measure) -> Drawing:
    """Columns from before to after in the order declared, each with its amount."""
    level = (steps["sign"] == 0).tolist()
    values = [scaled(value, how) for value in steps["effect"]]
    reached, total = [], 0.0
    for is_level, value in zip(level, values, strict=True):
        total = value if is_level else total + value
        reached.append(total)
    span = (max(reached) - min(reached)) or abs(reached[-1]) or 1
    figure = charts.blank(300, left=10, right=10, top=4)
    figure.add_waterfall(
        x=steps["name"], y=values, measure=["absolute" if is_level else "relative" for is_level in level],
        text=[
            number(value, how.decimals) if is_level else signed(value, how.decimals)
            for is_level, value in zip(level, values, strict=True)
        ],
        textposition="outside", cliponaxis=False, connector={"line": {"color": charts.GRID, "width": 1}},
        increasing={"marker": {"color": charts.BLUE}}, decreasing={"marker": {"color": charts.GREY}},
        totals={"marker": {"color": charts.PALE}},
        hovertemplate=f"%{{x}}　%{{text}}{how.unit}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[min(reached) - span * HEAD_ROOM, max(reached) + span * HEAD_ROOM])
    figure.update_xaxes(tickfont={"color": charts.INK})
    return figure


def movers(view: View, scope: str, entity: str, of: str, name: str) -> None:
    """The loans that moved it most, read when they are unfolded: then they are seen, and recorded."""
    label = f"变动最大的{LOANS_SHOWN}笔贷款"
    with st.expander(label, key=f"movers-open-{of}", on_change="rerun") as unfolded:
        if not unfolded.open:
            return
        loans = read(view, moving_loans, period=view.period, scope=scope, entity=entity, measure=of)
        place = {"period": view.period, "scope": scope, "entity": entity, "measure": of}
        columns = {
            "short_name": tables.text("机构", width=132),
            "change": tables.held(tables.money("增减", MEMBER, width=84), "B1.balance"),
            "component": tables.text("主要原因", width=70),
            "borrower_name": tables.held(tables.text("借款人", width=190), "B1.borrower_name"),
            "before": tables.held(tables.money("上月", MEMBER, width=90), "B1.balance"),
            "after": tables.held(tables.money("本月", MEMBER, width=90), "B1.balance"),
            "loan_no": tables.held(tables.text("贷款合同编号"), "B1.loan_no"),
        }
        seen(view, "moving_loans", place, len(loans), level_of(columns), "movement")
        tables.sheet(loans, columns, key=f"movers-{of}", about=f"{name}变动最大的贷款")
