"""The search box: what is looked through, source by source, and the links that it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import streamlit as st

from contract.declarations import forms
from contract.settings import home
from contract.viewer import may_see
from ledger.audit import record_look, stands_for
from metrics.explaining.dictionary import matching
from metrics.queries.detail.across import AREA, firms_named
from metrics.queries.filing.rulebook import rule_book
from metrics.queries.members.roster import members
from metrics.queries.work.key_firms import key_firms
from metrics.warnings.rules import rules
from pages.shell import url
from pages.shell.data import read, read_now
from pages.shell.links import leads, link
from pages.shell.navigation import SECTIONS
from pages.shell.plain import plain
from pages.shell.selections import (
    SELECTIONS,
    Dictionary,
    Firm,
    Firms,
    Roster,
    Rules,
    Selection,
    Task,
    Warnings,
    profile,
)
from pages.shell.view import View

TEXT, ASKED_AT, LOOKED = "search", "search_asked_at", "search_looked"
MOST = 5  # results of a source
LONGEST = 60  # characters of what is searched for, and of a result


@dataclass(frozen=True)
class Hit:
    """One result: how it is called, and the page that shows it."""

    words: str
    selection: Selection


def holds(text: str, *words: object) -> bool:
    """Whether what is said of a thing holds every word that is searched for."""
    said = " ".join(map(str, words)).lower()
    return all(word in said for word in text.lower().split())


def of_pages(view: View, text: str) -> Iterator[Hit]:
    """Pages by their title, and parts of pages by theirs."""
    for entry in chain.from_iterable(SECTIONS.values()):
        kind = SELECTIONS[entry.address]
        place = {"task": entry.address} if kind is Task else {}
        if holds(text, entry.title):
            yield Hit(entry.title, kind(**place))
        for part, name in getattr(kind, "PARTS", {}).items():
            if holds(text, entry.title, name):
                yield Hit(f"{entry.title}：{name}", kind(part=part, **place))


def of_members(view: View, text: str) -> Iterator[Hit]:
    """Members that the viewer may know, by name or code: their profile, where that is not open their history."""
    if not may_see(view.viewer, "members"):
        return
    for row in read(view, members).itertuples():
        if holds(text, row.name, row.short_name, row.code):
            shown = profile(row.kind, row.code)
            yield Hit(row.short_name, shown if leads(view, shown) else Roster(part="history", member=row.code))


def of_indicators(view: View, text: str) -> Iterator[Hit]:
    """Indicators by code, name, definition or clause; those whose name holds the words come first."""
    found = sorted(matching(text), key=lambda declared: not holds(text, declared.code, declared.name))
    return (Hit(f"{declared.name}（{declared.code}）", Dictionary(code=declared.code)) for declared in found)


def of_warning_rules(view: View, text: str) -> Iterator[Hit]:
    return (Hit(rule.name, Warnings(part="rules", rule=rule.id)) for rule in rules() if holds(text, rule.id, rule.name))


def of_checks(view: View, text: str) -> Iterator[Hit]:
    """Checks by number, form, column or message."""
    for row in read(view, rule_book, period=view.period).itertuples():
        if holds(text, row.check, row.form_name, row.headers, row.message):
            yield Hit(f"{row.check} {row.message}", Rules(check=row.check))


def of_firms(view: View, text: str) -> Iterator[Hit]:
    """Firms by name or unified social credit code: borrowers for who may see loans, which is recorded as a look at rows
    is; key firms for who may see those alone."""
    if may_see(view.viewer, AREA):
        listed = read(view, firms_named, period=view.period, text=text).head(MOST)
        if not listed.empty:
            _looked(view, text, len(listed))
        yield from (Hit(row.name, Firm(uscc=row.uscc)) for row in listed.itertuples(index=False))
    elif may_see(view.viewer, "key_firms"):
        for firm in read_now(view, key_firms, period=view.period):
            if holds(text, firm.name, firm.uscc):
                yield Hit(firm.name, Firms(shown="all", firm=firm.uscc))


def _looked(view: View, text: str, rows: int) -> None:
    """Records, once for what is asked, that names of firms are shown; where that fails, none are."""
    about = {"period": view.period, "text": stands_for(text)}
    mark = (view.viewer, view.snapshot.number, *about.values())
    if st.session_state.get(LOOKED) != mark:
        level = forms()["B1"].column("borrower_name").level
        record_look(home(), view.viewer, "firms_named", about, rows, view.snapshot.number, level=level, area=AREA)
        st.session_state[LOOKED] = mark


# What is looked through, in this order: name → what it finds for a viewer.
SOURCES: dict[str, Callable[[View, str], Iterable[Hit]]] = {
    "页面": of_pages,
    "成员": of_members,
    "指标": of_indicators,
    "企业": of_firms,
    "预警规则": of_warning_rules,
    "校验规则": of_checks,
}


def found(view: View, text: str) -> dict[str, list[Hit]]:
    """Source → its first results on pages that are open to the viewer; without sources that found nothing."""
    hits = {
        name: list(islice((hit for hit in find(view, text) if leads(view, hit.selection)), MOST))
        for name, find in SOURCES.items()
    }
    return {name: of_source for name, of_source in hits.items() if of_source}


def box(view: View) -> None:
    """The box and, once something was asked, its results; they are gone with the page on which it was asked."""
    if st.session_state.get(TEXT) and st.session_state.get(ASKED_AT) != url.here():
        st.session_state[TEXT] = ""
    with st.container(key="search-box"):
        text = st.text_input(
            "搜索成员、指标、规则、企业、页面", placeholder="搜成员、指标、规则…", key=TEXT, on_change=_asked,
            max_chars=LONGEST, label_visibility="collapsed",
        ).strip()  # fmt: skip
        if not text:
            return
        with st.container(key="search-results", gap=None):
            hits = found(view, text)
            if not hits:
                st.caption(f"没有找到“{plain(text)}”。换一个词，或只写名称中的几个字。")
            for name, of_source in hits.items():
                st.caption(plain(name))
                for hit in of_source:
                    words = hit.words if len(hit.words) <= LONGEST else f"{hit.words[:LONGEST]}…"
                    link(view, hit.selection, words)


def _asked() -> None:
    st.session_state[ASKED_AT] = url.here()
