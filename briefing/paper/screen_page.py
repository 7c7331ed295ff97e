"""A page of the screen on A4, as content and as PDF by Typst: headings, lines, tables and charts in reading order."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from briefing.paper.typefaces import HEADING, TEXT, TITLE, printable
from briefing.paper.typeset import typeset

LAYOUT = Path(__file__).resolve().parent / "screen_page.typ"
NARROWEST, WIDEST = 3.5, 22  # of a column, in full-width characters, before all share the page
FACES = {"title": TITLE.free, "heading": HEADING.free, "text": TEXT.free}


@dataclass(frozen=True)
class Heading:
    """A heading; 1 is a section, 2 and 3 below it."""

    text: str
    level: int
    kind: str = "heading"


@dataclass(frozen=True)
class Line:
    """Words; `quiet` for what explains."""

    text: str
    quiet: bool = False
    kind: str = "line"


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of texts, which columns are set to the right, and how wide each is beside the others."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    kind: str = "grid"

    @property
    def widths(self) -> tuple[float, ...]:
        """The page shared out by the longest text of each column, none very narrow or very wide."""
        columns = zip(self.heads, *self.rows, strict=True)
        return tuple(min(max(NARROWEST, _letters(head) / 2, *map(_letters, cells)), WIDEST) for head, *cells in columns)


@dataclass(frozen=True)
class Chart:
    """A chart as SVG, and in words."""

    svg: str
    words: str
    kind: str = "chart"


Piece = Heading | Line | Grid | Chart


@dataclass(frozen=True)
class ScreenPage:
    """A page: `about` stands under the title (period, version, filters), `foot` on every sheet (who and when)."""

    title: str
    about: tuple[str, ...]
    marking: str
    foot: str
    pieces: tuple[Piece, ...]
    printed_at: datetime


def write(page: ScreenPage) -> bytes:
    """The PDF file; wide tables are set smaller, none loses a row."""
    content = {
        "title": printable(page.title),
        "about": [printable(line) for line in page.about],
        "marking": printable(page.marking),
        "foot": printable(page.foot),
        "faces": FACES,
        "pieces": [_piece(piece) for piece in page.pieces],
    }
    return typeset(LAYOUT, page.printed_at, {"page": json.dumps(content, ensure_ascii=False)}, format="pdf")[0]


def _piece(piece: Piece) -> dict[str, Any]:
    told = asdict(piece)
    match piece:
        case Heading() | Line():
            told["text"] = printable(piece.text)
        case Grid():
            told["heads"] = _printable(piece.heads)
            told["rows"] = [_printable(row) for row in piece.rows]
            told["widths"] = piece.widths
        case Chart():
            told["words"] = printable(piece.words)
    return told


def _letters(text: str) -> float:
    """How many full-width characters a text is as wide as."""
    return sum(1 if unicodedata.east_asian_width(letter) in "WF" else 0.56 for letter in text) + 0.8


def _printable(texts: Sequence[str]) -> list[str]:
    return [printable(text) for text in texts]
