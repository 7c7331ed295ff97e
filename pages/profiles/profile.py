"""The sections that the profiles of a bank and of a district share: who it is, peers, filings, score, decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from contract.viewer import may_see
from contract.wording import NO_VALUE, month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.evaluation.scores import score_items, scores
from metrics.queries.figures.comparison import peers
from metrics.queries.filing.board import filing
from metrics.queries.members.roster import decisions
from metrics.queries.members.trigger_cases import triggers
from metrics.warnings.rules import rule_of
from pages.shared import charts, states, tables
from pages.shared.filing_words import due_at
from pages.shared.format import Measure, day, measure, number, shown
from pages.shell import navigation
from pages.shell.data import read
from pages.shell.session import PERIOD, View, choice, keep_choice

RECENT_FILINGS = 12


def choose(view: View, kind: str, names: Mapping[str, str], label: str) -> str:
    """The member to show: the viewer's own, else one chosen by name, kept in the URL."""
    codes = list(names)
    code = st.selectbox(
        label, codes, index=codes.index(choice(kind, codes)), format_func=names.get, key=f"profile-{kind}", width=360
    )
    keep_choice(kind, code)
    return code


def identity(member: pd.Series | None, name: str, code: str, group: str) -> None:
    """Name, group, state and since when; for a unit that is no pilot, that it is none."""
    known = member is not None
    state = tables.tag(member["state"], tables.STATES) if known else '<span class="tag tag-quiet">非试点地区</span>'
    since = "只有贷款数据，不报送地区表"
    if known:
        since = f"{day(member['admitted_on'])}纳入名单，现状态自{day(member['since'])}起"
    st.html(
        f'<div class="identity"><b>{escape(name)}</b>{state}'
        f"<span>{escape(group)}　{escape(code)}　{escape(since)}</span></div>"
    )


def among_peers(view: View, codes: Sequence[str], scope: str, entity: str) -> None:
    """Where the member stands among all and in its group, an indicator a row; no peer is named."""
    if not may_see(view.viewer, "peers"):
        return
    st.header("同组比较")
    found = read(view, peers, period=view.period, indicators=tuple(codes), scope=scope, entity=entity)
    if found.empty:
        states.empty("本期没有可比较的数据。", "在“数据报送”页面查看本期报送情况")
        return
    frame = pd.DataFrame([peer_row(row, measured(row.indicator, scope)) for row in found.itertuples()])
    st.caption(
        "名次按好的方向排列，并列的名次相同；百分位越高越好。名次带*的，家数较少；家数过少的，只列家数和区间。"
        "家数较多时列出截尾均值，即去掉最低和最高的少数几家后的平均。"
    )
    tables.sheet(
        frame,
        {
            "name": tables.text("指标", width="medium"),
            "value": tables.text("本期", alignment="right"),
            "rank": tables.text("全部名次", alignment="right"),
            "trimmed": tables.text("全部截尾均值", alignment="right"),
            "percentile": st.column_config.ProgressColumn("全部百分位", format="%.1f", min_value=0, max_value=100),
            "group_rank": tables.text("同组名次", alignment="right"),
            "range": tables.text("同组区间", alignment="right"),
            "median": tables.text("同组中位数", alignment="right"),
        },
        key=f"peers-{scope}",
        about="同组比较",
        height=tables.tall(len(frame), 20),
    )


def measured(code: str, scope: str) -> Measure:
    declared = indicator(code)
    return measure(declared.unit, scope, declared.decimals)


def peer_row(row: object, how: Measure) -> dict[str, object]:
    """One indicator's line of the peer table."""
    return {
        "name": f"{indicator(row.indicator).name}({how.unit})",
        "value": shown(row.value, how),
        "rank": standing(row.rank, row.peers, row.ranked, row.small, row.range_only),
        "trimmed": shown(row.trimmed_mean, how),
        "percentile": row.percentile if row.ranked and not row.range_only else None,
        "group_rank": standing(row.group_rank, row.group_peers, row.ranked, row.group_small, row.group_range_only),
        "range": f"{shown(row.group_lowest, how)} ~ {shown(row.group_highest, how)}",
        "median": NO_VALUE if row.group_range_only else shown(row.group_median, how),
    }


def standing(rank: int, others: int, ranked: bool, small: bool, range_only: bool) -> str:
    """`3/8*`: the place among peers; only their number where they are too few for places, a star where few."""
    if range_only:
        return f"{others}家"
    return (f"{rank}/{others}" if ranked else f"{others}家") + ("*" if small else "")


def filings(view: View, submitter: str) -> None:
    """The last year's filings, a row a period."""
    if not may_see(view.viewer, "filing"):
        return
    st.header("报送情况")
    found = read(view, filing, submitter=submitter)
    frame = found[found["period"] <= view.period].sort_values("period", ascending=False).head(RECENT_FILINGS)
    frame = frame.assign(
        verdict=frame["verdict"].map(tables.VERDICTS),
        period=frame["period"].map(month_name),
        deadline=frame["deadline"].map(due_at, na_action="ignore"),
    )
    tables.sheet(
        frame,
        {
            "period": tables.text("报送期"),
            "verdict": tables.text("状态"),
            "first_received_at": st.column_config.DatetimeColumn("首次收到", format="YYYY-MM-DD HH:mm"),
            "deadline": tables.text("截止时间"),
            "on_time": st.column_config.CheckboxColumn("按时"),
            "versions": tables.figure("版本数"),
            "returned": tables.figure("退回次数"),
            **{f"{level.lower()}_count": tables.figure(name) for level, name in tables.CHECK_LEVELS.items()},
        },
        key=f"filings-{submitter}",
        about="报送情况",
        height=tables.tall(len(frame), RECENT_FILINGS),
    )


