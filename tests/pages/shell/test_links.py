"""Links are made of typed selections, and pages read what links can say: a parameter goes there and back unchanged."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from datetime import date
from itertools import chain

import pytest
import streamlit as st

from pages.shell import links, navigation, url
from pages.shell.navigation import SECTIONS
from pages.shell.selecting import NAMES
from pages.shell.selections import (
    SELECTIONS,
    Bank,
    Dictionary,
    Filing,
    Followups,
    Overview,
    Roster,
    Task,
    Warnings,
    profile,
)
from pages.shell.view import View
from tests.pages.shell.test_places import CODE
from tests.published import ANALYST, DISTRICT, INSTITUTION
from tests.test_structure import name, tree

VIEW = View(ANALYST, None, "2026-10", ("2026-10", "2026-09"))


@pytest.fixture
def query(monkeypatch) -> dict[str, str]:
    """The address's parameters and a session, without a browser."""

    class Query(dict):
        def from_dict(self, given: dict[str, str]) -> None:
            self.clear()
            self.update(given)

    monkeypatch.setattr(st, "query_params", Query())
    monkeypatch.setattr(st, "session_state", {})
    return st.query_params


@pytest.mark.parametrize(
    ("selection", "parameters"),
    [
        (Overview(), {}),
        (Filing(part="detail", member="B001"), {"part": "detail", "member": "B001"}),
        (Filing(period="2026-09", verdict="returned"), {"period": "2026-09", "verdict": "returned"}),
        (Roster(part="difference", since=date(2025, 3, 1)), {"part": "difference", "since": "2025-03-01"}),
        (Task(task="service", part="lists", indicator="G02"), {"part": "lists", "indicator": "G02"}),
        (Followups(shown="overdue", task="7"), {"shown": "overdue", "task": "7"}),
        (Dictionary(q="贷款 余额&q=", code="G01"), {"q": "贷款 余额&q=", "code": "G01"}),
    ],
)  # fmt: skip
def test_a_selection_goes_into_an_address_and_back(selection, parameters):
    assert selection.parameters() == parameters
    place = {"task": selection.task} if isinstance(selection, Task) else {}
    assert type(selection).read(parameters, **place) == selection


def test_what_an_address_names_wrongly_is_what_the_page_shows_by_itself():
    asked = {"part": "history", "on": "2025-13-40", "kind": "firm", "bank": "B001"}
    assert Roster.read(asked) == Roster(part="history")


def test_a_choice_that_a_page_does_not_have_cannot_be_linked():
    with pytest.raises(ValueError, match="Filing has no part 'details'"):
        Filing(part="details").parameters()
    with pytest.raises(TypeError):
        Filing(bank="B001")


def test_every_page_has_its_selection_and_every_selection_its_page():
    addresses = [entry.address for entry in chain.from_iterable(SECTIONS.values())]
    assert sorted(SELECTIONS) == sorted(addresses)
    for entry in chain.from_iterable(SECTIONS.values()):
        kind = SELECTIONS[entry.address]
        assert (kind(task=entry.address) if kind is Task else kind()).entry is entry


def test_a_link_keeps_the_period_and_may_name_another():
    assert links.address(VIEW, Bank(bank="B001")) == "/bank?period=2026-10&bank=B001"
    assert links.address(VIEW, Bank(period="2026-09", bank="B001")) == "/bank?period=2026-09&bank=B001"
    assert links.address(VIEW, Overview()) == "/?period=2026-10"
    assert links.address(VIEW, Task(task="service")) == "/service?period=2026-10"


def test_a_link_in_text_is_escaped_and_only_for_who_may_open_the_page():
    words = "甲<b>银行"
    assert links.anchor(VIEW, profile("bank", "B001"), words) == (
        '<a class="way" href="/bank?period=2026-10&amp;bank=B001" target="_self">甲&lt;b&gt;银行</a>'
    )
    district = View(DISTRICT, None, "2026-10", ())
    assert links.anchor(district, profile("bank", "B001"), words) == "甲&lt;b&gt;银行"
    institution = View(INSTITUTION, None, "2026-10", ())
    assert links.anchor(institution, Warnings(), "预警") == "预警"


def test_a_page_drops_what_is_another_pages(query):
    query.update({"period": "2026-09", "bank": "B001", "tile": "G02", "utm": "x"})
    url.enter(navigation.OVERVIEW)
    assert query == {"period": "2026-09", "tile": "G02"}
    assert url.selected(Overview) == Overview(period="2026-09", tile="G02")


def test_a_page_reads_and_keeps_its_own_parameters_alone(query):
    url.enter(navigation.BANK)
    url.keep("bank", "B002")
    assert (query, url.asked("bank"), url.asked("trait")) == ({"bank": "B002"}, "B002", "")
    url.keep("bank", "")
    assert query == {}
    for wrong in (lambda: url.asked("member"), lambda: url.keep("member", "B001")):
        with pytest.raises(KeyError, match="Bank declares no parameter member"):
            wrong()
    with pytest.raises(TypeError, match="District"):
        url.selected(SELECTIONS["district"])


def test_ways_between_pages_and_parameters_have_one_place_each():
    """The framework's own words for links and for the address stand in one file each."""
    allowed = {"st.page_link": set(), "st.switch_page": {"pages.shell.frame"}}
    allowed["st.query_params"] = {"pages.shell.url"}
    for module, path in CODE.items():
        used = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        assert {word for word in used & allowed.keys() if module not in allowed[word]} == set(), name(path)


def test_every_parameter_is_read_by_a_page():
    """What a link may say stands as a name in the code of that page's folder, or of what is shared."""
    for address, kind in SELECTIONS.items():
        entry = next(entry for entry in chain.from_iterable(SECTIONS.values()) if entry.address == address)
        folder = entry.file.rpartition("/")[0].replace("/", ".")
        code = "\n".join(
            path.read_text(encoding="utf-8")
            for module, path in CODE.items()
            if module.startswith((folder + ".", "pages.shared.", "pages.shell.session", "pages.shell.frame"))
        )
        unread = [named for named in kind.names() if not re.search(rf'"{named}"|\basked\.{named}\b', code)]
        assert unread == [], address


def test_closed_choices_are_declared_with_their_words():
    declared = [
        choice.metadata[NAMES] for kind in SELECTIONS.values() for choice in fields(kind) if NAMES in choice.metadata
    ]
    assert declared and all(code.isascii() and words for names in declared for code, words in names.items())
