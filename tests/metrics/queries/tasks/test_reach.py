"""Who reaches what of a task page: every query, every role; nothing names a bank or a loan to who must not know."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from contract.errors import AccessDenied
from metrics.queries.tasks.declared import QUERIES, task_pages
from metrics.queries.tasks.figures import task_figures
from metrics.queries.tasks.reach import subjects
from metrics.queries.tasks.standing import standing
from tests.metrics.queries.tasks.world import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    CITY,
    DISTRICT,
    HAIDIAN,
    INSTITUTION,
    PERIOD,
    XICHENG,
)

SECTIONS = {
    (section.query, tuple(section.arguments.items())) for page in task_pages().values() for section in page.sections
}
BANK_BY_BANK = {"mechanisms", "plans", "products"}
LOAN_ROWS = {"ceiling_cases", "disposal_cases"}
LISTS = {"service_points", "task_initiatives"}
OWN = {DISTRICT: ("district", HAIDIAN), INSTITUTION: ("bank", "B001")}


def answer(query, viewer, version, scope, entity, arguments):
    """The rows, or None where they are refused."""
    try:
        return QUERIES[query](viewer, version, PERIOD, scope, entity, **dict(arguments))
    except AccessDenied:
        return None


def test_every_query_is_on_a_page():
    assert {query for query, _ in SECTIONS} == QUERIES.keys()


@pytest.mark.parametrize(("query", "arguments"), sorted(SECTIONS, key=str))
def test_what_is_open_of_the_city(version, query, arguments):
    """Single banks and loans to the Bureau; lists of points and initiatives to who is bound to nobody."""
    closed = {ADMIN}
    closed |= {DISTRICT, INSTITUTION} if query in BANK_BY_BANK | LOAN_ROWS | LISTS else set()
    closed |= {AUTHORITY} if query in BANK_BY_BANK | LOAN_ROWS else set()
    for viewer in (ANALYST, DISTRICT, INSTITUTION, AUTHORITY, ADMIN):
        refused = answer(query, viewer, version, *CITY, arguments) is None
        assert refused == (viewer in closed), viewer.role


@pytest.mark.parametrize(("query", "arguments"), sorted(SECTIONS, key=str))
def test_what_is_open_of_ones_own(version, query, arguments):
    """An institution reads all of its own; a district all but banks and loans, which it has none of."""
    assert answer(query, INSTITUTION, version, *OWN[INSTITUTION], arguments) is not None
    refused = answer(query, DISTRICT, version, *OWN[DISTRICT], arguments) is None
    assert refused == (query in BANK_BY_BANK | LOAN_ROWS)


@pytest.mark.parametrize(("query", "arguments"), sorted(SECTIONS, key=str))
def test_nobody_reaches_another(version, query, arguments):
    for viewer, place in (
        (DISTRICT, ("district", XICHENG)),
        (DISTRICT, ("bank", "B001")),
        (DISTRICT, ("bank_type", "state")),
        (INSTITUTION, ("bank", "B002")),
        (INSTITUTION, ("bank_type", "state")),
        (INSTITUTION, ("district", HAIDIAN)),
        (AUTHORITY, ("bank", "B001")),
        (ADMIN, ("district", HAIDIAN)),
        (ADMIN, CITY),
    ):
        assert answer(query, viewer, version, *place, arguments) is None
        with pytest.raises(AccessDenied):
            task_figures(viewer, version, PERIOD, ("D08",), *place)


def words(frame: pd.DataFrame) -> set[str]:
    return {str(cell) for column in frame for cell in frame[column]}


def test_no_bank_and_no_borrower_is_named_outside_the_bureau(version):
    """In this pilot a bank's short name is its code, loans are a1 … c2 and firms f1 … f7."""
    named = {"B001", "B002", "B003", "B004", "a1", "a2", "b1", "c1", "f1", "f2", "k1", "k3", "p1", "银行甲"}
    for viewer, place in product((DISTRICT, AUTHORITY), (CITY, ("district", HAIDIAN), ("bank_type", "state"))):
        for query, arguments in SECTIONS:
            frame = answer(query, viewer, version, *place, arguments)
            assert frame is None or not words(frame) & named, query
    for query, arguments in SECTIONS:
        frame = answer(query, INSTITUTION, version, *CITY, arguments)
        assert frame is None or not words(frame) & named, query


