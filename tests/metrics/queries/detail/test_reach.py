"""Who sees which rows: loans the Bureau and a bank its own, points and firms a district its own; nobody else any."""

from __future__ import annotations

from itertools import product

import pytest

from contract.errors import AccessDenied
from contract.viewer import Viewer
from metrics.indicators.catalogue import indicator
from metrics.queries.detail.across import firm, firms_named, pledges
from metrics.queries.detail.kinds import kinds
from metrics.queries.detail.listing import exported, listed, sums
from metrics.queries.detail.patterns import matches, patterns, thresholds
from metrics.queries.detail.selection import Filter, Selection, behind
from tests.metrics.queries.detail.conftest import HAIDIAN, PERIOD, XICHENG
from tests.published import ADMIN, ANALYST, AUTHORITY, DISTRICT, INSTITUTION, SUPERVISOR

NOBODY = (AUTHORITY, ADMIN)
OF_BANKS, OF_DISTRICTS = ("loans", "rights", "cases"), ("points", "firms")


def selection(kind: str, **more) -> Selection:
    return Selection(kind, PERIOD, **more)


def test_the_kinds_tested_are_all_there_are():
    assert set(kinds()) == {*OF_BANKS, *OF_DISTRICTS}


@pytest.mark.parametrize(
    ("viewer", "kind"),
    [*product(NOBODY, kinds()), *((DISTRICT, kind) for kind in OF_BANKS), *((INSTITUTION, k) for k in OF_DISTRICTS)],
)
def test_no_part_in_rows_is_refused_in_every_way_of_asking(version, viewer, kind):
    assert not kinds()[kind].open_to(viewer)
    for ask in (listed, sums, exported):
        with pytest.raises(AccessDenied):
            ask(viewer, version, selection(kind))


@pytest.mark.parametrize("viewer", [*NOBODY, DISTRICT])
def test_firms_rights_and_patterns_are_rows_of_loans(version, viewer):
    for ask in (
        lambda: firm(viewer, version, PERIOD, "F1"),
        lambda: firms_named(viewer, version, PERIOD, "甲"),
        lambda: pledges(viewer, version, PERIOD, "TM1"),
        *(lambda code=code: matches(viewer, version, PERIOD, code) for code in patterns()),
        lambda: thresholds(viewer, version, PERIOD, "split"),
    ):
        with pytest.raises(AccessDenied):
            ask()


@pytest.mark.parametrize("kind", kinds())
def test_the_bureau_sees_all_rows(version, kind):
    for viewer in (ANALYST, SUPERVISOR):
        assert sums(viewer, version, selection(kind)).rows == {
            "loans": 7, "rights": 5, "cases": 1, "points": 4, "firms": 2,
        }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", OF_BANKS)
def test_an_institution_sees_its_own_rows_however_it_asks(version, kind):
    for asked in (
        selection(kind),
        selection(kind, scope="city", entity="BJ"),
        selection(kind, filters=(Filter("bank", codes=("B001", "B002", "B003")),)),
    ):
        assert set(listed(INSTITUTION, version, asked)["bank"]) == {"B001"}
    for asked in (
        selection(kind, scope="bank", entity="B002"),
        selection(kind, filters=(Filter("bank", codes=("B002",)),)),
    ):
        assert sums(INSTITUTION, version, asked).rows == 0


def test_an_institution_follows_a_firm_and_a_right_in_its_own_rows_alone(version):
    other = Viewer("o", "他", "institution", "B002")
    told = firm(other, version, PERIOD, "F1")
    assert set(told.loans["bank"]) == set(told.names["bank"]) == set(told.rights["bank"]) == {"B002"}
    assert told.names["borrower_name"].tolist() == ["甲科技公司"]
    assert told.key_firm.empty
    assert firms_named(other, version, PERIOD, "甲")[["banks", "balance", "listed"]].values.tolist() == [
        [1, 800, False]
    ]
    assert firms_named(other, version, PERIOD, "癸").empty
    assert pledges(other, version, PERIOD, "ZL201510000001.X")["bank"].tolist() == ["B002"]
    assert matches(other, version, PERIOD, "twice").empty


@pytest.mark.parametrize("kind", OF_DISTRICTS)
def test_a_district_sees_its_own_rows_however_it_asks(version, kind):
    for asked in (selection(kind), selection(kind, filters=(Filter("district", codes=(HAIDIAN, XICHENG)),))):
        assert set(listed(DISTRICT, version, asked)["district"]) <= {HAIDIAN}
    assert sums(DISTRICT, version, selection(kind, scope="district", entity=XICHENG)).rows == 0
    assert sums(DISTRICT, version, selection(kind)).rows == 2


def test_a_district_is_told_no_bank_and_no_amount_of_a_loan(version):
    """Neither shown, nor added up, nor asked by, nor by way of a figure that reads them."""
    assert "bank" in listed(ANALYST, version, selection("points")).columns
    points = listed(DISTRICT, version, selection("points", columns=("name", "bank")))
    assert "bank" not in points.columns and "B001" not in points.to_string()
    firms = listed(DISTRICT, version, selection("firms", columns=("name", "firm_balance")))
    assert "firm_balance" not in firms.columns
    assert set(sums(DISTRICT, version, selection("firms")).sums) == {"demand"}
    for asked in (
        selection("points", filters=(Filter("bank", codes=("B001",)),)),
        selection("points", sort="bank"),
        selection("firms", filters=(Filter("firm_balance", low="1"),)),
        selection("firms", sort="-firm_balance"),
        behind(indicator("C10"), "district", HAIDIAN, PERIOD)[0][1],  # the demand that loans meet
    ):
        with pytest.raises(AccessDenied):
            sums(DISTRICT, version, asked)
    assert sums(DISTRICT, version, behind(indicator("C10"), "district", HAIDIAN, PERIOD)[1][1]).figure == 570
