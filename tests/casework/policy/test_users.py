"""Users by two persons: who may begin, who may go on, what can be, and what is left for the list to show."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner, Result

from casework.__main__ import casework
from casework.policy.users import approve_user, propose_user, reject_user
from contract.errors import AccessDenied, CallError
from ledger.events import Entry
from ledger.people import USER, users
from ledger.users import UserDraft, UserProposal
from tests.casework.pilots import Pilot

FIRST, SECOND, ADMIN = "赵", "Qian", "孙"  # two supervisors and an administrator


def proposed(pilot: Pilot, name: str, role: str, by: str = FIRST, **more) -> UserProposal:
    return propose_user(pilot.home, UserDraft(name, role, reason=more.pop("reason", "工作需要"), **more), by)


def put(pilot: Pilot, name: str, role: str, by: str = FIRST, approver: str = SECOND, **more) -> UserProposal:
    return approve_user(pilot.home, proposed(pilot, name, role, by, **more).id, approver)


@pytest.fixture
def settled(pilot: Pilot) -> Pilot:
    """Two supervisors, registered by two others at the beginning, and an administrator."""
    first, second = (proposed(pilot, name, "supervisor", "甲") for name in (FIRST, SECOND))
    approve_user(pilot.home, first.id, "乙")
    approve_user(pilot.home, second.id, "乙")
    put(pilot, ADMIN, "admin")
    return pilot


def known(pilot: Pilot) -> dict[str, tuple[str, str, bool]]:
    return {user.name: (user.role, user.scope, user.disabled) for user in users(pilot.ledger.events(USER)).values()}


def test_a_change_counts_once_another_approves(pilot: Pilot):
    proposal = proposed(pilot, " 赵 ", "supervisor", "甲")
    assert (proposal.status, proposal.change, proposal.draft.name) == ("proposed", "登记为复核人", "赵")
    assert known(pilot) == {}
    done = approve_user(pilot.home, proposal.id, "乙")
    assert (done.status, done.approver, done.decided_on) == ("approved", "乙", date(2026, 1, 5))
    (event,) = pilot.ledger.events(USER)
    assert (event.subject, event.actor) == ("赵", "乙")
    assert event.payload == {
        "role": "supervisor", "scope": "", "disabled": False, "reason": "工作需要", "proposal": proposal.id,
        "proposer": "甲", "approver": "乙", "decided_on": "2026-01-05",
    }  # fmt: skip


def test_two_who_are_alone_register_each_other(pilot: Pilot):
    own = [proposed(pilot, name, "supervisor", name) for name in (FIRST, SECOND)]
    approve_user(pilot.home, own[0].id, SECOND)
    approve_user(pilot.home, own[1].id, FIRST)
    assert known(pilot) == dict.fromkeys((FIRST, SECOND), ("supervisor", "", False))


def test_the_first_supervisor_is_one_of_the_two_who_register_the_second(pilot: Pilot):
    put(pilot, FIRST, "supervisor", "甲", "乙")
    with pytest.raises(AccessDenied, match="没有使用者“甲”"):
        proposed(pilot, SECOND, "supervisor", "甲")
    proposal = proposed(pilot, SECOND, "supervisor", FIRST)
    for own in (FIRST, SECOND.upper()):
        with pytest.raises(CallError):
            approve_user(pilot.home, proposal.id, own)
    assert approve_user(pilot.home, proposal.id, "乙").status == "approved"
    put(pilot, "李", "analyst")


def test_until_there_are_two_supervisors_nobody_else_is_registered(pilot: Pilot):
    with pytest.raises(CallError, match="须先登记两名复核人（现有0名），才能登记管理员"):
        proposed(pilot, ADMIN, "admin", "甲")
    put(pilot, FIRST, "supervisor", "甲", "乙")
    with pytest.raises(CallError, match="现有1名"):
        proposed(pilot, ADMIN, "admin", FIRST)
    with pytest.raises(CallError, match="赵是仅有的1名复核人之一"):
        proposed(pilot, FIRST, "supervisor", FIRST, disabled=True)


def test_with_analysts_alone_registered_anybody_can_still_begin(pilot: Pilot):
    """As a ledger may be that was written by hand; but none who is disabled."""
    rows = {"李": {"role": "analyst"}, "吴": {"role": "analyst", "disabled": True}}
    pilot.ledger.append(pilot.ledger.events()[-1].at, [Entry(USER, "x", name, facts) for name, facts in rows.items()])
    with pytest.raises(AccessDenied, match="已停用"):
        proposed(pilot, FIRST, "supervisor", "吴")
    proposal = proposed(pilot, FIRST, "supervisor", "甲")
    with pytest.raises(AccessDenied, match="已停用"):
        approve_user(pilot.home, proposal.id, "吴")
    assert approve_user(pilot.home, proposal.id, "李").status == "approved"


def test_once_settled_administrators_and_supervisors_propose_and_supervisors_approve(settled: Pilot):
    put(settled, "李", "analyst", ADMIN, FIRST)
    for stranger in ("甲", "李"):
        with pytest.raises(AccessDenied):
            proposed(settled, "周", "analyst", stranger)
    proposal = proposed(settled, "周", "analyst", FIRST)
    for other in ("甲", "李", ADMIN):
        with pytest.raises(AccessDenied):
            approve_user(settled.home, proposal.id, other)
    assert "周" not in known(settled)


@pytest.mark.parametrize("same", ["qian", " QIAN　", "Qian"])
def test_nobody_decides_what_he_proposed_under_whatever_capitals(settled: Pilot, same: str):
    proposal = proposed(settled, "李", "analyst", SECOND)
    with pytest.raises(CallError, match="须由另一人批准"):
        approve_user(settled.home, proposal.id, same)
    with pytest.raises(CallError, match="须由另一人驳回"):
        reject_user(settled.home, proposal.id, same, "理由")


def test_nobody_decides_about_himself(settled: Pilot):
    put(settled, "周", "supervisor")
    proposal = proposed(settled, "qian", "admin", FIRST)
    assert (proposal.draft.name, proposal.change) == (SECOND, "复核人→管理员")
    with pytest.raises(CallError, match="涉及Qian本人，不能由本人批准"):
        approve_user(settled.home, proposal.id, "QIAN")
    with pytest.raises(CallError, match="不能由本人驳回"):
        reject_user(settled.home, proposal.id, SECOND, "理由")
    assert approve_user(settled.home, proposal.id, "周").status == "approved"


def test_two_supervisors_stay(settled: Pilot):
    for change in ({"role": "supervisor", "disabled": True}, {"role": "analyst"}):
        with pytest.raises(CallError, match="赵是仅有的2名复核人之一，不能停用或改任"):
            proposed(settled, FIRST, by=ADMIN, **change)
    put(settled, "周", "supervisor")
    first, second = (proposed(settled, name, "supervisor", ADMIN, disabled=True) for name in (FIRST, SECOND))
    approve_user(settled.home, first.id, "周")
    with pytest.raises(CallError, match="Qian是仅有的2名复核人之一"):
        approve_user(settled.home, second.id, "周")
    assert known(settled)[FIRST] == ("supervisor", "", True)
    with pytest.raises(AccessDenied, match="已停用"):
        proposed(settled, "吴", "analyst", FIRST)


def test_a_member_s_user_is_disabled_with_its_scope_and_comes_back(settled: Pilot):
    put(settled, "周", "institution", scope="b001")
    assert known(settled)["周"] == ("institution", "B001", False)
    assert put(settled, "周", "institution", disabled=True).change == "停用（报送用户）"
    assert known(settled)["周"] == ("institution", "B001", True)
    with pytest.raises(CallError, match="周已于2026-01-05停用"):
        proposed(settled, "周", "institution", disabled=True)
    again = proposed(settled, "周", "institution", scope="B002")
    assert again.change == "重新启用，报送用户（B001）→报送用户（B002）"
    assert reject_user(settled.home, again.id, SECOND, "已调离").rejected_because == "已调离"
    with pytest.raises(CallError, match="已于2026-01-05由Qian驳回，不能再办理"):
        approve_user(settled.home, again.id, SECOND)
    assert put(settled, "周", "institution", scope="B001").change == "重新启用，报送用户（B001）"


@pytest.mark.parametrize(
    ("name", "role", "more", "told"),
    [
        ("周", "boss", {}, "没有角色“boss”，应为analyst（分析员）、supervisor（复核人）"),
        (" ", "analyst", {}, "使用者名不能为空"),
        ("周\n吴", "analyst", {}, "不能含换行"),
        ("周", "analyst", {"reason": " "}, "须写明事由"),
        ("周", "analyst", {"scope": "B001"}, "分析员不对应某一机构或地区，不应给出--scope"),
        ("周", "institution", {}, "报送用户须对应一个试点机构，请给出--scope编码"),
        ("周", "district", {}, "区级用户须对应一个试点地区"),
        ("周", "institution", {"scope": "B009"}, "试点名单上没有机构“B009”"),
        ("周", "institution", {"scope": "110108"}, "试点名单上没有机构“110108”"),
        ("周", "district", {"scope": "110105"}, "试点名单上没有地区“110105”"),
        ("周", "analyst", {"disabled": True}, "没有使用者“周”，不能停用"),
        (ADMIN, "analyst", {"disabled": True}, "孙是管理员，停用时不能同时改变角色或范围"),
        (ADMIN, "admin", {}, "孙已是管理员，没有变化"),
    ],
)
def test_what_cannot_be_is_refused(settled: Pilot, name: str, role: str, more: dict, told: str):
    head = settled.ledger.head()
    with pytest.raises(CallError) as refusal:
        proposed(settled, name, role, **more)
    assert told in str(refusal.value)
    assert settled.ledger.head() == head


def test_a_member_that_has_left_the_list_gets_no_user(settled: Pilot):
    put(settled, "周", "institution", scope="B001")
    waiting = proposed(settled, "吴", "institution", scope="B001")
    settled.ledger.append(
        settled.ledger.events()[-1].at,
        [Entry("decision", "x", "B001", {"kind": "exit", "effective_on": "2026-01-05", "approver": "x"})],
    )
    for act in (
        lambda: approve_user(settled.home, waiting.id, SECOND),
        lambda: proposed(settled, "郑", "institution", scope="B001"),
    ):
        with pytest.raises(CallError, match="机构“B001”在2026-01-05不在试点名单上"):
            act()
    assert put(settled, "周", "institution", disabled=True).status == "approved"


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def test_by_commands_one_numbering_serves_all(settled: Pilot):
    said = run("user", "周", "district", "--scope", "110108", "--reason", "首次登记", "--by", ADMIN).stdout
    number = str(settled.ledger.head()[0])
    assert said == (
        f"2026年第4号使用者提议（台账编号{number}）：周登记为区级用户（110108），待复核；"
        f"须由另一人批准：python -m casework approve {number} --by 姓名\n"
    )
    (row,) = json.loads(run("proposals", "--status", "proposed", "--format", "json").stdout)
    assert (row["id"], row["kind"], row["subject"], row["changes"], row["proposer"]) == (
        int(number), "user", "周", "登记为区级用户（110108）", ADMIN,
    )  # fmt: skip
    assert len(json.loads(run("proposals", "--subject", "周", "--format", "json").stdout)) == 1
    refused = run("approve", number, "--by", ADMIN, code=2)
    assert refused.stderr == "错误：孙的角色不能批准使用者及其角色，须由复核人办理\n"
    assert "已批准" in run("approve", number, "--by", FIRST).stdout
    assert settled.ledger.events("publication") == []
    assert run("users").stdout.splitlines() == [
        "user,role,scope,since,proposer,approver,disabled",
        "赵,supervisor,,2026-01-05,甲,乙,false",
        "Qian,supervisor,,2026-01-05,甲,乙,false",
        "孙,admin,,2026-01-05,赵,Qian,false",
        "周,district,110108,2026-01-05,孙,赵,false",
    ]
    run("user", "周", "district", "--disable", "--reason", "调离", "--by", ADMIN)
    assert "已驳回" in run("reject", str(int(number) + 2), "--by", FIRST, "--reason", "未调离").stdout


def test_the_ledger_stays_whole_and_roles_hold_everywhere(settled: Pilot):
    settled.ledger.verify()
    put(settled, "李", "analyst")
    assert settled.propose("watch", "B001", "2026-02-02", by="李").proposer == "李"
    with pytest.raises(AccessDenied, match="没有使用者“甲”"):
        settled.propose("watch", "B002", "2026-02-02", by="甲")
