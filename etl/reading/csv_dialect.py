"""How a CSV file is written: which delimiter, quote and escape, as its headers show; never guessed from its values."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from etl.reading.submission import HEADER_SEARCH_ROWS, known_labels, plain

DELIMITERS = (",", "\t", ";", "|")
QUOTES = ('"', "'")
BACKSLASH = "\\"
MOST_LOOKED_AT = 1 << 16


@dataclass(frozen=True)
class Dialect:
    """The three signs of a CSV file. `escape`: what stands before a quote within quotes, beside the quote itself."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    spaced: bool = False  # spaces after a delimiter are left out, so that a quote may follow them

    def reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            skipinitialspace=self.spaced,
            strict=True,
        )


def _recognised(lines: list[str], dialect: Dialect) -> int:
    """How many labels of the contract the first rows have, read in this way."""
    labels, rows = 0, dialect.reader(iter(lines))
    try:
        for row in islice(rows, HEADER_SEARCH_ROWS):
            labels += sum(plain(cell) in known_labels() for cell in row)
    except csv.Error:  # what comes after is broken in this dialect; the rows before it count
        return labels
    return labels


def dialect_of(text: str) -> Dialect:
    """The dialect in which most headers are recognised; where none are, the delimiter that the first line shows."""
    head = [line for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text[:MOST_LOOKED_AT]) if line.strip()]
    ways = [Dialect(delimiter, quote) for quote, delimiter in product(QUOTES, DELIMITERS)]
    best = max(ways, key=lambda way: _recognised(head, way))
    if not _recognised(head, best):
        best = Dialect(max(DELIMITERS, key=head[0].count)) if head else ways[0]
    spaced = re.search(rf"{re.escape(best.delimiter)} +{best.quote}", text) is not None
    return Dialect(best.delimiter, best.quote, None, spaced)


def escaped(text: str, dialect: Dialect) -> Dialect | None:
    """The dialect in which a backslash escapes a quote or itself, where every backslash of the text may do so.

    None where there is none, or one that stands before anything else and so is a character as any other.
    """
    signs = rf"[\\{dialect.quote}]"
    if BACKSLASH not in text or re.search(rf"\\(?!{signs})", re.sub(rf"\\{signs}", "", text)):
        return None
    return Dialect(dialect.delimiter, dialect.quote, BACKSLASH, dialect.spaced)
