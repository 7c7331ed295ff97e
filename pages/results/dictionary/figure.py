"""An indicator's figure of the period, of whom is chosen and kept in the URL: how it comes about, down to the cells."""

from __future__ import annotations

import streamlit as st

from contract.viewer import may_see
from metrics.indicators.catalogue import Indicator
from metrics.queries.figures.free_table import SCOPE_NAMES, Subject, subjects
from pages.shared import explain
from pages.shared.explained_terms import member_names
from pages.shared.in_url import kept
from pages.shell import states, url
from pages.shell.data import read
from pages.shell.view import View

OF, NOBODY = "of", ""


def figure(view: View, declared: Indicator) -> None:
    """The choice of whom, among those whose figures the viewer reaches; then the explanation of that one's."""
    if not may_see(view.viewer, "figures"):
        return
    st.header("本期数的来由")
    known = {one.code: one for one in read(view, subjects, period=view.period) if one.scope in declared.scopes}
    asked = url.asked(OF)
    scope, _, entity = asked.partition("-")
    if asked not in known and view.viewer.bureau and scope in declared.scopes and entity in member_names(view):
        known[asked] = Subject(scope, entity, member_names(view)[entity])  # without figures: the reason is told
    if asked not in ("", *known):
        states.empty(
            f"地址所指的对象没有可供{view.viewer.role_name}查看的{declared.name}。", "在下面另选一个对象",
            title="不能查看这个数",
        )  # fmt: skip
    names = {NOBODY: "不看具体对象"} | {code: called(one) for code, one in known.items()}
    chosen = st.selectbox("查看哪个对象的数", **kept(OF, list(names)), format_func=names.get, width=420)
    if chosen:
        explain.told(view, declared.code, known[chosen].scope, known[chosen].entity, defined=True)


def called(subject: Subject) -> str:
    return subject.name if subject.scope == "city" else f"{subject.name}（{SCOPE_NAMES[subject.scope]}）"
