"""What was done about an issue: each edit from what to what, by whom and when; sendings; what a correction changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from briefing.issue.content import Said, Section, flat
from briefing.issued.making import declared
from briefing.issued.told import changed_sentences, differences
from casework.issues.drafts import version_of
from contract.errors import PilotError
from contract.month_work import work_codes
from contract.settings import home
from ledger.archive import fetch
from ledger.issues import ACTS, Issue, Turn
from pages.shared.sheets import sheet
from pages.shell.moments import day, minute
from pages.shell.session import person
from pages.shell.view import View


def history(view: View, issue: Issue, issues: Sequence[Issue]) -> None:
    """Turns, sendings, differences of a correction, hashes."""
    st.html('<h2 class="issue">办理经过</h2>')
    places = _places(issue)
    rows = [
        [
            escape(minute(turn.at)),
            ACTS[turn.kind],
            escape(person(turn.by)),
            escape(places.get(turn.where, turn.where)),
            *map(escape, _said(turn)),
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


def _places(issue: Issue) -> dict[str, str]:
    """Id of a paragraph → the heading above it, as long as the data version is kept."""
    try:
        document = declared(home(), issue, version_of(home(), issue))
    except PilotError:
        return {}
    sections = [block for block in flat(document.sections) if isinstance(block, Section)]
    return {said.id: section.heading for section in sections for said in section.blocks if isinstance(said, Said)}


def _said(turn: Turn) -> tuple[str, str]:
    """From what to what: of a paragraph the sentences that changed."""
    if turn.kind == "issue_edit":
        return changed_sentences(turn.before, turn.after)
    return turn.before, turn.after or turn.text


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], style: str = "") -> None:
    st.html(f'<div class="scroll issue-table">{sheet(heads, rows, style=style)}</div>')
