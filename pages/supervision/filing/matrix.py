"""The matrix of filings: members × months of a year, a state a cell; a click opens the member's filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import pandas as pd
import streamlit as st

from contract.standing import LATE, until
from contract.wording import KINDS, MEASURES, month_name
from metrics.queries.filing.board import FilingCounts, filing_counts, filing_of_year, filing_years
from pages.shared import on_paper, tables
from pages.shared.counts import Count, count, strip
from pages.shared.export.exhibit import Exhibit, button
from pages.shared.in_url import kept
from pages.shell import states
from pages.shell.data import once, read
from pages.shell.links import links
from pages.shell.selections import Filing
from pages.shell.view import View
from pages.supervision.filing.wording import LEGEND, SYMBOLS, cell

COLOURS = {
    "light": {
        "accepted": "color: #1f4e79; background-color: #eef3f8",
        "questions": "color: #8a5a00; background-color: #fdf3dc",
        "returned": "color: #b3261e; background-color: #fbeeed; font-weight: 600",
        "missing": "color: #b3261e; background-color: #fbeeed; font-weight: 600",
        "due": "color: #5b6774",
        "exempt": "color: #5b6774",
        "history": "color: #5b6774",
    },
    "dark": {
        "accepted": "color: #8cbbe6; background-color: #17222e",
        "questions": "color: #e8bf6a; background-color: #362b14",
        "returned": "color: #ff9c93; background-color: #3a2020; font-weight: 600",
        "missing": "color: #ff9c93; background-color: #3a2020; font-weight: 600",
        "due": "color: #a7b3bf",
        "exempt": "color: #a7b3bf",
        "history": "color: #a7b3bf",
    },
}
STATE_OF = {symbol: state for state, symbol in SYMBOLS.items()}
ROW = 32  # pixels
OWING = "owing"  # of no version in force yet
LIMITS = ("截止", "说明", "关闭")


def counts_strip(view: View) -> None:
    """名单、应报、已报、受理、待说明、退回、未报 of the chosen period, for institutions and districts."""
    for kind, name in KINDS.items():
        totals = read(view, filing_counts, period=view.period, kind=kind)
        if totals.expected:
            limits = (totals.deadline, totals.explain_by, totals.closed_at)
            about = " ".join(f"{word}{until(day, totals.now)}" for word, day in zip(LIMITS, limits, strict=True))
            strip(name, about, _counts(totals, MEASURES[kind]))


def _counts(totals: FilingCounts, unit: str) -> list[Count]:
    missing = count("未报送", totals.missing, unit, "alert")
    due = count("未到期", totals.due, unit)
    exempt = count("施行前未报", totals.exempt, unit)
    return [
        count("名单", totals.registered, unit),
        count("应报", totals.expected, unit),
        count("已报", totals.filed, unit),
        count("已受理", totals.in_force, unit),
        count("其中待说明", totals.questions, unit, "warn"),
        count("已退回待重报", totals.returned, unit, "alert"),
        missing if totals.deadline_passed else exempt if totals.exempt else due,
        count("迟报", totals.late, unit, "warn"),
    ]


def matrix(view: View, opened: Callable[[str, str], None]) -> None:
    """The year's board; `opened(member, period)` is called when a cell or a member is chosen."""
    years = read(view, filing_years)
    if not years:
        states.empty("名单上还没有应报送的成员。", "请先登记试点名单", title="暂无报送任务")
        return
    chosen, filtered, legend = st.columns([2, 2, 7], vertical_alignment="bottom")
    year = chosen.segmented_control("年度", **kept("year", sorted(years), view.period[:4]), required=True)
    verdict = filtered.selectbox(
        f"{month_name(view.period)}状态", **kept("verdict", list(Filing.VERDICTS)), format_func=Filing.VERDICTS.get
    )
    legend.html(_legend())
    board = read(view, filing_of_year, year=year)
    if verdict:
        fitting = of_verdict(view, verdict)
        board = board[board["submitter"].isin(fitting)]
        if not fitting:
            return
    if st.toggle("只看有退回、未报送、迟报或待说明的成员", key="matrix-faulty"):
        faulty = board.loc[board["late"] | ~board["verdict"].isin(("accepted", "due", "exempt")), "submitter"]
        board = board[board["submitter"].isin(faulty)]
        if board.empty:
            states.empty(f"{year}年各成员均已按时受理。", "关闭上面的开关，查看全部成员", title="没有需要处理的报送")
    for kind, name in KINDS.items():
        part = board[board["kind"] == kind]
        if not part.empty:
            _grid(part, f"{name}（{part['submitter'].nunique()}）", kind, opened)


def of_verdict(view: View, verdict: str) -> list[str]:
    """The members whose filing of the period has the verdict, each with a link to that filing."""
    of_year = read(view, filing_of_year, year=view.period[:4])
    of_period = of_year[of_year["period"] == view.period]
    fitting = of_period[~of_period["in_force"] if verdict == OWING else of_period["verdict"] == verdict]
    month, state = month_name(view.period), Filing.VERDICTS[verdict]
    if fitting.empty:
        states.empty(
            f"{month}没有“{state}”的成员。", "把状态改为“全部成员”查看各月报送情况", title="没有符合条件的成员"
        )
        return []
    st.markdown(f"**{month}{state}：{len(fitting)}家**")
    ways = [(Filing(part="detail", member=row.submitter), row.short_name) for row in fitting.itertuples()]
    links(view, *ways)
    return fitting["submitter"].tolist()


def _legend() -> str:
    items = "".join(f'<span class="key key-{state}">{SYMBOLS[state]} {escape(words)}</span>' for state, words in LEGEND)
    return f'<div class="keys">{items}<span class="key">“迟报”：首次报送晚于截止时间；点选一格查看明细</span></div>'


@once
def _wide(part: pd.DataFrame) -> pd.DataFrame:
    """A row a member, a column a period: what the cell says."""
    shown = pd.DataFrame(
        {
            "name": part["short_name"],
            "submitter": part["submitter"],
            "period": part["period"],
            "cell": [cell(*row) for row in part[["verdict", "late", "history"]].itertuples(index=False, name=None)],
        }
    )
    return shown.pivot(index=["submitter", "name"], columns="period", values="cell").fillna("").reset_index()


def _grid(part: pd.DataFrame, title: str, kind: str, opened: Callable[[str, str], None]) -> None:
    wide = _wide(part)
    periods = [name for name in wide.columns if name not in ("submitter", "name")]
    key = f"matrix-{kind}"

    def choose() -> None:
        selection = st.session_state[key].selection
        for row, column in selection.cells:
            opened(wide.iloc[row]["submitter"], column if column in periods else periods[-1])

    columns = {"name": tables.text(title, pinned=True, width=150)}
    columns |= {period: tables.text(f"{int(period[5:])}月", width=76) for period in periods}
    on_paper.table(wide, columns, f"{title}各月报送情况")
    st.dataframe(
        wide[["name", *periods]].style.map(_colour, subset=periods, colours=COLOURS[st.context.theme.type or "light"]),
        column_config=columns,
        hide_index=True,
        key=key,
        height=ROW * (len(wide) + 1) + 3,
        row_height=ROW,
        on_select=choose,
        selection_mode="single-cell",
        alt=f"{title}各月报送情况",
    )
    button(Exhibit(f"{title}各月报送情况", wide[["name", *periods]], columns), key)


def _colour(text: str, colours: Mapping[str, str]) -> str:
    if not text:
        return ""
    return colours["questions" if text.endswith(LATE) else STATE_OF[text[0]]]
