"""Sections 三、试点机构 and 四、试点地区: who carries the figures, by peer group and by district."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from briefing.issue.content import Block, Cell, Chart, Column, Number, Panel, Section, Series, Table
from briefing.issue.declared import wordings
from briefing.issue.overall import spoken
from briefing.issue.sentences import say
from briefing.issue.source import Member, Source
from briefing.issue.subject import Subject, share, share_text
from contract.declarations import OUTSIDE, code_lists, districts
from contract.viewer import may_see
from contract.wording import NO_VALUE, NOT_REPORTED, WITHHELD, adds_up, growth, half_up, listing, percent, yi

NAMED_FIRST = 3
NAMED_MOST = 5  # of those that fell


def institutions(source: Source) -> Section:
    banks = source.of_kind("bank")
    groups = code_lists()["peer_group"]
    sizes = {code: sum(bank.group == code for bank in banks) for code in groups}
    phrases = {
        "试点机构数": f"{len(banks)}家",
        "机构构成": "、".join(f"{name}{sizes[code]}家" for code, name in groups.items() if sizes[code]),
        "分类型": _by_group(source),
        "不列示类型数": _hidden(source, "bank_type", groups, "种"),
    }
    city = Subject(source)
    said = spoken(say("institutions.groups", city, phrases), say("institutions.leading", city, _leading_banks(source)))
    return Section("试点机构", 1, (*said, _group_table(source, sizes)), "institutions")


def _by_group(source: Source) -> str:
    """Balance and share of each peer group, the largest first."""
    whole = source.value("G01")
    kinds = [(Subject(source, "bank_type", code), name) for code, name in code_lists()["peer_group"].items()]
    held = sorted((pair for pair in kinds if pair[0].value("G01")), key=lambda pair: -pair[0].value("G01"))
    clauses = []
    for kind, name in held:
        rate = kind.value("G12")
        grown = f"，同比{growth(rate)}" if rate is not None else ""
        clauses.append(f"{name}余额{kind.said('G01')}，{share_text(kind.value('G01'), whole)}{grown}")
    return "；".join(clauses) if len(clauses) > 1 else ""


def _hidden(source: Source, scope: str, entities: Iterable[str], measure: str) -> str:
    """How many of the entities have a balance that this reader may not see; empty for none."""
    number = sum(source.figure("G01", scope, entity).withheld for entity in entities)
    return f"{number}{measure}" if number else ""


def _group_table(source: Source, sizes: dict[str, int]) -> Table:
    columns = (
        Column("机构类型", 7, numeric=False),
        Column("名单内（家）", 4),
        Column("余额（亿元）", 4.6),
        Column("占比（%）", 4),
        Column("同比增速（%）", 4.6),
        Column("同口径增速（%）", 4.6),
        Column("本年累放（亿元）", 5.2),
        Column("同比增速（%）", 4.6),
        Column("不良率（%）", 4.2),
        Column("还原不良率（%）", 4.2),
    )
    kinds = [
        (Subject(source, "bank_type", code), name) for code, name in code_lists()["peer_group"].items() if sizes[code]
    ]
    whole = source.value("G01")
    rows = [_group_row(kind, name, sizes[kind.entity], whole) for kind, name in kinds]
    total = _group_row(Subject(source), wordings().names["city"], sum(sizes.values()), whole)
    return Table("分类型", "分类型试点机构情况", columns, (*rows, total), rounding(rows, total, (2, 3, 6)), totals=1)


def _group_row(kind: Subject, name: str, size: int, whole: Decimal | None) -> tuple[Cell, ...]:
    return (
        name,
        Number(Decimal(size), 0),
        kind.cell("G01"),
        share_cell(kind, whole),
        kind.growth_cell("G01"),
        kind.same_banks_cell(),
        kind.cell("G04"),
        kind.growth_cell("G04"),
        kind.cell("G09"),
        kind.cell("G18"),
    )


def share_cell(subject: Subject, whole: Decimal | None) -> Cell:
    """The subject's part of a balance in percent."""
    if subject.source.figure("G01", subject.scope, subject.entity).withheld:
        return WITHHELD
    value = share(subject.value("G01"), whole)
    return NO_VALUE if value is None else Number(value, 1)


def rounding(rows: Sequence[tuple[Cell, ...]], total: tuple[Cell, ...], columns: Sequence[int]) -> tuple[str, ...]:
    """The note on rounding, only where the parts as shown do not add up to the total as shown."""
    for at in columns:
        parts = [row[at] for row in rows if isinstance(row[at], Number)]
        if isinstance(total[at], Number) and not adds_up(
            [part.value for part in parts], total[at].value, total[at].places
        ):
            return (wordings().notes["rounding"],)
    return ()


def _leading_banks(source: Source) -> dict[str, str]:
    """The largest and the fastest growing banks, and those whose balance fell."""
    banks = [(bank, Subject(source, "bank", bank.code)) for bank in source.of_kind("bank")]
    held = sorted((pair for pair in banks if pair[1].value("G01")), key=lambda pair: -pair[1].value("G01"))
    if not held:
        return {}
    whole, first = source.value("G01"), held[:NAMED_FIRST]
    together = share(sum((kind.value("G01") for _, kind in first), Decimal(0)), whole)
    largest = [f"{bank.short_name}（{kind.said('G01')}）" for bank, kind in first]
    return {
        "唯一机构": largest[0] if len(held) == 1 else "",
        "各机构数": f"{len(held)}家" if len(held) <= NAMED_FIRST else "",
        "余额居前机构": listing(largest),
        "余额居前占比": percent(together) if together is not None else "",
        **_movers(held),
    }


