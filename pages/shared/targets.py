"""目标与展望: where an entity's figures stand against their targets, and where they end at the present pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from contract.wording import NO_VALUE, month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.targets import outlooks, targets
from metrics.targets.declared import SHAPES
from metrics.targets.outlook import Outlook
from pages.shared import tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind
from pages.shared.export.exhibit import Exhibit
from pages.shared.format import WITHHELD, Value, difference, is_absent, measure, with_unit
from pages.shared.sheets import sheet
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.view import View

# What is too long for a table on a small screen, and told below it in full.
TARGET_TOLD = {"document_no": "文号", "note": "说明"}
OUTLOOK_TOLD = {"formula": "算式", "inputs": "输入", "reason": "说明"}


def section(view: View, scope: str, entity: str) -> None:
    """The targets of an entity and, for the Bureau, the outlook; says so where no target holds for it."""
    st.header("目标与展望")
    aimed = read(view, targets, period=view.period, scopes=(scope,), entities=(entity,))
    if aimed.empty:
        states.empty(
            f"{month_name(view.period)}没有对该对象设定的目标。",
            "目标随政策文件设定，设定后在此逐期对照",
            title="未设目标",
        )
    else:
        table(view, aimed)
    if may_see(view.viewer, "outlook"):
        outlook(view, scope, entity)


def table(view: View, aimed: pd.DataFrame) -> None:
    """A row a target: the figure, the line at the period, where the line ends and how far that is."""
    frame = target_rows(aimed)
    st.caption(
        "目标水平为本期应达到的数；完成度为本期值与目标期水平之比，增速只看是否达到。文号为“演示参数”的由演示设定。"
    )
    columns = {
        "name": tables.text("指标", width=170),
        "shape": tables.text("形式", width=116),
        "value": tables.text("本期值", alignment="right", width=112),
        "level": tables.text("目标水平", alignment="right", width=112),
        "gap": tables.text("差距", alignment="right", width=124),
        "met": tables.text("结果", width=64),
        "target_period": tables.text("目标期", width=90),
        "goal": tables.text("目标期水平", alignment="right", width=112),
        "progress": st.column_config.ProgressColumn("完成度(%)", format="%.1f", min_value=0, max_value=100, width=110),
    }
    tables.sheet(
        frame,
        columns,
        key="targets",
        about="目标",
        exhibit=_whole("目标", frame, columns, TARGET_TOLD, tuple(dict.fromkeys(aimed["indicator"]))),
        behind=Behind(view, lambda row: behind_figure(view, row["indicator"], row["scope"], row["entity"])),
    )
    _told_in_full("各项目标的文号和说明", "targets-told", frame, {"name": "指标"} | TARGET_TOLD)


def _whole(
    title: str, frame: pd.DataFrame, columns: Mapping[str, Any], told: Mapping[str, str], codes: tuple[str, ...] = ()
) -> Exhibit:
    """A table as its file has it: with what is told below it on the page."""
    return Exhibit(
        title, frame, {**columns, **{code: tables.text(name) for code, name in told.items()}}, indicators=codes
    )


def _told_in_full(label: str, key: str, frame: pd.DataFrame, heads: Mapping[str, str]) -> None:
    """The long texts of a table's rows; drawn when they are unfolded."""
    with st.expander(label, icon=":material/notes:", key=f"{key}-open", on_change="rerun") as unfolded:
        if unfolded.open:
            said = frame[list(heads)].fillna("").astype(str)
            rows = [[escape(cell) for cell in row] for row in said.itertuples(index=False, name=None)]
            st.html(f'<div class="scroll">{sheet(list(heads.values()), rows)}</div>')


@once
def target_rows(aimed: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame([target_row(row) for row in aimed.itertuples()])


def target_row(row: object) -> dict[str, object]:
    """One target as the table shows it, each figure with its own unit."""
    declared = indicator(row.indicator)
    how = measure(declared.unit, row.scope, declared.decimals)

    def said(value: Value) -> str:
        return WITHHELD if row.withheld else with_unit(value, how)

    met = NO_VALUE if is_absent(row.met) else "已达到" if row.met else "未达到"
    return {
        **{name: getattr(row, name) for name in ("indicator", "scope", "entity")},
        "name": declared.name,
        "shape": SHAPES[row.shape],
        "value": said(row.value),
        "level": said(row.level),
        "gap": difference(row.value, row.level, how) or NO_VALUE,
        "met": met,
        "target_period": month_name(row.target_period),
        "goal": said(row.goal),
        "progress": row.progress,
        "document_no": row.document_no,
        "note": "；".join(text for text in (row.reason, row.note) if not is_absent(text) and text),
    }


def outlook(view: View, scope: str, entity: str) -> None:
    """A row a projection, with its formula and all that goes into it."""
    projections = read(view, outlooks, period=view.period, scope=scope, entity=entity)
    if not projections:
        states.empty("本期没有数据，无从推算。", "在左侧换一个有数据的报告期", title="没有展望")
        return
    with st.expander("按目前进度将到多少", expanded=True):
        st.caption("按目前进度延续得出，不是预测；对照为上年全年数、计划或目标，余额变动取两期均报送的机构。")
        frame = outlook_rows(projections, scope)
        columns = {
            "name": tables.text("项目", width=160),
            "horizon": tables.text("到", width=88),
            "now": tables.text("本期值", alignment="right", width=106),
            "projected": tables.text("推算", alignment="right", width=106),
            "against": tables.text("对照", alignment="right", width=106),
            "gap": tables.text("相差", alignment="right", width=122),
            "ratio": tables.figure("之比(%)", 1, help="推算与对照之比", width=72),
            "method": tables.text("方法", width=236),
        }
        tables.sheet(
            frame,
            columns,
            key="outlook",
            about="展望",
            exhibit=_whole("展望", frame, columns, OUTLOOK_TOLD),
            behind=Behind(view, lambda row: behind_figure(view, row["indicator"], scope, entity)),
        )
    _told_in_full("各项推算的算式、输入和说明", "outlook-told", frame, {"name": "项目"} | OUTLOOK_TOLD)


@once
def outlook_rows(projections: Sequence[Outlook], scope: str) -> pd.DataFrame:
    return pd.DataFrame([outlook_row(projection, scope) for projection in projections])


def outlook_row(projection: Outlook, scope: str) -> dict[str, object]:
    how = measure(projection.unit, scope, indicator(projection.indicator).decimals)
    return {
        "indicator": projection.indicator,
        "name": projection.name,
        "horizon": month_name(projection.horizon),
        "now": with_unit(projection.now, how),
        "projected": with_unit(projection.projected, how),
        "against": with_unit(projection.against, how),
        "gap": difference(projection.projected, projection.against, how) or NO_VALUE,
        "ratio": None if projection.ratio is None else float(projection.ratio),
        "method": projection.method,
        "formula": projection.formula,
        "inputs": projection.inputs,
        "reason": projection.reason,
    }
