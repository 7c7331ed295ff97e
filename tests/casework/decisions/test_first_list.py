"""The first list, registered whole on the first day; and how far setting up has come, step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from casework.decisions.first_list import register_first_list, sample
from casework.policy.changes import approve_policy, propose_value
from casework.policy.setting_up import DAY, FILE, LIST, POLICY, USERS, setting_up
from casework.policy.users import approve_user, propose_user
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from contract.viewer import Viewer
from ledger.events import Ledger
from ledger.roster import members
from ledger.users import UserDraft

ANALYST, OTHER = Viewer("li", "李", "analyst"), Viewer("wang", "王", "supervisor")
BANK = Viewer("bank", "甲行", "institution", "B001")


@pytest.fixture
def home(own_home, monkeypatch) -> Home:
    monkeypatch.setenv("PILOT_NOW", "2026-11-20T09:00:00")
    return Home(own_home)


def stands(home: Home) -> dict[str, bool]:
    return {step.code: step.done for step in setting_up(ANALYST, home)}


def test_the_sample_is_a_roster_with_headers_in_chinese(home: Home):
    assert register_first_list(home, ("名单.csv", sample()), ANALYST) == 2
    listed = members(Ledger(home.ledger).events("decision"))
    bank, district = listed["B001"], listed["110108"]
    assert (bank.kind, bank.group, bank.ceilings[0].value, bank.admitted_on) == (
        "bank", "city", "1000", date(2026, 7, 6),
    )  # fmt: skip
    assert (district.kind, district.group) == ("district", "core")


def test_a_second_list_a_wrong_file_and_a_stranger_are_refused(home: Home):
    for file, words in (
        (("名单.csv", b"a,b\n1,2\n"), "列应为编码"),
        (("名单.csv", "编码".encode("gb18030")), "UTF-8"),
        (("2026-10_B001.xlsx", b"PK\x03\x04"), "2026-10_B001.xlsx是Excel工作簿.*报送文件请在“数据报送”页报送"),
        (
            ("名单.csv", (",".join(("编码", "名称", "类别", "同组", "评估上限（万元）", "纳入日期")) + "\n").encode()),
            "没有成员",
        ),
    ):
        with pytest.raises(CallError, match=words):
            register_first_list(home, file, ANALYST)
    with pytest.raises(AccessDenied):
        register_first_list(home, ("名单.csv", sample()), BANK)
    register_first_list(home, ("名单.csv", sample()), ANALYST)
    with pytest.raises(CallError, match="名单上已有2家"):
        register_first_list(home, ("名单.csv", sample()), OTHER)


def test_an_empty_home_has_everything_before_it(home: Home):
    assert stands(home) == dict.fromkeys((LIST, DAY, POLICY, USERS, FILE), False)
    with pytest.raises(AccessDenied):
        setting_up(BANK, home)


def test_each_step_is_done_once_its_act_is_in_the_ledger(home: Home):
    register_first_list(home, ("名单.csv", sample()), ANALYST)
    assert stands(home)[LIST]
    proposal = propose_value(home, "filing_in_force", Decimal(1), date(2026, 12, 1), "京金〔2026〕1号", "施行", ANALYST)
    assert not stands(home)[DAY]
    assert "待另一人批准" in {step.code: step.says for step in setting_up(ANALYST, home)}[DAY]
    with pytest.raises(CallError, match="须由另一人批准"):
        approve_policy(home, proposal.id, Viewer("li", "李", "supervisor"))
    approve_policy(home, proposal.id, OTHER)
    assert stands(home)[DAY]
    assert "自2026-12-01起施行" in {step.code: step.says for step in setting_up(ANALYST, home)}[DAY]
    for name, by, other in (("甲", "乙", "丙"), ("乙", "甲", "丙")):
        assert not stands(home)[USERS]
        approve_user(home, propose_user(home, UserDraft(name, "supervisor", reason="首批"), by).id, other)
    assert stands(home) == {LIST: True, DAY: True, POLICY: False, USERS: True, FILE: False}
