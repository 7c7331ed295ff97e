"""The rule book in words: levels, columns of its table, the facts of a check, and how its level has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from contract.standing import LEVEL_WORDS
from contract.viewer import Viewer
from contract.wording import month_name
from etl.checks.rule_changes import OFF
from pages.shared import tables

LEVELS = LEVEL_WORDS | {OFF: "停用"}
SEARCHED = ("check", "form_name", "headers", "category", "message", "advice", "clause", "clause_text")
COUNTS = {"findings": "发现（处）", "members": "成员（家）"}
EXPORT = {
    "check": "校验编号",
    "level_name": "级别",
    "category": "类别",
    "form_name": "表",
    "headers": "列",
    "message": "问题",
    "advice": "怎么改",
    "clause": "依据",
    "clause_text": "依据内容",
    "rule": "写法",
    "expected": "对照值",
    "span": "适用报送期",
    "document_no": "变更文号",
}


def worded(book: pd.DataFrame) -> pd.DataFrame:
    """The rule book with levels and spans in words."""
    spans = [_span(since, until) for since, until in zip(book["effective_from"], book["effective_to"], strict=True)]
    return book.assign(level_name=book["level"].map(LEVELS), span=spans)


def _span(since: str, until: str) -> str:
    if not since and not until:
        return "各期"
    return f"{month_name(since) if since else '最初'}至{month_name(until) if until else '今后'}"


def matching(book: pd.DataFrame, text: str, level: str, form: str) -> pd.DataFrame:
    """Checks of a level and form (empty = all) whose words hold every word of the text."""
    searched = [" ".join(words).lower() for words in book[list(SEARCHED)].itertuples(index=False, name=None)]
    wanted_words = text.lower().split()
    kept = pd.Series([all(word in said for word in wanted_words) for said in searched], index=book.index, dtype=bool)
    for column, wanted in (("level_name", level), ("form_name", form)):
        if wanted:
            kept &= book[column] == wanted
    return book[kept].reset_index(drop=True)


def columns(viewer: Viewer) -> dict[str, Any]:
    """What the table shows: for the Bureau how often a check failed as well."""
    counts = {name: tables.figure(words, width=84) for name, words in COUNTS.items()} if viewer.bureau else {}
    return {
        "check": tables.text("校验编号", width=105),
        "level_name": tables.text("级别", width=65),
        "form_name": tables.text("表", width=118),
        "headers": tables.text("列", width=112),
        "message": tables.text("问题", width=304),
        **counts,
        "clause": tables.text("依据", width=152),
    }


def export_columns(viewer: Viewer) -> dict[str, str]:
    return EXPORT | (COUNTS if viewer.bureau else {})


def facts(viewer: Viewer, check: Mapping[str, Any]) -> dict[str, str]:
    """What is said of one check beside its message and its SQL."""
    lines = {
        "级别": check["level_name"],
        "类别": check["category"],
        "表": check["form_name"],
        "列": check["headers"] or "—",
        "怎么改": check["advice"],
        "依据": check["clause"],
        "依据内容": check["clause_text"] or "见报送表该列的填报说明",
        "适用报送期": check["span"],
    }
    if viewer.bureau:
        lines |= {"本期发现": f"{check['findings']}处，{check['members']}家"}
    return lines


def history(changes: pd.DataFrame, check: str) -> None:
    """The dated changes of a check, oldest first."""
    made = changes[changes["check_id"] == check]
    if made.empty:
        st.caption("自制定以来没有变更。")
        return
    shown = made.assign(
        since=made["period_from"].map(month_name),
        word=made["level"].map(LEVELS),
        by=made["proposer"] + "、" + made["approver"],
    )
    names = {"since": "起始报送期", "word": "级别", "document_no": "文号", "note": "说明", "by": "提议人、批准人"}
    tables.sheet(shown, {name: tables.text(words) for name, words in names.items()}, key="changes", about="变更记录")
