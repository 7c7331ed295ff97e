"""Reads CSV files into grids: as their headers show they are written, line numbers as a person sees them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
from pyarrow import csv as arrow_csv

from contract.errors import RefusedFile
from etl.reading.csv_dialect import Dialect, dialect_of, escaped
from etl.reading.csv_encoding import as_utf8
from etl.sheets.grids import CELLS, UNREADABLE, Grid, grid_of, joined, with_marks
from etl.sheets.whereabouts import now_reading

HEAD = 1 << 18
GUARDED = re.compile(r'="([^"]*)"')
MARKS_BEGIN = b"\xee\x80"  # of all of `UNREADABLE`: one look over a file instead of six
csv.field_size_limit(1 << 27)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted cell may span lines."""
    line = 1
    try:
        for record in reader:
            yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _BrokenQuotes(line) from error


class _BrokenQuotes(Exception):
    """The record that begins on a line has quotes that do not pair."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _records(text: bytes, dialect: Dialect) -> list[tuple[int, list[str]]]:
    """All records, each with the line on which it begins. Raises _BrokenQuotes."""
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
    return list(_numbered(dialect.reader(lines)))


def _is_even(records: list[tuple[int, list[str]]]) -> bool:
    """Whether all filled records have as many cells."""
    return len({len(record) for _, record in records if any(record)}) <= 1


def _read_exactly(text: bytes, name: str, dialect: Dialect) -> Grid:
    """Any CSV, record by record. Raises RefusedFile, with the line, for quotes that do not pair or read two ways."""
    readings: list[list[tuple[int, list[str]]]] = []
    broken = None
    for way in filter(None, (dialect, escaped(text.decode(), dialect))):
        try:
            readings.append(_records(text, way))
        except _BrokenQuotes as error:
            broken = broken or error
    if not readings:
        raise RefusedFile(f"{name}第{broken.line}行的引号不成对，请检查后重新报送") from broken
    if len(readings) > 1:
        readings = [records for records in readings if _is_even(records)] or readings
    if any(records != readings[0] for records in readings):
        line = next(one[0] for one, other in zip(*readings, strict=False) if one != other)
        raise RefusedFile(f"{name}第{line}行的反斜杠和引号有两种读法，请改用两个引号表示一个引号后重新报送")
    records = [(line, list(map(_unguarded, record))) for line, record in readings[0]]
    grid = grid_of(name, records)
    return replace(grid, lengths=pa.array([len(record) for _, record in records], pa.int32()))


def _unguarded(cell: str) -> str:
    """A cell without the guard `="…"`, in which programs put a text so that Excel leaves it a text."""
    guarded = cell.startswith('="') and GUARDED.fullmatch(cell)
    return guarded[1] if guarded else cell


def _is_plain(text: bytes, dialect: Dialect) -> bool:
    """Whether a line is a row and a delimiter parts two cells everywhere: no quote, escape or bare carriage return."""
    return (
        b'"' not in text
        and dialect.quote.encode() not in text
        and b"\\\\" not in text
        and text.count(b"\r") == text.count(b"\r\n")
    )


def _read_plain(text: bytes, name: str, delimiter: str) -> Grid | None:
    """A plain CSV in which every line has as many cells as the first, many times as fast; None for any other."""
    end = len(text)
    while end and text[end - 1] in b"\r\n":
        end -= 1
    text = memoryview(text)[:end]
    width = bytes(text[:HEAD]).partition(b"\n")[0].count(delimiter.encode()) + 1
    if width == 1:
        return None
    names = [str(position) for position in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(text),
            arrow_csv.ReadOptions(use_threads=False, column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, CELLS), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        return None
    numbers = pa.arange(1, len(table) + 1).cast(pa.int32())
    lengths = pa.repeat(pa.scalar(width, pa.int32()), len(table))
    columns = table.columns[::-1]
    del table  # each column's pieces go as soon as they are joined
    return Grid(name, numbers, tuple(joined(columns.pop().chunks) for _ in names), lengths=lengths)


def read_csv(content: bytes, name: str) -> Grid:
    """One CSV file as a grid named as the file.

    Raises RefusedFile for an unknown encoding or broken quotes, with the line.
    """
    now_reading(name)
    text = as_utf8(content, name)
    for mark in UNREADABLE if MARKS_BEGIN in text else ():
        if mark.encode() in text:
            line = len(text.partition(mark.encode())[0].splitlines()) or 1
            raise RefusedFile(f"{name}第{line}行含有自造字符（U+{ord(mark):04X}），请改用规范汉字后重新报送")
    dialect = dialect_of(text[:HEAD].decode("utf-8", "ignore"))
    grid = _read_plain(text, name, dialect.delimiter) if _is_plain(text, dialect) else None
    grid = grid or _read_exactly(text, name, dialect)
    return replace(grid, columns=tuple(map(with_marks, grid.columns)))
