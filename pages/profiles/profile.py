"""What the profiles of a bank and of a district have in common: whom they show, and their sections in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from contract.viewer import may_see
from contract.wording import month_name
from metrics.explaining.absence import NOT_TAKEN
from metrics.queries.figures.values import headlines
from metrics.queries.filing.board import filing_of
from pages.profiles.peers import among_peers
from pages.profiles.record import decided, filings, warnings
from pages.profiles.score import score
from pages.profiles.structure import structure
from pages.shared import cards, targets, wording
from pages.shared.in_url import kept
from pages.shared.series import trend
from pages.shell import url
from pages.shell.data import read
from pages.shell.links import link
from pages.shell.moments import day
from pages.shell.plain import plain
from pages.shell.selections import Filing
from pages.shell.view import View


def choose(view: View, kind: str, names: Mapping[str, str], label: str) -> str:
    """The member to show: the viewer's own, else one chosen by name, kept in the URL; says so where that names one who
    is not there."""
    asked = url.asked(kind)
    chosen = st.selectbox(label, **kept(kind, list(names)), format_func=names.get, width=360)
    if asked not in ("", *names):
        st.caption(plain(f"网址所指的一项不在名单上或不在查看范围，以下为{names[chosen]}。"))
    return chosen


def identity(member: pd.Series | None, name: str, code: str, group: str) -> None:
    """Name, group, state and since when; for a unit that is no pilot, that it is none."""
    known = member is not None
    state = wording.tag(member["state"], wording.STATES) if known else '<span class="tag tag-quiet">非试点地区</span>'
    since = "只有贷款数据，不报送地区表"
    if known:
        since = f"{day(member['admitted_on'])}纳入名单，现状态自{day(member['since'])}起"
    st.html(
        f'<div class="identity"><b>{escape(name)}</b>{state}'
        f"<span>{escape(group)}　{escape(code)}　{escape(since)}</span></div>"
    )


def figures(view: View, scope: str, entity: str, codes: Sequence[str]) -> None:
    """Its figures as cards, then their course and what its loans are made of."""
    shown = read(view, headlines, period=view.period, indicators=tuple(codes), scope=scope, entity=entity)
    cards.figure_row(view, shown, absent=absent(view, entity))
    st.header("走势与结构")
    left, right = st.columns([11, 9])
    with left:
        trend.balance_and_growth(view, scope, entity)
    with right:
        structure(view, scope, entity)


def absent(view: View, code: str) -> str:
    """Why a member has no figures of its own for the period: said above them, and given to stand in their place; empty
    where a version is in force, or the viewer knows nothing of filings."""
    if not may_see(view.viewer, "filing"):
        return ""
    filed = read(view, filing_of, submitter=code, period=view.period)
    if filed is None or filed["in_force"]:
        return ""
    why = NOT_TAKEN[filed["verdict"]]
    st.html(f'<p class="case">{month_name(view.period)}报送{escape(why)}，本期没有计入的数据。</p>')
    link(view, Filing(part="detail", member=code), "查看报送明细")
    return why


def member(view: View, scope: str, code: str, compared: Sequence[str]) -> None:
    """What there is of a member alone: targets, peers, score, warnings, filings, decisions."""
    targets.section(view, scope, code)
    among_peers(view, compared, scope, code)
    score(view, code)
    warnings(view, code)
    filings(view, code)
    decided(view, code)
