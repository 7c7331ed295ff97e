"""`explain` and `confirm`: two persons, each in its role, read and appended under the one lock between processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from etl.__main__ import etl
from etl.warehouse import lock
from etl.warehouse.lock import writing
from ledger.events import Entry
from tests.etl.conftest import NOW, Pilot, begun
from tests.etl.submissions import BANK, PERIOD, change, submission

QUESTION = "Q-B1-214"  # shared risk without a guarantee deposit


@pytest.fixture
def questioned(pilot: Pilot, beginning: Path) -> Pilot:
    """A published version of the bank with one question."""

    def make(pilot: Pilot) -> None:
        pilot.send(f"{PERIOD}_{BANK}.xlsx", change(submission(), "B1", {"risk_share": "融资担保"}))
        pilot.publish()

    return begun(pilot, beginning, make)


def say(act: str, by: str, *more: str, code: int = 0) -> Result:
    words = (act, BANK, PERIOD, "1", "--reason", "有保证金", "--by", by, "--no-publish", *more)
    done = CliRunner().invoke(etl, words)
    assert done.exit_code == code, done.output
    return done


def said(pilot: Pilot) -> list[tuple[str, str]]:
    return [(event.actor, event.payload["act"]) for event in pilot.ledger.events("explanation", "confirmation")]


@pytest.mark.parametrize("same", ["Li 甲", "LI 甲", " li甲　", "Ｌｉ　甲", "L\u200bi 甲"])
def test_who_explained_a_finding_does_not_confirm_it(questioned: Pilot, same: str):
    assert f"{QUESTION}，已说明·待确认" in say("explain", "Li 甲").stdout
    for more in ((), ("--reject",)):
        told = say("confirm", same, *more, code=2).stderr
        assert "由Li 甲说明，须由另一人确认或退回，换用其他角色也不可" in told
    assert "说明已确认" in say("confirm", "乙").stdout
    assert said(questioned) == [("Li 甲", "explained"), ("乙", "confirmed")]


@pytest.mark.parametrize("nobody", ["", " ", "\u200b"])
@pytest.mark.parametrize("act", ["explain", "confirm"])
def test_nobody_says_nothing(questioned: Pilot, act: str, nobody: str):
    assert "须写明经办人" in say(act, nobody, code=2).stderr
    assert said(questioned) == []


def test_of_what_was_said_the_last_counts(questioned: Pilot):
    say("explain", "甲")
    say("explain", "乙")
    assert "由乙说明，须由另一人" in say("confirm", "乙", code=2).stderr
    say("confirm", "甲")
    assert said(questioned)[-1] == ("甲", "confirmed")


def test_where_users_are_registered_each_says_what_its_role_may(questioned: Pilot):
    roles = {"甲": ("analyst", ""), "丙": ("institution", BANK), "丁": ("institution", "B002"), "戊": ("admin", "")}
    facts = {name: {"role": role, "scope": scope} for name, (role, scope) in roles.items()}
    questioned.ledger.append(NOW, [Entry("user", "管理员", name, fact) for name, fact in facts.items()])
    for by, told in (
        ("丁", "只能为本单位说明问题"),
        ("戊", "不能说明问题，须由分析员、复核人、区级用户、报送用户办理"),
        ("己", "没有使用者“己”"),
    ):
        assert told in say("explain", by, code=2).stderr
    say("explain", "丙")
    assert "丙的角色不能确认或退回说明，须由分析员、复核人办理" in say("confirm", "丙", code=2).stderr
    say("confirm", "甲")
    assert said(questioned) == [("丙", "explained"), ("甲", "confirmed")]


@pytest.mark.parametrize("act", ["explain", "confirm"])
def test_nothing_is_said_while_another_process_holds_the_lock(
    questioned: Pilot, act: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)
    with writing(questioned.home):
        assert "另一个装载或发布正在进行" in say(act, "甲", code=2).stderr
    assert said(questioned) == []
    say("explain", "甲")
