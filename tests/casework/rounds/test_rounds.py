"""Evaluation rounds: steps in order by two persons, figures frozen for good, objections that move a total."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from casework.decisions import incidents
from casework.rounds import objections, steps
from casework.rounds.assessment_form import line
from casework.rounds.steps import known_rounds
from contract.errors import AccessDenied, CallError
from etl.warehouse.snapshot_files import file_digest
from ledger.archive import fetch
from ledger.clock import reference_time
from ledger.events import Entry
from ledger.incidents import incident_kind
from metrics.evaluation import exact
from metrics.evaluation.round_scores import Sheet
from metrics.evaluation.scores import grade, score_items, total
from tests.casework.pilots import file
from tests.casework.rounding import ANNUAL, ROUND, Rounding
from tests.processes import run_module

# S18 3 scores 100, D08 75 scores 50: (1200 + 500) / 22. S18 6 scores 0, D08 60 scores 20: 200 / 22.
COMPUTED = {"B001": ("77.27", 1, None), "B002": ("9.09", 2, None)}


def sheet_of(rounding: Rounding, period: str = ROUND) -> Sheet:
    freeze = known_rounds(rounding.pilot.ledger)[period].freeze
    return exact.read(Sheet, fetch(rounding.home.archive, freeze.sheet_hash))


def test_each_step_is_dated_and_signed(rounding: Rounding):
    rounding.pilot.at("2026-04-28")
    rounding.take("open", on=date(2026, 4, 27), note="启动")
    rounding.take("self_assess")
    signed = known_rounds(rounding.pilot.ledger)[ROUND].signed
    assert [(signature.step.name, signature.on, signature.by, signature.note) for signature in signed] == [
        ("开启", date(2026, 4, 27), "甲", "启动"),
        ("自评", date(2026, 4, 28), "甲", ""),
    ]


@pytest.mark.parametrize(
    ("done", "step", "more", "told"),
    [
        (None, "first", {}, "下一步是“开启”"),
        ("self_assess", "open", {}, "已于2026-04-27由甲办理“开启”"),
        ("self_assess", "feedback", {}, "下一步是“初评”"),
        ("open", "self_assess", {"on": date(2026, 4, 26)}, "应在2026-04-27至2026-04-27之间"),
        ("open", "self_assess", {"on": date(2026, 4, 28)}, "应在2026-04-27至2026-04-27之间"),
        (None, "open", {"on": date(2026, 3, 31)}, "应在2026-04-01至"),
        (None, "open", {"by": " "}, "须写明经办人"),
        (None, "open", {"period": "2026-02"}, "轮次只在3、6、9、12月"),
        (None, "open", {"period": "一季度"}, "应为报告期"),
        (None, "open", {"period": "2026-06"}, "最早为2026-07-01"),
        ("review", "final", {"by": " 甲　"}, "须由另一人签署"),
        ("final", "notify", {"document_no": " "}, "须写明文号"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused(rounding: Rounding, done, step, more, told):
    if done:
        rounding.go_to(done)
    before = len(rounding.pilot.ledger.events("round"))
    with pytest.raises(CallError, match=told):
        rounding.take(step, **more)
    assert len(rounding.pilot.ledger.events("round")) == before


def test_figures_are_not_frozen_before_the_deadline(rounding: Rounding):
    rounding.pilot.at("2026-04-14")
    rounding.take("open")
    rounding.take("self_assess")
    with pytest.raises(CallError, match="报送期限为2026-04-20"):
        rounding.take("first")


def test_roles_count_where_users_are_registered(rounding: Rounding):
    users = {"li": "analyst", "wang": "supervisor", "bank": "institution"}
    entries = [Entry("user", "管理员", user, {"role": role, "scope": "B001"}) for user, role in users.items()]
    rounding.pilot.ledger.append(reference_time(rounding.pilot.ledger), entries)
    for step in ("open", "self_assess", "first", "feedback", "review"):
        rounding.take(step, by="wang")
    with pytest.raises(AccessDenied, match="须由复核人办理"):
        rounding.take("final", by="li")
    with pytest.raises(AccessDenied, match="只能为本单位"):
        rounding.object_to("B002", "S18", by="bank")
    assert rounding.object_to("B001", "S18", by="bank")


def test_frozen_scores_hold_whatever_is_reported_later(rounding: Rounding):
    assert rounding.totals() == COMPUTED
    rounding.go_to("first")
    rounding.figures["B002"] |= {"S18": 3.0, "D08": 100.0}
    rounding.publish()
    assert rounding.totals() == COMPUTED
    # January is no round, so it follows; X03 goes by the frozen total (a hint: within 6 months of admission).
    assert rounding.totals("2026-01")["B002"][0] == "100.00"
    raised = "SELECT subject, value, level FROM trigger WHERE rule = 'X03' AND period = ?"
    assert ("B002", 9.09, "hint") in rounding.ask(raised, [ROUND])
    items = "SELECT item, value, CAST(item_score AS DOUBLE) FROM score_item WHERE subject = 'B002' AND period = ?"
    assert {("S18", 6.0, 0.0), ("D08", 60.0, 20.0)} <= set(rounding.ask(items, [ROUND]))


def test_a_round_that_is_not_frozen_follows_what_is_reported(rounding: Rounding):
    rounding.go_to("self_assess")
    rounding.figures["B002"] |= {"S18": 3.0, "D08": 100.0}
    rounding.publish()
    assert rounding.totals() == {"B001": ("77.27", 2, None), "B002": ("100.00", 1, None)}


def test_what_is_frozen_is_named_and_survives_its_data_version(rounding: Rounding):
    rounding.go_to("first")
    (event,) = (event for event in rounding.pilot.ledger.events("round") if event.payload["step"] == "first")
    number, sha256 = event.payload["snapshot"]
    frozen = rounding.home.snapshot(number)
    assert sha256 == file_digest(frozen)
    frozen.unlink()
    rounding.figures["B001"]["S18"] = 6.0
    rounding.publish()
    assert rounding.totals() == COMPUTED
    assert run_module("etl", "verify", home=rounding.home.root).returncode == 0
    path = rounding.home.archive / event.payload["sheet_hash"][:2] / event.payload["sheet_hash"]
    path.unlink()
    told = run_module("etl", "verify", home=rounding.home.root)
    assert told.returncode == 1 and f"档案缺少{path.name[:12]}" in told.stdout


def test_a_total_can_be_worked_out_again_from_the_sheet(rounding: Rounding):
    rounding.pilot.at("2027-01-28")
    rounding.publish()
    rounding.go_to("first", ANNUAL)
    sheet = sheet_of(rounding, ANNUAL)
    assert len(sheet.scores) == 3
    for score in sheet.scores:
        figures = {scored.item.code: scored.figure for scored in score.items}
        items = score_items([scored.item for scored in score.items], figures)
        assert items == score.items
        assert total(items, score.bonus, score.deduction) == score.total
        assert grade(score.total, sheet.grade_floors) == score.grade
    assert exact.read(Sheet, exact.written(sheet)) == sheet
    s18 = next(scored for scored in sheet.score("B001").items if scored.item.code == "S18")
    assert s18.effective_weight == Fraction(600, 11)
    told = json.loads(exact.written(sheet))
    assert told["grade_floors"] == {"grade_a_from": "90", "grade_b_from": "75", "grade_c_from": "60"}


def test_an_upheld_objection_moves_total_rank_and_trigger(rounding: Rounding):
    rounding.go_to("feedback")
    number = rounding.object_to("B002", "S18")
    rounding.uphold(number, "3")
    rounding.publish()
    # S18 3 scores 100: (1200 + 200) / 22
    assert rounding.totals() == COMPUTED | {"B002": ("63.64", 2, None)}
    assert "B002" not in {row[0] for row in rounding.ask("SELECT subject FROM trigger WHERE rule = 'X03'")}
    rounding.uphold(rounding.object_to("B002", "D08"), "100")
    rounding.publish()
    assert rounding.totals() == {"B001": ("77.27", 2, None), "B002": ("100.00", 1, None)}
    beside = (
        "SELECT item, computed_value, value, CAST(computed_score AS DOUBLE), CAST(item_score AS DOUBLE), "
        "CAST(computed_total AS TEXT), CAST(total AS TEXT) FROM score_override ORDER BY item"
    )
    assert rounding.ask(beside) == [
        ("D08", 60.0, 100.0, 20.0, 100.0, "9.09", "100.00"),
        ("S18", 6.0, 3.0, 0.0, 100.0, "9.09", "100.00"),
    ]
    shown = "SELECT value, reason FROM score_item WHERE subject = 'B002' AND item = 'S18' AND period = ?"
    assert rounding.ask(shown, [ROUND]) == [(3.0, "异议成立，按更正后的值计分")]


def test_an_entered_value_makes_an_item_apply_and_a_value_of_nought_counts(rounding: Rounding):
    """S21 (weight 8 in 服务机制 of 38) 50 scores 50: (1200 + 500 + 1900) / 60; then D08 0 scores 0."""
    rounding.go_to("feedback")
    rounding.uphold(rounding.object_to("B001", "S21"), "50")
    rounding.publish()
    assert rounding.totals()["B001"][0] == "60.00"
    rounding.uphold(rounding.object_to("B001", "D08"), "0")
    rounding.publish()
    assert rounding.totals()["B001"][0] == "51.67"


def test_the_annual_grade_follows_an_entered_value(rounding: Rounding):
    rounding.pilot.at("2027-01-28")
    rounding.publish()
    rounding.go_to("feedback", ANNUAL)
    assert rounding.totals(ANNUAL) == {"B001": ("77.27", 1, "B"), "B002": ("9.09", 2, "D")}
    rounding.uphold(rounding.object_to("B002", "S18", period=ANNUAL), "3")
    rounding.publish()
    assert rounding.totals(ANNUAL)["B002"] == ("63.64", 2, "C")
    assert rounding.ask("SELECT computed_grade, grade FROM score_override") == [("D", "C")]


def test_a_veto_confirmed_after_the_freeze_decides_the_grade_and_moves_no_score(rounding: Rounding):
    rounding.pilot.at("2027-01-20")  # the deadline of December has passed, its month is not closed yet
    rounding.publish()
    rounding.go_to("feedback", ANNUAL)
    kind = incident_kind("falsification")
    entered = incidents.record(rounding.home, kind, "B001", file("依据"), "甲", date(2026, 11, 5))
    rounding.publish()
    assert rounding.totals(ANNUAL)["B001"] == ("77.27", 1, "B")
    incidents.confirm(rounding.home, entered.id, "B001", file("核查"), "乙")
    rounding.publish()
    assert rounding.totals(ANNUAL) == {"B001": ("77.27", 1, "D"), "B002": ("9.09", 2, "D")}
    rounding.uphold(rounding.object_to("B001", "D08", period=ANNUAL), "100")
    rounding.publish()
    assert rounding.totals(ANNUAL)["B001"] == ("100.00", 1, "D")
    assert rounding.ask("SELECT computed_grade, grade FROM score_override") == [("B", "D")]
    incidents.annul(rounding.home, entered.id, "B001", file("更正"), "甲")
    rounding.publish()
    assert rounding.totals(ANNUAL)["B001"] == ("100.00", 1, "A")


def test_an_objection_is_answered_by_another_person_with_what_it_needs(rounding: Rounding):
    rounding.go_to("feedback")
    number = rounding.object_to("B002", "S18")
    refusals = [
        (lambda: rounding.uphold(number, "3", by=" 甲"), "须由另一人答复"),
        (lambda: rounding.uphold(number, "3", evidence=""), "须写明更正后的值"),
        (lambda: rounding.uphold(number, None), "须写明更正后的值"),
        (lambda: objections.answer(rounding.home, number, "dismissed", " ", "乙"), "须写明理由"),
        (lambda: objections.answer(rounding.home, number, "dismissed", "否", "乙", Decimal(3)), "不能同时更正"),
        (lambda: rounding.uphold(99999, "3"), "没有第99999号异议"),
        (lambda: rounding.object_to("B002", "S18"), "还没有答复"),
        (lambda: rounding.object_to("B002", "C10"), "没有评分项“C10”"),
        (lambda: rounding.object_to("B009", "S18"), "B009不在2026-03轮次中"),
        (lambda: rounding.uphold(rounding.object_to("B001", "D03"), "30"), "分母至少20"),
    ]
    for act, told in refusals:
        with pytest.raises(CallError, match=told):
            act()
    rounding.take("review")
    with pytest.raises(CallError, match="2026年第1号（B002 S18）.*不能定评"):
        rounding.take("final")
    objections.answer(rounding.home, number, "dismissed", "数据无误", "乙")
    with pytest.raises(CallError, match="由乙答复：不成立"):
        rounding.uphold(number, "3")
    rounding.publish()
    assert rounding.totals() == COMPUTED


def test_objections_are_heard_between_the_hearing_and_the_final_review_alone(rounding: Rounding):
    rounding.go_to("first")
    with pytest.raises(CallError, match="现处“初评”"):
        rounding.object_to("B002", "S18")
    for step in ("feedback", "review", "final"):
        rounding.take(step)
    with pytest.raises(CallError, match="已经定评"):
        rounding.object_to("B002", "S18")


def test_self_assessment_is_open_while_the_round_waits_for_the_first_review(rounding: Rounding):
    lines = (line("S18", "2.5", None, "预计"), line("D08", None, "80"))
    rounding.take("open")
    with pytest.raises(CallError, match="只在“自评”期间"):
        objections.assess(rounding.home, ROUND, "B001", lines, file("依据"), "甲")
    rounding.take("self_assess")
    objections.assess(rounding.home, ROUND, "B001", lines, file("依据"), "甲")
    objections.assess(rounding.home, ROUND, "B001", (line("S18", "2.75", "100"),), file("二"), "甲")
    for wrong, told in ((line("X1", "1", None), "没有评分项“X1”"), (lines[1], "D08重复")):
        with pytest.raises(CallError, match=told):
            objections.assess(rounding.home, ROUND, "B001", (lines[1], wrong), file("依据"), "甲")
    rounding.publish()
    said = "SELECT item, CAST(value AS DOUBLE), CAST(score AS DOUBLE), note FROM self_assessment ORDER BY item"
    assert rounding.ask(said) == [("D08", None, 80.0, None), ("S18", 2.75, 100.0, None)]
    assert rounding.totals() == COMPUTED
    rounding.take("first")
    with pytest.raises(CallError, match="现处“初评”"):
        objections.assess(rounding.home, ROUND, "B001", lines, file("依据"), "甲")


def test_results_are_used_after_the_final_review_with_a_document(rounding: Rounding):
    rounding.go_to("review")
    with pytest.raises(CallError, match="尚未定评"):
        steps.use(rounding.home, ROUND, "award", "B001", "演示2号", "乙")
    rounding.take("final")
    for subject, document_no, told in (("B001", " ", "须写明文号"), ("B009", "演示2号", "不在2026-03轮次中")):
        with pytest.raises(CallError, match=told):
            steps.use(rounding.home, ROUND, "award", subject, document_no, "乙")
    steps.use(rounding.home, ROUND, "award", "B001", "演示2号", "乙")
    steps.use(rounding.home, ROUND, "notify", "", "演示3号", "乙")
    rounding.publish()
    assert rounding.ask("SELECT subject, name, document_no FROM score_use ORDER BY use_id") == [
        ("B001", "评优", "演示2号"),
        (None, "通报", "演示3号"),
    ]


def test_rebuild_equals_build(rounding: Rounding):
    rounding.go_to("self_assess")
    objections.assess(rounding.home, ROUND, "B001", (line("S18", "2.5", None),), file("依据"), "甲")
    for step in ("first", "feedback"):
        rounding.take(step)
    rounding.uphold(rounding.object_to("B002", "S18"), "3.1")
    rounding.object_to("B001", "D08")
    rounding.figures["B001"]["S18"] = 6.0
    rounding.publish()
    before = rounding.tables()
    shutil.rmtree(rounding.home.warehouse)
    rounding.rebuild()
    assert rounding.tables() == before
    assert before["score_override"] and before["self_assessment"] and len(before["objection"]) == 2
