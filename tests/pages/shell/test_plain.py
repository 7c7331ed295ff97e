"""Words from outside are text wherever the framework reads markup: in what is sent, and in the code that sends it."""

from __future__ import annotations

import ast
import re
from html import escape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from contract.settings import PROJECT
from contract.unseen import without_unseen
from pages.shell.plain import JOINER, plain

# All kinds of markup that a name may hold, each as the framework or its browser side would take it.
KINDS = {
    "link": "[甲](https://example.test)",
    "address": "https://example.test www.example.test a@example.test",
    "colour": ":red[甲]",
    "badge": ":blue-badge[甲]",
    "icon": ":material/delete:",
    "emoji": ":skull: :+1:",
    "formula": "$x^2$",
    "tag": "<b>甲</b><img src=x onerror=alert(1)>",
    "entity": "&lt;b&gt; &copy;",
    "code": "`甲`",
    "strong": "**甲** __乙__ ~~丙~~",
    "heading": "# 甲",
    "list": "1. 甲",
    "table": "|甲|乙|",
    "arrow": "甲->乙 <- -- >=",
    "formula of a sheet": "=1+1",
    "unseen": "甲\u202e乙\u200b丙\u2066",
    "lines": "甲\n\n- 乙\r\n    丙",
}
ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
WORKING = re.compile(r"[\\`*_{}\[\]<>#~$|^&]|^[-+=]|^\d+[.)]|:(?=[a-z+])|www\.|@\w|->|<-|--|>=", re.IGNORECASE)
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\r\n]")


@pytest.mark.parametrize("kind", KINDS)
def test_no_sign_of_markup_is_left_working(kind):
    sent = plain(KINDS[kind])
    assert not WORKING.search(ESCAPED.sub("　", sent)), sent
    read = ESCAPED.sub(lambda match: match[0][1], sent)  # as text, once signs are read; then addresses and icons are
    assert not re.search(r":(?=[a-z+/-])|www\.|@\w|->|<-|--|>=|https?://", read, re.IGNORECASE), sent
    assert not UNSEEN.search(sent)


def test_a_reader_sees_what_was_written():
    for kind, words in KINDS.items():
        read = ESCAPED.sub(lambda match: match[0][1], plain(words)).replace(JOINER, "")
        assert read == " ".join(UNSEEN.sub(lambda sign: " " if sign[0] in "\r\n" else "", words).split()), kind
    assert (
        plain("演示银行（B001）2026年第7号 2026-10_B001.xlsx 10:30")
        == "演示银行（B001）2026年第7号 2026-10\\_B001.xlsx 10:30"
    )


# --- the code: what comes from outside by its name is never given to the framework as it is ---

MARKED = {
    "caption", "markdown", "write", "title", "header", "subheader", "info", "success", "warning", "error", "toast",
    "expander", "popover", "button", "download_button", "link_button", "checkbox", "toggle", "radio", "metric", "badge",
    "status", "spinner", "text_input", "text_area", "selectbox", "multiselect", "pills", "segmented_control", "tabs",
}  # fmt: skip
# Attributes and columns that hold what was entered or reported.
OUTSIDE = {
    "name", "short_name", "member_name", "bank_name", "borrower_name", "title", "note", "reason", "text", "detail",
    "file_name", "summary", "document_no", "doc_no", "said", "words", "failure", "what", "to", "by", "message",
}  # fmt: skip
# Whose such attributes are declared in `data/` or the code.
DECLARED = {
    "declared", "indicator", "entry", "step", "stop", "kind", "section", "column", "rule", "task", "group",
    "relation", "steps",
}  # fmt: skip
SAFE = {"plain", "refused", "escape", "number", "month_name", "day", "minute", "len"}


def given(node: ast.AST) -> list[ast.AST]:
    """What a value is put together from, without what a safe function makes of it."""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return [] if called in SAFE else [node]
    if isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.FormattedValue | ast.BoolOp):
        return [part for child in ast.iter_child_nodes(node) for part in given(child)]
    return [node]


def from_outside(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in OUTSIDE
    if isinstance(node, ast.Attribute):
        base = node.value.value if isinstance(node.value, ast.Subscript) else node.value
        base = base.func if isinstance(base, ast.Call) else base
        called = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        return node.attr in OUTSIDE and called not in DECLARED
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"


def raw(path: Path) -> list[str]:
    """Calls of the framework in a file that are given such words as they are."""
    return [
        f"{path.relative_to(PROJECT)}:{call.lineno}"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in MARKED
        and getattr(call.func.value, "id", "") != "downloads"  # whose button takes its label so itself
        for argument in call.args[:1]
        if any(from_outside(part) for part in given(argument))
    ]


def test_what_comes_from_outside_is_given_to_the_framework_as_plain_words():
    assert [line for path in sorted((PROJECT / "pages").rglob("*.py")) for line in raw(path)] == []


def test_the_search_finds_what_it_looks_for(tmp_path):
    page = PROJECT / "pages" / "tasks" / "records.py"
    spoilt = page.read_text(encoding="utf-8").replace("plain(subject.name)", "subject.name")
    tree = ast.parse(spoilt)
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in MARKED]
    assert any(from_outside(part) for call in calls for argument in call.args[:1] for part in given(argument))


# --- what is sent, of the waiting strip and of what an act says ---

STRIP = """
import streamlit as st
from contract.viewer import Viewer
from metrics.queries.work.waiting import Waiting
from pages.overview import waiting
from pages.shared import acts
from pages.shell.view import View

view = View(Viewer("a", "甲", "analyst"), None, "2026-10", ())
acts.said(view.viewer)
waiting.waiting_strip(view, (Waiting("missing", 1, st.session_state.name),))
"""


def test_a_members_name_is_text_in_the_waiting_strip_and_in_what_an_act_says():
    page = AppTest.from_string(STRIP)
    page.session_state["name"] = " ".join(KINDS.values())
    page.session_state["act_said"] = f"{KINDS['link']}已登记"
    page.run()
    assert not page.exception
    (told,) = [element.value for element in page.success]
    assert not WORKING.search(ESCAPED.sub("　", told))
    (strip,) = [element.proto.body for element in page.get("html")]
    assert f"<small>{escape(without_unseen(page.session_state['name']))}</small>" in strip
