"""Who is scored, by which items, with which bonus, deductions and place: on a small list of members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest

from tests.metrics.boards import Board, each

NOW = datetime(2026, 11, 16, 9)


@dataclass(frozen=True)
class Recognised:
    payload: dict


def recognised(*titles: str, submitter: str = "B001", period: str = "2026-02") -> tuple[Recognised, ...]:
    return tuple(Recognised({"submitter": submitter, "period": period, "title": title}) for title in titles)


def board(first: str = "2025-01", last: str = "2026-10") -> Board:
    return Board(first, last, NOW)


def score(connection, subject: str, period: str) -> dict:
    cursor = connection.execute("SELECT * FROM score WHERE subject = ? AND period = ?", [subject, period])
    names = [column[0] for column in cursor.description]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def items(connection, subject: str, period: str) -> dict[str, tuple]:
    """Item → (value, item score, effective weight) of those that apply."""
    query = """SELECT item, value, item_score, effective_weight FROM score_item
               WHERE subject = ? AND period = ? AND applicable"""
    return {item: rest for item, *rest in connection.execute(query, [subject, period]).fetchall()}


def test_a_bank_with_three_items_has_their_weights_shared():
    pilot = board("2026-01", "2026-03")
    pilot.member("B001")
    pilot.figure("B001", "S18", {"2026-03": 4.5})  # 风险 12: (4.5 − 6) / (3 − 6) = 50
    pilot.figure("B001", "D08", {"2026-03": 90})  # 登记 5 + 5: 80
    pilot.figure("B001", "D03", {"2026-03": 50}, whole=19)  # fewer than 20
    evaluated = pilot.evaluated()
    # 登记 10 and 风险 12 share 100: 45.4545… and 54.5454…
    assert items(evaluated, "B001", "2026-03") == {
        "D08": [90, Decimal("80.0000"), Decimal("45.454545")],
        "S18": [4.5, Decimal("50.0000"), Decimal("54.545455")],
    }
    # (10 × 80 + 12 × 50) / 22 = 63.6363…
    assert score(evaluated, "B001", "2026-03")["total"] == Decimal("63.64")
    reason = "SELECT reason FROM score_item WHERE item = 'D03' AND period = '2026-03'"
    assert evaluated.execute(reason).fetchone() == ("样本不足",)


def test_growth_of_borrowers_is_on_twelve_months_earlier():
    pilot = board("2025-01", "2026-03")
    for bank in ("B001", "B002", "B003"):
        pilot.member(bank)
    pilot.figure("B001", "G02", {"2025-03": 40, "2026-03": 45})
    pilot.figure("B002", "G02", {"2025-03": 0, "2026-03": 45})
    pilot.figure("B003", "G02", {"2025-02": 40, "2026-03": 45})
    evaluated = pilot.evaluated()
    assert items(evaluated, "B001", "2026-03") == {"G02_yoy": [12.5, Decimal("62.5000"), Decimal("100.000000")]}
    assert items(evaluated, "B002", "2026-03") == items(evaluated, "B003", "2026-03") == {}
    assert score(evaluated, "B002", "2026-03")["unscored_reason"] == "没有适用的评分项"


def test_borrowers_of_a_district_grow_over_the_banks_in_force_in_both_periods():
    pilot = board("2025-01", "2026-02")
    pilot.member("110108", group="core")
    pilot.member("B001")
    pilot.member("B002", admitted="2025-06-01")
    pilot.member("B003", filed={"2026-02": ""})
    loans = [
        # bank, reported in, loan, firm, disbursed on
        ("B001", "2025-01", "a", "F1", "2025-01-05"),
        ("B001", "2025-02", "a", "F1", "2025-01-05"),
        ("B001", "2025-02", "b", "F2", "2025-02-05"),
        ("B003", "2025-02", "h", "F8", "2025-02-05"),  # not in force in 2026-02
        ("B001", "2026-01", "c", "F3", "2026-01-05"),
        ("B001", "2026-02", "d", "F3", "2026-02-05"),  # the same firm once
        ("B001", "2026-02", "e", "F4", "2026-02-05"),
        ("B001", "2026-02", "b", "F2", "2025-02-05"),  # disbursed last year
        ("B001", "2026-02", "f", "F5", "2026-02-06"),
        ("B002", "2026-02", "g", "F9", "2026-02-05"),  # not in force in 2025-02
    ]
    for row_no, (bank, period, loan_no, uscc, disbursed_on) in enumerate(loans, 4):
        submission = pilot.in_force(bank, period)
        pilot.row(
            "B1", submission_id=submission, row_no=row_no, submitter=bank, period=period, loan_no=loan_no, uscc=uscc,
            district="110108", disbursed_on=disbursed_on, approved_on=disbursed_on, ip_types="patent", amount=1,
        )  # fmt: skip
    evaluated = pilot.evaluated()
    # F3, F4, F5 against F1, F2: +50 %, above full
    assert items(evaluated, "110108", "2026-02")["G05_yoy"][:2] == [50, Decimal("100.0000")]
    # F3 against F1: none; and nothing to compare a year earlier
    assert items(evaluated, "110108", "2026-01")["G05_yoy"][:2] == [0, Decimal("0.0000")]
    assert "G05_yoy" not in items(evaluated, "110108", "2025-02")


def test_the_pace_of_lending_is_held_against_the_share_of_the_month():
    pilot = board("2026-01", "2026-04")
    for bank in ("B001", "B002", "B003"):
        pilot.member(bank)
    pilot.figure("B001", "S10", {"2026-03": 18, "2026-04": 18})
    pilot.row("B3", submitter="B001", period="2026-03", credit_plan=100)
    pilot.row("B3", submitter="B002", period="2026-03", credit_plan=0)
    evaluated = pilot.evaluated()
    # 18 of 22.5: pace 80, score 60; 18 of 29.5: 61.0169…, score 22.0339
    assert items(evaluated, "B001", "2026-03")["S10_pace"][:2] == [80, Decimal("60.0000")]
    assert items(evaluated, "B001", "2026-04")["S10_pace"][1] == Decimal("22.0339")
    assert items(evaluated, "B002", "2026-04") == {"S10_pace": [None, Decimal("0.0000"), Decimal("100.000000")]}
    assert score(evaluated, "B002", "2026-04")["total"] == 0
    assert items(evaluated, "B003", "2026-04") == {}


@pytest.mark.parametrize(
    ("filed", "now", "reason"),
    [
        ("", NOW, "未报送"),
        ("rr", NOW, "报送已退回，尚无受理版本"),
        ("", datetime(2026, 11, 2), "报送期限未到，尚未报送"),
    ],
)
def test_without_an_accepted_submission_there_is_no_score(filed, now, reason):
    pilot = Board("2026-09", "2026-10", now)
    pilot.member("B001", filed={"2026-10": filed})
    pilot.figure("B001", "S18", each("2026-09", "2026-09", 3))
    evaluated = pilot.evaluated()
    row = score(evaluated, "B001", "2026-10")
    assert (row["total"], row["rank"], row["percentile"], row["unscored_reason"]) == (None, None, None, reason)
    assert score(evaluated, "B001", "2026-09")["total"] == 100


def test_deductions_follow_the_year_and_its_first_versions():
    pilot = board("2025-12", "2026-10")
    filed = {"2025-12": "", "2026-01": "rA", "2026-02": "A", "2026-03": "rRRA", "2026-04": ""}
    pilot.member("B001", filed=filed)
    pilot.figure("B001", "S18", each("2025-12", "2026-10", 3))
    evaluated = pilot.evaluated()
    deductions = {period: score(evaluated, "B001", period)["deduction"] for period in each("2025-12", "2026-05", 0)}
    assert deductions == {
        "2025-12": 2,  # missing
        "2026-01": 0,  # the first version came in time and was returned before the deadline
        "2026-02": 2,  # late
        "2026-03": 4,  # two versions returned after the deadline
        "2026-04": 6,  # missing
        "2026-05": 6,
    }
    assert score(evaluated, "B001", "2026-05")["total"] == 94


def test_bonus_is_for_recognised_initiatives_of_the_year_in_force():
    pilot = board("2025-12", "2026-04")
    pilot.member("B001")
    pilot.member("110108", group="core")
    for code, indicator in (("B001", "D08"), ("110108", "C10")):
        pilot.figure(code, indicator, each("2025-12", "2026-04", 55))
    for submitter in ("B001", "110108"):
        for title in "甲乙丙":
            pilot.row("I1", submitter=submitter, period="2026-02", title=title)
    names = recognised("甲", "乙", "甲", "已撤回的") + recognised("甲", submitter="110108")
    evaluated = pilot.evaluated(recognised=names)
    assert [score(evaluated, "B001", period)["bonus"] for period in ("2026-01", "2026-02", "2026-04")] == [0, 2, 2]
    assert score(evaluated, "B001", "2026-04")["total"] == 12  # D08 55 scores 10
    assert score(evaluated, "110108", "2026-04")["bonus"] == 0


def test_a_revoked_recognition_brings_nothing_until_it_is_given_again():
    pilot = board("2026-01", "2026-03")
    pilot.member("B001")
    pilot.figure("B001", "D08", each("2026-01", "2026-03", 100))
    pilot.row("I1", submitter="B001", period="2026-02", title="甲")
    (given,) = recognised("甲")
    revoked = Recognised({**given.payload, "revoked": True})
    for events, points in (((given,), 1), ((given, revoked), 0), ((given, revoked, given), 1)):
        assert score(pilot.evaluated(recognised=events), "B001", "2026-03")["bonus"] == points


def test_a_confirmed_falsification_gives_d_in_its_year_alone_and_raises_the_trigger():
    pilot = board("2024-11", "2026-03")
    for bank in ("B001", "B002"):
        pilot.member(bank, admitted="2023-01-01")
        pilot.figure(bank, "D08", each("2024-11", "2026-03", 100))
    told = {"kind": "falsification", "rule": "X07", "entered_on": "2025-11-03", "happened_on": "2025-10-20", "note": ""}
    pilot.row("incident", incident_id=12, subject="B001", **told, confirmed_on="2025-12-01", veto_year=2025)
    pilot.row("incident", incident_id=13, subject="B002", **told)  # confirmed by nobody
    evaluated = pilot.evaluated()
    grades = {
        (bank, period): (score(evaluated, bank, period)["total"], score(evaluated, bank, period)["grade"])
        for bank in ("B001", "B002")
        for period in ("2024-12", "2025-11", "2025-12", "2026-03")
    }
    assert grades[("B001", "2025-12")] == (100, "D")
    assert grades[("B002", "2025-12")] == (100, "A")
    assert (grades[("B001", "2024-12")], grades[("B001", "2025-11")]) == ((100, "A"), (100, None))
    assert score(evaluated, "B001", "2025-12")["veto"] == "“弄虚作假”事件，2025-12-01确认"
    assert score(evaluated, "B001", "2025-12")["rank"] == 1  # by the total, as ever
    raised = evaluated.execute("SELECT subject, period, level FROM trigger WHERE rule = 'X03' ORDER BY ALL").fetchall()
    assert raised == [("B001", f"{month}", "rectify") for month in ("2025-12", "2026-01", "2026-02")]


def test_who_does_not_report_has_no_grade_for_a_veto_to_change():
    pilot = board("2025-12", "2025-12")
    pilot.member("B001", filed={"2025-12": ""})
    pilot.row("incident", incident_id=7, subject="B001", kind="violation", confirmed_on="2025-12-01", veto_year=2025)
    row = score(pilot.evaluated(), "B001", "2025-12")
    assert (row["total"], row["grade"], row["unscored_reason"]) == (None, None, "未报送")
    assert row["veto"].startswith("“重大违法违规”事件")


def test_ranks_only_in_rounds_grades_only_in_december_percentiles_always():
    pilot = board("2025-10", "2026-03")
    groups = {"B001": "state", "B002": "state", "B003": "city", "B004": "city"}
    for bank, group in groups.items():
        pilot.member(bank, group=group)
    for bank, value in (("B001", 100), ("B002", 80), ("B003", 80), ("B004", 60)):
        pilot.figure(bank, "D08", each("2025-10", "2026-03", value))
    pilot.member("110108", group="core")
    evaluated = pilot.evaluated()
    december = [score(evaluated, bank, "2025-12") for bank in groups]
    assert [(row["total"], row["grade"], row["rank"], row["group_rank"]) for row in december] == [
        (100, "A", 1, 1),
        (60, "C", 2, 2),
        (60, "C", 2, 1),
        (20, "D", 4, 2),
    ]
    assert [(row["percentile"], row["group_percentile"], row["peers"], row["group_peers"]) for row in december] == [
        (100, 100, 4, 2),
        (62.5, 50, 4, 2),
        (62.5, 100, 4, 2),
        (25, 50, 4, 2),
    ]
    november, march = score(evaluated, "B001", "2025-11"), score(evaluated, "B001", "2026-03")
    assert (november["rank"], november["grade"], november["percentile"], november["is_round"]) == (
        None,
        None,
        100,
        False,
    )
    assert (march["rank"], march["grade"], march["is_round"]) == (1, None, True)


def test_the_stored_scorecards_are_those_declared():
    pilot = board("2026-01", "2026-01")
    pilot.member("B001")
    evaluated = pilot.evaluated()
    sums = evaluated.execute("SELECT kind, sum(weight) FROM scorecard GROUP BY kind ORDER BY kind").fetchall()
    assert sums == [("bank", 100), ("district", 100)]
    named = "SELECT name, unit FROM scorecard WHERE item = 'S10_pace'"
    assert evaluated.execute(named).fetchone() == ("单列信贷计划进度", "%")
    query = "SELECT count(*) FROM score_item WHERE subject = 'B001'"
    assert evaluated.execute(query).fetchone() == (15,)
