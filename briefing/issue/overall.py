"""Section 一、总体情况: five figures in a paragraph, who is missing, one table, balance and growth."""

from __future__ import annotations

from decimal import Decimal

from briefing.issue.content import Cell, Chart, Column, Panel, Said, Section, Series, Table
from briefing.issue.declared import wordings
from briefing.issue.judgements import judgements
from briefing.issue.sentences import note, say
from briefing.issue.source import Filing, Source
from briefing.issue.subject import Subject
from contract.wording import MEASURES, NO_VALUE, growth, half_up, listing, percent, yi
from metrics.indicators.catalogue import indicator

ABSENT_BECAUSE = {
    "missing": "未报送",
    "due": "未到截止时间、尚未报送",
    "exempt": "报送要求施行前、没有报送",
    "returned": "已退回、待重报",
}


def overall(source: Source) -> Section:
    city = Subject(source)
    blocks = (
        *spoken(say("overall.figures", city)),
        *missing(source),
        *no_year(source),
        indicator_table(source, city, wordings().tables["overall"]),
        balance_chart(source, city),
    )
    return Section("总体情况", 1, blocks, "overall")


def spoken(*said: Said | None) -> tuple[Said, ...]:
    """Those of the paragraphs and notes that have something to say."""
    return tuple(paragraph for paragraph in said if paragraph is not None)


def missing(source: Source) -> tuple[Said, ...]:
    """How many have filed, and by name who has not; nothing where the viewer may not know of others."""
    phrases = {}
    for kind, name in (("bank", "机构"), ("district", "地区")):
        expected = [filing for filing in source.filings if filing.kind == kind]
        if not expected:
            continue
        absent = [filing for filing in expected if not filing.present]
        phrases[f"应报{name}数"] = f"{len(expected)}{MEASURES[kind]}"
        phrases[f"已接收{name}数"] = f"{len(expected) - len(absent)}{MEASURES[kind]}"
        phrases[f"未计入{name}"] = listing([f"{filing.name}（{ABSENT_BECAUSE[filing.verdict]}）" for filing in absent])
    questions = sum(filing.verdict == "questions" for filing in source.filings)
    phrases["迟报成员"] = listing(_late(source.filings))
    phrases["待说明份数"] = f"{questions}份" if questions else ""
    return spoken(note("overall.missing", Subject(source), phrases)) if source.filings else ()


def no_year(source: Source) -> tuple[Said, ...]:
    """Says once that there is nothing to compare with: no figure of the year before, or no loan at that time."""
    city = Subject(source)
    if not source.year_known:
        return spoken(note("overall.no_year", city))
    return spoken(note("overall.no_base", city)) if city.year_before("G01") == 0 else ()


def _late(filings: tuple[Filing, ...]) -> list[str]:
    return [member.name for member in filings if member.present and not member.on_time]


def indicator_table(source: Source, subject: Subject, codes: list[str]) -> Table:
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
    return Table("主要指标", "主要指标", columns, rows, notes)


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


def balance_chart(source: Source, subject: Subject) -> Chart:
    """Balance and its growth over the months, one above the other; growth over the same banks where they differ."""
    balances = tuple(_in_unit(subject, period) for period in source.periods)
    panels = [Panel("columns", "质押贷款余额", subject.unit("G01"), 2, source.periods, (Series("余额", balances),))]
    lines, notes = _growth_lines(source, subject), ()
    if lines:
        panels.append(Panel("line", "余额同比增速", "%", 1, source.periods, lines))
        if lines[0].values[0] is None:
            notes = ("同比增速自有上年同期数据的月份起列示。",)
    return Chart("余额与增速", _balance_caption(source, subject), tuple(panels), notes)


def differ(subject: Subject) -> bool:
    """Whether the banks of the two periods differ, so that growth is told over the same ones too."""
    return judgements()["两期机构不同"].holds(subject)


def _growth_lines(source: Source, subject: Subject) -> tuple[Series, ...]:
    plain_rates, alike = (tuple(subject.value(code, period) for period in source.periods) for code in ("G12", "G17"))
    if not any(rate is not None for rate in plain_rates):
        return ()
    if not differ(subject):
        return (Series("同比增速", plain_rates),)
    return (Series("同口径", alike), Series("全部报送", plain_rates, "context"))


def _in_unit(subject: Subject, period: str) -> Decimal | None:
    value = subject.value("G01", period)
    return yi(value) if value is not None and subject.in_yi else value


def _balance_caption(source: Source, subject: Subject) -> str:
    """What the chart shows, said by its figures: over the same banks where the banks differ."""
    balance = f"余额{subject.said('G01')}" if subject.value("G01") is not None else "余额"
    alike, kind = ("G17", "同口径同比增速") if differ(subject) else ("G12", "同比增速")
    rate = subject.value(alike)
    if rate is None:
        return balance
    if half_up(rate, 1) == 0:
        return f"{balance}，与上年同期持平"
    for name, period in (("上年末", source.last_december), ("上月末", source.last_month)):
        before = subject.value(alike, period)
        if before is None:
            continue
        if half_up(rate, 1) == half_up(before, 1):
            return f"{balance}，{kind}{percent(rate)}，与{name}持平"
        if rate < 0 or before < 0:  # a rate that rises to minus ten percent is hard to read
            turned = "转为" if rate * before < 0 else "变为"
            return f"{balance}，{kind.removesuffix('增速')}由{name}{growth(before)}{turned}{growth(rate)}"
        moved = "升" if rate > before else "降"
        return f"{balance}，{kind}由{name}的{percent(before)}{moved}至{percent(rate)}"
    return f"{balance}，{kind.removesuffix('增速')}{growth(rate)}" if rate < 0 else f"{balance}，{kind}{percent(rate)}"
