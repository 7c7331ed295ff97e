"""Trigger rules as declared: what they depend on, what they say, and what a wrong one is told."""

from datetime import date
from pathlib import Path

import pytest

from contract.decision_kinds import LEVELS
from contract.errors import DeclarationError
from contract.parameters import declared_parameters
from metrics.indicators.catalogue import catalogue
from metrics.warnings.rules import read_rules, rule_of, rules

RULE = """
[[rule]]
id = "X99"
name = "试"
text = "{x01_periods}期"
subject = "bank"
cadence = "month"
condition = "G06 = 0"
"""
QUARTERLY = RULE.replace('"month"', '"quarter"')
LEVEL = 'levels = [{ level = "watch", consecutive = 1 }]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "triggers.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RULE, "缺少.*levels"),
        (RULE + LEVEL + "colour = 1", "不认识.*colour"),
        (RULE + LEVEL + RULE + LEVEL, "X99重复"),
        (RULE.replace("X99", "first") + LEVEL, "编号"),
        (RULE.replace("month", "week") + LEVEL, "cadence"),
        (RULE + 'levels = [{ level = "alarm", consecutive = 1 }]', "级别应为"),
        (RULE + 'levels = [{ level = "watch" }]', "consecutive"),
        (RULE + 'levels = [{ level = "watch", within = 12 }]', "count"),
        (RULE + 'levels = [{ level = "watch", consecutive = "x99_periods" }]', "x99_periods"),
        (RULE + 'levels = [{ level = "watch", consecutive = 0 }]', "正整数"),
        (QUARTERLY + 'levels = [{ level = "watch", consecutive = 1, cadence = "month" }]', "周期"),
        (RULE + LEVEL + 'value = "G06"', "threshold"),
        ("rule = ", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_named(tmp_path, text, told):
    with pytest.raises(DeclarationError, match=told):
        read_rules(written(tmp_path, text))


def test_a_rule_knows_the_parameters_it_depends_on():
    assert rule_of("X01").parameters == ("settling_in_months", "x01_periods")
    assert rule_of("X02").parameters == (
        "npl_gap_tolerance",
        "settling_in_months",
        "small_number_borrowers",
        "small_number_balance",
        "x02_rectify_quarters",
    )
    assert rule_of("X04").parameters == ("x04_consecutive_periods", "x04_window_periods", "x04_window_count")


def test_rules_say_their_numbers():
    policy = declared_parameters().at(date(2026, 10, 31))
    assert rule_of("X01").described(policy) == "当月发放额连续6期为零"
    for rule in rules():
        assert "{" not in rule.described(policy)


def test_the_declared_rules_read_known_indicators():
    for rule in rules():
        assert set(rule.figures) <= set(catalogue())
        assert {level.level for level in rule.levels} <= set(LEVELS)
