"""List decisions by two persons: what is allowed in which state, who may approve, who has to be heard before."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from casework.decisions import steps
from contract.decision_kinds import decision_kinds, read_decision_kinds
from contract.errors import AccessDenied, CallError, DeclarationError
from ledger.archive import fetch
from ledger.events import Entry
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot, file

# What may be decided in each state, as the list's rules say it.
ALLOWED = {
    "none": {"admit"},
    "active": {"watch", "rectify", "exit", "amend", "succeed"},
    "watch": {"rectify", "release", "exit", "amend", "succeed"},
    "rectify": {"release", "exit", "amend", "succeed"},
    "exited": {"readmit"},
}
# The way into each state, and what each kind has to set beside it.
WAYS = {"none": [], "active": [], "watch": ["watch"], "rectify": ["rectify"], "exited": ["exit"]}
SETS = {
    "admit": {"name": "演示新银行", "group": "city"},
    "amend": {"contact": "联系处"},
    "succeed": {"name": "演示更名银行"},
}


@pytest.mark.parametrize("state", ALLOWED)
def test_each_decision_is_for_certain_states_alone(pilot: Pilot, state: str):
    subject = "B009" if state == "none" else "B001"
    for kind in WAYS[state]:
        pilot.decide(kind, subject, "2026-02-02")
    pilot.at("2027-06-01")
    for kind in ALLOWED[state]:
        assert pilot.propose(kind, subject, "2027-06-01", **SETS.get(kind, {})).status == "proposed"
    for kind in decision_kinds().keys() - ALLOWED[state]:
        with pytest.raises(CallError, match="状态为|名单上没有"):
            pilot.propose(kind, subject, "2027-06-01", **SETS.get(kind, {}))


def test_a_bank_goes_all_the_way_and_the_list_follows(pilot: Pilot):
    pilot.decide("admit", "B009", "2026-02-02", batch="第二批", ceiling="3000", **SETS["admit"])
    pilot.decide("watch", "B009", "2026-03-02")
    pilot.decide("rectify", "B009", "2026-04-01", rectify_due="2026-06-30")
    pilot.decide("release", "B009", "2026-06-01")
    pilot.decide("exit", "B009", "2026-08-03")
    days = ("2026-02-02", "2026-03-02", "2026-05-31", "2026-06-01", "2026-08-02", "2026-08-03")
    assert [pilot.state("B009", day) for day in days] == ["active", "watch", "rectify", "active", "active", "exited"]
    assert (pilot.member("B009").name, pilot.member("B009").ceilings[0].value) == ("演示新银行", "3000")


@pytest.mark.parametrize("same", ["甲", " 甲 ", "甲　"])
def test_nobody_approves_or_rejects_what_he_proposed(pilot: Pilot, same: str):
    proposal = pilot.propose("watch", "B001", "2026-02-02", by="甲")
    for act in (lambda: steps.approve(pilot.home, proposal.id, same),
                lambda: steps.reject(pilot.home, proposal.id, same, "理由")):  # fmt: skip
        with pytest.raises(CallError, match="另一人"):
            act()
    assert steps.approve(pilot.home, proposal.id, "乙").status == "approved"


def test_a_second_role_makes_no_second_person(pilot: Pilot):
    for role in ("analyst", "supervisor"):
        pilot.ledger.append(datetime(2026, 1, 6), [Entry("user", "管理员", "wang", {"role": role})])
    proposal = pilot.propose("watch", "B001", "2026-02-02", by="wang")
    with pytest.raises(CallError, match="换用其他角色也不可"):
        steps.approve(pilot.home, proposal.id, "WANG")


def test_where_users_are_registered_their_roles_count(pilot: Pilot):
    registered = {"li": "analyst", "wang": "supervisor", "zhao": "supervisor"}
    entries = [Entry("user", "管理员", user, {"role": role}) for user, role in registered.items()]
    left = Entry("user", "管理员", "zhao", {"role": "supervisor", "disabled": True})
    pilot.ledger.append(datetime(2026, 1, 6), [*entries, left])
    with pytest.raises(AccessDenied, match="没有使用者“甲”"):
        pilot.propose("watch", "B001", "2026-02-02", by="甲")
    proposal = pilot.propose("watch", "B001", "2026-02-02", by="wang")
    for user, words in (("li", "不能批准决定"), ("zhao", "已停用")):
        with pytest.raises(AccessDenied, match=words):
            steps.approve(pilot.home, proposal.id, user)
    other = pilot.propose("watch", "B002", "2026-02-02", by="li")
    assert steps.approve(pilot.home, other.id, "wang").approver == "wang"


@pytest.mark.parametrize("kind", ["rectify", "exit"])
def test_who_is_to_leave_or_rectify_is_heard_before(pilot: Pilot, kind: str):
    pilot.at("2026-09-24")
    number = pilot.propose(kind, "B001", "2026-11-02").id
    with pytest.raises(CallError, match="须先告知"):
        steps.approve(pilot.home, number, SUPERVISOR)
    told = steps.notice(pilot.home, number, ANALYST)
    # ten working days from Thursday 24 September 2026: the 28th to 30th, then past the holidays of 25 to 27
    # September and 1 to 7 October 8, 9 and, made up for, Saturday the 10th, 12, 13, 14 and 15; 20 September is past
    assert told.answer_due == date(2026, 10, 15)
    pilot.at("2026-10-15")
    with pytest.raises(CallError, match="尚未答复也未到期"):
        steps.approve(pilot.home, number, SUPERVISOR)
    pilot.at("2026-10-16")
    assert steps.approve(pilot.home, number, SUPERVISOR).status == "approved"


def test_an_answer_ends_the_time_to_answer_and_is_kept(pilot: Pilot):
    number = pilot.propose("rectify", "B001", "2026-02-02").id
    with pytest.raises(CallError, match="尚未告知"):
        steps.answer(pilot.home, number, file("答复"), ANALYST)
    steps.notice(pilot.home, number, ANALYST)
    answered = steps.answer(pilot.home, number, file("答复"), ANALYST)
    assert fetch(pilot.home.archive, answered.answer.sha256).decode() == "答复"
    for again, words in (
        (lambda: steps.answer(pilot.home, number, file("再答复"), ANALYST), "登记陈述申辩"),
        (lambda: steps.notice(pilot.home, number, ANALYST), "告知"),
    ):
        with pytest.raises(CallError, match=words):
            again()
    assert steps.approve(pilot.home, number, SUPERVISOR).rectify_due == date(2026, 5, 2)  # three months, a parameter


def test_what_is_decided_stays_decided(pilot: Pilot):
    approved, rejected = (
        pilot.propose("watch", "B001", "2026-02-02").id,
        pilot.propose("watch", "B002", "2026-02-02").id,
    )
    steps.approve(pilot.home, approved, SUPERVISOR)
    steps.reject(pilot.home, rejected, SUPERVISOR, "依据不足")
    for number, words in ((approved, "批准"), (rejected, "驳回"), (999, "没有第999号")):
        for act in (lambda n: steps.approve(pilot.home, n, SUPERVISOR),
                    lambda n: steps.reject(pilot.home, n, SUPERVISOR, "理由"),
                    lambda n: steps.notice(pilot.home, n, ANALYST)):  # fmt: skip
            with pytest.raises(CallError, match=words):
                act(number)
    assert (pilot.state("B001", "2026-02-02"), pilot.state("B002", "2026-02-02")) == ("watch", "active")


def test_two_proposals_for_one_state_are_not_both_approved(pilot: Pilot):
    first, second = (pilot.propose("watch", "B001", day).id for day in ("2026-02-02", "2026-02-03"))
    steps.approve(pilot.home, first, SUPERVISOR)
    with pytest.raises(CallError, match="状态为关注"):
        steps.approve(pilot.home, second, SUPERVISOR)


def test_no_decision_counts_from_before_the_last_one(pilot: Pilot):
    pilot.decide("amend", "B001", "2026-03-02", ceiling="2000")
    with pytest.raises(CallError, match="早于B001上一项决定的生效日2026-03-02"):
        pilot.propose("watch", "B001", "2026-03-01")
    assert pilot.decide("watch", "B001", "2026-03-02").status == "approved"


def test_an_exited_member_waits_before_it_comes_back(pilot: Pilot):
    pilot.decide("exit", "B001", "2026-02-02")
    pilot.at("2027-01-04")
    with pytest.raises(CallError, match="退出未满12个月，2027-02-02起"):
        pilot.propose("readmit", "B001", "2027-02-01")
    pilot.decide("readmit", "B001", "2027-02-02")
    assert [pilot.state("B001", day) for day in ("2027-02-01", "2027-02-02")] == ["exited", "active"]


def test_a_district_leaves_only_when_the_authorities_agreed(pilot: Pilot):
    number = pilot.propose("exit", "110108", "2026-03-02").id
    steps.notice(pilot.home, number, ANALYST)
    steps.answer(pilot.home, number, file("答复"), ANALYST)
    for outcome, words in (("", "须先提请会商"), ("declined", "不同意退出")):
        if outcome:
            steps.consult(pilot.home, number, outcome, file("纪要"), ANALYST)
        with pytest.raises(CallError, match=words):
            steps.approve(pilot.home, number, SUPERVISOR)
    steps.consult(pilot.home, number, "agreed", file("再议纪要"), ANALYST)
    assert steps.approve(pilot.home, number, SUPERVISOR).status == "approved"
    bank = pilot.propose("exit", "B001", "2026-03-02").id
    with pytest.raises(CallError, match="无须提请会商"):
        steps.consult(pilot.home, bank, "agreed", file("纪要"), ANALYST)


@pytest.mark.parametrize(
    ("kind", "subject", "more", "words"),
    [
        ("admit", "B009", {"group": "city"}, "名称"),
        ("admit", "B009", {"name": "演示新银行", "group": "core"}, "组别"),
        ("admit", "B009", SETS["admit"] | {"ceiling": "-1"}, "上限"),
        ("admit", "000000", {"name": "京外", "group": "core", "member_kind": "district"}, "17个地区"),
        ("watch", "B001", {"ceiling": "2000"}, "不能设定"),
        ("watch", "B001", {"reason": " "}, "事由"),
        ("watch", "B001", {"document_no": ""}, "文号"),
        ("watch", "B001", {"triggers": ("X01-B002-2026-01",)}, "不是B001的预警线索"),
        ("watch", "B001", {"triggers": ("Z99-B001-2026-01",)}, "不是B001的预警线索"),
        ("watch", "B001", {"by": " "}, "经办人"),
        ("amend", "B001", {}, "至少设定"),
        ("amend", "B001", {"rectify_due": "2026-09-01"}, "不在限期整改"),
        ("amend", "110108", {"ceiling": "2000"}, "只对试点机构"),
        ("rectify", "B001", {"rectify_due": "2026-02-02"}, "晚于生效日"),
        ("rectify", "B001", {"rectify_due": "明年"}, "明年"),
        ("succeed", "B001", {}, "至少设定"),
        ("succeed", "B001", {"successor": "B001"}, "本机构"),
        ("succeed", "B001", {"successor": "110108"}, "不能承继"),
        ("succeed", "B001", {"successor": "B777"}, "写明名称"),
        ("succeed", "110108", {"name": "新名"}, "只用于试点机构"),
    ],
)
def test_a_decision_that_cannot_be_is_one_clear_line(pilot: Pilot, kind: str, subject: str, more: dict, words: str):
    with pytest.raises(CallError, match=words):
        pilot.propose(kind, subject, "2026-02-02", **more)
    assert pilot.ledger.events("proposal") == []


def test_an_act_that_is_refused_keeps_no_file(pilot: Pilot):
    with pytest.raises(CallError, match="上一项决定"):
        pilot.propose("watch", "B001", "2026-01-01", files=[file("依据")])
    number = pilot.propose("rectify", "B001", "2026-02-02").id
    with pytest.raises(CallError, match="尚未告知"):
        steps.answer(pilot.home, number, file("答复"), ANALYST)
    assert not pilot.home.archive.exists()
    with pytest.raises(CallError, match="文件空.txt是空的"):
        pilot.propose("watch", "B001", "2026-02-02", files=[("空.txt", b"")])
    kept = pilot.propose("watch", "B001", "2026-02-02", files=[file("依据"), file("附件")]).papers
    assert [(paper.name, fetch(pilot.home.archive, paper.sha256).decode()) for paper in kept] == [
        ("依据.txt", "依据"),
        ("附件.txt", "附件"),
    ]


def test_a_districts_name_and_group_are_known(pilot: Pilot):
    pilot.decide("admit", "110105", "2026-02-02")
    member = pilot.member("110105")
    assert (member.name, member.kind, member.group) == ("朝阳区", "district", "core")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("watch,关注,sleeping,watch,watch,否,,", "sleeping"),
        ("watch,关注,active,watch,alarm,否,,", "alarm"),
        ("watch,关注,active,watch,watch,maybe,,", "maybe"),
        ("watch,关注,active,watch,watch,否,colour,", "colour"),
        ("watch,关注,active,watch,watch,否,name,group", "group"),
    ],
)
def test_a_kind_that_is_wrongly_declared_is_refused(tmp_path: Path, row: str, words: str):
    path = tmp_path / "decisions.csv"
    path.write_text(f"kind,name,from,to,answers,hearing,fields,required\n{row}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=words):
        read_decision_kinds(path)
