"""One member's scorecard: every item from value to points, what does not apply and why, what moved it."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from contract.parameters import DEMONSTRATION
from contract.wording import month_name
from metrics.queries.evaluation.scorecard import movements, scorecard, themes
from pages.shared import charts, downloads, tables
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind
from pages.shared.format import Measure, is_absent, measure, number, shown, signed
from pages.shell.data import read
from pages.shell.links import anchor
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.view import View
from pages.supervision.evaluation.ranking import before_named

HEADS = (
    "主题与评分项",
    "本期值",
    "零分→满分",
    "权重",
    "实际权重",
    "单项得分",
    "得分",
    "再进一单位",
    "上轮值",
    "较上轮",
)
EXPORT = {
    "theme": "主题",
    "item": "评分项",
    "name": "名称",
    "unit": "单位",
    "value": "本期值",
    "whole": "分母",
    "min_whole": "最低样本",
    "floor": "零分值",
    "full": "满分值",
    "weight": "权重",
    "effective_weight": "实际权重",
    "item_score": "单项得分",
    "points": "得分",
    "unit_more": "再进一单位可得",
    "reason": "说明",
    "value_before": "上轮值",
    "points_before": "上轮得分",
    "moved": "较上轮（分）",
    "computed_value": "计算值（异议更正前）",
    "self_value": "自评值",
    "self_score": "自评得分",
}
METHOD = (
    "单项得分＝（本期值－零分值）÷（满分值－零分值）×100，限于0至100；不适用的评分项，其权重在同主题其他项之间、"
    "整个主题不适用的在其他主题之间按比例分摊，即“实际权重”。“再进一单位”是该项的值向满分方向再进1个单位可得的分，"
    "其他各项不变。"
)
MOST_CAUSES = 8
LABEL_SHARE = 0.45  # of the bars' span, kept free for the figures at their ends


def card(view: View, row: pd.Series) -> None:
    """The scorecard of one member (a row of the ranking) and what moved it."""
    st.subheader(plain(f"{row['name']}评分表 · {month_name(view.period)}"))
    items = read(view, scorecard, period=view.period, subject=row["subject"])
    if is_absent(row["total"]):
        st.html(
            f'<div class="standing standing-warn"><span class="tag tag-warn">未评</span>'
            f"<span>{escape(str(row['unscored_reason']))}，本期不计分、不排位次。</span></div>"
        )
        _vetoed(row)
        return
    _vetoed(row)
    table, moved = st.columns([2, 1])
    with table:
        st.html(_sheet(view, items, row))
        name = f"评分表_{row['short_name']}_{view.period}"
        downloads.buttons(view, items, EXPORT, name=name, key="scorecard")
    with moved:
        _moved(view, items, row)
    st.html(f'<p class="quiet">{escape(METHOD + basis(items))}</p>')


def basis(items: pd.DataFrame) -> str:
    """By what the card's numbers hold: the document of the decision that set it, or none yet."""
    first = items.iloc[0]
    if first["document_no"] == DEMONSTRATION:
        return "零分值、满分值、权重、最低样本均为演示参数，可由监管局调整。"
    return f"零分值、满分值、权重、最低样本按{first['document_no']}，自{day(first['effective_from'])}起。"


def _vetoed(row: pd.Series) -> None:
    """Why the annual round's grade is D whatever the score, where it is."""
    if not is_absent(row["veto"]):
        st.html(
            f'<div class="standing standing-warn"><span class="tag tag-warn">一票否决</span>'
            f"<span>{escape(str(row['veto']))}，年度等级为D不合格，不论得分。</span></div>"
        )


def _sheet(view: View, items: pd.DataFrame, row: pd.Series) -> str:
    theme, lines = "", []
    sums = themes(items).set_index("theme")
    for item in items.to_dict("records"):
        if item["theme"] != theme:
            theme = item["theme"]
            lines.append(_theme(theme, sums.loc[theme]))
        lines.append(_line(view, item, row))
    lines += [
        _sum("各项得分合计", number(items["points"].sum(), 2)),
        _sum("加分（经认可的创新举措）", signed(row["bonus"], 2)),
        _sum("扣分（迟报、未报、截止后退回）", signed(-row["deduction"], 2)),
        _sum("总分", number(row["total"], 2), "total"),
    ]
    heads = "".join(f'<th class="{"" if place == 0 else "n"}">{head}</th>' for place, head in enumerate(HEADS))
    table = f'<table class="sheet scorecard"><thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
    return f'<div class="scroll">{table}</div>'


def _theme(name: str, sums: pd.Series) -> str:
    """A theme's head: its name, its share of the weight, the points that its items brought, what they moved."""
    return (
        f'<tr class="group"><th colspan="4" scope="rowgroup">{escape(name)}</th>'
        f'<td class="n">{number(sums["weight"], 2)}</td><td></td><td class="n"><b>{number(sums["points"], 2)}</b></td>'
        f'<td colspan="2"></td><td class="n">{"—" if is_absent(sums["moved"]) else signed(sums["moved"], 2)}</td></tr>'
    )


