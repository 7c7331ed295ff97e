"""Rules that could not be run, as the Bureau sees them above the filings: neither a bad file nor a finding."""

from __future__ import annotations

from contract.declarations import form_name
from contract.wording import month_name
from metrics.queries.filing.rulebook import rule_faults
from pages.shared import tables
from pages.shared.behind.marks import Behind
from pages.shell import states
from pages.shell.data import read
from pages.shell.moments import minute
from pages.shell.selections import Rules
from pages.shell.view import View

COLUMNS = {
    "check_id": tables.text("校验编号", width=110),
    "form_name": tables.text("表", width=170),
    "whose": tables.text("涉及", width=220),
    "reason": tables.text("原因", width=160),
    "found": tables.text("发现时间", width=150),
}


def faults(view: View) -> None:
    """The rules that broke and have not judged since; nothing where there are none, or for anyone but the Bureau."""
    if not view.viewer.bureau:
        return
    broken = read(view, rule_faults)
    if broken.empty:
        return
    states.card(
        "!",
        f"{broken['check_id'].nunique()}条校验规则未能执行",
        "这是规则的故障，不是报送文件的问题，也不是校验发现的问题。其余规则照常校验，涉及的报送先记为待说明。",
        "请技术人员修复规则；修复后把原文件再装载一次，即重新校验",
        "不再需要的规则可以自某一报送期起停用，由两人办理",
        tone="alert",
    )
    shown = broken.assign(
        form_name=broken["form"].map(form_name),
        whose=[_whose(row) for row in broken.to_dict("records")],
        found=broken["found_at"].map(minute),
    )
    tables.sheet(
        shown,
        COLUMNS,
        key="rule-faults",
        about="规则故障",
        height=tables.tall(len(shown), 5),
        behind=Behind(view, lambda row: [(Rules(check=row["check_id"]), "这条规则")]),
    )


def _whose(row: dict) -> str:
    return "跨机构、跨期，该表现行各版" if row["is_across"] else f"{row['short_name']} {month_name(row['period'])}"
