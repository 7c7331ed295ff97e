"""参照序列: figures of others that ours are held beside, each with how it counts and where it comes from."""

from __future__ import annotations

import streamlit as st

from casework.policy.references import AREA, enter
from contract.calendar import period_of, previous
from contract.console.options import parse_optional
from contract.console.output import plain
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.figures.targets import reference_series
from metrics.targets.reference_series import BASES, Reference, all_series
from pages.shared import acts, forms, tables
from pages.shell.data import read
from pages.shell.view import View

HEIGHT = 12  # rows shown at once
FORM = "reference"
MONTHS_BACK = 36  # that values may be entered for


def entry(view: View) -> None:
    """The form that enters a value, for who may; a later one takes the place of an earlier one."""
    if not may_see(view.viewer, AREA):
        return
    series, today = all_series(), view.snapshot.now.date()
    months = [previous(period_of(today), back) for back in range(MONTHS_BACK)]
    forms.behind_button(
        "登记参照值",
        ":material/add:",
        f"reference-{acts.turn(FORM)}",
        (
            forms.pick(
                "序列", {code: f"{each.name}（{BASES[each.basis]}，{each.unit}）" for code, each in series.items()}
            ),
            forms.pick("期间（按季、按年的选其最后一个月）", {period: month_name(period) for period in months}),
            forms.line("值（以序列的单位计）"),
            forms.line("来源（发布机构和标题、网址或文件名）", most=300),
            forms.line("发布日（如2026-10-20，可不填）"),
        ),
        lambda code, period, value, source, on: enter(
            home(), series[code], period, value.strip(), source, view.viewer, parse_optional(on.strip())
        ),
        lambda entered: _entered(*entered),
        publish_for=view.viewer,
        empties=FORM,
    )


def _entered(after: Reference, before: Reference | None) -> str:
    declared = all_series()[after.series]
    instead = f"，替换原值{plain(before.value)}{declared.unit}" if before else ""
    return f"{declared.name}{month_name(after.period)}登记为{plain(after.value)}{declared.unit}{instead}"


def listed(view: View) -> None:
    """A row a series and period, the latest first within a series."""
    frame = read(view, reference_series)
    st.caption("不是本系统的数据，只作参照。登记口径与银行口径相差数倍，不得混用；没有列出的期间尚未登记。")
    frame = frame.assign(basis=frame["basis"].map(BASES)).sort_values(
        ["basis", "series", "period"], ascending=[True, True, False]
    )
    frame = frame.assign(period=frame["period"].map(month_name))
    tables.sheet(
        frame,
        {
            "name": tables.text("序列", width="medium"),
            "basis": tables.text("口径"),
            "period": tables.text("期间（末月）"),
            "value": tables.figure("值", 2),
            "unit": tables.text("单位", width="small"),
            "source": tables.text("来源", width="large"),
            "published_on": st.column_config.DateColumn("发布日", format="YYYY-MM-DD"),
        },
        key="references",
        about="参照序列",
        height=tables.tall(len(frame), HEIGHT),
    )
