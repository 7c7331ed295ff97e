"""Policy by two persons: what may be proposed, who may approve, what is in force from when, and what is kept."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import etl.snapshot.publish
from casework.__main__ import casework
from casework.policy import changes
from contract.errors import AccessDenied, CallError
from etl.feedback.check import checked
from etl.snapshot import facts
from etl.snapshot.publish import publish, rebuild
from ledger.events import Entry
from metrics.evaluation import build as evaluation
from metrics.evaluation.card_changes import items_of, rows_of
from metrics.evaluation.policy_proposals import PolicyDraft, PolicyProposal
from metrics.evaluation.scorecards import Item, scorecard_at
from metrics.indicators import build
from metrics.warnings import build as warnings
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot
from tests.etl.submissions import change, submission, workbook

TWO_ITEMS = [
    {"theme": "登记", "item": "D08", "source": "D08", "weight": "75", "floor": "50", "full": "100", "min_whole": ""},
    {"theme": "风险", "item": "S18", "source": "S18", "weight": "25", "floor": "6", "full": "3", "min_whole": ""},
]


def propose(pilot: Pilot, values: dict[str, str], effective: str = "2026-07-01", **more) -> PolicyProposal:
    by = more.pop("by", ANALYST)
    numbers = {name: Decimal(value) for name, value in values.items()}
    draft = PolicyDraft(numbers, date.fromisoformat(effective), more.pop("document_no", "试1号"), **more)
    return changes.propose_policy(pilot.home, draft, by)


def adopted(pilot: Pilot, values: dict[str, str], effective: str = "2026-07-01", **more) -> PolicyProposal:
    return changes.approve_policy(pilot.home, propose(pilot, values, effective, **more).id, SUPERVISOR)


def in_force(pilot: Pilot, name: str, day: str) -> Decimal:
    return changes.book_of(pilot.ledger).parameters.at(date.fromisoformat(day))[name]


def card(pilot: Pilot, kind: str, day: str) -> tuple[Item, ...]:
    return scorecard_at(changes.book_of(pilot.ledger).cards, kind, date.fromisoformat(day)).items


def run(*arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(casework, arguments)
    assert done.exit_code == code, done.output
    return done


def test_a_value_is_in_force_from_its_day_once_another_approves(pilot: Pilot):
    proposal = propose(pilot, {"x03_score": "55"})
    assert (proposal.status, proposal.changes) == ("proposed", ("x03_score 60→55分",))
    assert in_force(pilot, "x03_score", "2026-07-01") == 60
    assert changes.approve_policy(pilot.home, proposal.id, SUPERVISOR).status == "approved"
    assert [in_force(pilot, "x03_score", day) for day in ("2026-06-30", "2026-07-01")] == [60, 55]
    entry = changes.book_of(pilot.ledger).parameters.at(date(2026, 7, 1)).entry("x03_score")
    assert (entry.document_no, entry.proposer, entry.approver, entry.unit) == ("试1号", ANALYST, SUPERVISOR, "分")


def test_of_two_changes_for_one_day_the_later_approved_counts(pilot: Pilot):
    first, second = propose(pilot, {"x03_score": "55"}), propose(pilot, {"x03_score": "58"})
    changes.approve_policy(pilot.home, second.id, SUPERVISOR)
    changes.approve_policy(pilot.home, first.id, SUPERVISOR)
    assert in_force(pilot, "x03_score", "2026-07-01") == 55


@pytest.mark.parametrize(
    ("values", "effective", "told"),
    [
        ({"x03_scor": "55"}, "2026-07-01", "没有政策参数“x03_scor”；是否为x03_score"),
        ({"x03_score": "101"}, "2026-07-01", "应在0至100分之间，现为101"),
        ({"y02_pool_share": "-1"}, "2026-07-01", "应在0至100%之间"),
        ({"settling_in_months": "1.5"}, "2026-07-01", "应为整数"),
        ({"deadline_day_month": "0"}, "2026-07-01", "应在1至31日之间"),
        ({"x03_score": "60"}, "2026-07-01", "自2026-07-01起已是60分，没有变化"),
        ({"x03_score": "55"}, "1999-12-31", "早于政策参数“x03_score”的第一个值"),
        (
            {"grade_b_from": "90"},
            "2026-07-01",
            "grade_c_from＜grade_b_from＜grade_a_from，现为60、90、90",
        ),
        ({"lending_share_02": "30"}, "2026-07-01", "全年投放进度应满足"),
        ({"lending_share_12": "99"}, "2026-07-01", "最后一项lending_share_12应为100，现为99"),
        ({}, "2026-07-01", "没有任何变化"),
    ],
)
def test_what_cannot_be_in_force_is_refused(pilot: Pilot, values: dict[str, str], effective: str, told: str):
    with pytest.raises(CallError) as refusal:
        propose(pilot, values, effective)
    assert told in str(refusal.value)
    assert pilot.ledger.events("policy_proposal") == []


def test_bands_stay_in_order_on_every_later_day_too(pilot: Pilot):
    """A was lowered from 2027 on; raising B before that is in order at first, and not any more in 2027."""
    adopted(pilot, {"grade_a_from": "80"}, "2027-01-01")
    with pytest.raises(CallError, match="自2027-01-01起等级分界.*现为60、85、80"):
        propose(pilot, {"grade_b_from": "85"})
    assert propose(pilot, {"grade_b_from": "79"}).status == "proposed"


def test_bands_that_change_together_are_judged_together(pilot: Pilot):
    adopted(pilot, {"grade_a_from": "74", "grade_b_from": "70"})
    assert [in_force(pilot, f"grade_{band}_from", "2026-07-01") for band in "abc"] == [74, 70, 60]


def test_a_proposal_is_judged_again_when_it_is_approved(pilot: Pilot):
    lower_a, raise_b = propose(pilot, {"grade_a_from": "80"}), propose(pilot, {"grade_b_from": "85"})
    changes.approve_policy(pilot.home, lower_a.id, SUPERVISOR)
    with pytest.raises(CallError, match="现为60、85、80"):
        changes.approve_policy(pilot.home, raise_b.id, SUPERVISOR)


@pytest.mark.parametrize("same", ["甲", " 甲 ", "甲　"])
def test_nobody_approves_or_rejects_what_he_proposed(pilot: Pilot, same: str):
    proposal = propose(pilot, {"x03_score": "55"}, by="甲")
    with pytest.raises(CallError, match="须由另一人批准"):
        changes.approve_policy(pilot.home, proposal.id, same)
    with pytest.raises(CallError, match="须由另一人驳回"):
        changes.reject_policy(pilot.home, proposal.id, same, "理由")


def test_a_decided_proposal_is_decided(pilot: Pilot):
    proposal = propose(pilot, {"x03_score": "55"})
    with pytest.raises(CallError, match="理由"):
        changes.reject_policy(pilot.home, proposal.id, SUPERVISOR, " ")
    rejected = changes.reject_policy(pilot.home, proposal.id, SUPERVISOR, "依据不足")
    assert (rejected.status, rejected.rejected_because) == ("rejected", "依据不足")
    with pytest.raises(CallError, match="已于2026-01-05由乙驳回"):
        changes.approve_policy(pilot.home, proposal.id, SUPERVISOR)
    assert in_force(pilot, "x03_score", "2026-07-01") == 60


def test_roles_hold_where_users_are_registered(pilot: Pilot):
    roles = {"甲": "analyst", "丙": "analyst", "丁": "district"}
    pilot.ledger.append(
        pilot.ledger.events()[-1].at, [Entry("user", "演示", user, {"role": role}) for user, role in roles.items()]
    )
    with pytest.raises(AccessDenied, match="不能提议政策参数"):
        propose(pilot, {"x03_score": "55"}, by="丁")
    proposal = propose(pilot, {"x03_score": "55"}, by="甲")
    with pytest.raises(AccessDenied, match="不能批准政策参数"):
        changes.approve_policy(pilot.home, proposal.id, "丙")


def test_a_card_and_parameters_come_into_force_in_one_act(pilot: Pilot):
    items = items_of("bank", TWO_ITEMS, "试")
    before, head = card(pilot, "bank", "2026-07-01"), pilot.ledger.head()[0]
    adopted(pilot, {"x03_score": "55"}, cards={"bank": items}, reason="按会商意见")
    assert [event.kind for event in pilot.ledger.events() if event.seq > head + 1] == ["parameter", "scorecard"]
    assert card(pilot, "bank", "2026-06-30") == before
    assert card(pilot, "bank", "2026-07-01") == items
    assert [row["weight"] for row in rows_of(card(pilot, "bank", "2026-07-01"))] == ["75", "25"]
    assert len(card(pilot, "district", "2026-07-01")) == 8
    with pytest.raises(CallError, match="试点机构评分表自2026-07-01起已是如此"):
        propose(pilot, {}, cards={"bank": items})


def test_the_snapshot_shows_policy_with_both_persons_and_a_rebuild_tells_the_same(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch
):
    needed = {"facts": facts.build, "figures": build.build, "evaluation": evaluation.build, "warnings": warnings.build}
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: needed)
    adopted(pilot, {"x03_score": "55"}, cards={"bank": items_of("bank", TWO_ITEMS, "试")}, reason="按会商意见")
    pilot.at("2026-08-03")
    publish(pilot.home, pilot.ledger, ANALYST)
    shown = _policy(pilot)
    assert shown["parameter"] == [
        ("60.000000", "2000-01-01", "2026-07-01", "演示参数", "", "", ""),
        ("55.000000", "2026-07-01", "None", "试1号", "按会商意见", "甲", "乙"),
    ]
    assert shown["scorecard"][-2:] == [
        ("D08", "75.000000", "2026-07-01", "None", "试1号", "按会商意见", "甲", "乙"),
        ("S18", "25.000000", "2026-07-01", "None", "试1号", "按会商意见", "甲", "乙"),
    ]
    rebuild(pilot.home, pilot.ledger, ANALYST)
    assert _policy(pilot) == shown


def _policy(pilot: Pilot) -> dict[str, list[tuple[str, ...]]]:
    two = "effective_from, effective_to, document_no, reason, proposer, approver"
    queries = {
        "parameter": f"SELECT value, {two} FROM parameter WHERE name = 'x03_score' ORDER BY effective_from",
        "scorecard": f"SELECT item, weight, {two} FROM scorecard WHERE kind = 'bank' ORDER BY effective_from, rowid",
    }
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        return {
            name: [tuple(map(str, row)) for row in connection.execute(query).fetchall()]
            for name, query in queries.items()
        }


def test_by_commands_one_numbering_serves_both(pilot: Pilot):
    pilot.at("2026-08-03")
    watch = pilot.propose("watch", "B001", "2026-09-01")
    said = run("parameter", "x03_score", "55", "--effective", "2026-07-01", "--doc-no", "试2号", "--by", "甲")
    assert f"2026年第1号政策提议（台账编号{watch.id + 1}）：x03_score 60→55分，自2026-07-01起，待复核" in said.stdout
    waiting = json.loads(run("proposals", "--status", "proposed", "--format", "json").stdout)
    assert [(row["id"], row["kind"], row["subject"]) for row in waiting] == [
        (watch.id, "watch", "B001"),
        (watch.id + 1, "policy", "x03_score"),
    ]
    number = str(watch.id + 1)
    assert "须由另一人批准" in run("approve", number, "--by", "甲", "--no-publish", code=2).stderr
    assert "已批准" in run("approve", number, "--by", "乙", "--no-publish").stdout
    assert "列入关注" in run("reject", str(watch.id), "--by", "乙", "--reason", "再看一期").stdout
    assert "没有第99号事项" in run("approve", "99", "--by", "乙", code=2).stderr


def test_a_change_from_a_past_day_says_which_rounds_it_touches(pilot: Pilot):
    pilot.at("2026-11-16")
    said = run("parameter", "x03_score", "55", "--effective", "2026-04-01", "--doc-no", "试2号", "--by", "甲")
    assert "2026-06、2026-09的结果将按新值重算，已冻结的轮次不变" in said.stderr
    said = run("parameter", "x03_score", "50", "--effective", "2026-12-01", "--doc-no", "试2号", "--by", "甲")
    assert "重算" not in said.stderr


def test_parameters_are_listed_as_of_a_day_and_over_time(pilot: Pilot):
    adopted(pilot, {"x03_score": "55"})

    def listed(*arguments: str) -> list[tuple[str, str, bool]]:
        rows = json.loads(run("parameters", "--name", "x03_score", "--format", "json", *arguments).stdout)
        return [(row["value"], row["effective_from"], row["demonstration"]) for row in rows]

    assert listed() == [("60", "2000-01-01", True)]
    assert listed("--as-of", "2026-07-01") == [("55", "2026-07-01", False)]
    assert listed("--history") == [("60", "2000-01-01", True), ("55", "2026-07-01", False)]
    assert "没有政策参数“x3”" in run("parameters", "--name", "x3", code=2).stderr
    every = json.loads(run("parameters", "--format", "json").stdout)
    assert {row["group"] for row in every} == {
        "报送与月度安排", "口径与上限", "等级分界", "全年投放进度", "加分与扣分", "同组比较", "预警与退出"
    }  # fmt: skip


@pytest.mark.usefixtures("pilot")
@pytest.mark.parametrize(
    ("value", "effective", "told"),
    [("六十", "2026-07-01", "应为数字"), ("1.1234567", "2026-07-01", "至多6位小数"), ("55", "七月", "日期“七月”")],
)
def test_a_wrong_call_gets_one_clear_line(value: str, effective: str, told: str):
    said = run("parameter", "x03_score", value, "--effective", effective, "--doc-no", "试1号", "--by", "甲", code=2)
    assert told in said.stderr
    assert said.stderr.count("\n") == 1


def test_checks_on_receipt_go_by_the_value_in_force_in_the_home(pilot: Pilot, tmp_path: Path):
    """A loan of 500 valued inside the bank, in September: allowed as declared (1000), above a ceiling of 400."""
    sheets = change(submission("B001"), "B1", {"valuation_method": "内部评估", "amount": 500})
    path = tmp_path / "2026-09_B001.xlsx"
    path.write_bytes(workbook(sheets))

    def questioned() -> bool:
        return "Q-B1-215" in {finding["check"] for finding in checked(path).findings}

    assert not questioned()
    adopted(pilot, {"default_valuation_ceiling": "400"}, "2026-10-01")
    assert not questioned()
    adopted(pilot, {"default_valuation_ceiling": "400"}, "2026-09-30")
    assert questioned()
