"""Names as they are compared, who may act by which role, and that where two must act one person is never two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from ledger.events import Entry, Ledger
from ledger.people import USER, Earlier, check_person, key_of, same_person, second_person, users, written_name

AT = datetime(2026, 1, 5, 9)
ROLES = {"Li": "analyst", "Wang": "supervisor", "Bank": "institution", "Gone": "supervisor"}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


@pytest.fixture
def registered(ledger: Ledger) -> Ledger:
    """An analyst, a supervisor, a user of the bank B001, and a supervisor who is disabled."""
    scopes = {"Bank": "B001"}
    entries = [
        Entry(USER, "管理员", name, {"role": role, "scope": scopes.get(name, ""), "disabled": name == "Gone"})
        for name, role in ROLES.items()
    ]
    ledger.append(AT, entries)
    return ledger


@pytest.mark.parametrize(
    "spelled",
    [
        "wang wu", "WANG WU", " Wang Wu ", "Wang　Wu", "WangWu", "Ｗａｎｇ Ｗｕ", "Wa\u200bng Wu", "\ufeffWang Wu",
        "Wang Wu\u2060", "Wa\xadng Wu", "\u202eWang Wu\u202c", "Wang\tWu\n", "Wang\xa0Wu", "Wa\u034fng Wu",
        "Wang\u3164 Wu", "Wang Wu\ufe0f", "Wang\U000e0020 Wu", "Wa\x00ng Wu",
    ],
)  # fmt: skip
def test_a_name_in_another_spelling_is_the_same_person(spelled: str):
    assert same_person(spelled, "Wang Wu")


@pytest.mark.parametrize(("name", "other"), [("张三", "张三丰"), ("Wang", "Weng"), ("王五", "王伍"), ("甲1", "甲2")])
def test_another_name_is_another_person(name: str, other: str):
    assert not same_person(name, other)


@pytest.mark.parametrize(("name", "same"), [("Straße", "STRASSE"), ("café", "cafe\u0301"), ("①", "1"), ("ﬁ", "fi")])
def test_letters_that_unicode_takes_for_one_are_one(name: str, same: str):
    assert key_of(name) == key_of(same)


def test_what_is_kept_of_a_name_is_what_is_seen_of_it():
    assert written_name(" Wang\u200b\t 五　") == "Wang 五"


@pytest.mark.parametrize("nobody", ["", " ", "　", "\t\n", "\u200b", "\ufeff\u2060", "\u3164", "\xad"])
def test_nobody_does_nothing(ledger: Ledger, nobody: str):
    for act in (
        lambda: check_person(ledger, nobody, "propose", "提出决定"),
        lambda: second_person(ledger, nobody, "approve", "批准", "决定", [("甲", "由甲提出")]),
        lambda: check_person(ledger, Viewer(nobody, "甲", "analyst"), "propose", "提出决定"),
    ):
        with pytest.raises(CallError, match="须写明经办人"):
            act()


@pytest.mark.parametrize(
    "unseen", ["\ue000", "\uf8ff", "\ufff4", "\ufffc", "\U0001d159", "\U00016fe4", "\U000f0000", "\u0378"]
)
def test_a_character_of_which_nobody_sees_anything_makes_no_second_person(ledger: Ledger, unseen: str):
    """Also where nobody is registered, so that no register could tell."""
    for name in (f"甲{unseen}", f"{unseen}甲", f"甲{unseen}乙"):
        for by in (name, Viewer(name, "甲", "supervisor")):
            with pytest.raises(CallError, match=f"看不见或无法显示的字符（U\\+{ord(unseen):04X}）"):
                second_person(ledger, by, "approve", "批准", "决定", [("甲", "由甲提出")])


@pytest.mark.parametrize("name", ["张三", "𠮷野", "\U00031350", "Straße", "café", "阿依古丽·买买提", "王五（代）"])
def test_letters_of_names_are_seen(ledger: Ledger, name: str):
    assert second_person(ledger, name, "approve", "批准", "决定", [("甲", "由甲提出")]) == name


def test_where_nobody_is_registered_anybody_acts_and_a_viewer_by_its_role(ledger: Ledger):
    assert check_person(ledger, " 甲 ", "approve", "批准决定") == "甲"
    assert check_person(ledger, Viewer("甲", "甲", "supervisor"), "approve", "批准决定") == "甲"
    with pytest.raises(AccessDenied, match="分析员不能批准决定，须由复核人办理"):
        check_person(ledger, Viewer("甲", "甲", "analyst"), "approve", "批准决定")


def test_where_users_are_registered_the_latest_role_of_each_counts(registered: Ledger):
    assert check_person(registered, "ＷＡＮＧ", "approve", "批准决定") == "ＷＡＮＧ"
    for name, told in (("Li", "Li的角色不能批准决定，须由复核人办理"), ("甲", "没有使用者“甲”"), ("gone", "已停用")):
        with pytest.raises(AccessDenied, match=told):
            check_person(registered, name, "approve", "批准决定")
    with pytest.raises(AccessDenied, match="Li的角色不能批准决定"):  # a viewer who claims more than is registered
        check_person(registered, Viewer("Li", "Li", "supervisor"), "approve", "批准决定")
    registered.append(AT, [Entry(USER, "管理员", "li", {"role": "supervisor"})])
    assert check_person(registered, "Li", "approve", "批准决定") == "Li"
    assert users(registered.events(USER))["li"].role == "supervisor"


def test_a_role_bound_to_a_member_acts_for_that_member_alone(registered: Ledger):
    assert check_person(registered, "Bank", "lodge", "提出异议", "B001") == "Bank"
    assert check_person(registered, "Li", "lodge", "提出异议", "B002") == "Li"
    for by, subject in (("Bank", "B002"), (Viewer("Bank", "某行", "institution", "B002"), "B001")):
        with pytest.raises(AccessDenied, match="只能为本单位提出异议"):
            check_person(registered, by, "lodge", "提出异议", subject)


def test_as_long_as_too_few_are_registered_anybody_begins_but_who_is_disabled(registered: Ledger):
    assert check_person(registered, "甲", "approve", "批准决定", settled=False) == "甲"
    assert check_person(registered, "Li", "approve", "批准决定", settled=False) == "Li"
    with pytest.raises(AccessDenied, match="已停用"):
        check_person(registered, "GONE", "approve", "批准决定", settled=False)


def test_who_acted_before_is_refused_in_any_role_and_another_is_not(registered: Ledger):
    earlier = [("Li", "第7号事项由Li提出"), ("wang", "第7号事项由wang复核")]
    with pytest.raises(CallError, match="^第7号事项由wang复核，须由另一人批准，换用其他角色也不可$"):
        second_person(registered, "Wang", "approve", "批准", "决定", earlier)
    assert second_person(registered, "Wang", "approve", "批准", "决定", earlier[:1]) == "Wang"


def test_a_viewer_is_known_by_its_user_and_by_the_name_shown(ledger: Ledger):
    viewer = Viewer("u-17", "张三", "supervisor")
    for person in ("U-17", "张 三"):
        with pytest.raises(CallError, match="须由另一人批准"):
            second_person(ledger, viewer, "approve", "批准", "决定", [(person, f"由{person}提出")])
    assert second_person(ledger, viewer, "approve", "批准", "决定", [("u-18", "由u-18提出")]) == "u-17"


def test_what_nobody_proposed_has_no_second_person(ledger: Ledger):
    """As early releases let a change of a rule be proposed under no name."""
    with pytest.raises(CallError, match="须由另一人批准"):
        second_person(ledger, "甲", "approve", "批准", "规则变更", [(" ", "规则变更第7号没有提出人")])


def test_who_may_not_act_is_told_nothing_of_the_case(registered: Ledger):
    def looked_up() -> Iterator[Earlier]:
        raise CallError("没有第7号事项")
        yield

    with pytest.raises(AccessDenied):
        second_person(registered, "Li", "approve", "批准", "决定", looked_up())
    with pytest.raises(CallError, match="没有第7号事项"):
        second_person(registered, "Wang", "approve", "批准", "决定", looked_up())
