"""What an entity's loans are made of: bars by one trait at a time, the trait chosen in the URL."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.declarations import code_lists
from contract.wording import percent
from metrics.queries.detail.selection import Filter
from metrics.queries.figures.loans import composition
from pages.shared import charts, tables
from pages.shared.behind.marks import Behind, Ways
from pages.shared.format import exact, measure
from pages.shared.in_url import kept
from pages.shared.row_views import loans_behind
from pages.shared.wording import rights
from pages.shell import states
from pages.shell.data import read
from pages.shell.view import View

CHOICE = "trait"
COLUMNS = ("tech", "sei", "size", "risk_share")  # the traits that are columns of the form
TRAITS = {
    "tech": "科技属性",
    "sei": "战略性新兴产业",
    "size": "企业规模",
    "ip_kind": "权利类型",
    "term": "期限",
    "risk_share": "风险分担",
}
TERMS = {"to_1y": "一年以内（含）", "to_3y": "一至三年（含）", "to_5y": "三至五年（含）", "over_5y": "五年以上"}


def code_names(trait: str) -> dict[str, str]:
    """Code → Chinese name of a trait, in declared order."""
    if trait == "term":
        return TERMS
    if trait == "ip_kind":
        return rights()
    return code_lists()[trait]


def structure(view: View, scope: str, entity: str) -> None:
    """The bars and their choice of trait."""
    with st.container(border=True, height="stretch", key="structure"):
        trait = st.segmented_control("贷款结构", **kept(CHOICE, list(TRAITS)), required=True, format_func=TRAITS.get)
        names = code_names(trait)
        frame = read(view, composition, period=view.period, scope=scope, entity=entity)
        frame = frame[frame["trait"] == trait].assign(name=lambda cells: cells["code"].map(names))
        if trait == "term":
            frame = frame.sort_values("code", key=lambda codes: codes.map(list(TERMS).index))
        shown = frame.dropna(subset=["share"])
        if shown.empty:
            states.empty("本期没有存量贷款，或涉及的企业过少不予披露。", "在左侧换一个报告期")
            return
        top = shown.loc[shown["share"].idxmax()]
        how = measure("万元", scope)
        frame = frame.assign(scaled=frame["balance"] / how.divisor)
        charts.draw(
            charts.bars_chart(shown["name"].tolist(), shown["share"].tolist(), 1, strong=(top["name"],), unit="%"),
            f"按{TRAITS[trait]}分：{top['name']}占{percent(exact(top['share']))}",
            "占质押贷款余额的比重，%",
            frame,
            {
                "name": tables.text(TRAITS[trait]),
                "scaled": tables.money("余额", how),
                "share": tables.figure("占比(%)", 1),
                "loans": tables.figure("笔数"),
                "borrowers": tables.figure("户数"),
            },
            key=f"structure-{trait}",
            behind=Behind(view, lambda row: to_loans(view, scope, entity, trait, row)),
        )


def to_loans(view: View, scope: str, entity: str, trait: str, row: pd.Series) -> Ways:
    """The way to the loans behind a bar; to all of them, where the form has no column for the trait."""
    asked = [Filter(trait, codes=(row["code"],))] if trait in COLUMNS else []
    words = f"查看“{row['name']}”的贷款明细" if asked else "查看全部贷款明细"
    return [(way, words) for way in loans_behind(view, scope, entity, *asked)]
