"""A part taken from the city's tree: the blocks that its declaration names, headings kept over what is left."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from briefing.issue.annexes import annexes
from briefing.issue.compose import city_sections, issue_of
from briefing.issue.content import Block, Chart, Document, Said, Section, Table, flat
from briefing.issue.sentences import declared_paragraphs
from briefing.issue.source import Source
from briefing.parts.declared import Part
from contract.calendar import is_quarter_end
from contract.errors import CallError
from contract.wording import month_name

LINE, LINES = 28, 19  # characters of a line, lines of a single page below its title


def identity(block: Block) -> str:
    """The stable id of a block: of a table or a chart its key."""
    return block.key if isinstance(block, Table | Chart) else block.id


def take(items: Iterable[Block], wanted: frozenset[str]) -> tuple[Block, ...]:
    """The blocks named, all that a named section holds, and headings over what is left."""
    taken: list[Block] = []
    for block in items:
        if identity(block) in wanted:
            taken.append(block)
        elif isinstance(block, Section):
            inner = take(block.blocks, wanted)
            if len(inner) == 1 and isinstance(inner[0], Section):
                inner = inner[0].blocks  # one heading below another would say the same twice
            if inner:
                # A heading that judges speaks of the whole section; over a part of it stands its plain one.
                taken.append(replace(block, blocks=inner, heading=block.plain or block.heading))
    return tuple(taken)


def compose_part(source: Source, part: Part, beyond: tuple[Section, ...] = ()) -> Document:
    """The part of a source that was read with its reader's rights; `beyond`: sections that it has of its own.

    Raises CallError for a quarterly part of a month that ends no quarter.
    """
    if part.quarterly and not is_quarter_end(source.period):
        raise CallError(f"{part.name}按季编报，{month_name(source.period)}不是季末月份")
    wanted, sections = frozenset(part.take), city_sections(source)
    title = part.title.format(month=month_name(source.period))
    if not part.sections:
        document = issue_of(source, (), (), title, part.name)
        return replace(document, sections=fitting(sections, part), pages=part.pages)
    kept = (*take(sections, wanted), *beyond)
    shown = tuple(table for table in annexes(source) if table.key in wanted)
    return replace(issue_of(source, kept, shown, title, part.name), pages=part.pages)


def fitting(sections: Iterable[Section], part: Part) -> tuple[Said, ...]:
    """Paragraphs without headings, in the order of the declaration, as long as characters and lines suffice.

    That there are no data is said by the first of them alone: without a heading nobody knew of what another says it.
    """
    known = {block.id: block for block in flat(sections) if isinstance(block, Said)}
    taken: list[Said] = []
    characters, lines = 0, 0
    for name in part.take:
        paragraph = known.get(name)
        if paragraph is None or (taken and paragraph.template in declared_paragraphs()[name].stand_ins):
            continue
        longer, taller = characters + len(paragraph.text), lines + math.ceil((len(paragraph.text) + 2) / LINE)
        too_long = part.characters is not None and longer > part.characters
        too_tall = part.pages is not None and taller > LINES
        if too_long or too_tall:
            continue
        taken.append(paragraph)
        characters, lines = longer, taller
    return tuple(taken)
