"""Every word of the installed Streamlit is in the table of words: in Chinese, or with the reason why nobody sees it."""

from __future__ import annotations

import re

import pytest

from contract.declarations import read_rows
from contract.settings import PROJECT
from pages.gate.server import SCRIPT, SHELL, WORD_COLUMNS, framework_words
from tests.pages.shell.framework_words import ELEMENTS_UNUSED, _without_values, words

ROWS = read_rows(SHELL / "words.csv", *WORD_COLUMNS)


def test_streamlit_brings_no_word_that_the_table_does_not_know():
    known = {row["english"] for row in ROWS}
    assert {text: files for text, files in words().items() if text not in known} == {}


def test_the_reading_of_the_bundle_sees_what_is_known_to_be_there():
    """Words of several elements: were the bundle laid out in another way, the test above would pass on nothing."""
    seen = words()
    assert {"Increment", "Add: {}", "file upload", "Selected Date: {}", "Fullscreen"} <= seen.keys()
    assert len(seen) > 150


@pytest.mark.parametrize(
    ("text", "left"),
    [("Add: ${n}", "Add: {}"), ("${a?`b${c}`:``} files", "{} files"), ("plain", "plain"), ("${a}${b}", "{}{}")],
)
def test_values_in_a_template_become_places(text, left):
    assert _without_values(text) == left


def test_each_row_is_said_in_chinese_or_says_why_nobody_sees_it():
    assert [row for row in ROWS if bool(row["chinese"]) == bool(row["unseen_because"])] == []
    texts = [row["english"] for row in ROWS]
    assert len(texts) == len(set(texts))
    assert [row for row in ROWS if row["chinese"] and row["english"].count("{}") != row["chinese"].count("{}")] == []


def test_what_is_left_out_of_the_bundle_is_drawn_by_no_page():
    calls = re.compile(rf"\bst\.(?:{'|'.join(ELEMENTS_UNUSED.values())})\(")
    pages = [*(PROJECT / "pages").rglob("*.py"), PROJECT / "app.py"]
    assert [path.name for path in pages if calls.search(path.read_text(encoding="utf-8"))] == []


def test_the_script_of_the_page_holds_the_table():
    assert framework_words()["Increment"] == "增加"
    assert '["Increment", "增加"]'.encode() in SCRIPT
