"""目标与展望: where an entity's figures stand against their targets, and where they end at the present pace."""

from __future__ import annotations

from collections.abc import Sequence

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
from pages.shared.format import WITHHELD, Value, difference, is_absent, measure, with_unit
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.view import View


def section(view: View, scope: str, entity: str) -> None:
    """The targets of an entity and, for the Bureau, the outlook; says so where no target holds for it."""
    st.header("目标与展望")
    aimed = read(view, targets, period=view.period, scopes=(scope,), entities=(entity,))
    if aimed.empty:
        states.empty(f"{month_name(view.period)}没有对该对象设定的目标。", title="未设目标")
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
    tables.sheet(
        frame,
        {
            "name": tables.text("指标", width=156),
            "shape": tables.text("形式", width=108),
            "value": tables.text("本期值", alignment="right", width=100),
            "level": tables.text("目标水平", alignment="right", width=100),
            "gap": tables.text("差距", alignment="right", width=108),
            "met": tables.text("结果", width=56),
            "target_period": tables.text("目标期", width=80),
            "goal": tables.text("目标期水平", alignment="right", width=100),
            "progress": st.column_config.ProgressColumn(
                "完成度(%)", format="%.1f", min_value=0, max_value=100, width=92
            ),
            "document_no": tables.text("文号", width=118),
            "note": tables.text("说明", width="large"),
        },
        key="targets",
        about="目标",
        indicators=tuple(dict.fromkeys(aimed["indicator"])),
        behind=Behind(view, lambda row: behind_figure(view, row["indicator"], row["scope"], row["entity"])),
    )


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
        states.empty("本期没有数据，无从推算。", title="没有展望")
        return
    with st.expander("按目前进度将到多少", expanded=True):
        st.caption("按目前进度延续得出，不是预测；对照为上年全年数、计划或目标，余额变动取两期均报送的机构。")
        tables.sheet(
            outlook_rows(projections, scope),
            {
                "name": tables.text("项目", width="medium"),
                "horizon": tables.text("到"),
                "now": tables.text("本期值", alignment="right"),
                "projected": tables.text("推算", alignment="right"),
                "against": tables.text("对照", alignment="right"),
                "gap": tables.text("相差", alignment="right"),
                "ratio": tables.figure("之比(%)", 1, help="推算与对照之比"),
                "method": tables.text("方法"),
                "reason": tables.text("说明", width="medium"),
                "formula": tables.text("算式", width="medium"),
                "inputs": tables.text("输入", width="large"),
            },
            key="outlook",
            about="展望",
            behind=Behind(view, lambda row: behind_figure(view, row["indicator"], scope, entity)),
        )


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
