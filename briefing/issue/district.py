"""A district's own briefing (区级分送件): its figures beside the city's, nothing of another district or of a bank."""

from __future__ import annotations

from briefing.issue.annexes import indicators
from briefing.issue.content import Cell, Column, Note, Section, Table
from briefing.issue.declared import wordings
from briefing.issue.features import convenience, lending
from briefing.issue.filing_quality import seal
from briefing.issue.overall import balance_chart, missing, no_year, spoken
from briefing.issue.sentences import heading, say
from briefing.issue.source import Source
from briefing.issue.standing import open_triggers
from briefing.issue.subject import Subject
from metrics.indicators.catalogue import indicator


def district_sections(source: Source, code: str, name: str) -> tuple[Section, ...]:
    own, city = Subject(source, "district", code, in_yi=False, called=name), Subject(source)
    features = (lending(own), convenience(own), own_quality(own))
    said = spoken(say("district.collaboration", own))
    return (
        _overall(source, own, city),
        Section("主要特点", 1, features, "features"),
        Section("重点企业与风险补偿", 1, said, "district.collaboration"),
        open_triggers(source, level=1),
    )


def own_quality(own: Subject) -> Section:
    """The quality of a district's loans as its own page shows it: what is withheld there is withheld here."""
    return Section(heading("features.quality", own), 2, spoken(say("district.quality", own)), "features.quality")


def _overall(source: Source, own: Subject, city: Subject) -> Section:
    said = spoken(say("district.overall", own))
    blocks = [*said, *missing(source), *no_year(source), _table(source, own, city)]
    if own.value("G01") is not None:
        blocks.append(balance_chart(source, own))
    withheld = Note(wordings().notes["withheld"], "district.withheld")
    return Section("总体情况", 1, (*blocks, withheld, *seal(source)), "overall")


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
    return Table("主要指标", "主要指标", columns, rows, (*notes, wordings().notes["absent"]))


def _row(source: Source, own: Subject, city: Subject, code: str) -> tuple[Cell, ...]:
    return (
        indicator(code).name,
        own.unit(code),
        own.cell(code),
        own.cell(code, source.last_year),
        *own.on_year_cells(code),
        own.number(code, city.value(code)),
    )


def district_annexes(source: Source, code: str) -> tuple[Table, ...]:
    own = Subject(source, "district", code, in_yi=False)
    return (indicators(source, own),)
