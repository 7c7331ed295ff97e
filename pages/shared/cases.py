"""What a trigger says wherever it is named: its value against its threshold, and why something is to be done."""

from __future__ import annotations

from contract.wording import month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.members.trigger_cases import Case
from pages.shared.format import measure, number, with_unit

# What the value of a rule is counted in, where it is no indicator's.
UNITS = {
    "total": "分",
    "above_ceiling_amount": "万元",
    "returned": "版",
    "pool_balance * 100 / pool_size": "%",
    "len(violations)": "件",
    "len(withdrawals)": "件",
    "date_diff('day', rectify_due, seen_on)": "天",
}
COUNTED = ("期", "版", "件", "天")


def unit_of(case: Case) -> str:
    """The unit of a case's value and threshold: the indicator's, the fact's, or periods counted."""
    value = case.rule.value
    if value is None:
        return "期"
    if value in UNITS:
        return UNITS[value]
    return indicator(value).unit


def amount(value: float, unit: str) -> str:
    """`3.28个百分点`, `7期`, `1,600.00万元`."""
    if unit in COUNTED:
        return f"{number(value)}{unit}"
    return with_unit(value, measure(unit, "bank")).replace("百分点", "个百分点")


def against(case: Case) -> str:
    """The value held against its threshold: `3.28个百分点，界限3个百分点`."""
    unit = unit_of(case)
    limit = f"{number(case.threshold, 0 if float(case.threshold).is_integer() else 1)}{unit}".replace(
        "百分点", "个百分点"
    )
    return f"{amount(case.value, unit)}（界限{limit}）"


def because(case: Case) -> str:
    """A trigger as the reason of a decision or follow-up: `同比增速过低：…。2026年9月为…，自2026年7月起`."""
    return f"{case.rule.name}：{case.text}。{month_name(case.period)}{against(case)}，自{month_name(case.since)}起。"
