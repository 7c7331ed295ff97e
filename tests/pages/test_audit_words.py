"""The audit on the screen: everything that is recorded has its name in Chinese."""

from __future__ import annotations

import re

import pytest

from metrics.queries.detail.kinds import kinds
from metrics.queries.detail.patterns import patterns
from metrics.queries.tasks.declared import task_pages
from pages.system import audit_words

RECORDED = [
    *kinds(), *(f"pattern {code}" for code in patterns()), "firms_named", "firm", "right", "figure", "moving_loans",
    "bank：page-pdf", "free_table：free-table", "intake", "filing", "system", "giving",
    *(one.query for page in task_pages().values() for one in page.sections),
]  # fmt: skip


@pytest.mark.parametrize("what", RECORDED)
def test_what_is_recorded_has_a_name(what):
    assert not re.search("[a-z]", audit_words.what(what)), audit_words.what(what)


def test_what_was_asked_for_is_told_by_the_names_of_columns():
    told = audit_words.selection("entity=B001；period=2026-10；scope=bank；disbursed_on=2026-10-01..2026-10-31")
    assert told == "对象=B001；报告期=2026-10；范围=机构；放款日=2026-10-01..2026-10-31"
    assert audit_words.selection("") == "" and audit_words.selection("使用者=张三") == "使用者=张三"