def score(view: View, subject: str) -> None:
    """The score over time and what it is made of at this period."""
    if not may_see(view.viewer, "scores"):
        return
    st.header("评价")
    found = read(view, scores, subject=subject)
    found = found[found["period"] <= view.period].astype({"total": float})
    now = found[found["period"] == view.period]
    if now.empty and not view.viewer.bureau:
        disclosed = "、".join(month_name(period) for period in found["period"][::-1]) or "暂无"
        states.empty(
            f"本单位的评分表在轮次进入“反馈异议”后开放，可查看的轮次：{disclosed}。", title="本期评价未向本单位开放"
        )
        return
    if now.empty or now["total"].isna().all():
        reason = now["unscored_reason"].iat[0] if len(now) else "本期不在名单上"
        states.empty(f"{month_name(view.period)}未评：{reason}。", title="本期未评")
        return
    left, right = st.columns([4, 7])
    with left:
        charts.show(
            score_course(found),
            score_title(now.iloc[0]),
            "监测分，满分100；季末为评价轮次，12月为年度评价",
            found,
            {
                "period": tables.text("报告期"),
                "total": tables.figure("得分", 2),
                "rank": tables.figure("名次"),
                "group_rank": tables.figure("同组名次"),
                "grade": tables.text("等级"),
                "bonus": tables.figure("加分", 2),
                "deduction": tables.figure("扣分", 2),
            },
            key=f"score-{subject}",
        )
    with right:
        items(read(view, score_items, period=view.period, subject=subject))


def score_title(now: pd.Series) -> str:
    """`监测分81.20，在29家中居前35%`."""
    said = f"{month_name(now['period'])}监测分{number(now['total'], 2)}"
    return f"{said}，百分位{number(now['percentile'], 1)}（{now['peers']}家）" if pd.notna(now["percentile"]) else said


def score_course(found: pd.DataFrame) -> go.Figure:
    totals = [None if pd.isna(total) else total for total in found["total"]]
    figure = charts.line_chart(found["period"].tolist(), {"得分": totals}, 2, "分", height=300)
    figure.update_yaxes(range=[0, 100])
    return figure


def items(frame: pd.DataFrame) -> None:
    """A row an item: value between floor and full, weight, points."""
    frame = frame.assign(reason=frame["reason"].fillna(""), name=frame["name"].fillna(frame["item"]))
    tables.sheet(
        frame,
        {
            "theme": tables.text("主题"),
            "name": tables.text("指标", width="medium"),
            "value": tables.figure("本期值", 2, width="small"),
            "item_score": st.column_config.ProgressColumn("项目得分", format="%.1f", min_value=0, max_value=100),
            "floor": tables.figure("零分线", 0, width="small"),
            "full": tables.figure("满分线", 0, width="small"),
            "effective_weight": tables.figure("实际权重", 2, width="small"),
            "reason": tables.text("不适用原因"),
        },
        key="score-items",
        about="评价项目",
        height=tables.tall(len(frame), 12),
    )


def warnings(view: View, subject: str) -> None:
    """Triggers open at this period."""
    if not may_see(view.viewer, "triggers"):
        return
    st.header("预警线索")
    frame = read(view, triggers, periods=(view.period,), subject=subject)
    if frame.empty:
        states.empty(f"{month_name(view.period)}没有未了结的预警线索。", title="无预警线索")
        return
    frame = frame.assign(
        rule_name=[rule_of(rule).name for rule in frame["rule"]],
        level=frame["level"].map(tables.LEVELS),
        since=frame["since"].map(month_name),
    )
    tables.sheet(
        frame,
        {
            "rule_name": tables.text("规则"),
            "level": tables.text("级别"),
            "since": tables.text("起始期"),
            "value": tables.figure("本期值", 2),
            "threshold": tables.figure("界线", 2),
            "id": tables.text("线索编号"),
        },
        key=f"triggers-{subject}",
        about="预警线索",
    )
    if navigation.WARNINGS.open_to(view.viewer):
        st.page_link(
            navigation.WARNINGS.file,
            label="查看依据",
            icon=navigation.WARNINGS.icon,
            query_params={PERIOD: view.period},
        )


def decided(view: View, subject: str) -> None:
    """Decisions on the member, the latest first."""
    if not may_see(view.viewer, "decisions"):
        return
    st.header("名单决定")
    frame = read(view, decisions, subject=subject)
    frame = frame.assign(kind=frame["kind"].map(tables.DECISIONS), status=frame["status"].map(tables.DECISION_STATUS))
    tables.sheet(
        frame,
        {
            "effective_on": st.column_config.DateColumn("生效日", format="YYYY-MM-DD"),
            "kind": tables.text("事项"),
            "status": tables.text("状态"),
            "batch": tables.text("批次"),
            "document_no": tables.text("文号"),
            "reason": tables.text("理由", width="large"),
            "proposer": tables.text("提出"),
            "approver": tables.text("复核"),
        },
        key=f"decisions-{subject}",
        about="名单决定",
    )
