"""Section 二、主要特点: lending, structure, convenience, quality; a heading judges only what its figures bear out."""

from __future__ import annotations

from briefing.issue.content import Block, Chart, Panel, Section, Series
from briefing.issue.overall import spoken
from briefing.issue.sentences import heading, plain_heading, say
from briefing.issue.source import Source
from briefing.issue.subject import Subject, share, share_text
from briefing.issue.tokens import subjects
from contract.wording import percent, plain


def features(source: Source) -> Section:
    city = Subject(source)
    inner = (lending(city), structure(city), convenience(city), quality(city))
    return Section("主要特点", 1, inner, "features")


def _section(identity: str, subject: Subject, blocks: tuple[Block, ...]) -> Section:
    return Section(heading(identity, subject), 2, blocks, identity, plain_heading(identity))


def lending(subject: Subject) -> Section:
    said = spoken(say("features.lending", subject))
    return _section("features.lending", subject, said)


def structure(subject: Subject) -> Section:
    phrases = {"分权利类型": by_right(subject.source)}
    said = spoken(say("features.structure", subject), say("features.rights", subject, phrases))
    charts = rights_chart(subject.source)
    return _section("features.structure", subject, (*said, *charts))


def _rights(source: Source) -> list[tuple[str, Subject]]:
    """The types of right that have a balance, the largest first."""
    kinds = [(name, Subject(source, scope, code)) for name, (scope, code) in subjects().items() if scope == "ip"]
    return sorted((pair for pair in kinds if pair[1].value("G01")), key=lambda pair: -pair[1].value("G01"))


def by_right(source: Source) -> str:
    """The balance by type of right, the largest first."""
    whole = source.value("G01")
    clauses = [f"{name}{kind.said('G01')}、{share_text(kind.value('G01'), whole)}" for name, kind in _rights(source)]
    return "，".join(clauses)


def rights_chart(source: Source) -> tuple[Chart, ...]:
    """What the balance is made of by type of right, in percent of the whole; none where there is nothing to divide."""
    whole = source.value("G01")
    parts = [(name, share(kind.value("G01"), whole)) for name, kind in _rights(source)]
    if len(parts) < 2 or not whole:
        return ()
    name, largest = parts[0]
    panel = Panel("bars", "占质押贷款余额", "%", 1, tuple(name for name, _ in parts),
                  (Series("占比", tuple(part for _, part in parts)),))  # fmt: skip
    return (Chart("权利类型结构", f"{name}质押贷款占{percent(largest)}，居首", (panel,)),)


def convenience(subject: Subject) -> Section:
    said = spoken(say("features.registration", subject), say("features.valuation", subject))
    return _section("features.convenience", subject, said)


def quality(subject: Subject) -> Section:
    said = spoken(say("features.quality", subject, _deviation(subject.source)), say("features.disposal", subject))
    return _section("features.quality", subject, said)


def _deviation(source: Source) -> dict[str, str]:
    """How many banks stand above their own ratio on all loans, and the furthest of them."""
    gaps = [
        (gap, bank.short_name)
        for bank in source.of_kind("bank")
        if (gap := source.value("S18", "bank", bank.code)) is not None
    ]
    above = [pair for pair in gaps if pair[0] > 0]
    if not above:
        return {"可比机构数": f"{len(gaps)}家" if gaps else ""}
    widest, name = max(above)
    return {
        "不良率偏高机构数": f"{len(above)}家",
        "偏离最大机构": name,
        "最大偏离": f"{plain(widest, 2)}个百分点",
    }
