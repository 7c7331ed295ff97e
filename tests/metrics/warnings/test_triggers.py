"""Exit triggers: when each is raised, at which level, how long it stands, and under which id."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.calendar import periods_between
from contract.errors import DeclarationError
from contract.parameters import declared_parameters, with_events
from metrics.warnings.frame import Observation, observe
from metrics.warnings.rules import rule_of
from metrics.warnings.triggers import open_triggers
from tests.metrics.boards import Board, each

NOW = datetime(2026, 11, 16, 9)


def board(first: str = "2025-01", last: str = "2026-10") -> Board:
    return Board(first, last, NOW)


def triggers(connection, rule: str) -> list[tuple]:
    """(subject, period, level, id) of a rule, by subject and period."""
    query = 'SELECT subject, period, level, id FROM "trigger" WHERE rule = ? ORDER BY ALL'
    return connection.execute(query, [rule]).fetchall()


def by_period(connection, rule: str) -> dict[str, str]:
    return {period: level for _, period, level, _ in triggers(connection, rule)}


def ids(connection, rule: str) -> set[str]:
    return {number for *_, number in triggers(connection, rule)}


def evidence(connection, rule: str, period: str) -> dict:
    query = 'SELECT evidence FROM "trigger" WHERE rule = ? AND period = ?'
    return json.loads(connection.execute(query, [rule, period]).fetchone()[0])


def test_x01_needs_six_months_without_lending():
    pilot = board("2025-01", "2025-12")
    pilot.member("B001", admitted="2024-01-01")
    pilot.figure("B001", "G06", each("2025-01", "2025-12", 100) | each("2025-03", "2025-10", 0))
    evaluated = pilot.evaluated()
    assert by_period(evaluated, "X01") == {"2025-08": "watch", "2025-09": "watch", "2025-10": "watch"}
    assert ids(evaluated, "X01") == {"X01-B001-2025-08"}
    counted = [
        (seen["period"], seen["figures"]["G06"]["value"]) for seen in evidence(evaluated, "X01", "2025-09")["periods"]
    ]
    assert counted == list(each("2025-03", "2025-09", 0).items())
    query = """SELECT value, threshold, since FROM "trigger" WHERE rule = 'X01' AND period = '2025-09'"""
    assert evaluated.execute(query).fetchone() == (7, 6, "2025-08")


def test_x01_counts_no_period_before_admission_and_is_a_hint_while_settling_in():
    pilot = board("2025-01", "2025-12")
    pilot.member("B001", admitted="2025-03-15")
    pilot.figure("B001", "G06", each("2025-01", "2025-12", 0))  # January and February are history
    evaluated = pilot.evaluated()
    # six periods from March: August, whose end is before 15 September; September's is after it
    assert by_period(evaluated, "X01") == {
        "2025-08": "hint",
        "2025-09": "watch",
        "2025-10": "watch",
        "2025-11": "watch",
        "2025-12": "watch",
    }
    assert ids(evaluated, "X01") == {"X01-B001-2025-08"}


def test_x01_is_broken_by_a_period_without_value():
    pilot = board("2025-01", "2025-12")
    pilot.member("B001", admitted="2024-01-01")
    pilot.figure("B001", "G06", each("2025-01", "2025-12", 0) | {"2025-05": None})
    assert by_period(pilot.evaluated(), "X01") == {"2025-11": "watch", "2025-12": "watch"}


def large(pilot: Board, *codes: str) -> None:
    for code in codes:
        pilot.figure(code, "G01", each(pilot.first, pilot.last, 10_000))
        pilot.figure(code, "G02", each(pilot.first, pilot.last, 20))


def test_x02_stands_until_the_next_quarter_end_rises_and_keeps_its_id():
    pilot = board("2025-01", "2025-12")
    pilot.member("B001", admitted="2024-01-01")
    large(pilot, "B001")
    pilot.figure("B001", "S18", each("2025-01", "2025-12", 9) | {"2025-03": 3.2, "2025-06": 3.1, "2025-09": 3.0})
    evaluated = pilot.evaluated()
    watch, rectify = dict.fromkeys(["2025-03", "2025-04", "2025-05"], "watch"), "rectify"
    # the values within a quarter do not count; 3.0 is not above 3.0; December opens a new one
    assert by_period(evaluated, "X02") == watch | dict.fromkeys(["2025-06", "2025-07", "2025-08"], rectify) | {
        "2025-12": "watch"
    }
    assert ids(evaluated, "X02") == {"X02-B001-2025-03", "X02-B001-2025-12"}
    query = """SELECT value, threshold, parameters FROM "trigger" WHERE rule = 'X02' AND period = '2025-07'"""
    value, threshold, parameters = evaluated.execute(query).fetchone()
    assert (value, threshold) == (3.1, 3.0)
    assert json.loads(parameters)["npl_gap_tolerance"]["value"] == "3"
    assert [seen["period"] for seen in evidence(evaluated, "X02", "2025-07")["periods"]] == ["2025-03", "2025-06"]


@pytest.mark.parametrize(
    ("borrowers", "balance", "level"),
    [(19, 10_000, "hint"), (20, 9_999.99, "hint"), (20, 10_000, "watch"), (None, None, "watch")],
)
def test_x02_is_a_hint_where_numbers_are_small(borrowers, balance, level):
    pilot = board("2025-01", "2025-03")
    pilot.member("B001", admitted="2024-01-01")
    pilot.figure("B001", "S18", {"2025-03": 5})
    pilot.figure("B001", "G01", {"2025-03": balance})
    pilot.figure("B001", "G02", {"2025-03": borrowers})
    assert by_period(pilot.evaluated(), "X02") == {"2025-03": level}


def test_x02_counts_the_condition_whatever_level_it_was_raised_at():
    pilot = board("2025-01", "2025-09")
    pilot.member("B001", admitted="2025-01-01")  # settling in until 1 July: March and June are hints
    large(pilot, "B001")
    pilot.figure("B001", "S18", each("2025-01", "2025-09", 4))
    raised = by_period(pilot.evaluated(), "X02")
    assert (raised["2025-03"], raised["2025-06"], raised["2025-09"]) == ("hint", "hint", "rectify")


def test_x02_is_broken_by_a_quarter_end_without_value():
    pilot = board("2025-01", "2025-09")
    pilot.member("B001", admitted="2024-01-01")
    large(pilot, "B001")
    pilot.figure("B001", "S18", {"2025-03": 4, "2025-09": 4})
    evaluated = pilot.evaluated()
    assert list(by_period(evaluated, "X02")) == ["2025-03", "2025-04", "2025-05", "2025-09"]
    assert by_period(evaluated, "X02")["2025-09"] == "watch"
    assert ids(evaluated, "X02") == {"X02-B001-2025-03", "X02-B001-2025-09"}


@dataclass(frozen=True)
class Event:
    seq: int
    payload: dict


def test_x02_goes_by_the_tolerance_in_force_at_the_quarter_end():
    raised = {"name": "npl_gap_tolerance", "value": "4.5", "effective_from": "2025-06-30", "document_no": "试1号"}
    pilot = board("2025-01", "2025-06")
    pilot.member("B001", admitted="2024-01-01")
    large(pilot, "B001")
    pilot.figure("B001", "S18", {"2025-03": 4, "2025-06": 4})
    evaluated = pilot.evaluated(with_events(declared_parameters(), [Event(1, raised)]))
    assert by_period(evaluated, "X02") == each("2025-03", "2025-05", "watch")


def test_x04_two_in_a_row_rectify():
    pilot = board("2025-01", "2025-06")
    pilot.member("B001", filed={"2025-02": "A", "2025-03": "", "2025-05": "A"})
    evaluated = pilot.evaluated()
    # February late, March missing: rectify; April's filing ends it; May is the third in twelve
    assert by_period(evaluated, "X04") == {"2025-03": "rectify", "2025-05": "watch", "2025-06": "watch"}
    assert ids(evaluated, "X04") == {"X04-B001-2025-03", "X04-B001-2025-05"}


def test_x04_three_in_twelve_and_no_more():
    pilot = board("2025-01", "2026-06")
    pilot.member("110108", group="core", filed={"2025-01": "A", "2025-06": "rA", "2025-12": "A", "2026-03": "RA"})
    evaluated = pilot.evaluated()
    # 2025-06's first version came in time though it was returned; with 2026-03 there are three in the twelve
    # periods up to it only if January 2025 is within them, and it is not
    assert by_period(evaluated, "X04") == {}
    pilot = board("2025-01", "2026-06")
    pilot.member("110108", group="core", filed={"2025-04": "A", "2025-09": "", "2026-03": "A"})
    evaluated = pilot.evaluated()
    assert by_period(evaluated, "X04") == {"2026-03": "watch"}
    assert [seen["period"] for seen in evidence(evaluated, "X04", "2026-03")["periods"]] == [
        "2025-04",
        "2025-09",
        "2026-03",
    ]


def test_x04_leaves_a_deadline_still_to_come_alone():
    pilot = Board("2025-01", "2025-03", datetime(2025, 4, 2))
    pilot.member("B001", filed={"2025-02": "", "2025-03": ""})
    assert by_period(pilot.evaluated(), "X04") == {}
    pilot = Board("2025-01", "2025-03", datetime(2025, 4, 22))
    pilot.member("B001", filed={"2025-02": "", "2025-03": ""})
    assert by_period(pilot.evaluated(), "X04") == {"2025-03": "rectify"}


def test_x05_goes_by_the_ceiling_on_the_day_of_approval_and_stands_for_its_period():
    pilot = board("2025-05", "2025-07")
    pilot.member("B001", admitted="2025-05-01")
    for ceiling, start, end in ((1000, "2025-05-01", "2025-06-10"), (2000, "2025-06-10", None)):
        pilot.row("ceiling", code="B001", ceiling=ceiling, from_date=start, to_date=end)
    loan = {"submitter": "B001", "period": "2025-06", "disbursed_on": "2025-06-20", "valuation_method": "internal"}
    pilot.row("B1", **loan, loan_no="low", amount=1000, approved_on="2025-06-09")
    pilot.row("B1", **loan, loan_no="early", amount="1000.01", approved_on="2025-06-09")
    pilot.row("B1", **loan, loan_no="raised", amount=2000, approved_on="2025-06-10")
    pilot.row(
        "B1", **loan | {"valuation_method": "external"}, loan_no="external", amount=5000, approved_on="2025-06-09"
    )
    pilot.row("B1", **loan | {"disbursed_on": "2025-05-31"}, loan_no="before", amount=5000, approved_on="2025-05-09")
    pilot.row("B1", **loan | {"period": "2025-07"}, loan_no="early", amount="1000.01", approved_on="2025-06-09")
    pilot.row("B1", **loan, loan_no="default", amount="1000.02", approved_on="2025-04-30")  # before any ceiling
    evaluated = pilot.evaluated()
    assert triggers(evaluated, "X05") == [("B001", "2025-06", "watch", "X05-B001-2025-06")]
    loans = evidence(evaluated, "X05", "2025-06")["periods"][0]["facts"]["above_ceiling_loans"]
    assert [(loan["loan_no"], loan["amount"], loan["ceiling"]) for loan in loans] == [
        ("default", "1000.02", "1000"),
        ("early", "1000.01", "1000"),
    ]


def test_x06_counts_returned_versions_of_one_period_and_never_lasts():
    pilot = board("2025-01", "2025-04")
    pilot.member("B001", filed={"2025-01": "rra", "2025-02": "rrra", "2025-03": "rRR"})
    evaluated = pilot.evaluated()
    assert triggers(evaluated, "X06") == [
        ("B001", "2025-02", "watch", "X06-B001-2025-02"),
        ("B001", "2025-03", "watch", "X06-B001-2025-03"),
    ]


def test_y01_needs_three_months_without_a_running_point():
    pilot = board("2025-01", "2025-08")
    pilot.member("110111", group="expanding")
    pilot.figure("110111", "D01", {"2025-01": 0, "2025-02": 0, "2025-03": 1} | each("2025-04", "2025-07", 0))
    evaluated = pilot.evaluated()
    assert by_period(evaluated, "Y01") == {"2025-06": "watch", "2025-07": "watch"}
    assert ids(evaluated, "Y01") == {"Y01-110111-2025-06"}


def test_y02_asks_for_a_pool_to_be_filled():
    pilot = board("2025-01", "2025-03")
    pilot.member("110111", group="expanding")
    for period, size, left in (("2025-01", 500, "99.99"), ("2025-02", 500, 100), ("2025-03", 0, 0)):
        pilot.row("R2", submitter="110111", period=period, pool_size=size, pool_balance=left)
    evaluated = pilot.evaluated()
    assert by_period(evaluated, "Y02") == {"2025-01": "hint"}
    assert evaluated.execute("""SELECT value, threshold FROM "trigger" WHERE rule = 'Y02'""").fetchone() == (19.998, 20)


def test_x03_watch_then_rectify_then_exit():
    pilot = board("2025-01", "2027-01")
    pilot.member("110111", group="expanding", admitted="2024-01-01")
    pilot.figure(
        "110111", "C10", each("2025-01", "2025-09", 60) | each("2025-09", "2027-01", 30)
    )  # scores 100, then 50
    raised = by_period(pilot.evaluated(), "X03")
    assert raised == (
        each("2025-09", "2025-11", "watch")
        | each("2025-12", "2026-02", "rectify")
        | each("2026-03", "2026-11", "watch")
        | each("2026-12", "2027-01", "exit")
    )
    assert ids(pilot.connection, "X03") == {"X03-110111-2025-09"}


@pytest.mark.parametrize(("met", "level"), [(35.99, "rectify"), (36, None)])
def test_x03_is_for_less_than_the_pass_mark(met, level):
    pilot = board("2025-01", "2025-12")
    pilot.member("110111", group="expanding", admitted="2024-01-01")
    pilot.figure("110111", "C10", each("2025-01", "2025-11", 60) | {"2025-12": met})  # 36 of 60 scores exactly 60
    evaluated = pilot.evaluated()
    assert by_period(evaluated, "X03").get("2025-12") == level
    query = "SELECT grade FROM score WHERE period = '2025-12'"
    assert evaluated.execute(query).fetchall() == [("D" if level else "C",)]


@given(st.lists(st.sampled_from([True, True, False, None]), min_size=1, max_size=22))
def test_a_rule_by_consecutive_periods_is_open_exactly_while_they_last(holds):
    periods = periods_between("2025-01", "2026-10")[: len(holds)]
    policies = dict.fromkeys(periods, declared_parameters().at(date(2025, 1, 1)))
    seen = {
        ("110111", period): Observation("district", (holding,), None, None, (), {"period": period})
        for period, holding in zip(periods, holds, strict=True)
    }
    raised = {trigger.period: trigger for trigger in open_triggers(rule_of("Y01"), seen, policies)}
    expected = {
        period
        for number, period in enumerate(periods, start=1)
        if number >= 3 and holds[number - 3 : number] == [True] * 3
    }
    assert set(raised) == expected
    for trigger in raised.values():
        assert trigger.since in expected
        assert trigger.id == f"Y01-110111-{trigger.since}"
        assert set(periods_between(trigger.since, trigger.period)) <= expected


def test_a_condition_that_is_no_sql_is_named_by_its_rule():
    pilot = board("2025-01", "2025-01")
    evaluated = pilot.evaluated()
    (level,) = rule_of("Y01").levels
    wrong = replace(rule_of("Y01"), levels=(replace(level, condition="no_such_column = 0"),))
    with pytest.raises(DeclarationError, match="Y01.*no_such_column"):
        observe(evaluated, wrong)
