"""Which figures the corrections of a span changed, and by how much: a table under that of the corrections."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from contract.declarations import districts
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY, SCOPES
from metrics.queries.figures.explanation import restatements
from pages.shared import downloads, states, tables
from pages.shared.structure import code_names
from pages.shell.data import read
from pages.shell.view import View

COLUMNS = {
    "period": "报告期",
    "scope_name": "范围",
    "entity_name": "对象",
    "code": "指标",
    "name": "指标名称",
    "unit": "单位",
    "value_before": "首次受理时",
    "value_after": "现在",
    "corrections": "更正的报送",
}
NUMBERS = ("value_before", "value_after")


def changed_figures(view: View, since: str, until: str) -> None:
    """The figures of the span that are not what they were as first accepted, with what changed them."""
    st.subheader("更正影响")
    found = read(view, restatements, since=since, until=until)
    if found.empty:
        states.empty("这一时段的指标值没有因更正而变动。", title="没有变动")
        return
    found = named(found)
    columns = {
        code: tables.figure(label, 2) if code in NUMBERS else tables.text(label) for code, label in COLUMNS.items()
    }
    tables.sheet(found, columns, key="quality-restated", about="更正影响", height=tables.tall(len(found), 12))
    st.caption(
        "首次受理时：各报送均取首次受理的版本时的值。空格为无值；"
        "涉及机构不足3家、会由差额推知个别机构数据的，对监管局以外不列数值。改后又改回的不列。"
    )
    downloads.buttons(view, found, COLUMNS, name=f"更正影响_{since}至{until}", key="restated")


def named(found: pd.DataFrame) -> pd.DataFrame:
    """With scopes, entities and indicators by name."""
    declared = [indicator(code) for code in found["indicator"]]
    return found.assign(
        scope_name=found["scope"].map(SCOPES),
        entity_name=[called(scope, code) for scope, code in zip(found["scope"], found["entity"], strict=True)],
        code=found["indicator"],
        name=[one.name for one in declared],
        unit=[one.unit for one in declared],
    )


def called(scope: str, entity: str) -> str:
    """An entity as people call it; a bank by its code."""
    if scope == "district":
        return districts()[entity].short_name
    names = {"city": {CITY: "合计"}, "bank_type": tables.GROUPS, "ip": code_names("ip_kind")}
    return names.get(scope, {}).get(entity, entity)
