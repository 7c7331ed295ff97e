"""The way of a case, read from triggers and the ledger; what a rule would have caught; who may see and do what."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from casework.decisions import rectification, steps
from casework.decisions.steps import known_proposals
from casework.papers.made_letters import case_letters
from contract.errors import AccessDenied, CallError
from contract.parameters import declared_parameters
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from metrics.queries.members.case_ways import Way, awaits_proposal, ways, worked_on_by
from metrics.warnings.replay import replay, tried
from metrics.warnings.rules import rule_of
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot, file
from tests.metrics.boards import Board, each

BUREAU = Viewer("a", "甲", "analyst")
SIGNER = Viewer("s", "乙", "supervisor")
BANK = Viewer("i", "丙", "institution", "B001")
DISTRICT = Viewer("d", "丁", "district", "110108")


def published(pilot: Pilot, fill) -> Snapshot:
    """A snapshot of 2026 up to March beside the pilot's ledger, with what `fill` puts on the board."""
    path = pilot.home.warehouse / "pilot-1.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime(2026, 4, 27, 9)
    board = Board("2026-01", "2026-03", now)
    for code, group in (("B001", "city"), ("B002", "city"), ("110108", "core")):
        board.member(code, group, "2025-01-05")
    fill(board)
    board.evaluated(today=now.date())
    board.row("snapshot", number=1, built_at=now, now=now, demonstration=False, last_period="2026-03")
    board.connection.execute(f"ATTACH '{path}' AS file")
    board.connection.execute("COPY FROM DATABASE memory TO file")
    board.connection.execute("DETACH file")
    (path.parent / "CURRENT").write_text("pilot-1.duckdb\n", encoding="utf-8")
    return current(pilot.home)


def idle_points(board: Board) -> None:
    board.figure("110108", "D01", each("2026-01", "2026-03", 0))


TRIGGER = "Y01-110108-2026-03"


def way(pilot: Pilot, snapshot: Snapshot, viewer: Viewer = BUREAU) -> Way:
    return next(way for way in ways(viewer, snapshot, pilot.home) if way.id == TRIGGER)


def test_a_case_goes_from_trigger_to_closure_and_says_what_is_due(pilot: Pilot):
    snapshot = published(pilot, idle_points)
    pilot.at("2026-04-24")
    # the 24th of April 2026 is a Friday; on the 27th nobody has proposed anything
    assert (way(pilot, snapshot).next.due, way(pilot, snapshot).overdue) == (date(2026, 4, 24), False)
    assert way(pilot, snapshot).open_until == "2026-03"
    assert [awaits_proposal(way(pilot, snapshot), period) for period in ("2026-02", "2026-03")] == [False, True]
    pilot.at("2026-04-27")
    assert (way(pilot, snapshot).next.name, way(pilot, snapshot).overdue) == ("建议", True)
    number = pilot.propose("rectify", "110108", "2026-06-01", triggers=(TRIGGER,), rectify_due="2026-08-31").id
    assert not awaits_proposal(way(pilot, snapshot), "2026-03")
    assert (way(pilot, snapshot).next.name, way(pilot, snapshot).overdue) == ("告知", False)
    due = steps.notice(pilot.home, number, ANALYST).answer_due
    assert (way(pilot, snapshot).next.name, way(pilot, snapshot).next.due) == ("陈述申辩", due)
    pilot.at("2026-05-20")
    assert [(step.name, step.note) for step in way(pilot, snapshot).steps if step.note == "期限内未提出"] == [
        ("陈述申辩", "期限内未提出")
    ]
    assert (way(pilot, snapshot).next.name, way(pilot, snapshot).next.note) == ("决定", "待批准")
    steps.approve(pilot.home, number, SUPERVISOR)
    assert way(pilot, snapshot).next.name == "文书"
    pilot.at("2026-09-01")
    assert [(step.due, step.overdue) for step in way(pilot, snapshot).steps if step.name == "整改"] == [
        (date(2026, 8, 31), True)
    ]
    # Ten working days from 1 June; nothing is in, so that nothing can be accepted.
    assert (way(pilot, snapshot).next.name, way(pilot, snapshot).next.due) == ("整改方案", date(2026, 6, 15))
    assert [(step.name, step.due, step.overdue) for step in way(pilot, snapshot).steps[-4:-2]] == [
        ("整改方案", date(2026, 6, 15), True),
        ("整改验收", date(2026, 8, 31), False),
    ]
    rectification.plan(pilot.home, number, file("方案"), ANALYST)
    rectification.accept(pilot.home, number, False, "两项未完成", file("核查"), SUPERVISOR)
    assert [(step.on, step.overdue, step.note) for step in way(pilot, snapshot).steps[-4:-2]] == [
        (date(2026, 9, 1), False, "方案.txt"),
        (None, False, "2026-09-01验收不到位：两项未完成"),
    ]
    pilot.decide("amend", "110108", "2026-09-02", rectify_due="2026-09-30")
    assert [(step.due, step.overdue) for step in way(pilot, snapshot).steps if step.name == "整改"] == [
        (date(2026, 9, 30), False)
    ]
    pilot.at("2026-09-25")
    pilot.decide("release", "110108", "2026-09-28")
    closed = way(pilot, snapshot)
    assert (closed.state, closed.steps[-1].name, closed.steps[-1].on) == ("已办结", "办结", date(2026, 9, 25))


