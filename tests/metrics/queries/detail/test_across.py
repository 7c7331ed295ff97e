"""A firm and a right across banks, and the three patterns, each firing and silent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contract.errors import CallError
from metrics.queries.detail.across import firm, firms_named, pledges
from metrics.queries.detail.patterns import matches, patterns, thresholds
from tests.metrics.queries.detail.conftest import BEFORE, HAIDIAN, PERIOD
from tests.published import ANALYST


def test_a_firm_is_told_whole(version):
    told = firm(ANALYST, version, PERIOD, "F1")
    assert told.name == "甲科技公司"  # the latest name
    assert told.names[["borrower_name", "bank", "since", "until", "loans"]].values.tolist() == [
        ["甲公司", "B001", BEFORE, PERIOD, 2],
        ["甲科技公司", "B002", PERIOD, PERIOD, 1],
    ]
    assert told.loans[["bank", "loan_no", "balance"]].values.tolist() == [
        ["B001", "a1", 900],
        ["B001", "a2", 900],
        ["B002", "b1", 800],
    ]
    assert told.course[["period", "bank", "balance", "loans"]].values.tolist() == [
        [BEFORE, "B001", 1800, 2],
        [PERIOD, "B001", 1800, 2],
        [PERIOD, "B002", 800, 1],
    ]
    assert told.rights[["right_no", "bank", "loan_no"]].values.tolist() == [
        ["ZL201510000001.X", "B001", "a1"],
        ["ZL201510000001.X", "B002", "b1"],
        ["ZL201510000002.8", "B001", "a2"],
    ]
    assert told.key_firm[["district", "name", "demand"]].values.tolist() == [[HAIDIAN, "甲公司", 500]]
    assert (len(told.cases), told.rows) == (0, 7)


def test_a_firm_as_of_a_month_knows_nothing_later(version):
    told = firm(ANALYST, version, BEFORE, "F1")
    assert set(told.loans["loan_no"]) == {"a1", "a2"}
    assert told.name == "甲公司"


def test_a_settled_loan_and_its_case_are_told(version):
    told = firm(ANALYST, version, PERIOD, "F3")
    assert told.loans[["loan_no", "status"]].values.tolist() == [["a4", "settled"]]
    assert told.cases[["case_no", "recovered"]].values.tolist() == [["k1", 10]]
    assert told.rights.empty


def test_a_firm_that_nobody_knows_is_empty(version):
    told = firm(ANALYST, version, PERIOD, "F' OR true --")
    assert (told.rows, told.name) == (0, "")


def test_a_key_firm_without_a_loan_has_its_name(version):
    told = firm(ANALYST, version, PERIOD, "F9")
    assert (told.name, told.rows) == ("癸公司", 1)


def test_a_right_is_followed_with_its_term_beside_the_loans(version):
    told = pledges(ANALYST, version, PERIOD, "ZL201510000001.X")
    columns = ["bank", "loan_no", "registered_on", "expires_on", "matures_on", "beyond", "status"]
    assert told[columns].values.tolist() == [
        ["B001", "a1", date(2025, 1, 5), date(2030, 1, 1), date(2027, 1, 10), 1087, "active"],
        ["B002", "b1", date(2025, 2, 15), date(2030, 1, 1), date(2026, 2, 20), 1411, "active"],
    ]
    assert pledges(ANALYST, version, PERIOD, "TM1")["beyond"].tolist() == [-1]
    assert pledges(ANALYST, version, PERIOD, "DATA9")["beyond"].isna().all()
    assert pledges(ANALYST, version, PERIOD, "TM").empty


def test_the_same_right_for_two_loans(version):
    told = matches(ANALYST, version, PERIOD, "twice")
    assert told[["right_no", "bank", "loan_no", "banks", "loans", "total"]].values.tolist() == [
        ["ZL201510000001.X", "B001", "a1", 2, 2, 1700],
        ["ZL201510000001.X", "B002", "b1", 2, 2, 1700],
    ]
    assert told["file_name"].tolist() == ["2025-01_B001.xlsx", "2025-02_B002.xlsx"]
    assert matches(ANALYST, version, BEFORE, "twice").empty


def test_a_right_that_ends_before_its_loan(version):
    told = matches(ANALYST, version, PERIOD, "expiring")
    assert told[["right_no", "loan_no", "short_by"]].values.tolist() == [["TM1", "a3", 1]]


def split(version, **tried: str) -> list[str]:
    values = {name: Decimal(value) for name, value in tried.items()}
    return matches(ANALYST, version, PERIOD, "split", values)["loan_no"].tolist()


def test_loans_just_under_the_limit_within_some_days(version):
    """By policy 80% to 100% of 1,000 within 28 days: a1 and a2 are 20 days apart, a2 and b1 21; b2 is another's."""
    policy = thresholds(ANALYST, version, PERIOD, "split")
    assert {name: each.value for name, each in policy.items()} == {"limit": 1000, "share": 80, "days": 28}
    assert split(version) == ["a1", "a2", "b1"]
    told = matches(ANALYST, version, PERIOD, "split")
    assert told[["loans", "banks", "total"]].values.tolist() == [[3, 2, 2600]] * 3


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        ({"days": "20"}, ["a1", "a2"]),  # the end counts
        ({"days": "19"}, []),
        ({"days": "21"}, ["a1", "a2", "b1"]),
        ({"share": "80.1"}, ["a1", "a2"]),
        ({"share": "91"}, []),
        ({"limit": "899"}, []),
        ({"limit": "900"}, ["a1", "a2", "b1"]),
    ],
)
def test_what_a_reader_tries_stands_in_for_policy(version, tried, expected):
    assert split(version, **tried) == expected


def test_a_pattern_that_there_is_not_is_refused(version):
    assert set(patterns()) == {"twice", "expiring", "split"}
    with pytest.raises(CallError):
        matches(ANALYST, version, PERIOD, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲", [["F1", 2, 2600, True]]),
        ("f1", [["F1", 2, 2600, True]]),
        ("癸", [["F9", 0, 0, True]]),  # a key firm without a loan
        ("公司", [["F1", 2, 2600, True], ["F4", 1, 999, False], ["F2", 1, 120.5, False]]),
        ("%", [["F3", 1, 0, False]]),
        ("没有这家", []),
    ],
)
def test_firms_are_found_by_a_part_of_name_or_code(version, text, expected):
    told = firms_named(ANALYST, version, PERIOD, text)
    assert told[["uscc", "banks", "balance", "listed"]].values.tolist()[: len(expected)] == expected
    assert len(told) == len(expected) or text == "公司"