def test_a_page_can_be_turned_to_whom_the_viewer_reaches(version):
    def listed(viewer):
        return [(one.scope, one.entity) for one in subjects(viewer, version, PERIOD)]

    assert listed(DISTRICT) == [("district", HAIDIAN), CITY]
    assert listed(INSTITUTION) == [("bank", "B001"), CITY]
    districts = [("district", XICHENG), ("district", HAIDIAN)]
    groups = [("bank_type", "city"), ("bank_type", "state")]
    assert listed(AUTHORITY) == [CITY, *groups, *districts]
    assert listed(ANALYST) == [CITY, *groups, *(("bank", f"B00{n}") for n in (1, 2, 3, 4)), *districts]
    assert [one.name for one in subjects(AUTHORITY, version, PERIOD)][:3] == [
        "试点合计",
        "城市商业银行",
        "国有大型银行",
    ]
    with pytest.raises(AccessDenied):
        subjects(ADMIN, version, PERIOD)


def test_members_side_by_side_go_as_far_as_the_role(version):
    def seen(viewer, by):
        return standing(viewer, version, PERIOD, ("V01",), by)["entity"].tolist()

    assert set(seen(ANALYST, "bank")) == {"B001", "B002", "B003", "B004"}
    assert seen(INSTITUTION, "bank") == ["B001"]
    assert seen(DISTRICT, "district") == [HAIDIAN]
    assert len(seen(AUTHORITY, "district")) > 1
    for viewer, by in ((AUTHORITY, "bank"), (DISTRICT, "bank"), (INSTITUTION, "district"), (ADMIN, "bank")):
        with pytest.raises(AccessDenied):
            seen(viewer, by)


def test_thin_cells_of_a_distribution_are_withheld_with_the_next_thinnest(version):
    """Green: 1 loan in the first bin, 3 in the second, which goes with it; quartiles of 4 firms of 3 banks stand."""

    def told(viewer):
        frame = answer("spread", viewer, version, *CITY, {"spread": "approval_days"}.items())
        return frame[frame["part"] == "绿色通道"].set_index("name")

    assert told(ANALYST)["withheld"].sum() == 0
    assert told(ANALYST).loc["3天及以内", "loans"] == 1
    for viewer in (DISTRICT, INSTITUTION, AUTHORITY):
        frame = told(viewer)
        assert frame.index[frame["withheld"]].tolist() == ["3天及以内", "4—5天"]
        assert frame.loc[frame["withheld"], ["loans", "amount", "share"]].isna().all(axis=None)
        assert frame["median"].iat[0] == 5


def test_of_a_banks_own_nothing_is_withheld(version):
    frame = answer("spread", INSTITUTION, version, "bank", "B001", {"spread": "approval_days"}.items())
    assert not frame["withheld"].any()
    assert frame["loans"].sum() == 3


def test_thin_stages_kinds_and_categories_are_withheld(version):
    """Three banks have closed cases, one each the other stages; one bank each offers ABS and leases, so that pledge
    loans go with them; one model firm has a loan, and the three key_tech ones go with it, as all of 海淀 goes with
    西城, whose it is."""
    stages = answer("disposal_stages", AUTHORITY, version, *CITY, ())
    assert stages.loc[~stages["withheld"], "cases"].tolist() == [3]
    kinds = answer("product_kinds", AUTHORITY, version, *CITY, ())
    assert kinds["withheld"].all()
    firms = answer("key_firm_loans", AUTHORITY, version, *CITY, ())
    assert firms["met"].isna().all() and firms["firms"].tolist() == [2, 4]
    own = answer("key_firm_loans", DISTRICT, version, "district", HAIDIAN, ())
    assert own["met"].isna().all()
    assert answer("key_firm_loans", ANALYST, version, "district", HAIDIAN, ())["met"].sum() == 1500
