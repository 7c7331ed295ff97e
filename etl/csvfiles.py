"""Reads CSV files into grids: three encodings, three delimiters, line numbers as a person sees them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from etl.errors import RefusedFile
from etl.grids import UNREADABLE, Grid

DELIMITERS = (",", "\t", ";")
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
csv.field_size_limit(1 << 27)


def decode(content: bytes, name: str) -> str:
    """The text of a CSV file: UTF-8 with or without BOM, else GB18030."""
    if content.startswith(WIDE_BOMS):
        raise RefusedFile(f"{name}是UTF-16编码，请另存为UTF-8或GB18030编码的CSV后重新报送")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedFile(f"{name}的编码既不是UTF-8也不是GB18030，请另存后重新报送")


def _delimiter(text: str) -> str:
    """The delimiter that the first filled line shows; a comma where it shows none."""
    first_line = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=first_line.count)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str | None]]]:
    """Records with the line on which each begins: a quoted cell may span lines."""
    line = 1
    for record in reader:
        yield line, [cell or None for cell in record]
        line = reader.line_num + 1


def read_csv(content: bytes, name: str) -> Grid:
    """One CSV file as a grid named as the file.

    Raises RefusedFile for an unknown encoding or broken quotes, with the line.
    """
    text = decode(content, name)
    if any(mark in text for mark in UNREADABLE) or "\0" in text:
        raise RefusedFile(f"{name}含有控制字符，请清除后重新报送")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = tuple(_numbered(reader))
    except csv.Error:
        raise RefusedFile(f"{name}第{reader.line_num}行的引号不成对，请检查后重新报送") from None
    return Grid(name, rows)
