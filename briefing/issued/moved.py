"""Tables and charts of a draft that a newer data version says otherwise: cell by cell, rows matched by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from briefing.issue.content import Document, Table, charts, tables
from briefing.issued.told import COMPARED
from briefing.paper.cells import shown

GONE = "已无"


@dataclass(frozen=True)
class Moved:
    """A table of a draft beside the newer data version's.

    `cells`: row and column → what stands there now, empty where that row or column is there no more. `come`: rows that
    only the newer one has, as text.
    """

    table: Table
    cells: Mapping[tuple[int, int], str]
    come: tuple[tuple[str, ...], ...] = ()

    @property
    def places(self) -> int:
        """How many cells and rows differ."""
        return len(self.cells) + len(self.come)

    @property
    def told(self) -> tuple[str, ...]:
        """Each of them in words: `质押贷款余额，本期：1.50→1.60`."""
        rows = self.table.rows
        cells = [
            f"{shown(rows[down][0])}，{self.table.columns[at].header}：{shown(rows[down][at])}→{now or GONE}"
            for (down, at), now in self.cells.items()
        ]
        return (*cells, *(f"新增：{'　'.join(row)}" for row in self.come))


def moved_tables(draft: Document, latest: Document) -> tuple[Moved, ...]:
    """The tables of text and annexes that differ, in reading order, those that only the newer one has last."""
    ours = {table.key: table for table in _tables(draft) if table.key != COMPARED}
    theirs = {table.key: table for table in _tables(latest)}
    every = [_moved(table, theirs.get(key)) for key, table in ours.items()]
    every += [_come(table) for key, table in theirs.items() if key not in ours]
    return tuple(moved for moved in every if moved.places)


def moved_charts(draft: Document, latest: Document) -> tuple[str, ...]:
    """Keys of the charts that would be drawn otherwise, or not at all."""
    theirs = {chart.key: chart.panels for chart in charts(latest.sections)}
    return tuple(chart.key for chart in charts(draft.sections) if theirs.get(chart.key) != chart.panels)


def _tables(document: Document) -> tuple[Table, ...]:
    return (*tables(document.sections), *document.annexes)


def _rows(table: Table) -> dict[tuple[str, int], tuple[str, ...]]:
    """Name of a row, and which one of that name it is → its cells as text."""
    counted: Counter[str] = Counter()
    rows = {}
    for cells in table.rows:
        told = tuple(shown(cell) for cell in cells)
        rows[told[0], counted[told[0]]] = told
        counted[told[0]] += 1
    return rows


def _moved(table: Table, newer: Table | None) -> Moved:
    ours, theirs = _rows(table), _rows(newer) if newer else {}
    heads = [column.header for column in newer.columns] if newer else []
    places = [heads.index(column.header) if column.header in heads else None for column in table.columns]
    cells: dict[tuple[int, int], str] = {}
    for down, (name, then) in enumerate(ours.items()):
        if name not in theirs:
            cells[down, 0] = ""
            continue
        for at, place in enumerate(places):
            now = "" if place is None else theirs[name][place]
            if then[at] != now:
                cells[down, at] = now
    return Moved(table, cells, tuple(told for name, told in theirs.items() if name not in ours))


def _come(table: Table) -> Moved:
    return Moved(table, {}, tuple(_rows(table).values()))
