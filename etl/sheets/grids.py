"""A sheet as text: the one shape that workbook and CSV readers hand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice, zip_longest

import pyarrow as pa
import pyarrow.compute as pc

from contract.unseen import UNSEEN, shown

# A cell that holds no usable value is handed on as a private-use character before what the person
# sees, so that no type accepts it and its finding can say why.
NO_CACHED_VALUE = "\ue000"
ERROR_VALUE = "\ue001"
PRECISION_LOST = "\ue002"
UNSEEN_CHARACTER = "\ue003"
TOO_LONG = "\ue004"
MERGED = "\ue005"
NOT_COMPUTED = "\ue006"
FORMAT_UNCLEAR = "\ue007"
SCIENTIFIC = "\ue008"
MADE_DATE = "\ue009"
ZERO_DATE = "\ue00a"
INNER_SPACE = "\ue00b"
MARKS = {  # → key of its wording in `data/checks/types.csv`
    NO_CACHED_VALUE: "no_cached_value",
    ERROR_VALUE: "error_value",
    PRECISION_LOST: "precision_lost",
    UNSEEN_CHARACTER: "unseen_character",
    TOO_LONG: "too_long",
    MERGED: "merged",
    NOT_COMPUTED: "not_computed",
    FORMAT_UNCLEAR: "format_unclear",
    SCIENTIFIC: "scientific",
    MADE_DATE: "made_date",
    ZERO_DATE: "zero_date",
    INNER_SPACE: "inner_space",
}
UNREADABLE = tuple(MARKS)

# A cell whose text alone does not tell what it is has a sign before it, within a grid only: what it says hangs on the
# column where it stands (`etl.reading.cell_meanings`).
DATE_CELL = "\ue010"  # a day or a time of day, not the text of one
FORMATTED = "\ue011"  # a number that its format shows as another: the number, the sign once more, the format
HIDDEN_ZERO = "\ue012"  # a 0 that its format, or the sheet, shows as nothing
SIGNS = (DATE_CELL, FORMATTED, HIDDEN_ZERO)

# Excel's own limit of a cell; more is no cell but a file in one.
MAX_TEXT = 32_767
PLAIN_TEXT = r"\A[ -~\x{4e00}-\x{9fff}]*\z"

# Excel keeps 15 digits: a longer whole number typed as a number has lost its tail.
EXACT_LIMIT = 10**15


# What people leave around a value without seeing it.
SPACES = " \t\r\n\u3000\u00a0\u200b\ufeff"

# Cells are held by column, each different text once: most columns of a form repeat a few values.
CELLS = pa.dictionary(pa.int32(), pa.string())
ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class Area:
    """Merged cells: rows as a person sees them, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def hides(self, row: int, column: int) -> bool:
        """Whether a cell lies under the first one of the area, the only one that shows."""
        inside = self.top <= row <= self.bottom and self.left <= column <= self.right
        return inside and (row, column) != (self.top, self.left)


@dataclass(frozen=True)
class Grid:
    """One sheet or CSV file by columns. Grain: a text a cell (null = blank), with the row number a person sees."""

    name: str
    row_numbers: pa.Int32Array
    columns: tuple[pa.DictionaryArray, ...]
    hidden: bool = False
    merged: tuple[Area, ...] = ()
    lengths: pa.Int32Array | None = None  # of a CSV file: how many cells each row has
    hidden_rows: frozenset[int] = frozenset()  # as a person counts them; filtered ones are hidden too
    hidden_columns: frozenset[int] = frozenset()  # from 0
    path: str = ""  # of a CSV file: where it lies in its zip

    @property
    def place(self) -> str:
        """What tells it from another of the same name."""
        return self.path or self.name

    def rows(
        self, start: int = 0, stop: int | None = None, signed: bool = False
    ) -> Iterator[tuple[int, list[str | None]]]:
        """The rows from one position to before another, each with its number; all of them where none is given.

        Texts are without the signs of `SIGNS`, unless those are asked for.
        """
        numbers = self.row_numbers[start:stop].to_pylist()
        if not self.columns:
            return ((number, []) for number in numbers)
        columns = (texts(column[start:stop], signed) for column in self.columns)
        return zip(numbers, map(list, zip(*columns, strict=True)), strict=True)


def grid_of(name: str, rows: Iterable[tuple[int, Iterable[str | None]]], hidden: bool = False) -> Grid:
    """The grid of rows as a reader meets them, of any lengths; an empty text is a blank."""
    rows = iter(rows)
    numbers: list[pa.Array] = []
    pieces: list[list[pa.Array]] = []  # by column; of those that begin late, blanks come first
    counts: list[int] = []
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        numbers.append(pa.array([number for number, _ in chunk], pa.int32()))
        columns = [_encoded(column) for column in zip_longest(*(cells for _, cells in chunk))]
        while len(pieces) < len(columns):
            pieces.append([pa.nulls(count, CELLS) for count in counts])
        for position, piece in enumerate(pieces):
            piece.append(columns[position] if position < len(columns) else pa.nulls(len(chunk), CELLS))
        counts.append(len(chunk))
    return Grid(name, pa.concat_arrays(numbers or [pa.array([], pa.int32())]), tuple(map(joined, pieces)), hidden)


