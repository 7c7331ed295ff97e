"""The search box finds members, indicators, rules, firms and pages, of each viewer its own, as links to open pages."""

from __future__ import annotations

import pandas as pd
import pytest
import streamlit as st

from contract.settings import Home
from ledger.audit import looks
from metrics.queries.detail.across import firms_named
from metrics.queries.filing.rulebook import rule_book
from pages.shell import navigation, search, session, url
from pages.shell.links import leads
from pages.shell.plain import plain
from pages.shell.search import found
from pages.shell.selections import Bank, Dictionary, District, Filing, Firm, Roster, Rules, Warnings
from pages.shell.view import View
from tests.published import ADMIN, ANALYST, AUTHORITY, DISTRICT, HAIDIAN, INSTITUTION, PERIOD

FIRMS = pd.DataFrame([("91110108MA00000001", "甲科技公司")], columns=["uscc", "name"])
BOOK = pd.DataFrame(
    [
        ("V-B1-002", "质押贷款明细", "借款人名称", "没有填写"),
        ("Q-B1-226", "质押贷款明细", "借款人名称", "与对照值不同"),
    ],
    columns=["check", "form_name", "headers", "message"],
)


@pytest.fixture
def asked(monkeypatch, version, tmp_path):
    """What a viewer finds for some words: queries without the cache of pages, a rule book of two, no key firms."""

    def read(view, query, **given):
        made = {rule_book: BOOK, firms_named: FIRMS[FIRMS["name"].str.contains(given.get("text", ""))]}
        return made[query] if query in made else query(view.viewer, view.snapshot, **given)

    monkeypatch.setattr(search, "read", read)
    monkeypatch.setattr(search, "home", lambda: Home(tmp_path))
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(search, "read_now", lambda view, query, **given: ())

    def ask(viewer, text):
        return found(View(viewer, version, PERIOD, (PERIOD,)), text)

    return ask


def selections(hits) -> list:
    return [hit.selection for of_source in hits.values() for hit in of_source]


def test_a_member_leads_to_its_profile_or_where_that_is_closed_to_its_history(asked):
    assert selections(asked(ANALYST, "B002")) == [Bank(bank="B002")]
    assert selections(asked(ANALYST, HAIDIAN)) == [District(district=HAIDIAN)]
    assert selections(asked(AUTHORITY, "B002")) == [Roster(part="history", member="B002")]


def test_each_finds_its_own_members_alone(asked):
    assert asked(INSTITUTION, "B002") == asked(DISTRICT, "B001") == {}
    assert selections(asked(INSTITUTION, "B001")) == [Bank(bank="B001")]


def test_an_indicator_whose_name_holds_the_words_comes_before_one_whose_definition_does(asked):
    hits = asked(ANALYST, "余额 质押")["指标"]
    assert hits[0].selection == Dictionary(code="G01")
    assert len(hits) == search.MOST


def test_a_part_of_a_page_and_a_rule_are_found_by_their_words(asked):
    hits = asked(ANALYST, "上传")
    assert Filing(part="upload") in [hit.selection for hit in hits["页面"]]
    assert Warnings(part="rules", rule="X01") in [hit.selection for hit in asked(ANALYST, "x01")["预警规则"]]
    assert selections(asked(ANALYST, "借款人名称 填写")) == [Rules(check="V-B1-002")]


def test_nothing_leads_to_a_page_that_is_not_open(asked):
    for viewer in (DISTRICT, INSTITUTION, AUTHORITY, ADMIN):
        for text in ("预警", "画像", "评价", "余额", "B001"):
            view = View(viewer, None, PERIOD, ())
            assert all(leads(view, selection) for selection in selections(asked(viewer, text)))
    assert asked(ADMIN, "画像") == {}


def test_a_firm_is_found_where_loans_may_be_seen_and_that_is_recorded_once(asked, tmp_path):
    assert selections(asked(ANALYST, "甲科技")) == [Firm(uscc="91110108MA00000001")]
    asked(ANALYST, "甲科技")
    (look,) = looks(Home(tmp_path))
    assert (look.what, look.rows) == ("firms_named", 1) and "甲科技" not in str(look.selection)
    for viewer in (DISTRICT, AUTHORITY, ADMIN):
        assert asked(viewer, "甲科技") == {}
    assert len(looks(Home(tmp_path))) == 1

    assert plain("甲*乙*[丙](x)") == r"甲\*乙\*\[丙\](x)"
    assert plain("甲*乙*[丙](x)") == r"甲\*乙\*\[丙\](x)"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("2025-02", ""),
        ("", ""),
        ("2020-01", "2020年1月没有数据。现有2025年1月至2025年2月的数据，现按2025年2月显示；可在左侧另选报告期。"),
        ("2025-13", "地址中的报告期写法不对，应如2026-10。现有2025年1月至2025年2月的数据，现按2025年2月显示；"),
    ],
)
def test_a_period_that_the_data_do_not_have_is_said(monkeypatch, named, said):
    monkeypatch.setattr(st, "query_params", {"period": named} if named else {})
    monkeypatch.setattr(st, "session_state", {url.ADDRESS: navigation.OVERVIEW.address})
    told = session.period_unknown(("2025-02", "2025-01"))
    assert told.startswith(said) if said else told == ""


def test_a_tab_that_is_loaded_anew_has_its_role_again_and_no_link_has_it(monkeypatch):
    monkeypatch.setattr(st, "query_params", {"as": f"district-{HAIDIAN}", "period": PERIOD})
    monkeypatch.setattr(st, "session_state", {})
    session.resume()
    assert st.query_params == {"period": PERIOD}
    assert session.role_chosen() == f"district-{HAIDIAN}"
    st.query_params["as"] = "supervisor"  # later on the role is chosen at the side alone
    session.resume()
    assert session.role_chosen() == f"district-{HAIDIAN}"
    monkeypatch.setattr(st, "session_state", {})
    st.query_params["as"] = "emperor"
    session.resume()
    assert session.ROLE not in st.session_state and "as" not in st.query_params
