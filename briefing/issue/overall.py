"""Section 一、总体情况: five figures in a paragraph, who is missing, one table, balance and growth."""

from __future__ import annotations

from decimal import Decimal

from briefing.issue.content import Cell, Chart, Column, Note, Panel, Paragraph, Section, Series, Table
from briefing.issue.declared import wordings
from briefing.issue.source import Filing, Source
from briefing.issue.subject import Subject, sentence
from contract.wording import (
    KINDS,
    MEASURES,
    NO_VALUE,
    NOT_COMPUTABLE,
    half_up,
    listing,
    month_end,
    month_name,
    percent,
    shift,
    year_to_date,
    yi,
)
from metrics.indicators.catalogue import indicator

ABSENT_BECAUSE = {"missing": "未报送", "due": "未到截止时间、尚未报送", "returned": "已退回、待重报"}


def overall(source: Source) -> Section:
    city = Subject(source)
    blocks = (
        Paragraph(_five_figures(source, city, wordings().names["city"])),
        *missing(source),
        *no_year(source),
        indicator_table(source, city, "表1　主要指标", wordings().tables["overall"]),
        balance_chart(source, city, "图1"),
    )
    return Section("一、总体情况", 1, blocks)


def _five_figures(source: Source, city: Subject, name: str) -> str:
    """余额, 户数, 累计发放, 利率, 不良率."""
    if city.value("G01") is None and not city.stopped("G01"):
        return f"截至{month_end(source.period)}，没有已接收的试点机构报送，{name}无数。"
    told = NOT_COMPUTABLE if city.stopped("G01") else f"{city.said('G01')}{city.growth_of_balance()}"
    balance = f"截至{month_end(source.period)}，{name}知识产权质押贷款余额{told}"
    lending = city.clause("G04", f"{year_to_date(source.period)}累计发放")
    return sentence(
        balance, city.clause("G02", "贷款户数"), lending, city.clause("G07", "累放加权平均利率"), bad_loans(city)
    ) + sentence(city.same_banks())


def bad_loans(subject: Subject) -> str:
    """The non-performing ratio against the last December; beside it the one with write-offs and transfers put back."""
    rate, before = subject.value("G09"), subject.value("G09", subject.source.last_december)
    if rate is None:
        return f"不良率{NOT_COMPUTABLE}" if subject.stopped("G09") else ""
    text = f"不良率{percent(rate, 2)}" + (f"，比上年末{shift(rate, before)}" if before is not None else "")
    restored = subject.value("G18")
    return text if restored is None else f"{text}，计入本年核销、转让后为{percent(restored, 2)}"


def missing(source: Source) -> tuple[Note, ...]:
    """How many have filed, and by name who has not; nothing where the viewer may not know of others."""
    notes = []
    for kind, name in KINDS.items():
        expected = [filing for filing in source.filings if filing.kind == kind]
        absent = [filing for filing in expected if not filing.present]
        if not expected:
            continue
        measure = MEASURES[kind]
        head = f"本期应报{name}{len(expected)}{measure}，已接收{len(expected) - len(absent)}{measure}"
        named = listing([f"{filing.name}（{ABSENT_BECAUSE[filing.verdict]}）" for filing in absent])
        notes.append(f"{head}，未计入的有{named}" if absent else f"{head}，无缺报")
    questions = sum(filing.verdict == "questions" for filing in source.filings)
    late = _late(source.filings)
    extra = f"首次报送迟于截止时间的有{listing(late)}" if late else ""
    open_questions = f"{questions}份报送尚有合理性、一致性疑问待说明" if questions else ""
    return (Note(sentence(*notes, extra, open_questions)),) if notes else ()


def no_year(source: Source) -> tuple[Note, ...]:
    """Says once that there is nothing to compare with, where there is no figure of the year before."""
    if source.year_known:
        return ()
    return (Note(f"{month_name(source.last_year)}没有数据，本期不作同比比较。"),)


def _late(filings: tuple[Filing, ...]) -> list[str]:
    return [member.name for member in filings if member.present and not member.on_time]


def indicator_table(source: Source, subject: Subject, caption: str, codes: list[str]) -> Table:
    """A row an indicator: now, last December (of stock figures), a year ago, growth or change."""
    columns = (
        Column("指标", 8.5, numeric=False),
        Column("单位", 3.2, numeric=False),
        Column("本期", 4.6),
        Column("上年末", 4.6),
        Column("上年同期", 4.6),
        Column("同比增速（%）", 4.6),
        Column("同比变动", 4.6),
    )
    shown = [code for code in codes if subject.value(code) is not None]
    rows = tuple(_indicator_row(source, subject, code) for code in shown)
    notes = (f"同比变动为百分率之差（百分点）或天数之差；{wordings().notes['growth']}", wordings().notes["scope"])
    return Table(caption.partition("　")[2], caption, columns, rows, notes)


def _indicator_row(source: Source, subject: Subject, code: str) -> tuple[Cell, ...]:
    stock = code in wordings().stock
    return (
        indicator(code).name,
        subject.unit(code),
        subject.cell(code),
        subject.cell(code, source.last_december) if stock else NO_VALUE,
        subject.cell(code, source.last_year),
        *subject.on_year_cells(code),
    )


def balance_chart(source: Source, subject: Subject, label: str) -> Chart:
    """Balance and its growth over the months, one above the other; growth over the same banks where they differ."""
    balances = tuple(_in_unit(subject, period) for period in source.periods)
    panels = [Panel("columns", "质押贷款余额", subject.unit("G01"), 2, source.periods, (Series("余额", balances),))]
    lines, notes = _growth_lines(source, subject), ()
    if lines:
        panels.append(Panel("line", "余额同比增速", "%", 1, source.periods, lines))
        if lines[0].values[0] is None:
            notes = ("同比增速自有上年同期数据的月份起列示。",)
    return Chart("余额与增速", f"{label}　{_balance_caption(source, subject)}", tuple(panels), notes)


def _growth_lines(source: Source, subject: Subject) -> tuple[Series, ...]:
    plain_rates, alike = (tuple(subject.value(code, period) for period in source.periods) for code in ("G12", "G17"))
    if not any(rate is not None for rate in plain_rates):
        return ()
    if not subject.same_banks():
        return (Series("同比增速", plain_rates),)
    return (Series("同口径", alike), Series("全部报送", plain_rates, "context"))


def _in_unit(subject: Subject, period: str) -> Decimal | None:
    value = subject.value("G01", period)
    return yi(value) if value is not None and subject.in_yi else value


def _balance_caption(source: Source, subject: Subject) -> str:
    """What the chart shows, said by its figures: over the same banks where the banks differ."""
    balance = f"余额{subject.said('G01')}" if subject.value("G01") is not None else "余额"
    alike, kind = ("G17", "同口径同比增速") if subject.same_banks() else ("G12", "同比增速")
    rate = subject.value(alike)
    if rate is None:
        return balance
    for name, period in (("上年末", source.last_december), ("上月末", source.last_month)):
        before = subject.value(alike, period)
        if before is not None and half_up(rate, 1) != half_up(before, 1):
            moved = "升" if rate > before else "降"
            return f"{balance}，{kind}由{name}的{percent(before)}{moved}至{percent(rate)}"
        if before is not None:
            return f"{balance}，{kind}{percent(rate)}，与{name}持平"
    return f"{balance}，{kind}{percent(rate)}"
