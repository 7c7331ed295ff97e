"""Data given to others: put forward by one, let go by another, handed out once; on record, or refused."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest
from click.testing import CliRunner

from casework.__main__ import casework
from casework.giving.given import givings_for, taken_out
from casework.giving.requests import approve, hand_out, reject, request
from casework.papers.held_papers import papers_of
from contract.errors import AccessDenied, CallError
from contract.viewer import Viewer
from ledger.audit import EXPORTED, looks
from ledger.givings import EVENTS, Giving, GivingDraft, givings
from tests.casework.pilots import Pilot

DRAFT = GivingDraft("市知识产权局", "联合核查重复质押", "质押贷款明细", "sensitive", 12, 3)
ROWS = ("明细.xlsx", "一行一笔贷款".encode())
ANALYST = Viewer("张", "张", "analyst", address="10.0.0.7")
SUPERVISOR = Viewer("李", "李", "supervisor")


def known(pilot: Pilot) -> list[Giving]:
    return list(givings(pilot.ledger.events(*EVENTS)).values())


def test_the_very_file_goes_out_once_and_both_records_tell_of_it(pilot: Pilot):
    asked = request(pilot.home, DRAFT, ROWS, ANALYST)
    assert (asked.number, asked.status, asked.proposer) == ("2026年第1号", "proposed", "张")
    assert asked.paper.sha256 == sha256(ROWS[1]).hexdigest()
    assert approve(pilot.home, asked.id, SUPERVISOR).status == "approved"
    assert taken_out(pilot.home, asked.id, ANALYST) == ROWS
    (given,) = known(pilot)
    assert (given.approver, given.given_by, given.given_on) == ("李", "张", date(2026, 1, 5))
    (look,) = looks(pilot.home)
    assert (look.kind, look.user, look.what, look.rows, look.number) == (EXPORTED, "张", "giving", 12, 3)
    assert (look.level, look.area, look.address, look.sha256) == ("sensitive", "give", "10.0.0.7", asked.paper.sha256)
    assert look.selection == "批准=李；接收单位=市知识产权局；用途=联合核查重复质押；编号=2026年第1号"
    with pytest.raises(CallError, match="已于2026-01-05由张领出；只给出一次"):
        taken_out(pilot.home, asked.id, SUPERVISOR)
    assert len(looks(pilot.home)) == 1


def test_nothing_goes_out_before_it_is_approved_or_once_it_is_refused(pilot: Pilot):
    asked = request(pilot.home, DRAFT, ROWS, ANALYST)
    with pytest.raises(CallError, match="2026年第1号对外提供待复核，不能提供"):
        hand_out(pilot.home, asked.id, ANALYST)
    refused = reject(pilot.home, asked.id, SUPERVISOR, " 依据不足 ")
    assert (refused.status, refused.rejected_because) == ("rejected", "依据不足")
    for act in (lambda: hand_out(pilot.home, asked.id, ANALYST), lambda: approve(pilot.home, asked.id, SUPERVISOR)):
        with pytest.raises(CallError, match="已驳回"):
            act()
    assert looks(pilot.home) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"recipient": " "}, "须写明接收单位"),
        ({"purpose": ""}, "须写明用途"),
        ({"what": "长" * 201}, "须写明内容，至多200字"),
        ({"level": "secret"}, "数据级别“secret”应为"),
        ({"rows": -1}, "不能小于0"),
    ],
)
def test_what_says_too_little_is_refused(pilot: Pilot, changed: dict, fault: str):
    with pytest.raises(CallError, match=fault):
        request(pilot.home, GivingDraft(**vars(DRAFT) | changed), ROWS, ANALYST)
    with pytest.raises(CallError, match="是空的"):
        request(pilot.home, DRAFT, ("明细.xlsx", b""), ANALYST)
    assert known(pilot) == []


def test_the_bureau_alone_asks_and_reads_and_supervisors_alone_open_the_file_before(pilot: Pilot):
    asked = request(pilot.home, DRAFT, ROWS, ANALYST)
    for viewer in (
        Viewer("丙", "丙", "district", "110108"), Viewer("丁", "丁", "institution", "B001"),
        Viewer("戊", "戊", "authority"), Viewer("己", "己", "admin"),
    ):  # fmt: skip
        for act in (
            lambda viewer=viewer: request(pilot.home, DRAFT, ROWS, viewer),
            lambda viewer=viewer: givings_for(viewer, pilot.home),
            lambda viewer=viewer: approve(pilot.home, asked.id, viewer),
            lambda viewer=viewer: papers_of(viewer, pilot.home, asked.id),
        ):
            with pytest.raises(AccessDenied):
                act()
    with pytest.raises(AccessDenied):
        approve(pilot.home, asked.id, Viewer("庚", "庚", "analyst"))
    with pytest.raises(AccessDenied):
        papers_of(ANALYST, pilot.home, asked.id)
    assert [held.paper for held in papers_of(SUPERVISOR, pilot.home, asked.id)] == [asked.paper]


def test_the_same_by_commands(pilot: Pilot, tmp_path):
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(casework, [*arguments])
        return done.output

    path = tmp_path / "名单.csv"
    path.write_bytes(b"1\n")
    said = ("--to", "某局", "--purpose", "核查", "--what", "名单", "--level", "sensitive", "--rows", "1")
    asked = run("give", "ask", str(path), *said, "--by", "张")
    assert "2026年第1号对外提供" in asked and "须由另一人批准" in asked
    number = str(known(pilot)[0].id)
    assert "须由另一人批准，换用其他角色也不可" in run("approve", number, "--by", "张")
    assert "已批准" in run("approve", number, "--by", "李")
    out = tmp_path / "领出"
    out.mkdir()
    assert "没有目录" in run("give", "take", "2026年第1号", "--out", str(tmp_path / "无"), "--by", "张")
    assert run("give", "take", "2026年第1号", "--out", str(out), "--by", "张") == f"已写到{out / '名单.csv'}\n"
    assert (out / "名单.csv").read_bytes() == b"1\n"
    assert "只给出一次" in run("give", "take", "2026年第1号", "--out", str(out), "--by", "李")
    assert [(look.user, look.role, look.rows) for look in looks(pilot.home)] == [("张", "", 1)]
    assert "某局,核查,名单,sensitive,1,0,approved,张" in run("give", "list", "--format", "csv")
