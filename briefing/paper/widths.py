"""How wide a table's columns are and how large its type: no number breaks, also with a wider face put in its place.

Widths are counted in ems with room for a substitute: a digit of the official face takes half an em, of the widest serif
that stands in for it on other machines 0.64 (DejaVu Serif); what fits so, fits everywhere.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from briefing.issue.content import Number, Table
from briefing.paper.cells import headed, shown

UPRIGHT, ACROSS = 156.0, 225.0  # width of the type area, mm: of a page upright, of one across
SIZES = (10.5, 9.0)  # points: 五号, 小五号; nothing smaller is read
PADDING = 2.5  # points at either side of a cell
MM_PER_POINT = 25.4 / 72
DIGIT, MARK, HAN = 0.64, 0.35, 1.0  # ems
GAP = 0.25  # ems that some programs put between a Chinese character and a Latin one
SLACK = 0.1  # ems against rounding
MARKS = ".,:;'"
BESIDE = re.compile(r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[一-鿿])")
HEADER_LINE, TEXT_LINES = 5, 2  # characters of a name on a line of a header; lines that words in a cell may take
SHORT_WORDS = 6  # characters that words in a cell need at least


@dataclass(frozen=True)
class Fit:
    """How a table is set: size of type in points, width of each column in mm, and whether on a page across."""

    size: float
    widths: tuple[float, ...]
    across: bool


def ems(text: str) -> float:
    """How wide a text can become on one line."""
    letters = sum(
        MARK if letter in MARKS else HAN if letter == "%" or letter.isupper() or _han(letter) else DIGIT
        for letter in text
    )
    return letters + GAP * len(BESIDE.findall(text))


def _han(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WFA"


def _header(header: str) -> float:
    """What a header needs: its unit whole, its name on lines of even length."""
    name, *unit = headed(header).split("\n")
    lines = math.ceil(len(name) / HEADER_LINE)
    return max(math.ceil(len(name) / max(lines, 1)), *(ems(line) for line in unit), 0.0) + SLACK


def _whole(table: Table, at: int) -> float:
    """What a column needs for every cell to stand on one line, figures with the room behind them."""
    behind = [0.0 if tail is None else tail.digits * DIGIT + tail.points * MARK + tail.wide * HAN
              for tail in tails(table, at)]  # fmt: skip
    cells = [ems(shown(row[at])) + room + SLACK for row, room in zip(table.rows, behind, strict=True)]
    return max((*cells, _header(table.columns[at].header)))


def _least(table: Table, at: int) -> float:
    """What a column needs at least: numbers on one line, words on two, or more where they are long."""
    if table.columns[at].numeric or table.columns[at].whole:
        return _whole(table, at)
    needs = [_header(table.columns[at].header)]
    for row in table.rows:
        text = shown(row[at])
        whole = isinstance(row[at], Number) or ems(text) <= SHORT_WORDS
        needs.append(ems(text) if whole else min(table.columns[at].width, max(SHORT_WORDS, ems(text) / TEXT_LINES)))
    return max(needs)


def fit(table: Table, across: bool = False) -> Fit:
    """The largest type at which the table fits: every cell whole if it can be, else words wrapped.

    Where words wrap, what is left of the width goes to them.
    """
    room = ACROSS if across else UPRIGHT
    columns = range(len(table.columns))
    whole, least = ([need(table, at) for at in columns] for need in (_whole, _least))
    for size in SIZES:
        widths = _widths(whole, size)
        if sum(widths) <= room:
            return Fit(size, _spread(widths, room), across)
    for size in SIZES:
        widths = _widths(least, size)
        if (left := room - sum(widths)) >= 0:
            cut = [more - less for more, less in zip(_widths(whole, size), widths, strict=True)]
            given = tuple(width + left * short / sum(cut) for width, short in zip(widths, cut, strict=True))
            return Fit(size, given, across)
    return Fit(SIZES[-1], _spread(widths, room), across)


def _widths(wanted: Sequence[float], size: float) -> list[float]:
    """Ems of text as mm of columns."""
    return [(ems * size + 2 * PADDING) * MM_PER_POINT for ems in wanted]


def _spread(widths: Sequence[float], room: float) -> tuple[float, ...]:
    """The widths stretched to the room."""
    whole = sum(widths)
    return tuple(width * room / whole for width in widths)


def needs_across(table: Table) -> bool:
    """Whether a table is too wide for a page upright, even with small type and words wrapped."""
    least = [_least(table, at) for at in range(len(table.columns))]
    return sum(_widths(least, SIZES[-1])) > UPRIGHT


def across(tables: Iterable[Table]) -> bool:
    """Whether annexes are set across: all of them, where one is wide, so that no turn leaves half a page empty."""
    return any(needs_across(table) for table in tables)


@dataclass(frozen=True)
class Tail:
    """What is missing behind a number to end where the longest of its column does: digits, points, wide letters."""

    digits: int
    points: int
    wide: int


def tails(table: Table, at: int) -> tuple[Tail | None, ...]:
    """For each cell of a column the room behind it that puts decimal points below each other; None for words."""
    ends = [_tail(shown(row[at])) if isinstance(row[at], Number) else None for row in table.rows]
    digits, points, wide = (max((end[part] for end in ends if end), default=0) for part in range(3))
    return tuple(None if end is None else Tail(digits - end[0], points - end[1], wide - end[2]) for end in ends)


def _tail(text: str) -> tuple[int, int, int]:
    """Digits, points and wide letters from the decimal point on."""
    number = text.rstrip("倍")
    _, point, fraction = number.partition(".")
    return len(fraction), len(point), len(text) - len(number)
