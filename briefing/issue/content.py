"""The briefing as data: one frozen tree, built once from one snapshot, written by every writer alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeVar

TOKEN = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Number:
    """A figure in a table, exact and in the unit its column or row names; `places` is how it is shown.

    `grouped`: with separators of thousands, as money in 万元 has them. `growth`: a growth rate in percent, which paper
    tells in times where it is above 100.
    """

    value: Decimal
    places: int = 2
    signed: bool = False
    grouped: bool = False
    growth: bool = False


Cell = Number | str  # a word stands where there is no number: —, 未报送, 不可比


@dataclass(frozen=True)
class Column:
    """A column of a table: header with unit, width in Chinese characters, figures to the right.

    `whole`: what stands in it, a date for one, is never broken into lines, as figures never are.
    """

    header: str
    width: float
    numeric: bool = True
    whole: bool = False


@dataclass(frozen=True)
class Table:
    """A table: caption above, notes below; `key` names its sheet in Excel. The last `totals` rows are sums."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    totals: int = 0


@dataclass(frozen=True)
class Series:
    """Values of one thing along a panel's categories; None where there is none. `role` decides its colour."""

    name: str
    values: tuple[Decimal | None, ...]
    role: Literal["main", "context", "alert"] = "main"


@dataclass(frozen=True)
class Panel:
    """One pair of axes: columns or a line over months, or bars of named things from the top down."""

    form: Literal["columns", "line", "bars"]
    name: str
    unit: str
    places: int
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    muted: tuple[int, ...] = ()  # categories drawn in grey: context, not the subject

    @property
    def title(self) -> str:
        return f"{self.name}（{self.unit}）"


@dataclass(frozen=True)
class Chart:
    """A picture: its caption says what it shows; the panels stand one above the other, each with one y axis."""

    key: str
    caption: str
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Token:
    """What stands for `{name}` in a sentence: a figure of the data version with where it comes from, or names.

    `text` is how it is said; `value` is exact, in the indicator's unit; names and lists of names have neither value nor
    indicator.
    """

    name: str
    text: str
    value: Decimal | None = None
    indicator: str = ""
    scope: str = ""
    entity: str = ""
    period: str = ""


@dataclass(frozen=True)
class Said:
    """Words with figures as `{tokens}`: words can be changed, figures come from the data version. `id` is stable."""

    template: str
    id: str = ""
    tokens: tuple[Token, ...] = ()

    @property
    def text(self) -> str:
        """The words with each token's text in its place; a name in braces that is no token stays as it is."""
        said = {token.name: token.text for token in self.tokens}
        return TOKEN.sub(lambda named: said.get(named[1], named[0]), self.template)


class Paragraph(Said):
    """Text of the briefing."""


class Note(Said):
    """Text about the figures, set smaller: who is missing, what is not comparable, how things are counted."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: level 1 `一、`, level 2 `（一）`; `id` is stable, the heading is not.

    `plain`: the heading where only a part of the section is given, empty for the same.
    """

    heading: str
    level: int
    blocks: tuple[Block, ...]
    id: str = ""
    plain: str = ""


Block = Paragraph | Note | Table | Chart | Section
Kind = TypeVar("Kind", bound=Block)


@dataclass(frozen=True)
class Document:
    """One issue: head, sections, annexes and the definitions of the indicators it uses.

    `pages`: the most it may have on paper, None for as many as it takes. `issue`: the name of a released issue.
    """

    masthead: str
    marking: str
    title: str
    period: str
    period_name: str
    scope_name: str
    snapshot: int
    built_at: datetime  # the only date in the files: the same snapshot gives the same bytes
    demonstration: str | None  # the warning, while data are demonstration
    sections: tuple[Block, ...]
    annexes: tuple[Table, ...]
    definitions: Table
    pages: int | None = None
    issue: str = ""

    @property
    def version_name(self) -> str:
        """The data version, after the issue's number once it has one: `2026年第10期　数据版本第214版`."""
        return "　".join(filter(None, (self.issue, f"数据版本第{self.snapshot}版")))


def blocks(document: Document) -> tuple[Block, ...]:
    """Every block in reading order, sections before what they hold, annexes last."""
    return flat((*document.sections, *document.annexes))


def flat(items: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks and, after each section, what it holds."""
    blocks: list[Block] = []
    for item in items:
        blocks.append(item)
        if isinstance(item, Section):
            blocks += flat(item.blocks)
    return tuple(blocks)


def filled(items: Iterable[Kind]) -> tuple[Kind, ...]:
    """The blocks without tables that have no row and charts that have no point, at any depth."""
    kept: list[Kind] = []
    for item in items:
        match item:
            case Section(blocks=inner):
                kept.append(replace(item, blocks=filled(inner)))
            case Table(rows=()):
                continue
            case Chart(panels=panels) if not any(_points(panel) for panel in panels):
                continue
            case _:
                kept.append(item)
    return tuple(kept)


def _points(panel: Panel) -> bool:
    return any(value is not None for series in panel.series for value in series.values)


def tables(items: Iterable[Block]) -> tuple[Table, ...]:
    """The tables in reading order."""
    return tuple(block for block in flat(items) if isinstance(block, Table))


def charts(items: Iterable[Block]) -> tuple[Chart, ...]:
    """The charts in reading order."""
    return tuple(block for block in flat(items) if isinstance(block, Chart))


def paragraphs(items: Iterable[Block]) -> tuple[Said, ...]:
    """Paragraphs and notes in reading order."""
    return tuple(block for block in flat(items) if isinstance(block, Said))
