"""Every declared trigger rule can be said on the screen: its value with a unit, its evidence in words."""

from __future__ import annotations

import pytest

from metrics.indicators.catalogue import catalogue
from metrics.queries.members.trigger_cases import Case
from metrics.warnings.rules import rule_of, rules
from pages.shared.cases import against, because
from pages.supervision.warnings.wording import FACTS, evidence_cells

ENTRY = {"incident_id": 45, "kind": "penalty", "happened_on": "2026-06-02", "entered_on": "2026-06-12", "note": "罚款"}


def case(rule_id: str, value: float, threshold: float) -> Case:
    measured = ("exit", "exit", value, threshold, "2026-06")
    return Case("X", rule_of(rule_id), "B001", "甲", "bank", "2026-06", *measured, "", (), (), {})


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_each_rule_has_a_unit_and_words_for_its_facts(rule):
    assert rule.unit
    assert set(rule.facts) <= {*FACTS, "above_ceiling_loans"}
    assert set(rule.figures) <= set(catalogue())


def test_what_is_entered_and_overdue_is_said_in_words():
    assert against(case("X08", 31, 0)) == "31天（界限0天）"
    assert against(case("X07", 2, 1)) == "2件（界限1件）"
    assert because(case("X07", 2, 1)).endswith("：。2026年6月2件（界限1件），自2026年6月起。")
    row = {"period": "2026-06", "figures": {}, "facts": {"violations": [ENTRY]}}
    assert evidence_cells(row)["登记的事件"] == "行政处罚，2026-06-02发生，2026-06-12登记（罚款）"
    row = {"period": "2026-06", "figures": {}, "facts": {"rectify_due": "2026-05-29", "seen_on": "2026-06-30"}}
    assert evidence_cells(row) == {"报告期": "2026年6月", "整改期限": "2026-05-29", "截至": "2026-06-30"}
