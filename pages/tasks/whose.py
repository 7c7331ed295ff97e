"""Whom a task page is turned to: the city, a group, a member; kept in the URL."""

from __future__ import annotations

import streamlit as st

from contract.wording import KINDS
from metrics.queries.tasks.reach import Subject, subjects
from pages.shared.in_url import kept
from pages.shell import url
from pages.shell.data import read
from pages.shell.view import View

WHOSE = "of"  # the choice in the URL
SORTS = {"city": "", "bank_type": "机构类别", **KINDS}


def address(scope: str, entity: str) -> str:
    return f"{scope}-{entity}"


def choose(view: View) -> Subject:
    """The subject, from the URL or by hand."""
    found = {address(one.scope, one.entity): one for one in read(view, subjects, period=view.period)}
    chosen = st.selectbox("查看对象", **kept(WHOSE, list(found)), format_func=lambda code: called(found[code]))
    return found[chosen]


def called(subject: Subject) -> str:
    """`演示国有银行01（试点机构）`, 试点合计."""
    sort = SORTS[subject.scope]
    return f"{subject.name}（{sort}）" if sort else subject.name


def turn_to(scope: str, entity: str) -> None:
    """Turns the page to another subject."""
    url.keep(WHOSE, address(scope, entity))
    st.rerun()
