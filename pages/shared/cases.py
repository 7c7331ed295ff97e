"""What a trigger says wherever it is named: its value against its threshold, and why something is to be done."""

from __future__ import annotations

from contract.wording import month_name
from metrics.queries.members.trigger_cases import Case
from pages.shared.format import measure, number, unit_name, with_unit

COUNTED = ("期", "版", "件", "天")


def amount(value: float, unit: str) -> str:
    """`3.28个百分点`, `7期`, `1,600.00万元`."""
    if unit in COUNTED:
        return f"{number(value)}{unit}"
    return with_unit(value, measure(unit, "bank"))


def against(case: Case) -> str:
    """The value held against its threshold: `3.28个百分点，界限3个百分点`."""
    unit = unit_name(case.rule.unit)
    limit = f"{number(case.threshold, 0 if float(case.threshold).is_integer() else 1)}{unit}"
    return f"{amount(case.value, unit)}（界限{limit}）"


def because(case: Case) -> str:
    """A trigger as the reason of a decision or follow-up: `同比增速过低：…。2026年9月为…，自2026年7月起`."""
    return f"{case.rule.name}：{case.text}。{month_name(case.period)}{against(case)}，自{month_name(case.since)}起。"
