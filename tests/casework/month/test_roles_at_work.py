"""What each role may do about the month's work on a page, what waits for it there, and that it is the ledger's."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from casework.month import firm_answers, followups, meetings, reminders
from casework.month.meetings import Outcome
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from ledger.events import Entry
from metrics.queries.work.agenda import agenda, past_meetings
from metrics.queries.work.batches import reminded
from metrics.queries.work.followups import owed
from metrics.queries.work.key_firms import key_firms
from metrics.queries.work.month import month
from metrics.queries.work.waiting import waiting_tasks
from tests.casework.pilots import Pilot
from tests.casework.worklists import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    BANK,
    DISTRICT,
    DISTRICT_CODE,
    OTHER_BANK,
    PERIOD,
    SUPERVISOR,
)

DUE = date(2026, 3, 20)
OTHERS = (BANK, DISTRICT, AUTHORITY, ADMIN)


def given(pilot: Pilot, owner: str, viewer: Viewer = ANALYST) -> int:
    return followups.add(pilot.home, "briefing", PERIOD, "核实余额", owner, DUE, viewer, [("依据.txt", b"x")]).id


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: viewer.role)
def test_only_the_bureau_gives_out_closes_moves_and_records(pilot: Pilot, version, viewer: Viewer):
    number = given(pilot, "B001")
    before = pilot.ledger.head()
    for act in (
        lambda: followups.add(pilot.home, "briefing", PERIOD, "x", "B001", DUE, viewer),
        lambda: followups.close(pilot.home, number, "结论", viewer),
        lambda: followups.postpone(pilot.home, number, date(2026, 3, 27), "原因", viewer),
        lambda: followups.reopen(pilot.home, number, "原因", viewer, DUE),
        lambda: meetings.record(pilot.home, date(2026, 3, 16), ("纪要", b"x"), [Outcome("a")], viewer),
        lambda: firm_answers.record_answer(
            pilot.home, DISTRICT_CODE, "f2", "B001", "declined", "原因", viewer, date(2026, 3, 16)
        ),
    ):
        with pytest.raises(AccessDenied):
            act()
    assert pilot.ledger.head() == before


def test_a_member_answers_its_own_alone_and_the_bureau_any(pilot: Pilot, version):
    own, other, named = given(pilot, "B001"), given(pilot, "B002"), given(pilot, "某人")
    answered = followups.answer(pilot.home, own, "已核实", BANK, [("材料.txt", b"y")])
    assert (answered.state, answered.answer.by, answered.answer.papers[0].name) == ("answered", BANK.user, "材料.txt")
    for viewer, number in ((BANK, other), (DISTRICT, other), (OTHER_BANK, own)):
        with pytest.raises(CallError, match="没有第"):  # not told that there is such a one
            followups.answer(pilot.home, number, "答复", viewer)
    assert followups.answer(pilot.home, named, "代为登记", SUPERVISOR).answer.by == SUPERVISOR.user
    with pytest.raises(CallError, match="须由另一人办结"):
        followups.close(pilot.home, named, "属实", SUPERVISOR)
    assert followups.close(pilot.home, own, "属实", ANALYST).state == "closed"


def test_evidence_is_given_out_to_who_sees_the_follow_up_alone(pilot: Pilot, version):
    number, other = given(pilot, "B001"), given(pilot, "B002")
    (paper,) = followups.answer(pilot.home, number, "已核实", BANK, [("材料.txt", b"y")]).answer.papers
    assert followups.paper(BANK, version, pilot.home, number, paper.sha256) == b"y"
    assert followups.paper(ANALYST, version, pilot.home, number, paper.sha256) == b"y"
    for viewer, named in ((OTHER_BANK, number), (OTHER_BANK, other), (BANK, other)):
        with pytest.raises(CallError, match="没有"):
            followups.paper(viewer, version, pilot.home, named, paper.sha256)
    meetings.record(pilot.home, date(2026, 3, 16), ("纪要.txt", b"z"), [Outcome("a")], ANALYST)
    assert meetings.minutes_of(ANALYST, pilot.home, "2026-03-16") == b"z"
    with pytest.raises(AccessDenied):
        meetings.minutes_of(BANK, pilot.home, "2026-03-16")


def test_more_than_one_act_may_bring_is_refused_before_any_of_it_is_kept(pilot: Pilot, version):
    number = given(pilot, "B001")
    before = set(pilot.home.archive.rglob("*"))
    many = [(f"{at}.txt", bytes([at])) for at in range(followups.MOST_FILES + 1)]
    for files in (many, [("大.bin", b"x" * (followups.MOST_MEGABYTES * 1024**2 + 1))]):
        with pytest.raises(CallError, match="一次最多附10个文件，合计不超过20MB"):
            followups.answer(pilot.home, number, "答复", BANK, files)
    assert set(pilot.home.archive.rglob("*")) == before


def test_where_users_are_registered_a_member_answers_under_its_own_role(pilot: Pilot, version):
    number = given(pilot, "B001")
    followups.answer(pilot.home, number, "已核实", BANK)
    roles = {"甲": "analyst", BANK.user: "institution"}
    registered = [Entry("user", "管理", user, {"role": role, "scope": "B001"}) for user, role in roles.items()]
    pilot.ledger.append(datetime(2026, 3, 16), registered)
    assert followups.answer(pilot.home, number, "补充", BANK).answer.text == "补充"
    with pytest.raises(AccessDenied, match="没有使用者"):
        followups.answer(pilot.home, number, "答复", Viewer("外人", "外人", "institution", "B001"))


def test_what_waits_is_what_one_owes_and_for_the_bureau_what_is_to_be_closed(pilot: Pilot, version):
    def waits(viewer: Viewer) -> dict[str, tuple[int, str]]:
        return {task.kind: (task.count, task.detail) for task in waiting_tasks(viewer, version, pilot.home)}

    assert waits(ANALYST) == waits(BANK) == waits(AUTHORITY) == waits(ADMIN) == {}
    number = given(pilot, "B001")
    given(pilot, "analyst")
    assert waits(BANK) == {"followups": (1, "最早03月20日到期")}
    assert (waits(OTHER_BANK), waits(SUPERVISOR)) == ({}, {})
    assert waits(ANALYST) == {"followups": (1, "最早03月20日到期")}
    pilot.at("2026-03-21")
    assert waits(BANK) == {"followups": (1, "1件逾期，最早03月20日到期")}
    followups.answer(pilot.home, number, "已核实", BANK)
    assert (waits(BANK), waits(SUPERVISOR)) == ({}, {"answered": (1, "B001")})


def test_all_of_it_comes_back_from_the_ledger_and_the_same_data_version(pilot: Pilot, version, worked: Path):
    number = given(pilot, "B001")
    followups.answer(pilot.home, number, "已核实", BANK)
    reminders.remind(pilot.home, "B002", PERIOD, "telephone", "王五", "甲")
    outcomes = [Outcome("约谈", "B002", DUE), Outcome("参数不变")]
    meetings.record(pilot.home, date(2026, 3, 16), ("纪要.txt", b"z"), outcomes, ANALYST)
    firm_answers.record_answer(
        pilot.home, DISTRICT_CODE, "f2", "B001", "declined", "权属有争议", ANALYST, date(2026, 3, 16)
    )

    def all_of_it(snapshot) -> tuple:
        return (
            owed(ANALYST, snapshot, pilot.home),
            reminded(ANALYST, pilot.home),
            past_meetings(ANALYST, pilot.home),
            key_firms(ANALYST, snapshot, pilot.home, PERIOD),
            agenda(ANALYST, snapshot, pilot.home, PERIOD),
            month(ANALYST, snapshot, pilot.home, PERIOD),
        )

    before = all_of_it(version)
    assert [meeting.id for meeting in before[2]] == ["2026-03-16"]
    shutil.rmtree(pilot.home.warehouse)
    shutil.copytree(worked.parent, pilot.home.warehouse)
    assert all_of_it(version) == before