def _encoded(column: tuple[str | None, ...]) -> pa.DictionaryArray:
    texts = pa.array(column, pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts).dictionary_encode()


def joined(pieces: Iterable[pa.DictionaryArray]) -> pa.DictionaryArray:
    """Pieces of a column as one, over one dictionary."""
    whole = pa.chunked_array(pieces, CELLS).unify_dictionaries().combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def texts(column: pa.DictionaryArray, signed: bool = False) -> list[str | None]:
    """The cells as Python texts. Asked one by one, each would carry the whole dictionary along."""
    cells = column.dictionary_decode().to_pylist()
    return cells if signed else [plain_text(text) if text and text.startswith(SIGNS) else text for text in cells]


def plain_text(text: str) -> str | None:
    """A text without its sign: a day in ISO form, a number as it is stored, nothing where nothing shows."""
    return None if text.startswith(HIDDEN_ZERO) else text.lstrip("".join(SIGNS)).partition(FORMATTED)[0]


def under_merged(text: str | None) -> str:
    """The text of a cell that merging hides, marked as such."""
    return MERGED + (text or "").lstrip("".join(UNREADABLE))


def formatted(number: str, code: str) -> str:
    """A number under a format that shows it as another, as a grid has it."""
    return f"{FORMATTED}{number}{FORMATTED}{code}"


def format_and_number(text: str) -> tuple[str, str]:
    """The format's code and the number of what `formatted` gave."""
    number, _, code = text.removeprefix(FORMATTED).partition(FORMATTED)
    return code, number


def last_row(columns: Iterable[pa.DictionaryArray]) -> list[str | None]:
    return [texts(column[-1:])[0] for column in columns]


def are_filled(column: pa.DictionaryArray) -> pa.BooleanArray:
    """Which cells hold more than blanks."""
    texts = pc.not_equal(pc.utf8_trim(column.dictionary, characters=SPACES + HIDDEN_ZERO), "")
    return pc.fill_null(texts.take(column.indices), False)


def with_marks(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The column with each text that cannot be read marked as such (see `marked`)."""
    every = column.dictionary
    # Letters, digits, common signs and Chinese characters can all be seen: only of other texts is each one asked.
    unsure = every.filter(pc.invert(pc.match_substring_regex(every, PLAIN_TEXT)))
    if not pc.any(_odd(unsure)).as_py() and (pc.max(pc.binary_length(every)).as_py() or 0) <= MAX_TEXT:
        return column
    odd = _odd(every).to_pylist()
    known = [marked(text) if is_odd else text for text, is_odd in zip(every.to_pylist(), odd, strict=True)]
    return pa.array(known, pa.string()).take(column.indices).dictionary_encode().cast(CELLS)


def _odd(every: pa.StringArray) -> pa.BooleanArray:
    return pc.or_(pc.invert(pc.utf8_is_printable(every)), pc.greater(pc.utf8_length(every), MAX_TEXT))


@lru_cache(1 << 16)  # most columns repeat their numbers
def number_text(value: float) -> str:
    """A stored double as the digits that Excel shows for it, without exponent.

    Excel shows 15; of a number that other programs wrote with more, those of an amount (6 decimals) are kept.
    """
    if value == int(value) and abs(value) < EXACT_LIMIT:
        return str(int(value))
    shown, stored = Decimal(f"{value:.15g}"), Decimal(repr(value))
    return format(stored if shown != stored and stored.as_tuple().exponent >= -6 else shown, "f")


def marked(text: str) -> str:
    """A text as it stands, or as one that cannot be read: with characters that nobody sees, or beyond any cell.

    Spaces and marks at its ends, which are no part of any value, are no reason.
    """
    if len(text) > MAX_TEXT:
        return TOO_LONG + shown(text)
    inner = text.strip(SPACES)
    return UNSEEN_CHARACTER + shown(inner) if UNSEEN.search(inner) or inner.startswith(UNREADABLE + SIGNS) else text


def cell_text(value: object, of_date: str = "") -> str | None:
    """A cell of a workbook as text; dates and times in ISO form, after a sign where one is given."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value if value.isprintable() and len(value) <= MAX_TEXT else marked(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        text = number_text(float(value))
        return PRECISION_LOST + text if abs(value) >= EXACT_LIMIT else text
    if isinstance(value, datetime):
        whole_day = value.time() == datetime.min.time()
        return of_date + (value.date().isoformat() if whole_day else value.isoformat(" "))
    if isinstance(value, date | time | timedelta):
        return of_date + (value.isoformat() if isinstance(value, date | time) else str(value))
    return str(value)


def column_letters(number: int) -> str:
    """0=A, 1=B, …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
