"""Commands take a thing by the number by which people call it, beside its place in the ledger."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from casework.__main__ import casework
from casework.commands.acting import place_of
from casework.policy.users import propose_user
from contract.errors import CallError
from ledger.proposals import EVENTS, proposals
from ledger.users import UserDraft
from metrics.warnings.rules import trigger_words
from tests.casework.pilots import Pilot


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def test_a_case_is_taken_by_its_number_of_the_year(pilot: Pilot):
    pilot.propose("watch", "B002", "2026-02-01")
    watch = pilot.propose("watch", "B001", "2026-02-01")
    second = watch.number
    assert place_of(second, "名单决定") == place_of(str(watch.id), "名单决定") == watch.id
    assert place_of(" 2026年第0" + second[6:] + " ", "名单决定") == watch.id
    said = run("reject", second, "--by", "乙", "--reason", "再看一期").stdout
    assert said.startswith(f"{second}事项（台账编号{watch.id}）：B001列入关注")


def test_what_is_called_so_twice_is_asked_for_by_its_place(pilot: Pilot):
    admitted = min(proposals(pilot.ledger.events(*EVENTS)))
    user = propose_user(pilot.home, UserDraft("丙", "supervisor", reason="工作需要"), "甲").id
    first = "2026年第1号"
    assert (place_of(first, "名单决定"), place_of(first, "使用者提议")) == (admitted, user)
    with pytest.raises(CallError, match=f"{first}不止一件，请改用台账编号：名单决定为{admitted}、使用者提议为{user}"):
        place_of(first, "名单决定", "使用者提议")


UNKNOWN = {"七号": "编号“七号”应为台账编号，或如2026年第7号", "2030年第7号": "没有2030年第7号名单决定"}


@pytest.mark.parametrize(("called", "words"), UNKNOWN.items())
def test_what_is_no_number_or_calls_nothing_is_said(pilot: Pilot, called, words):
    assert words in run("notice", called, code=2).stderr


def test_a_trigger_in_words():
    assert trigger_words("X02-B001-2025-12").endswith("（2025年12月起）")
    assert "X02" not in trigger_words("X02-B001-2025-12")
