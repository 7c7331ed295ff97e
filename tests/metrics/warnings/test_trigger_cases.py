"""Triggers that people enter, rectification overdue, and what decisions settle: a trigger's life to its closure."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from casework.decisions import incidents
from contract.errors import CallError
from ledger.incidents import incident_kind
from tests.casework.pilots import ANALYST, Pilot, file
from tests.metrics.boards import Board, each


def board(last: str = "2025-12", now: datetime = datetime(2026, 1, 20)) -> Board:
    made = Board("2025-01", last, now)
    made.member("B001", admitted="2024-01-01")
    return made


def decide(pilot: Board, number: int, kind: str, on: str, **more) -> None:
    facts = {"subject": "B001", "status": "approved", "decided_on": on, "effective_on": on}
    pilot.row("decision", decision_id=number, kind=kind, **(facts | more))


def open_at(connection, rule: str) -> dict[str, str]:
    query = 'SELECT period, level FROM "trigger" WHERE rule = ? ORDER BY period'
    return dict(connection.execute(query, [rule]).fetchall())


def lives(connection, rule: str) -> list[tuple]:
    query = "SELECT id, last_period, level, state, closed_on, closed_by FROM trigger_case WHERE rule = ? ORDER BY id"
    return connection.execute(query, [rule]).fetchall()


def gap(pilot: Board, **quarters: float) -> None:
    """S18 at quarter ends (`Q1=4.0` is March), of a bank large enough."""
    pilot.figure("B001", "S18", {f"2025-{int(name[1]) * 3:02}": value for name, value in quarters.items()})
    pilot.figure("B001", "G01", each("2025-01", "2025-12", 10_000))
    pilot.figure("B001", "G02", each("2025-01", "2025-12", 20))


def test_a_decision_closes_what_stands_and_only_a_higher_level_opens_it_again():
    pilot = board()
    gap(pilot, Q1=4.0, Q2=4.0, Q3=2.0, Q4=4.0)
    decide(pilot, 7, "watch", "2025-04-25")  # March is known from 18 April
    evaluated = pilot.evaluated()
    # watch from March; settled on 25 April; rectify from June is higher; ended in September; December is another
    assert open_at(evaluated, "X02") == {
        "2025-03": "watch", "2025-06": "rectify", "2025-07": "rectify", "2025-08": "rectify", "2025-12": "watch",
    }  # fmt: skip
    assert lives(evaluated, "X02") == [
        ("X02-B001-2025-03", "2025-08", "rectify", "ended", None, None),
        ("X02-B001-2025-12", "2025-12", "watch", "open", None, None),
    ]


def test_a_decision_that_names_no_trigger_answers_up_to_its_level():
    pilot = board()
    gap(pilot, Q1=4.0, Q2=4.0)
    decide(pilot, 7, "watch", "2025-07-25")  # rectify stands since June: a watch does not answer it
    assert lives(pilot.evaluated(), "X02") == [("X02-B001-2025-03", "2025-08", "rectify", "ended", None, None)]
    decide(pilot, 8, "rectify", "2025-08-15")
    assert set(open_at(pilot.evaluated(), "X02")) == {"2025-03", "2025-04", "2025-05", "2025-06", "2025-07"}


def test_a_decision_that_names_triggers_settles_those_alone():
    pilot = board("2025-09", datetime(2025, 11, 1))
    pilot.figure("B001", "G06", each("2025-01", "2025-09", 0))
    gap(pilot, Q3=4.0)
    decide(pilot, 7, "watch", "2025-10-27", triggers=["X02-B001-2025-09"])
    evaluated = pilot.evaluated(today=date(2025, 11, 1))
    assert [(life[0], life[3], life[5]) for rule in ("X01", "X02") for life in lives(evaluated, rule)] == [
        ("X01-B001-2025-06", "open", None),
        ("X02-B001-2025-09", "decided", 7),
    ]


def test_the_latest_period_is_seen_as_of_today_and_earlier_ones_as_of_their_last_day():
    pilot = board("2025-08", datetime(2025, 9, 20))
    pilot.figure("B001", "G06", each("2025-01", "2025-08", 0))
    decide(pilot, 7, "watch", "2025-09-16")
    assert open_at(pilot.evaluated(today=date(2025, 9, 20)), "X01") == {"2025-06": "watch", "2025-07": "watch"}
    assert open_at(pilot.evaluated(today=date(2025, 9, 15)), "X01") == each("2025-06", "2025-08", "watch")


def test_a_decision_before_the_figures_are_known_settles_nothing_of_them():
    pilot = board("2025-06", datetime(2025, 8, 1))
    pilot.figure("B001", "G06", each("2025-01", "2025-06", 0))
    decide(pilot, 7, "watch", "2025-07-15")  # June's figures are due on the 18th
    assert open_at(pilot.evaluated(today=date(2025, 8, 1)), "X01") == {"2025-06": "watch"}


def test_rectification_that_is_overdue_is_an_exit_trigger_until_it_is_released():
    pilot = board("2025-09", datetime(2025, 10, 20))
    pilot.connection.execute("DELETE FROM member_state")
    for state, since, until in (("active", "2024-01-01", "2025-03-03"), ("rectify", "2025-03-03", "2025-08-20"),
                                ("active", "2025-08-20", None)):  # fmt: skip
        pilot.row("member_state", code="B001", state=state, from_date=since, to_date=until)
    decide(pilot, 7, "rectify", "2025-03-03", rectify_due="2025-05-30")
    decide(pilot, 8, "amend", "2025-05-20", rectify_due="2025-06-30")  # extended
    evaluated = pilot.evaluated()
    # 30 June is not past on 30 June
    assert open_at(evaluated, "X08") == {"2025-07": "exit"}
    query = """SELECT id, value, evidence FROM "trigger" WHERE rule = 'X08'"""
    number, days, evidence = evaluated.execute(query).fetchone()
    assert (number, days) == ("X08-B001-2025-07", 31)
    assert '"rectify_due": "2025-06-30"' in evidence


@pytest.mark.parametrize(("rule", "kind"), [("X07", "penalty"), ("X09", "withdrawal")])
def test_what_an_analyst_enters_stands_from_that_month_until_it_is_decided(rule: str, kind: str):
    pilot = board("2025-08", datetime(2025, 9, 20))
    pilot.row("incident", incident_id=5, kind=kind, rule=rule, subject="B001", entered_on="2025-06-12",
              happened_on="2025-06-02", note="说明")  # fmt: skip
    evaluated = pilot.evaluated()
    assert open_at(evaluated, rule) == each("2025-06", "2025-08", "exit")
    decide(pilot, 6, "watch", "2025-06-11")  # before it was entered
    decide(pilot, 7, "exit", "2025-07-21")
    assert open_at(pilot.evaluated(), rule) == {"2025-06": "exit"}
    pilot.row("incident", incident_id=9, kind=kind, rule=rule, subject="B001", entered_on="2025-09-10",
              happened_on="2025-09-01", note="又一次")  # fmt: skip
    evaluated = pilot.evaluated(today=date(2025, 9, 20))
    ids = evaluated.execute('SELECT id, period FROM "trigger" WHERE rule = ? ORDER BY id', [rule]).fetchall()
    assert ids == [(f"{rule}-B001-2025-06", "2025-06"), (f"{rule}-B001-2025-09", "2025-08")]


def test_incidents_are_kept_with_their_file_and_can_be_taken_back(pilot: Pilot):
    pilot.at("2026-03-05")
    entered = incidents.record(pilot.home, incident_kind("penalty"), "B001", file("决定书"), ANALYST)
    assert (entered.kind.rule, entered.happened_on) == ("X07", date(2026, 3, 5))
    again = (pilot.home, incident_kind("penalty"), "B001", file("决定书"), ANALYST)
    with pytest.raises(CallError, match="登记为2026年第1号事件"):
        incidents.record(*again)
    with pytest.raises(CallError, match="没有第"):
        incidents.annul(pilot.home, entered.id, "B002", file("更正"), ANALYST)
    incidents.annul(pilot.home, entered.id, "B001", file("更正"), ANALYST)
    assert incidents.recorded(pilot.ledger) == {}
    assert incidents.record(*again).id > entered.id


@pytest.mark.parametrize(
    ("kind", "subject", "on", "words"),
    [("penalty", "B777", None, "不在试点名单"), ("penalty", "B001", date(2026, 3, 6), "在今天")],
)
def test_an_incident_that_cannot_be_is_one_clear_line(pilot: Pilot, kind: str, subject: str, on, words: str):
    pilot.at("2026-03-05")
    with pytest.raises(CallError, match=words):
        incidents.record(pilot.home, incident_kind(kind), subject, file("文件"), ANALYST, on)
    with pytest.raises(CallError, match="没有“fire”这种事件"):
        incident_kind("fire")
