"""The quarterly report's own section: the loans in the columns of S70, and what tying them out has shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from briefing.issue.content import Cell, Column, Number, Section, Table
from briefing.issue.overall import spoken
from briefing.issue.sentences import say
from briefing.issue.source import Source
from briefing.issue.subject import MONEY, Subject
from contract.wording import NO_VALUE, exact, yi
from metrics.targets.s70 import APART, NOT_HERE, NOT_THERE, TIED, Comparison, columns

SHOWN = ("city", "bank_type")


def tie_out(source: Source, lines: pd.DataFrame, compared: Sequence[Comparison]) -> Section:
    """The sum and the groups by column; the cells that do not tie, with the difference and its reason.

    `lines` is `metrics.queries.figures.targets.s70_view`.
    """
    banks = int((lines["scope"] == "bank").sum())
    tied = sum(cell.outcome == TIED for cell in compared)
    apart = sum(cell.outcome == APART for cell in compared)
    lacking = sum(cell.outcome in (NOT_HERE, NOT_THERE) for cell in compared)
    phrases = {
        "S70机构数": f"{banks}家",
        "一致格数": f"{tied}格" if compared else "",
        "不一致格数": f"{apart}格" if apart else "",
        "缺数格数": f"{lacking}格" if lacking else "",
    }
    said = spoken(say("quarterly.tie_out", Subject(source), phrases))
    differences = (_differences(source, compared),) if apart + lacking else ()
    return Section("与1104报表S70对数", 1, (*said, _sums(lines), *differences), "quarterly.tie_out")


def _sums(lines: pd.DataFrame) -> Table:
    """Sums of members, so that their money stands in 亿元."""
    declared = columns()
    heads = [Column("汇总范围", 7, numeric=False)]
    for column in declared.values():
        unit = "亿元" if column.unit == MONEY else column.unit
        heads.append(Column(f"{column.code}{column.name.removeprefix('其中：')}（{unit}）", 6))
    shown = lines[lines["scope"].isin(SHOWN)]
    rows = tuple(
        (line["name"], *(_sum(line[code], declared[code].unit) for code in declared))
        for line in shown.to_dict("records")
    )
    notes = tuple(f"{column.code}列：{column.note}。" for column in declared.values() if column.note)
    return Table("S70各列", "按1104报表S70各列汇总", tuple(heads), rows, notes)


def _sum(value: float | Decimal | None, unit: str) -> Cell:
    figure = _figure(value, unit)
    return Number(yi(figure.value), 2) if isinstance(figure, Number) and unit == MONEY else figure


def _figure(value: float | Decimal | None, unit: str) -> Cell:
    if value is None or value != value:
        return NO_VALUE
    return Number(exact(value), 2 if unit == MONEY else 0, grouped=unit == MONEY)


def _differences(source: Source, compared: Sequence[Comparison]) -> Table:
    names = {bank.code: bank.short_name for bank in source.of_kind("bank")}
    heads = (
        Column("试点机构", 8, numeric=False),
        Column("S70列", 9, numeric=False),
        Column("S70填报", 5),
        Column("本系统", 5),
        Column("差额", 5),
        Column("结果", 5, numeric=False),
        Column("原因", 10, numeric=False),
    )
    rows = tuple(
        (
            names.get(cell.bank, cell.bank),
            f"{cell.column}{cell.name}",
            _figure(cell.s70, columns()[cell.column].unit),
            _figure(cell.pilot, columns()[cell.column].unit),
            _figure(cell.difference, columns()[cell.column].unit),
            cell.outcome,
            cell.reason or NO_VALUE,
        )
        for cell in compared
        if cell.outcome != TIED
    )
    return Table(
        "S70差异", "S70对数不一致的各格", heads, rows, ("差额为本系统数减S70填报数；户数单位为户，金额单位为万元。",)
    )
