"""A district's own briefing (区级分送件): its figures beside the city's, nothing of another district or of a bank."""

from __future__ import annotations

from briefing.issue.annexes import indicators
from briefing.issue.content import Cell, Column, Note, Paragraph, Section, Table
from briefing.issue.declared import wordings
from briefing.issue.features import convenience, lending
from briefing.issue.overall import balance_chart, missing, no_year
from briefing.issue.source import Source
from briefing.issue.standing import open_triggers
from briefing.issue.subject import Subject, sentence, share_text
from contract.wording import month_end, year_to_date
from metrics.indicators.catalogue import indicator


def district_sections(source: Source, code: str, name: str) -> tuple[Section, ...]:
    own, city = Subject(source, "district", code, in_yi=False), Subject(source)
    return (
        _overall(source, own, city, name),
        Section("二、主要特点", 1, (lending(own), _as_second(convenience(own)))),
        Section("三、重点企业与风险补偿", 1, (Paragraph(_collaboration(own)),)),
        open_triggers(source, "四、预警线索", "表2", level=1),
    )


def _as_second(section: Section) -> Section:
    return Section(section.heading.replace("（三）", "（二）"), section.level, section.blocks)


def _overall(source: Source, own: Subject, city: Subject, name: str) -> Section:
    head = f"截至{month_end(source.period)}，"
    total = wordings().names["city"]
    together = f"{head}{total}知识产权质押贷款余额{city.said('G01')}{city.growth_of_balance()}" if _has(city) else ""
    if _has(own):
        part = share_text(own.value("G01"), city.value("G01"))
        balance = f"{name}企业质押贷款余额{own.said('G01')}{own.growth_of_balance()}，{part}"
        lent = own.clause("G04", f"{year_to_date(source.period)}累计发放")
        text = sentence(balance, own.clause("G02", "贷款户数"), lent) + sentence(own.same_banks())
    else:
        text = f"{name}企业质押贷款涉及企业较少或本期无数据，不予列示。"
    blocks = [Paragraph(sentence(together) + text), *missing(source), *no_year(source), _table(source, own, city)]
    if _has(own):
        blocks.append(balance_chart(source, own, "图1"))
    return Section("一、总体情况", 1, (*blocks, Note(wordings().notes["withheld"])))


def _has(subject: Subject) -> bool:
    return subject.value("G01") is not None


def _table(source: Source, own: Subject, city: Subject) -> Table:
    columns = (
        Column("指标", 9, numeric=False),
        Column("单位", 3.4, numeric=False),
        Column("本区本期", 5),
        Column("本区上年同期", 5),
        Column("同比增速（%）", 4.6),
        Column("同比变动", 4.6),
        Column("合计本期", 5.4),
    )
    rows = tuple(_row(source, own, city, code) for code in wordings().tables["district"])
    notes = (f"“合计”为{wordings().names['city']}或{wordings().names['city_districts']}，单位与本区相同。",)
    return Table("主要指标", "表1　主要指标", columns, rows, (*notes, wordings().notes["absent"]))


def _row(source: Source, own: Subject, city: Subject, code: str) -> tuple[Cell, ...]:
    return (
        indicator(code).name,
        own.unit(code),
        own.cell(code),
        own.cell(code, source.last_year),
        *own.on_year_cells(code),
        own.number(code, city.value(code)),
    )


def _collaboration(own: Subject) -> str:
    return (
        sentence(
            own.clause("C07", "重点企业获贷率"),
            own.clause("C01", "风险补偿资金池规模"),
            own.clause("C03", "资金池使用率", compared=False),
            own.clause("C02", "本年风险补偿金额", compared=False),
            own.clause("C04", "本年各项贴补金额", compared=False),
            own.clause("C06", "受补贴企业", compared=False),
        )
        or "本期没有已接收的本区报送，服务点、资金池和重点企业无数。"
    )


def district_annexes(source: Source, code: str) -> tuple[Table, ...]:
    own = Subject(source, "district", code, in_yi=False)
    return (indicators(source, own, "附表1"),)
