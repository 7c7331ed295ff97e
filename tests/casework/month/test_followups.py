"""Follow-ups: whence they come, who owes them, who may close them, and who sees them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from casework.month import followups
from contract.errors import AccessDenied, CallError
from ledger.archive import fetch
from ledger.events import Entry
from ledger.month.followups import Followup
from metrics.queries.work.followups import numbered, owed
from tests.casework.pilots import Pilot, file
from tests.casework.worklists import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    BANK,
    DISTRICT,
    OTHER_BANK,
    PERIOD,
    SUPERVISOR,
)

DUE = date(2026, 3, 20)


def given(pilot: Pilot, owner: str = "B001", by: str = "甲", due_on: date = DUE) -> Followup:
    return followups.add(pilot.home, "briefing", PERIOD, "核实余额", owner, due_on, by)


def test_one_goes_from_open_to_closed_with_evidence(pilot: Pilot, version):
    followup = given(pilot)
    assert (followup.state, followup.owner_kind, followup.due_on, followup.opened_by) == ("open", "member", DUE, "甲")
    answered = followups.answer(pilot.home, followup.id, " 已核实 ", "甲", [file("核实材料")])
    assert (answered.state, answered.answer.text) == ("answered", "已核实")
    assert fetch(pilot.home.archive, answered.papers[0].sha256).decode() == "核实材料"
    closed = followups.close(pilot.home, followup.id, "属实", "乙")
    assert (closed.state, closed.closing.by, closed.closing.text) == ("closed", "乙", "属实")
    assert [turn.kind for turn in closed.turns] == ["followup", "followup_answer", "followup_close"]


@pytest.mark.parametrize("same", ["甲", " 甲 ", "甲　"])
def test_who_answered_does_not_close(pilot: Pilot, version, same: str):
    number = given(pilot).id
    followups.answer(pilot.home, number, "已核实", "甲")
    with pytest.raises(CallError, match="由甲答复，须由另一人办结"):
        followups.close(pilot.home, number, "属实", same)
    followups.reopen(pilot.home, number, "材料不全", "乙")
    with pytest.raises(CallError, match="由甲答复"):  # sent back is not closed by who was sent back
        followups.close(pilot.home, number, "属实", same)
    followups.answer(pilot.home, number, "已补", "丙")
    assert followups.close(pilot.home, number, "属实", "甲").state == "closed"


def test_an_owner_by_name_does_not_close_even_where_another_answered(pilot: Pilot, version):
    number = given(pilot, owner="Wang").id
    followups.answer(pilot.home, number, "代为答复", "甲")
    with pytest.raises(CallError, match="由Wang负责，须由另一人办结"):
        followups.close(pilot.home, number, "属实", " WANG ")
    assert followups.close(pilot.home, number, "属实", "乙").closing.by == "乙"


def test_overdue_is_the_day_after_and_ends_with_an_answer(pilot: Pilot, version):
    number = given(pilot).id
    for day, overdue in (("2026-03-20", False), ("2026-03-21", True)):
        pilot.at(day)
        assert [task.overdue for task in owed(ANALYST, version, pilot.home)] == [overdue]
    followups.answer(pilot.home, number, "迟复", "甲")
    assert [task.overdue for task in owed(ANALYST, version, pilot.home)] == [False]
    with pytest.raises(CallError, match="须另定期限"):
        followups.reopen(pilot.home, number, "不足", "乙")
    again = followups.reopen(pilot.home, number, "不足", "乙", date(2026, 3, 27))
    assert (again.state, again.due_on) == ("open", date(2026, 3, 27))


def test_a_day_moves_with_a_reason_and_keeps_the_old_one_on_record(pilot: Pilot, version):
    number = given(pilot).id
    for day, reason, words in ((DUE, "原因", "不同于原期限"), (date(2026, 3, 15), "原因", "不早于今天"),
                               (date(2026, 3, 27), " ", "须写明调整原因")):  # fmt: skip
        with pytest.raises(CallError, match=words):
            followups.postpone(pilot.home, number, day, reason, "甲")
    moved = followups.postpone(pilot.home, number, date(2026, 3, 27), "核查需时", "甲")
    assert (moved.due_on, [turn.due_on for turn in moved.turns]) == (date(2026, 3, 27), [DUE, date(2026, 3, 27)])


def test_what_is_closed_stays_closed_until_it_is_taken_up_again(pilot: Pilot, version):
    number = given(pilot).id
    with pytest.raises(CallError, match="待办，无须退回"):
        followups.reopen(pilot.home, number, "原因", "甲")
    followups.close(pilot.home, number, "不再需要", "甲")
    for act in (lambda: followups.answer(pilot.home, number, "答复", "甲"),
                lambda: followups.close(pilot.home, number, "再办", "乙"),
                lambda: followups.postpone(pilot.home, number, date(2026, 3, 27), "原因", "甲")):  # fmt: skip
        with pytest.raises(CallError, match="办结"):
            act()
    assert followups.reopen(pilot.home, number, "有新情况", "甲").closing is None
    with pytest.raises(CallError, match="没有第999号"):
        followups.close(pilot.home, 999, "属实", "甲")


@pytest.mark.parametrize(
    ("source", "source_id", "words"),
    [
        ("trigger", "X01-B001-2026-02", "没有预警线索"),
        ("decision", "999", "没有第999号名单决定"),
        ("decision", "x", "没有第x号"),
        ("meeting", "2026-03-02", "没有登记2026-03-02的会商"),
        ("briefing", "2030-01", "没有报送期2030-01"),
        ("finding", "B001", "应如B001/2026-10/3"),
        ("finding", "B001/2026-02/7", "没有问题“7”"),
        ("finding", "B009/2026-02/1", "没有B009在2026-02的报送"),
        ("rumour", "1", "来源“rumour”应为finding（校验问题）"),
    ],
)
def test_none_comes_from_nothing(pilot: Pilot, version, source: str, source_id: str, words: str):
    before = pilot.ledger.head()
    with pytest.raises(CallError, match=words):
        followups.add(pilot.home, source, source_id, "核实", "B001", DUE, "甲")
    assert pilot.ledger.head() == before


def test_a_decision_on_its_way_is_a_source(pilot: Pilot, version):
    number = pilot.propose("watch", "B001", "2026-04-01").id
    assert followups.add(pilot.home, "decision", f"{number}", "补充依据", "analyst", DUE, "甲").source_id == f"{number}"


@pytest.mark.parametrize(
    ("owner", "words"), [("B009", "不在试点名单上"), ("110199", "不在试点名单上"), (" ", "须写明责任人")]
)
def test_an_owner_is_a_member_a_role_or_a_person(pilot: Pilot, version, owner: str, words: str):
    with pytest.raises(CallError, match=words):
        given(pilot, owner)
    kinds = {name: given(pilot, name).owner_kind for name in ("B001", "110108", "analyst", "王五")}
    assert kinds == {"B001": "member", "110108": "member", "analyst": "role", "王五": "user"}


def test_where_users_are_registered_an_owner_by_name_is_one_of_them(pilot: Pilot, version):
    roles = {"甲": "analyst", "王五": "supervisor", "丁": "district"}
    pilot.ledger.append(
        datetime(2026, 3, 1), [Entry("user", "管理", name, {"role": role}) for name, role in roles.items()]
    )
    assert given(pilot, "王五").owner == "王五"
    with pytest.raises(CallError, match="没有这个使用者"):
        given(pilot, "赵六")
    with pytest.raises(AccessDenied, match="不能交办"):
        given(pilot, "王五", by="丁")


def test_no_day_that_is_past_and_no_empty_words(pilot: Pilot, version):
    with pytest.raises(CallError, match="早于今天"):
        given(pilot, due_on=date(2026, 3, 15))
    with pytest.raises(CallError, match="须写明督办内容"):
        followups.add(pilot.home, "briefing", PERIOD, " ", "B001", DUE, "甲")
    number = given(pilot, due_on=date(2026, 3, 16)).id
    for act in (lambda: followups.answer(pilot.home, number, " ", "甲"),
                lambda: followups.close(pilot.home, number, "", "乙")):  # fmt: skip
        with pytest.raises(CallError, match="须写明"):
            act()


def test_each_role_sees_what_it_owns_and_the_bureau_sees_all(pilot: Pilot, version):
    numbers = {owner: given(pilot, owner).id for owner in ("B001", "B002", "110108", "supervisor", "甲", "丁")}

    def seen(viewer) -> set[str]:
        return {task.followup.owner for task in owed(viewer, version, pilot.home)}

    def own(viewer) -> set[str]:
        return {task.followup.owner for task in owed(viewer, version, pilot.home) if task.own}

    assert seen(ANALYST) == seen(SUPERVISOR) == set(numbers)
    assert (own(ANALYST), own(SUPERVISOR)) == ({"甲"}, {"supervisor"})
    assert (seen(BANK), seen(OTHER_BANK), seen(DISTRICT)) == ({"B001"}, {"B002"}, {"110108", "丁"})
    for stranger in (AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            owed(stranger, version, pilot.home)
    with pytest.raises(CallError, match="没有第"):
        numbered(BANK, version, pilot.home, numbers["B002"])