def _movers(held: list[tuple[Member, Subject]]) -> dict[str, str]:
    rated = [(bank.short_name, kind.value("G12")) for bank, kind in held if kind.value("G12") is not None]
    rated.sort(key=lambda pair: -pair[1])
    rising = [pair for pair in rated if half_up(pair[1], 1) > 0][:NAMED_FIRST] if len(rated) > 1 else []
    falling = sorted((pair for pair in rated if half_up(pair[1], 1) < 0), key=lambda pair: (pair[1], pair[0]))
    more = "等" if len(falling) > NAMED_MOST else ""
    named = "、".join(f"{name}（{growth(rate)}）" for name, rate in falling[:NAMED_MOST])
    return {
        "增速居前机构": listing([f"{name}（{growth(rate)}）" for name, rate in rising]),
        "余额下降家数": f"{len(falling)}家" if falling else "",
        "余额下降机构": f"{named}{more}",
        "可比增速家数": f"{len(rated)}家" if len(rated) > 1 else "",
    }


def regions(source: Source) -> Section:
    units = _units(source)
    pilots = source.of_kind("district")
    city = Subject(source)
    points = [(pilot.name, source.value("D01", "district", pilot.code)) for pilot in pilots]
    phrases = {
        "试点地区数": f"{len(pilots)}个",
        "无服务点地区": listing([name for name, value in points if value == 0]),
    }
    blocks: list[Block] = [
        *spoken(
            say("regions.leading", city, _leading_units(source, units)),
            say("regions.pilots", city, phrases),
            say("regions.compensation", city),
        )
    ]
    if pilots:
        blocks.append(_pilot_table(source, pilots))
    if units:
        blocks.append(district_chart(source, units))
    return Section("试点地区", 1, tuple(blocks), "regions")


def _units(source: Source) -> list[tuple[str, Subject]]:
    """The units that have loans, the largest balance first, 京外 apart."""
    units = [
        (district.name, Subject(source, "district", code)) for code, district in districts().items() if code != OUTSIDE
    ]
    return sorted((pair for pair in units if pair[1].value("G01")), key=lambda pair: -pair[1].value("G01"))


def _leading_units(source: Source, units: list[tuple[str, Subject]]) -> dict[str, str]:
    """The districts with the largest balances, and what they have together."""
    if not units:
        return {}
    inside = [code for code in districts() if code != OUTSIDE]
    whole, first = source.value("G01"), units[:NAMED_FIRST]
    largest = [f"{name}（{unit.said('G01')}，{share_text(unit.value('G01'), whole)}）" for name, unit in first]
    together = share(sum((unit.value("G01") for _, unit in first), Decimal(0)), whole)
    return {
        "唯一地区": largest[0] if len(units) == 1 else "",
        "有余额区数": f"{len(units) + sum(source.figure('G01', 'district', code).withheld for code in inside)}个区",
        "不列示区数": _hidden(source, "district", inside, "个区"),
        "余额居前地区": listing(largest),
        "地区居前占比": percent(together) if together is not None else "",
    }


def _pilot_table(source: Source, pilots: tuple[Member, ...]) -> Table:
    columns = (
        Column("试点地区", 6, numeric=False),
        Column("余额（亿元）", 4.4),
        Column("占比（%）", 4),
        Column("同比增速（%）", 4.4),
        Column("本年累放（亿元）", 5),
        Column("服务点（个）", 4),
        Column("一站式占比（%）", 5),
        Column("资金池规模（万元）", 5.4),
    )
    whole = source.value("G01")
    ordered = sorted(pilots, key=lambda pilot: -(source.value("G01", "district", pilot.code) or 0))
    rows = tuple(_pilot_row(source, pilot, whole) for pilot in ordered)
    notes = ("占比为占试点机构余额合计的比重；贷款数据来自试点机构报送，服务点和资金池数据来自各区报送。",)
    return Table("试点地区", "试点地区情况", columns, rows, notes)


def _pilot_row(source: Source, pilot: Member, whole: Decimal | None) -> tuple[Cell, ...]:
    unit, own = Subject(source, "district", pilot.code), Subject(source, "district", pilot.code, in_yi=False)
    here = present(source, pilot)
    return (
        pilot.name,
        unit.cell("G01"),
        share_cell(unit, whole),
        unit.growth_cell("G01"),
        unit.cell("G04"),
        own.cell("D01") if here else NOT_REPORTED,
        unit.cell("D03"),
        own.cell("C01") if here else NOT_REPORTED,
    )


def present(source: Source, member: Member) -> bool:
    """Whether the member has a submission in force for the period; a viewer who may not know of it takes it so."""
    return not may_see(source.viewer, "filing") or any(
        filing.code == member.code and filing.present for filing in source.filings
    )


def district_chart(source: Source, units: list[tuple[str, Subject]]) -> Chart:
    """Balances of the districts as bars, 京外 last and in grey."""
    outside = Subject(source, "district", OUTSIDE)
    shown = [*units, (districts()[OUTSIDE].name, outside)] if outside.value("G01") else units
    bars = Series("余额", tuple(yi(unit.value("G01")) for _, unit in shown))
    name, largest = units[0]
    part = share(largest.value("G01"), source.value("G01"))
    muted = (len(units),) if len(shown) > len(units) else ()
    panel = Panel("bars", "质押贷款余额", "亿元", 2, tuple(name for name, _ in shown), (bars,), muted)
    hidden = any(source.figure("G01", "district", code).withheld for code in districts())
    notes = ("涉及企业过少的区不列示。",) if hidden else ()
    caption = f"{name}余额居首，占{percent(part)}" if len(units) > 1 else f"贷款余额集中在{name}"
    return Chart("分地区余额", caption, (panel,), notes)
