"""Released issues as whoever receives them sees them: the files as released, and the text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from briefing.issued.making import drafted, part_names
from casework.issues.passing import file_of
from contract.errors import SnapshotError
from contract.settings import home
from contract.wording import month_name
from ledger.issues import Issue
from pages.results.monthly.issue import FORMATS, files, preview
from pages.shared import downloads
from pages.shell import states
from pages.shell.moments import day
from pages.shell.view import View


def released(view: View, issues: Sequence[Issue]) -> None:
    """The period's released issues, the latest in full."""
    if not issues:
        month = month_name(view.period)
        states.empty(f"{month}的监管月报发布后，可在此查看和下载。", "在左侧可选择其他报告期", title="本期月报尚未发布")
        return
    for issue in issues:
        st.html(f'<h3 class="case">{escape(issue.name)}（{month_name(issue.period)}）</h3>')
        st.caption(f"{day(issue.released.at)}发布，数据版本第{issue.snapshot}版")
        released_files(view, issue)
    full_text(issues[0])


def released_files(view: View, issue: Issue) -> None:
    """A button a file, which gives the bytes as they were released."""
    with st.container(horizontal=True, gap="small"):
        for kind, (label, mime) in FORMATS.items():
            name = next((paper.name for paper in issue.files if paper.name.endswith(f".{kind}")), "")
            if name:
                downloads.button(
                    label,
                    lambda kind=kind: file_of(view.viewer, home(), issue.id, kind),
                    name,
                    key=f"issue-{issue.id}-{kind}",
                    mime=mime,
                    type="primary" if kind == "docx" else "secondary",
                )


def full_text(issue: Issue) -> None:
    """The text of an issue, as long as its data version is kept; after that the files say it.

    A draft's files stand above it, to be worked on elsewhere; those of a released issue are with the issue.
    """
    try:
        made = drafted(home(), issue)
    except SnapshotError:
        kept = "发布的文件照旧可以下载" if issue.files else "改过的文字见办理经过"
        st.caption(f"数据版本第{issue.snapshot}版已清理，不再显示全文；{kept}。")
        return
    if not issue.files:
        files(made, f"监管月报_{part_names()[issue.part]}_{month_name(issue.period)}_{issue.name}")
    preview(made)