def test_a_rejected_proposal_leaves_the_case_open_and_gives_way_to_the_next(pilot: Pilot):
    snapshot = published(pilot, idle_points)
    first = pilot.propose("watch", "110108", "2026-05-06", triggers=(TRIGGER,)).id
    steps.reject(pilot.home, first, SUPERVISOR, "再观察")
    assert (way(pilot, snapshot).state, way(pilot, snapshot).steps[2].note) == ("在办", "驳回：再观察")
    second = pilot.propose("watch", "110108", "2026-05-06", triggers=(TRIGGER,)).id
    assert way(pilot, snapshot).proposal.id == second
    steps.approve(pilot.home, second, SUPERVISOR)
    assert way(pilot, snapshot).state == "已办结"


def test_a_district_learns_of_a_proposal_when_it_is_told(pilot: Pilot):
    snapshot = published(pilot, idle_points)
    number = pilot.propose("rectify", "110108", "2026-06-01", triggers=(TRIGGER,)).id
    assert way(pilot, snapshot, DISTRICT).proposal is None
    assert known_proposals(DISTRICT, pilot.home)[0].kind.code == "admit"
    steps.notice(pilot.home, number, ANALYST)
    assert way(pilot, snapshot, DISTRICT).proposal.id == number
    assert {way.subject for way in ways(DISTRICT, snapshot, pilot.home)} == {"110108"}
    assert {proposal.subject for proposal in known_proposals(DISTRICT, pilot.home)} == {"110108"}
    with pytest.raises(AccessDenied):
        ways(BANK, snapshot, pilot.home)


def test_who_may_not_act_is_refused(pilot: Pilot):
    number = pilot.propose("rectify", "B001", "2026-06-01").id
    today = date(2026, 1, 5)
    acts = {
        "notice": lambda viewer: steps.notice(pilot.home, number, viewer, today),
        "answer": lambda viewer: steps.answer(pilot.home, number, ("a.txt", b"x"), viewer, today),
        "letters": lambda viewer: case_letters(pilot.home, number, viewer),
        "approve": lambda viewer: steps.approve(pilot.home, number, viewer),
        "reject": lambda viewer: steps.reject(pilot.home, number, viewer, "理由"),
    }
    for name, act in acts.items():
        for viewer in (BANK, DISTRICT, *([BUREAU] if name in ("approve", "reject") else [])):
            with pytest.raises(AccessDenied):
                act(viewer)
    assert steps.reject(pilot.home, number, SIGNER, "理由").status == "rejected"


@pytest.mark.parametrize(("period", "day"), [("2026-03", "2026-04-24"), ("2026-09", "2026-10-26")])
def test_triggers_are_worked_on_by_a_working_day(period: str, day: str):
    """24 October 2026 is a Saturday."""
    assert worked_on_by(period, declared_parameters()) == date.fromisoformat(day)


def gap(board: Board) -> None:
    """B001 is 2.8 points above in March, B002 3.5; a decision on B002 follows on 27 April."""
    for code, value in (("B001", 2.8), ("B002", 3.5)):
        board.figure(code, "S18", {"2026-03": value})
        board.figure(code, "G01", {"2026-03": 10_000})
        board.figure(code, "G02", {"2026-03": 20})
    facts = {"decision_id": 7, "kind": "watch", "subject": "B002", "status": "approved"}
    board.row("decision", **facts, decided_on="2026-04-27", effective_on="2026-04-30")


def test_a_rule_is_replayed_with_its_lead_time():
    board = Board("2026-01", "2026-03", datetime(2026, 5, 1))
    for code in ("B001", "B002"):
        board.member(code, "city", "2025-01-05")
    gap(board)
    board.evaluated()
    replayed = {
        limit: replay(board.connection, rule_of("X02"), declared_parameters(), values, date(2026, 5, 1))
        for limit, values in {"3": {}, "2.5": {"npl_gap_tolerance": "2.5"}, "4": {"npl_gap_tolerance": "4"}}.items()
    }
    # March is due on Monday 20 April (the 18th is a Saturday): known from the 21st, six days before the decision
    assert [
        (case.subject, case.known_on, case.decision, case.lead_days, case.lead_periods) for case in replayed["3"]
    ] == [("B002", date(2026, 4, 21), "watch", 6, 0)]
    assert [(case.subject, case.declared, case.lead_days) for case in replayed["2.5"]] == [
        ("B001", False, None),
        ("B002", True, 6),
    ]
    assert replayed["4"] == []


@pytest.mark.parametrize(
    ("values", "words"),
    [({"x01_periods": "3"}, "不取参数“x01_periods”"), ({"npl_gap_tolerance": "三"}, "应为数字"),
     ({"npl_gap_tolerance": "inf"}, "应为数字")],
)  # fmt: skip
def test_a_trial_that_cannot_be_is_one_clear_line(values: dict[str, str], words: str):
    with pytest.raises(CallError, match=words):
        tried(declared_parameters(), rule_of("X02"), values)
