"""Small sources and documents to write briefings from, without a data version."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from briefing.issue.content import Chart, Column, Document, Note, Number, Panel, Paragraph, Section, Series, Table
from briefing.issue.source import Figure, Filing, Member, Source
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.catalogue import indicator
from metrics.indicators.relations import CITY

BUILT_AT = datetime(2026, 11, 16, 9, 30)
SNAPSHOT = Snapshot(7, Path("pilot-7.duckdb"), BUILT_AT, BUILT_AT, True, "2026-10")


def figure(code: str, value: str, part: str | None = None, whole: str | None = None) -> Figure:
    """A plain sum as the engine stores it (part and value), or a quotient with its part and whole."""
    number = Decimal(value)
    if indicator(code).kind == "plain":
        return Figure(number, None, number)
    return Figure(None if part is None else Decimal(part), None if whole is None else Decimal(whole), number)


def source(
    board: str = "",
    members: tuple[Member, ...] = (),
    filings: tuple[Filing, ...] = (),
    period: str = "2026-10",
    **rest: object,
) -> Source:
    """A source from a board of `period scope entity indicator value [part whole]`, a line each; `.` is the city."""
    figures = {}
    for line in board.strip().splitlines():
        month, scope, entity, code, *numbers = line.split()
        scope, entity = ("city", CITY) if scope == "." else (scope, entity)
        figures[month, scope, entity, code] = figure(code, *numbers)
    months = tuple(sorted({key[0] for key in figures} | {period}))
    given = {"changes": (), "scores": (), "triggers": ()} | rest
    return Source(
        Viewer("test", "测试", "analyst"), SNAPSHOT, period, months, figures, members, filings=filings, **given
    )


def bank(code: str, group: str = "state", state: str = "active") -> Member:
    return Member(code, f"演示银行{code}", f"演示{code}", "bank", group, state)


def document(text: str = "截至10月末，余额1.00亿元。", demonstration: str | None = "演示数据：均为虚构。") -> Document:
    """A document with one of everything; `text` stands wherever text can come from a submission."""
    months = ("2025-12", "2026-01", "2026-02")
    table = Table(
        "主要指标",
        "表1　主要指标",
        (Column("指标", 8, numeric=False), Column("本期（亿元）", 5), Column("同比增速（%）", 5)),
        ((text, Number(Decimal("168.325")), Number(Decimal("24.649"), 1, signed=True)), ("合计", "—", "不可比")),
        ("分项之和与合计可能略有出入。",),
        totals=1,
    )
    line = Panel("line", "同比增速", "%", 1, months, (Series("同比增速", (None, Decimal("20.5"), Decimal("19.94"))),))
    bars = Panel("bars", "余额", "亿元", 2, (text, "京外"), (Series("余额", (Decimal(5), Decimal(1))),), (1,))
    columns = Panel("columns", "余额", "亿元", 2, months, (Series("余额", (Decimal(1), Decimal(2), Decimal(3))),))
    blocks = (Paragraph(text), Note(text), table, Chart("余额", f"图1　{text}", (columns, line)))
    inner = Section("（一）贷款投放", 2, (Paragraph(text), Chart("地区", "图2　各区余额", (bars,))))
    return Document(
        masthead="知识产权金融生态综合试点工作简报",
        marking="内部资料　注意保存",
        title="北京市知识产权金融生态综合试点监管月报",
        period="2026-10",
        period_name="2026年10月",
        scope_name="试点机构合计",
        snapshot=7,
        built_at=BUILT_AT,
        demonstration=demonstration,
        sections=(Section("一、总体情况", 1, (*blocks, inner)),),
        annexes=(table,),
        definitions=Table("指标定义", "指标定义", (Column("编码", 4, numeric=False),), (("G01",),)),
    )
