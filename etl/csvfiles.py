"""Reads CSV files into grids: three encodings, three delimiters, line numbers as a person sees them."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
from pyarrow import csv as arrow_csv

from etl.errors import RefusedFile
from etl.grids import CELLS, UNREADABLE, Grid, grid_of, joined, with_marks
from etl.whereabouts import now_reading

DELIMITERS = (",", "\t", ";")
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
LOOKED_AT_ONCE = 1 << 20
MARKS_BEGIN = b"\xee\x80"  # of all of `UNREADABLE`: one look over a file instead of six
csv.field_size_limit(1 << 27)


def _is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8, looked at in pieces: a large file is not held a second time for it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    try:
        for start in range(0, len(content), LOOKED_AT_ONCE):
            decoder.decode(view[start : start + LOOKED_AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(content: bytes, name: str) -> bytes:
    """The text of a CSV file, UTF-8 with or without BOM or else GB18030, as UTF-8 without BOM."""
    if content.startswith(WIDE_BOMS):
        raise RefusedFile(f"{name}是UTF-16编码，请另存为UTF-8或GB18030编码的CSV后重新报送")
    if _is_utf8(content):
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("gb18030").encode()
    except UnicodeDecodeError:
        raise RefusedFile(f"{name}的编码既不是UTF-8也不是GB18030，请另存后重新报送") from None


def _delimiter(text: bytes) -> str:
    """The delimiter that the first filled line shows; a comma where it shows none."""
    first_line = next((line for line in io.BytesIO(text) if line.strip()), b"").decode()
    return max(DELIMITERS, key=first_line.count)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins: a quoted cell may span lines."""
    line = 1
    for record in reader:
        yield line, record
        line = reader.line_num + 1


def _read_exactly(text: bytes, name: str, delimiter: str) -> Grid:
    """Any CSV, record by record. Raises RefusedFile for broken quotes, with the line."""
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return grid_of(name, _numbered(reader))
    except csv.Error:
        raise RefusedFile(f"{name}第{reader.line_num}行的引号不成对，请检查后重新报送") from None


def _is_plain(text: bytes) -> bool:
    """Whether a line is a row and a delimiter parts two cells, everywhere: no quotes, no bare carriage return."""
    return b'"' not in text and text.count(b"\r") == text.count(b"\r\n")


def _read_plain(text: bytes, name: str, delimiter: str) -> Grid | None:
    """A plain CSV in which every line has as many cells as the first, many times as fast; None for any other."""
    end = len(text)
    while end and text[end - 1] in b"\r\n":
        end -= 1
    text = memoryview(text)[:end]
    width = bytes(text[:LOOKED_AT_ONCE]).partition(b"\n")[0].count(delimiter.encode()) + 1
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
    columns = table.columns[::-1]
    del table  # each column's pieces go as soon as they are joined
    return Grid(name, numbers, tuple(joined(columns.pop().chunks) for _ in names))


def read_csv(content: bytes, name: str) -> Grid:
    """One CSV file as a grid named as the file.

    Raises RefusedFile for an unknown encoding or broken quotes, with the line.
    """
    now_reading(name)
    text = as_utf8(content, name)
    if b"\0" in text or (MARKS_BEGIN in text and any(mark.encode() in text for mark in UNREADABLE)):
        raise RefusedFile(f"{name}含有控制字符，请清除后重新报送")
    delimiter = _delimiter(text)
    grid = (_is_plain(text) and _read_plain(text, name, delimiter)) or _read_exactly(text, name, delimiter)
    return replace(grid, columns=tuple(map(with_marks, grid.columns)))
