"""What an issue says, block by block, as it is kept in the archive; and where two issues say something else."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from briefing.issue.content import Block, Chart, Document, Said, Section, Table, blocks
from briefing.paper.cells import shown
from contract.wording import plain

SENTENCE = re.compile(r"[^。；]+[。；]?")
ABSENT = "（无）"
CORRECTION, COMPARED = "correction", "更正对照"  # what a correction says of itself: its note, its last table
Told = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One place at which two issues differ: where it stands in words, what the one says and what the other says."""

    where: str
    before: str
    after: str


def content_of(document: Document) -> bytes:
    """All that is said in an issue's text, tables and charts, as JSON; equal content gives equal bytes."""
    content = {
        "title": document.title,
        "period": document.period,
        "snapshot": document.snapshot,
        "blocks": [_told(block) for block in blocks(document)],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=0).encode()


def _told(block: Block) -> Told:
    match block:
        case Section(id=identity, heading=heading):
            return {"kind": "heading", "id": identity, "text": heading}
        case Said(id=identity, text=text):
            return {"kind": "text", "id": identity, "text": text}
        case Table():
            heads = [column.header for column in block.columns]
            rows = [[shown(cell) for cell in row] for row in block.rows]
            return {
                "kind": "table", "id": block.key, "text": block.caption, "heads": heads, "rows": rows,
                "notes": list(block.notes),
            }  # fmt: skip
        case Chart():
            series = {
                f"{panel.name} {line.name}": [None if value is None else plain(value, panel.places) for value in
                                              line.values]
                for panel in block.panels
                for line in panel.series
            }  # fmt: skip
            return {"kind": "chart", "id": block.key, "text": block.caption, "series": series}


def differences(before: bytes, after: bytes) -> tuple[Difference, ...]:
    """Where two contents differ, in the order of the later one; what only the earlier one has comes last."""
    old, new = _by_place(before), _by_place(after)
    places = [*new, *(place for place in old if place not in new)]
    return tuple(difference for place in places for difference in _differing(old.get(place), new.get(place)))


def _by_place(content: bytes) -> Mapping[tuple[str, str, int], Told]:
    """Blocks by kind and id; those that share an id, as notes without one, by the order in which they come."""
    counted: Counter[tuple[str, str]] = Counter()
    placed = {}
    for block in json.loads(content)["blocks"]:
        name = (block["kind"], block["id"])
        if block["id"] in (CORRECTION, COMPARED):
            continue
        placed[*name, counted[name]] = block
        counted[name] += 1
    return placed


def _differing(old: Told | None, new: Told | None) -> Iterator[Difference]:
    if old == new:
        return
    told = new or old or {}
    if told["kind"] == "table" and old and new:
        yield from _cells(old, new)
    elif told["kind"] in ("table", "chart"):
        before, after = old and old["text"], new and new["text"]
        if before != after:
            yield Difference("图表", before or ABSENT, after or ABSENT)
        else:
            yield Difference(after or "", "图中各点", "已更新")
    elif (old and old["text"]) != (new and new["text"]):
        gone, come = changed_sentences(old["text"] if old else "", new["text"] if new else "")
        yield Difference("标题" if told["kind"] == "heading" else "正文", gone or ABSENT, come or ABSENT)


def changed_sentences(before: str, after: str) -> tuple[str, str]:
    """The sentences of each text that the other has not; both whole where only their order differs."""
    old, new = SENTENCE.findall(before), SENTENCE.findall(after)
    gone, come = ("".join(said for said in these if said not in those) for these, those in ((old, new), (new, old)))
    return (gone, come) if gone or come else (before, after)


def _cells(old: Told, new: Told) -> Iterator[Difference]:
    """Cell by cell, rows matched by what stands in their first cell."""
    caption = new["text"].partition("　")[2] or new["text"]
    before, after = _rows(old), _rows(new)
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before or name not in after:
            yield Difference(f"{caption}：{name[0]}", _row(before.get(name)), _row(after.get(name)))
            continue
        then, now = before[name], after[name]
        for head in [*now, *(head for head in then if head not in now)]:
            if then.get(head) != now.get(head):
                yield Difference(f"{caption}：{name[0]}，{head}", then.get(head, ABSENT), now.get(head, ABSENT))
    if old["notes"] != new["notes"]:
        gone, come = changed_sentences("".join(old["notes"]), "".join(new["notes"]))
        yield Difference(f"{caption}：注", gone or ABSENT, come or ABSENT)


def _rows(table: Told) -> dict[tuple[str, int], dict[str, str]]:
    counted: Counter[str] = Counter()
    rows = {}
    for cells in table["rows"]:
        rows[cells[0], counted[cells[0]]] = dict(zip(table["heads"], cells, strict=True))
        counted[cells[0]] += 1
    return rows


def _row(cells: Mapping[str, str] | None) -> str:
    return ABSENT if cells is None else "　".join(_but_first(list(cells.values())))


def _but_first(cells: Sequence[str]) -> Sequence[str]:
    return cells[1:] or cells