def _line(view: View, item: dict, row: pd.Series) -> str:
    how = measure(item["unit"], row["kind"])
    span = f"{number(item['floor'], _places(item['floor']))}→{number(item['full'], _places(item['full']))}"
    figure = behind_figure(view, item["item"], row["kind"], row["subject"])
    name = anchor(view, figure[0][0], item["name"]) if figure else escape(item["name"])
    name += f"<small>{how.unit}</small>"
    before = shown(item["value_before"], how)
    if not item["applicable"]:
        reason = escape(str(item["reason"]))
        if not is_absent(item["min_whole"]) and not is_absent(item["whole"]):
            reason += f"（{number(item['whole'])}，至少{number(item['min_whole'])}）"
        if beside := _beside(item, how):
            reason += f"；{escape(beside)}"
        return (
            f'<tr class="off"><td>{name}</td><td class="n">{shown(item["value"], how)}</td><td class="n">{span}</td>'
            f'<td class="n">{_weight(item["weight"])}</td><td class="n" colspan="4">不适用：{reason}</td>'
            f'<td class="n">{before}</td><td class="n">—</td></tr>'
        )
    remarks = "；".join(filter(None, [_absent_or(item["reason"]), _beside(item, how)]))
    note = f'<small class="note">{escape(remarks)}</small>' if remarks else ""
    share = f'<i class="bar"><b style="width:{float(item["item_score"]):.0f}%"></b></i>'
    moved = signed(item["moved"], 2)
    tone = "good" if moved.startswith("+") else "bad" if moved.startswith("−") else "quiet"
    return (
        f'<tr><td>{name}{note}</td><td class="n">{shown(item["value"], how)}</td><td class="n">{span}</td>'
        f'<td class="n">{_weight(item["weight"])}</td><td class="n">{number(item["effective_weight"], 2)}</td>'
        f'<td class="n">{share}{number(item["item_score"], 1)}</td>'
        f'<td class="n"><b>{number(item["points"], 2)}</b></td><td class="n">{_more(item["unit_more"])}</td>'
        f'<td class="n">{before}</td><td class="n {tone}">{moved}</td></tr>'
    )


def _absent_or(text: object) -> str:
    return "" if is_absent(text) else str(text)


def _beside(item: dict, how: Measure) -> str:
    """What stands beside the value that counts: the computed one where another was entered, and the member's own."""
    said = [] if is_absent(item["computed_value"]) else [f"计算值{shown(item['computed_value'], how)}"]
    said += [] if is_absent(item["self_value"]) else [f"自评值{shown(item['self_value'], how)}"]
    said += [] if is_absent(item["self_score"]) else [f"自评得分{number(item['self_score'], 1)}"]
    return "，".join(said)


def _sum(name: str, text: str, style: str = "") -> str:
    return (
        f'<tr class="sum {style}"><td colspan="6">{name}</td><td class="n"><b>{text}</b></td><td colspan="3"></td></tr>'
    )


def _more(points: object) -> str:
    """What one unit more would bring; nothing where a rule sets the score."""
    return "—" if is_absent(points) else signed(points, 2)


def _places(value: object) -> int:
    """Decimals that a declared limit needs: none for whole numbers."""
    return 0 if float(value) == int(value) else 1


def _weight(value: object) -> str:
    return number(value, _places(value))


def _moved(view: View, items: pd.DataFrame, row: pd.Series) -> None:
    """What the total gained and lost against the round before, the largest causes first."""
    causes = read(view, movements, period=view.period, subject=row["subject"])
    before = before_named(view.period)
    if causes.empty:
        with st.container(border=True):
            charts.heading(f"与{before}比较", "分")
            unscored = is_absent(row["total_before"])
            st.html(f'<p class="quiet">{f"{before}没有可供比较的得分。" if unscored else "各项得分没有变化。"}</p>')
        return
    first = causes.iloc[0]
    change = signed(row["moved"], 2)
    words = "持平" if change[0] not in "+−" else f"{'上升' if change[0] == '+' else '下降'}{change[1:]}分"
    title = f"总分较{before}{words}，变动最大的是{first['name']}（{signed(first['moved'], 2)}分）"
    top = causes.head(MOST_CAUSES)
    figure = charts.bars_chart(
        top["name"].tolist(), top["moved"].tolist(), 2, strong=top.loc[top["moved"] > 0, "name"].tolist(), unit="分"
    )
    figure.update_traces(
        marker_color=[charts.BLUE if value > 0 else charts.GREY for value in top["moved"]],
        text=[signed(value, 2) for value in top["moved"]],
    )
    figure.update_layout(margin={"r": 10})
    low, high = min(0, *top["moved"]), max(0, *top["moved"])
    figure.update_xaxes(range=[low - LABEL_SHARE * (high - low), high + LABEL_SHARE * (high - low)])
    figure.add_vline(x=0, line={"color": charts.MUTED, "width": 1})
    columns = {
        "name": tables.text("原因", width=190),
        "moved": st.column_config.NumberColumn("变动（分）", format="%+.2f", width=74),
    }
    with st.container(border=True):
        about = f"各评分项和加减分对总分变动的贡献，分；列出前{MOST_CAUSES}项"
        codes = dict(zip(items["name"], items["item"], strict=True))
        onward = Behind(
            view, lambda cause: behind_figure(view, codes.get(cause["name"], ""), row["kind"], row["subject"])
        )
        charts.draw(figure, title, about, causes, columns, key="moved", behind=onward)
