"""What each trigger rule means, with the numbers in force and the levels it can reach."""

from __future__ import annotations

from html import escape

import streamlit as st

from metrics.queries.members.trigger_cases import rules_in_force
from metrics.warnings.rules import Rule
from pages.shared import wording
from pages.shared.sheets import sheet
from pages.shell import url
from pages.shell.data import read
from pages.shell.links import link
from pages.shell.selections import Warnings
from pages.shell.view import View
from pages.supervision.warnings.wording import CADENCES, SUBJECTS


def reachable(rule: Rule) -> str:
    """The levels that a rule can reach, each once."""
    return "、".join(dict.fromkeys(wording.LEVELS[level.level] for level in rule.levels))


def rules_table(view: View) -> None:
    """What each rule means, with the numbers in force."""
    asked = url.selected(Warnings)
    in_force = read(view, rules_in_force, period=view.period)
    one = [(rule, text) for rule, text in in_force if rule.id == asked.rule]
    if one:
        link(view, Warnings(part="rules"), "查看全部预警规则")
    rows = [
        (
            f"<b>{escape(rule.name)}</b>",
            SUBJECTS[rule.subject],
            CADENCES[rule.cadence],
            escape(text),
            reachable(rule),
        )
        for rule, text in one or in_force
    ]
    st.html(sheet(("规则", "对象", "判断时点", "触发条件", "可达级别"), rows, style="rules"))
    st.caption("条件中的数值为政策参数，文号见“评价参数”。适应期内、户数或余额较小的，有关规则只作提示。")
