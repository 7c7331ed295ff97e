"""The scorecards on the screen: items with their limits and weights, of the day on which a card begins."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from contract.wording import KINDS
from metrics.queries.evaluation.policy import card_history
from pages.results.policy.parameters import amount, persons
from pages.shared import downloads
from pages.shared.format import unit_name
from pages.shared.in_url import kept, segments
from pages.shared.sheets import sheet
from pages.shell.data import read
from pages.shell.view import View

CARD_HEADS = ("主题", "评分项", "来源指标", "权重", "零分值", "满分值", "最低样本")
CARD_EXPORT = {
    "kind_name": "类别", "theme": "主题", "item": "评分项", "name": "名称", "unit": "单位", "source": "来源指标",
    "weight": "权重", "floor": "零分值", "full": "满分值", "min_whole": "最低样本", "effective_from": "生效日期",
    "effective_to": "至（不含）", "document_no": "文号", "reason": "事由", "proposer": "提议", "approver": "批准",
}  # fmt: skip


def scorecards(view: View) -> None:
    """The scorecard of a kind, of the day chosen among those on which one begins."""
    kind = segments("类别", "kind", KINDS)
    frame = read(view, card_history)
    own = frame[frame["kind"] == kind]
    starts = [f"{moment:%Y-%m-%d}" for moment in own["effective_from"].drop_duplicates()]
    present = [f"{moment:%Y-%m-%d}" for moment in own.loc[own["standing"] == "present", "effective_from"]]
    if len(starts) > 1:
        labels = {start: f"{start}起{'（现行）' if start in present else ''}" for start in starts}
        start = st.selectbox("评分表", **kept("since", starts, present[0]), format_func=labels.get, width=240)
        own = own[own["effective_from"] == pd.Timestamp(start)]
    first = own.iloc[0]
    stated = f"{first['document_no']}，{persons(first)}"
    st.html(f'<p class="quiet">{KINDS[kind]}评分表，{len(own)}项，权重合计100；{stated}</p>')
    rows = [
        (
            escape(row.theme) if fresh else "",
            f"{escape(row.name_)}<small>{escape(unit_name(row.unit))}</small>",
            escape(row.source),
            *(amount(value) or "—" for value in (row.weight, row.floor, row.full, row.min_whole)),
        )
        for row, fresh in zip(
            own.rename(columns={"name": "name_"}).itertuples(),
            own["theme"].ne(own["theme"].shift()),
            strict=True,
        )
    ]
    st.html(f'<div class="scroll">{sheet(CARD_HEADS, rows, figures=range(3, 7), style="scorecard")}</div>')
    st.caption(
        "单项得分＝（本期值－零分值）÷（满分值－零分值）×100，限于0至100；零分值大于满分值的，越低越好；分母少于最低样本的不适用。"
        "要改动评分表，请在“参数试算”中改好、看过以往各轮次的结果，再提出采用。"
    )
    named = frame.assign(kind_name=frame["kind"].map(KINDS))
    downloads.buttons(view, named, CARD_EXPORT, name="评分表", key="cards")
