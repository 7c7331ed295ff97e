"""Builds the content tree of one issue from one snapshot: the city's briefing, or a district's own."""

from __future__ import annotations

from briefing.issue.annexes import annexes, definitions
from briefing.issue.content import Document, Section, Table, filled, tables
from briefing.issue.declared import wordings
from briefing.issue.district import district_annexes, district_sections
from briefing.issue.features import features
from briefing.issue.filing_quality import filing_quality
from briefing.issue.members import institutions, regions
from briefing.issue.numbering import numbered
from briefing.issue.overall import overall
from briefing.issue.source import Source, read_source
from briefing.issue.standing import standing
from briefing.issue.work import work
from contract.declarations import districts
from contract.errors import AccessDenied
from contract.viewer import Viewer
from contract.wording import month_name
from etl.snapshot.opened import Snapshot


def compose(viewer: Viewer, snapshot: Snapshot, period: str) -> Document:
    """The briefing of a period: the city's for a viewer of the Bureau, its own for a district's.

    Raises:
        AccessDenied: the viewer's role has no briefing.
        CallError: the snapshot has no figures of that period.
    """
    if viewer.bureau:
        return compose_city(read_source(viewer, snapshot, period))
    if viewer.role == "district":
        return compose_district(read_source(viewer, snapshot, period), viewer.scope)
    raise AccessDenied(f"{viewer.role_name}没有监管月报")


def city_sections(source: Source) -> tuple[Section, ...]:
    """The sections of the city's tree, not numbered yet: parts are taken from them."""
    return (
        overall(source),
        features(source),
        institutions(source),
        regions(source),
        standing(source),
        work(source),
        filing_quality(source),
    )


def compose_city(source: Source) -> Document:
    sections = city_sections(source)
    return issue_of(source, sections, annexes(source), wordings().title, wordings().names["city"])


def compose_district(source: Source, code: str) -> Document:
    """A district's own briefing: what is withheld from the district on its pages is withheld here, and nothing else."""
    name = districts()[code].name
    sections = district_sections(source, code, name)
    return issue_of(source, sections, district_annexes(source, code), f"{wordings().title}（{name}）", name)


def issue_of(
    source: Source, sections: tuple[Section, ...], shown: tuple[Table, ...], title: str, scope_name: str
) -> Document:
    """A document of sections and annexes as they come, headings, tables, charts and annexes numbered in order.

    A table without a row and a chart without a point are left out.
    """
    sections, shown = numbered(filled(sections), filled(shown))
    return Document(
        masthead=wordings().masthead,
        marking=wordings().marking,
        title=title,
        period=source.period,
        period_name=month_name(source.period),
        scope_name=scope_name,
        snapshot=source.snapshot.number,
        built_at=source.snapshot.built_at,
        demonstration=wordings().demonstration if source.snapshot.demonstration else None,
        sections=sections,
        annexes=shown,
        definitions=definitions(tables((*sections, *shown))),
    )
