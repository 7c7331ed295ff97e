"""What a part may not hold, looked for in the finished part: names, scores, triggers, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from briefing.issue.content import Chart, Document, Number, Said, Section, Table, blocks
from briefing.issue.source import Source
from briefing.parts.declared import Part
from contract.declarations import OUTSIDE, districts
from contract.errors import CallError
from contract.wording import plain
from metrics.indicators.catalogue import catalogue


def texts(document: Document) -> list[str]:
    """Everything that a reader of a document reads: words, captions, headers, cells, notes, names in charts."""
    read = [document.title, document.masthead, document.scope_name]
    for block in (*blocks(document), document.definitions):
        match block:
            case Section(heading=heading):
                read.append(heading)
            case Said(text=text):
                read.append(text)
            case Table():
                read += [block.caption, *(column.header for column in block.columns), *block.notes]
                read += [_cell(cell) for row in block.rows for cell in row]
            case Chart():
                read += [block.caption, *block.notes]
                for panel in block.panels:
                    read += [panel.title, *panel.categories, *(series.name for series in panel.series)]
    return read


def _cell(cell: Number | str) -> str:
    return plain(cell.value, cell.places) if isinstance(cell, Number) else cell


# What gives each kind away.
TELLTALES: dict[str, Callable[[Source], Iterable[str]]] = {
    "banks": lambda source: {name for bank in source.of_kind("bank") for name in (bank.name, bank.short_name) if name},
    "districts": lambda source: {place.name for code, place in districts().items() if code != OUTSIDE},
    "scores": lambda source: ("监测分", "评价得分", "本轮评价", "年度等级"),
    "triggers": lambda source: {"级别", *(trigger.rule_name for trigger in source.triggers)},
    "tasks": lambda source: {"督办", *(task.what for task in source.tasks)},
}


def faults(document: Document, part: Part, bureau: Source) -> list[str]:
    """What a part holds against its declaration, a line each. `bureau`: the source with all names."""
    read = texts(document)
    return [
        f"{part.name}中有不应有的“{word}”"
        for kind in part.without
        for word in sorted(TELLTALES[kind](bureau))
        if any(_holds(text, word) for text in read)
    ]


def _holds(text: str, word: str) -> bool:
    """Whether a text says the word, beside where it is but a piece of an indicator's name: “超范围内部评估笔数” is no
    trigger's name."""
    if word in text:
        for indicator in catalogue().values():
            if indicator.name != word and word in indicator.name:
                text = text.replace(indicator.name, "")
    return word in text


def check(document: Document, part: Part, bureau: Source) -> None:
    """Raises CallError where a part holds what it may not: it is not given out."""
    held = faults(document, part, bureau)
    if held:
        raise CallError(f"{'；'.join(held)}：不予生成，请核对分送件声明")
