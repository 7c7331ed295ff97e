"""One member's filing for one period: where it stands, and of the version chosen all there is."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from casework.filing.answering import findings_by_now
from contract.settings import home
from contract.viewer import may_see
from contract.wording import month_name
from metrics.queries.filing.board import filing_of
from metrics.queries.filing.versions import submissions
from pages.shared import wording
from pages.shared.in_url import kept
from pages.shell import states
from pages.shell.data import read
from pages.shell.links import link, links
from pages.shell.plain import plain
from pages.shell.selections import Evaluation, Followups, Roster, Warnings, profile
from pages.shell.view import View
from pages.supervision.filing.answering import answering
from pages.supervision.filing.findings import result_of_checks
from pages.supervision.filing.side_by_side import versions_beside
from pages.supervision.filing.version import facts, forms_brought, seal_button
from pages.supervision.filing.wording import by_now, standing_of, version_step


def detail(view: View, member: pd.Series, period: str) -> None:
    """The filing of a member for a period: state, versions, findings, files."""
    st.subheader(plain(f"{member['name']} · {month_name(period)}"))
    code, kind = member["code"], member["kind"]
    ways = [(profile(kind, code), "成员画像"), (Evaluation(kind=kind, member=code), "评分表")]
    if view.viewer.bureau:
        ways += [(Warnings(subject=code), "预警线索"), (Roster(part="history", member=code), "名单经历")]
    links(view, *ways)
    row = read(view, filing_of, submitter=member["code"], period=period)
    if row is None:
        states.empty(f"{member['short_name']}在{month_name(period)}不在名单上，没有报送任务。", "请另选报告期")
        return
    versions = read(view, submissions, submitter=member["code"], period=period)
    if versions.empty:
        tone, text = version_step(pd.Series({"submission_id": None, "in_force": True}), row)
        st.html(_standing(tone, _tag(row["verdict"], row), text))
        return
    version = choose_version(versions)
    findings = findings_by_now(view.viewer, view.snapshot, home(), int(version["submission_id"]))
    tone, text = version_step(
        version, by_now(row, findings) if version["submission_id"] == row["submission_id"] else row
    )
    st.html(
        _standing(tone, _tag(version["verdict"], row), text)
        + facts(version, row)
        + forms_brought(view, int(version["submission_id"]))
    )
    seal_button(view, version)
    result_of_checks(view, version, findings, f"{member['short_name']}_{period}_第{version['version']}版")
    if not findings.empty and (version["in_force"] or version["version"] == row["versions"]):
        st.html('<h3 class="case">说明与异议</h3>')
        answering(view, findings, key="answering")
        unanswered = findings[findings["is_open"]]
        if may_see(view.viewer, "follow_up") and not unanswered.empty:
            about = f"{code}/{period}/{unanswered['key'].iat[0]}"
            link(view, Followups(source="finding", about=about), "就所提问题交办督办")
    versions_beside(view, versions, version)


def choose_version(versions: pd.DataFrame) -> pd.Series:
    """One version by hand where there are several, the latest else."""
    by_number = versions.set_index(versions["version"].astype(str))
    if len(by_number) == 1:
        return by_number.iloc[0]
    chosen = st.segmented_control(
        "版本",
        **kept("version", by_number.index.tolist()),
        required=True,
        format_func=lambda number: f"第{number}版 {wording.VERDICTS[by_number.loc[number, 'verdict']]}",
    )
    return by_number.loc[chosen]


def _tag(verdict: str, row: pd.Series) -> str:
    """The state of a version as a coloured word; with 迟报 where the first version came late."""
    return wording.tag(verdict, {verdict: replace(standing_of(row), verdict=verdict).state})


def _standing(tone: str, tag: str, text: str) -> str:
    return f'<div class="standing standing-{tone}">{tag}<span>{escape(text)}</span></div>'
