"""The annexes: every indicator of the city, the institutions, the districts; and the definitions that go with them."""

from __future__ import annotations

from decimal import Decimal

from briefing.issue.content import Cell, Column, Number, Table
from briefing.issue.declared import wordings
from briefing.issue.filing_quality import quality_annex
from briefing.issue.members import present, rounding
from briefing.issue.source import Member, Source
from briefing.issue.subject import Subject
from contract.declarations import OUTSIDE, code_lists, districts
from contract.wording import NO_VALUE, NOT_REPORTED
from metrics.indicators.catalogue import catalogue

BANK_CODES = ("G01", "G02", "G04", "G07", "G09", "G18", "S01", "S18", "V01")
DISTRICT_CODES = ("G01", "G17", "G02", "G04", "G07", "G09", "G18", "S01", "S03")


def annexes(source: Source) -> tuple[Table, ...]:
    return (indicators(source, Subject(source)), _institutions(source), _districts(source), *quality_annex(source))


def indicators(source: Source, subject: Subject) -> Table:
    """Every indicator that has a value at the subject's scope: now, last month, a year ago, growth or change."""
    columns = (
        Column("编码", 3, numeric=False),
        Column("指标", 9.4, numeric=False),
        Column("单位", 3.4, numeric=False),
        Column("本期", 5),
        Column("上月", 5),
        Column("上年同期", 5),
        Column("同比增速（%）", 4.6),
        Column("同比变动", 4.6),
    )
    rows = []
    for code, declared in catalogue().items():
        if subject.scope not in declared.scopes or subject.cell(code) == NO_VALUE:
            continue
        rows.append(
            (
                code,
                declared.name,
                subject.unit(code),
                subject.cell(code),
                subject.cell(code, source.last_month),
                subject.cell(code, source.last_year),
                *subject.on_year_cells(code),
            )
        )
    notes = (wordings().notes["absent"], wordings().notes["growth"])
    return Table("主要指标表", "指标一览", columns, tuple(rows), notes)


def _institutions(source: Source) -> Table:
    columns = (
        Column("试点机构", 10, numeric=False),
        Column("类型", 7.8, numeric=False),
        Column("余额（万元）", 5.4),
        Column("同比（%）", 3.7),
        Column("户数（户）", 3.4),
        Column("本年累放（万元）", 5.4),
        Column("利率（%）", 3.4),
        Column("不良率（%）", 3.9),
        Column("还原不良率（%）", 4.2),
        Column("中长期占比（%）", 4.2),
        Column("不良率偏离（百分点）", 4.2),
        Column("内评协商占比（%）", 4.2),
        Column("监测分", 3.9),
    )
    banks = sorted(source.of_kind("bank"), key=lambda bank: -(source.value("G01", "bank", bank.code) or 0))
    rows = [_bank_row(source, bank) for bank in banks]
    city = Subject(source, in_yi=False)
    total = (wordings().names["city"], "", *_figures(city, BANK_CODES), NO_VALUE)
    notes = (wordings().notes["absent"], wordings().notes["households"], *rounding(rows, total, (2, 5)))
    return Table("试点机构表", "试点机构主要指标", columns, (*rows, total), notes, totals=1)


def _bank_row(source: Source, bank: Member) -> tuple[Cell, ...]:
    subject = Subject(source, "bank", bank.code, in_yi=False)
    totals = [score.total for score in source.scores if score.code == bank.code]
    score: Decimal | None = totals[0] if totals else None
    figures = _figures(subject, BANK_CODES)
    if not present(source, bank):
        figures = (NOT_REPORTED, *figures[1:])
    return (
        bank.short_name,
        code_lists()["peer_group"][bank.group],
        *figures,
        "未评" if score is None else Number(score, 2),
    )


def _figures(subject: Subject, codes: tuple[str, ...]) -> tuple[Cell, ...]:
    """The figures of a row in the order of `codes`, the growth of the balance after the balance."""
    cells = [subject.same_banks_cell() if code == "G17" else subject.cell(code) for code in codes]
    cells.insert(1, subject.growth_cell("G01"))
    return tuple(cells)


def _districts(source: Source) -> Table:
    columns = (
        Column("地区", 6, numeric=False),
        Column("名单内", 3, numeric=False),
        Column("余额（万元）", 5),
        Column("同比增速（%）", 4.2),
        Column("同口径增速（%）", 4.2),
        Column("户数（户）", 3.6),
        Column("本年累放（万元）", 5),
        Column("利率（%）", 3.4),
        Column("不良率（%）", 3.6),
        Column("还原不良率（%）", 4),
        Column("中长期占比（%）", 4),
        Column("战略性新兴产业占比（%）", 5),
    )
    listed = {member.code for member in source.of_kind("district")}
    rows = []
    for code, district in districts().items():
        subject = Subject(source, "district", code, in_yi=False)
        mark = NO_VALUE if code == OUTSIDE else "是" if code in listed else "否"
        rows.append((district.name, mark, *_figures(subject, DISTRICT_CODES)))
    total = (wordings().names["city"], "", *_figures(Subject(source, in_yi=False), DISTRICT_CODES))
    notes = (wordings().notes["scope"], *rounding(rows, total, (2, 6)))
    return Table("地区表", "各区贷款主要指标", columns, (*rows, total), notes, totals=1)


def definitions(shown: tuple[Table, ...]) -> Table:
    """What each indicator of the catalogue that the briefing's tables name means, with its formula and clause."""
    columns = (
        Column("编码", 4, numeric=False),
        Column("指标", 10, numeric=False),
        Column("单位", 4, numeric=False),
        Column("方向", 4, numeric=False),
        Column("公式", 12, numeric=False),
        Column("定义", 26, numeric=False),
        Column("依据", 18, numeric=False),
    )
    named = {cell for table in shown for row in table.rows for cell in row if isinstance(cell, str)}
    rows = tuple(
        (code, item.name, item.unit, item.arrow, item.formula, item.definition, item.clause)
        for code, item in catalogue().items()
        if code in named or item.name in named
    )
    return Table("指标定义", "指标定义", columns, rows, ("方向：↑越高越好，↓越低越好，·不评优劣。",))
