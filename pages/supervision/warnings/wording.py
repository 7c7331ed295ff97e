"""How triggers are said: subjects, units, protections, facts of the evidence; codes stay inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contract.wording import KINDS, month_name
from ledger.incidents import incident_kinds
from metrics.indicators.catalogue import indicator
from metrics.queries.members.trigger_cases import Case
from pages.shared.format import is_absent, measure, number
from pages.shared.wording import LEVELS
from pages.shell.moments import due_at, minute

SUBJECTS = KINDS | {"both": "、".join(KINDS.values())}
CADENCES = {"month": "每月", "quarter": "每季末", "year": "每年末"}
PROTECTIONS = {"settling_in": "纳入名单未满适应期", "small_numbers": "户数或余额较小"}
GRAVEST_FIRST = tuple(reversed(LEVELS))
FACTS = {
    "total": ("得分", "分"),
    "grade": ("年度等级", ""),
    "veto": ("一票否决", ""),
    "versions": ("报送版数", "版"),
    "returned": ("退回版数", "版"),
    "pool_size": ("资金池规模", "万元"),
    "pool_balance": ("资金池余额", "万元"),
    "deadline": ("截止时间", ""),
    "first_received_at": ("首次收到", ""),
    "violations": ("登记的事件", ""),
    "withdrawals": ("登记的事件", ""),
    "rectify_due": ("整改期限", ""),
    "seen_on": ("截至", ""),
}


def softened(case: Case) -> str:
    """Why a case is only a hint; empty where it is at its own level."""
    if not case.protections:
        return ""
    reasons = "、".join(PROTECTIONS[name] for name in case.protections)
    return f"已达到“{LEVELS[case.level_reached]}”，因{reasons}，只作提示"


def evidence_cells(row: Mapping[str, Any]) -> dict[str, str]:
    """One period of the evidence, header → text."""
    cells = {"报告期": month_name(row["period"])}
    for code, figure in row["figures"].items():
        declared = indicator(code)
        how = measure(declared.unit, "bank", declared.decimals)
        cells[f"{declared.name}（{how.unit}）"] = (
            "—" if is_absent(figure["value"]) else number(figure["value"], how.decimals)
        )
    for name, fact in row["facts"].items():
        cells |= _fact(name, fact)
    return cells


def _fact(name: str, fact: Any) -> dict[str, str]:
    if name == "above_ceiling_loans":
        loans = "；".join(
            f"{loan['loan_no']}：{number(float(loan['amount']), 2)}万元，"
            f"{loan['approved_on']}审批，上限{number(float(loan['ceiling']))}万元"
            for loan in fact or ()
        )
        return {"超上限贷款": loans or "—"}
    label, unit = FACTS[name]
    header = f"{label}（{unit}）" if unit else label
    if fact is None:
        return {header: "未报送" if name == "first_received_at" else "—"}
    if name == "deadline":
        return {header: due_at(datetime.fromisoformat(fact))}
    if name == "first_received_at":
        return {header: minute(datetime.fromisoformat(fact))}
    if name in ("violations", "withdrawals"):
        return {header: "；".join(_incident(entry) for entry in fact)}
    if name in ("grade", "veto", "rectify_due", "seen_on"):
        return {header: fact}
    return {header: number(float(fact), 0 if unit == "版" else 2)}


def _incident(entry: Mapping[str, Any]) -> str:
    """`行政处罚，2026-06-02发生，2026-06-12登记`."""
    said = f"{incident_kinds()[entry['kind']].name}，{entry['happened_on']}发生"
    return f"{said}，{entry['entered_on']}登记" + (f"（{entry['note']}）" if entry["note"] else "")
