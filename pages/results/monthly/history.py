"""What was done about an issue: each edit from what to what, by whom and when; sendings; what a correction changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from briefing.issued.told import differences
from contract.month_work import work_codes
from contract.settings import home
from ledger.archive import fetch
from ledger.issues import ACTS, Issue
from pages.shared.sheets import sheet
from pages.shell.moments import day, minute
from pages.shell.session import person
from pages.shell.view import View


def history(view: View, issue: Issue, issues: Sequence[Issue]) -> None:
    """Turns, sendings, differences of a correction, hashes."""
    st.html('<h2 class="issue">办理经过</h2>')
    rows = [
        [
            escape(minute(turn.at)),
            ACTS[turn.kind],
            escape(person(turn.by)),
            escape(turn.where),
            escape(turn.before),
            escape(turn.after or turn.text),
        ]
        for turn in issue.turns
    ]
    _table(("时间", "办理", "经办人", "段落", "原为", "改为／说明"), rows, "issue-turns")
    if issue.sent:
        st.html('<h2 class="issue">分送</h2>')
        means = work_codes("sending_means")
        rows = [
            [day(sent.on), escape(sent.to), escape(means.get(sent.means, sent.means)), escape(person(sent.by))]
            for sent in issue.sent
        ]
        _table(("日期", "收件单位", "方式", "登记人"), rows)
    before = next((each for each in issues if each.id == issue.corrects), None)
    if before and before.content and issue.content:
        st.html('<h2 class="issue">更正内容</h2>')
        contents = [fetch(home().archive, each.content.sha256) for each in (before, issue)]
        told = differences(*contents)
        rows = [[escape(each.where), escape(each.before), escape(each.after)] for each in told]
        _table(("所在", f"{before.name}原文", "更正后"), rows)
    if issue.files:
        st.html('<h2 class="issue">发布的文件</h2>')
        papers = [*issue.files, *([issue.content] if issue.content else [])]
        rows = [[escape(paper.name), f"<code>{paper.sha256}</code>"] for paper in papers]
        _table(("文件", "校验值（SHA-256）"), rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], style: str = "") -> None:
    st.html(f'<div class="scroll issue-table">{sheet(heads, rows, style=style)}</div>')
