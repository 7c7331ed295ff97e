"""What corrections did over a span: by how much filings moved after they first came in, and which figures changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from contract.declarations import districts
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY, SCOPES
from metrics.queries.figures.explanation import restatements
from metrics.queries.filing.quality import revisions
from pages.shared import downloads, tables, wording
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind, Ways
from pages.shared.explained_terms import member_names
from pages.shared.format import is_absent, unit_name
from pages.shell import states
from pages.shell.data import read
from pages.shell.selections import Filing
from pages.shell.view import View

ROWS = 12  # shown at once
CODE = re.compile(r"^\w+(?= )|(?<=；)\w+(?= )")  # of a member, before its period
REVISED = {
    "short_name": "成员",
    "period": "报送期",
    "versions": "报送（版）",
    "filled": "补填（格）",
    "blanked": "删去（格）",
    "corrected": "更正（格）",
    "per_mille": "每千格改动（格）",
    "balance_moved": "余额变动（万元）",
    "balance_pct": "占余额（%）",
    "amount_moved": "金额变动（万元）",
    "amount_pct": "占金额（%）",
}
RESTATED = {
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
# Columns of words that would else be wider or narrower than what stands in them, in pixels.
WIDTHS = {"scope_name": 84, "entity_name": 140, "code": 52, "name": 200, "unit": 76, "corrections": 240}
# Columns of figures → decimals; the others are words.
DECIMALS = dict.fromkeys(("versions", "filled", "blanked", "corrected"), 0) | {"per_mille": 1}
DECIMALS |= dict.fromkeys(("balance_moved", "balance_pct", "amount_moved", "amount_pct"), 2)
DECIMALS |= dict.fromkeys(("value_before", "value_after"), 2)


def revised(view: View, since: str, until: str) -> None:
    """The filings of a span that came in more than once, the most corrected first: first against current version."""
    st.subheader("更正幅度")
    frame = read(view, revisions, since=since, until=until)
    if frame.empty:
        states.empty("这一时段的各期报送都只有一版。", "更早的更正，在左侧换一个报告期查看", title="没有更正")
        return
    _table(
        view,
        frame,
        REVISED,
        "更正幅度",
        f"{since}至{until}",
        "现行版本与第一版逐格相比（未受理的取最近一版）：每千格改动＝改动的格数÷任一版有值的格数×1000，"
        "只在一版中的行全部计入，封面不计；变动为各笔贷款余额、贷款金额差额的绝对值之和，占比以现行版本合计为分母。"
        "逐格内容见“报送明细”。",
        lambda row: [(Filing(part="detail", member=row["submitter"], period=row["period"]), "这份报送的明细")],
    )


def restated(view: View, since: str, until: str) -> None:
    """The figures of the span that are not what they were as first accepted, with what changed them."""
    st.subheader("更正影响")
    frame = read(view, restatements, since=since, until=until)
    if frame.empty:
        states.empty("这一时段的指标值没有因更正而变动。", "更早的变动，在左侧换一个报告期查看", title="没有变动")
        return
    _table(
        view,
        named(frame, member_names(view)),
        RESTATED,
        "更正影响",
        f"{since}至{until}",
        "首次受理时：各报送均取首次受理的版本时的值。空格为无值；"
        "涉及机构不足3家、会由差额推知个别机构数据的，对监管局以外不列数值。改后又改回的不列。",
        lambda row: behind_figure(view, row["code"], row["scope"], row["entity"], period=row["period"]),
    )


def _table(
    view: View,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    about: str,
    span: str,
    explanation: str,
    ways: Callable[[pd.Series], Ways],
) -> None:
    columns = {
        code: tables.figure(name, DECIMALS[code]) if code in DECIMALS else tables.text(name, width=WIDTHS.get(code))
        for code, name in names.items()
    }
    height = tables.tall(len(frame), ROWS)
    tables.sheet(frame, columns, key=about, about=about, height=height, export=False, behind=Behind(view, ways))
    st.caption(explanation)
    downloads.buttons(view, frame, names, name=f"{about}_{span}", key=about)


def named(frame: pd.DataFrame, members: Mapping[str, str]) -> pd.DataFrame:
    """Changed figures with scopes, entities and indicators by name, and whose reports changed them.

    `members`: code → short name of those that the viewer may know by name.
    """
    declared = [indicator(code) for code in frame["indicator"]]
    return frame.assign(
        scope_name=frame["scope"].map(SCOPES),
        entity_name=[called(scope, code, members) for scope, code in zip(frame["scope"], frame["entity"], strict=True)],
        code=frame["indicator"],
        name=[figure.name for figure in declared],
        unit=[unit_name(figure.unit) for figure in declared],
        corrections=[whose(said, members) for said in frame["corrections"]],
    )


def whose(said: object, members: Mapping[str, str]) -> str | None:
    """`演示城商银行05 2026-05 第2版；…`: the corrections with their members by name; None where none may be told."""
    return None if is_absent(said) else CODE.sub(lambda code: members.get(code[0], code[0]), str(said))


def called(scope: str, entity: str, banks: Mapping[str, str]) -> str:
    """An entity as people call it."""
    if scope == "district":
        return districts()[entity].short_name
    names = {"bank": banks, "city": {CITY: "合计"}, "bank_type": wording.GROUPS, "ip": wording.rights()}
    return names.get(scope, {}).get(entity, entity)
