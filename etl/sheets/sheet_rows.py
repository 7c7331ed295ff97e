"""Cuts a sheet's XML into rows and cells: quickly where it is written as most programs do, else as XML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from contract.unseen import shown
from etl.receiving.office_parts import PARSING
from etl.sheets.book_parts import TRUE, local_name
from etl.sheets.sheet_cells import Contradiction, NotPlain

BLOCK = 1 << 22
ROWS_AT_ONCE = 2_048
ROOT, ROW_END = re.compile(rb"<((?:\w+:)?)worksheet\b"), b"</row>"
# From after `<row`: its number, other attributes, and what follows where it has no cells.
ROW = re.compile(rb'(?:\s+r="([^"<&]*)")?((?:\s+[\w:.-]+="[^"<&]*")*)\s*(?:>\s*|(/>\s*|>\s*</row>\s*))')
CARRIAGE_RETURN = {"\r": "&#13;"}
NUMBER = re.compile(rb'\sr="([^"<&]*)"')
ATTRIBUTE = re.compile(rb'\s([\w:.-]+)="([^"]*)"')


@dataclass(frozen=True)
class Rows:
    """Rows of a sheet that follow each other.

    `numbers` is what each row says that it is, None where it says nothing; `hidden` are those that are, by their place
    among the rows. Grain of the arrays: a cell, in the file's order: in which of the rows it stands, its address (empty
    where it has none) and what is written after it.
    """

    numbers: list[str | None]
    hidden: list[int]
    owners: pa.Int32Array
    addresses: pa.StringArray
    contents: pa.StringArray


def plain_rows(xml: bytes) -> tuple[etree._Element, Iterator[Rows]]:
    """What stands around the rows, and the rows, where the sheet is written as most programs do.

    Raises NotPlain at once or while the rows are gone through.
    """
    root = ROOT.search(xml)
    prefix = root[1] if root else b""
    beginning = re.search(rb"<%bsheetData\s*>" % prefix, xml)
    end = xml.rfind(b"</%bsheetData>" % prefix)
    if beginning is None or end < beginning.end():
        raise NotPlain
    try:
        frame = etree.fromstring(xml[: beginning.end()] + xml[end:], etree.XMLParser(**PARSING))
    except etree.XMLSyntaxError:
        raise NotPlain from None
    return frame, _rows_between(xml, beginning.end(), end, prefix)


def _rows_between(xml: bytes, start: int, end: int, prefix: bytes) -> Iterator[Rows]:
    while start < end:
        stop = xml.find(b"<%brow" % prefix, start + BLOCK, end)
        stop = end if stop < 0 else stop
        yield _cut(_without_prefix(xml[start:stop], prefix))
        start = stop


def _without_prefix(block: bytes, prefix: bytes) -> bytes:
    """Rows without the prefix of their elements, as .NET's SDK writes it. Raises NotPlain where some are without."""
    if not prefix:
        return block
    if b"xmlns" in block or block.count(b"<") != block.count(b"<" + prefix) + block.count(b"</" + prefix):
        raise NotPlain
    return block.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")


def _cut(block: bytes) -> Rows:
    before, *rows = block.split(b"<row")
    if before.strip():
        raise NotPlain
    numbers: list[str | None] = []
    hidden: list[int] = []
    counts: list[int] = []
    cells: list[bytes] = []
    for place, row in enumerate(rows):
        head, *own = row.split(b"<c ")
        match = ROW.fullmatch(head)
        if match is None or bool(own) == bool(match[3]):
            raise NotPlain
        if own:
            last = own[-1].rstrip()
            if not last.endswith(ROW_END):
                raise NotPlain
            own[-1] = last[: -len(ROW_END)].rstrip()
        number = match[1] if match[1] is not None else _number_among(match[2])
        if _is_hidden(match[2] if match[1] is not None else NUMBER.sub(b"", match[2], 1)):
            hidden.append(place)
        numbers.append(None if number is None else number.decode())
        counts.append(len(own))
        cells += own
    owners = pa.array([place for place, count in enumerate(counts) for _ in range(count)], pa.int32())
    addresses, contents = _addressed(cells)
    if b"\n" in block:  # between cells: no part of them
        contents = pc.ascii_rtrim_whitespace(contents)
    return Rows(numbers, hidden, owners, addresses, contents)


def _number_among(attributes: bytes) -> bytes | None:
    match = NUMBER.search(attributes)
    return match[1] if match else None


@lru_cache(1 << 12)
def _is_hidden(attributes: bytes) -> bool:
    """Whether a row is, by its attributes but its number. Raises NotPlain where one of them stands twice."""
    values = dict(ATTRIBUTE.findall(attributes))
    if b"r" in values or len(values) < attributes.count(b'="'):
        raise NotPlain
    return values.get(b"hidden", b"").decode() in TRUE


def _addressed(cells: list[bytes]) -> tuple[pa.StringArray, pa.StringArray]:
    """Address of each cell, and what is written after it. Raises NotPlain where a cell does not begin with it."""
    if not cells:
        return pa.array([], pa.string()), pa.array([], pa.string())
    try:
        pieces = pc.split_pattern(pa.array(cells, pa.binary()).cast(pa.string()), '"', max_splits=2)
    except pa.ArrowInvalid:  # no UTF-8
        raise NotPlain from None
    if pc.any(pc.not_equal(pc.list_value_length(pieces), 3)).as_py():
        raise NotPlain
    flat, places = pieces.flatten(), pa.arange(0, 3 * len(cells), 3)
    if not pc.all(pc.equal(flat.take(places), "r=")).as_py():
        raise NotPlain
    return flat.take(pc.add(places, 1)), flat.take(pc.add(places, 2))


class XmlRows:
    """The rows of any sheet, read as XML: cells are handed on as `plain_rows` does. Iterating raises XMLSyntaxError."""

    def __init__(self, xml: bytes) -> None:
        self._events = etree.iterparse(io.BytesIO(xml), events=("end",), tag="{*}row", **PARSING)

    @property
    def frame(self) -> etree._Element:
        """What stands around the rows; to be asked for once they have been gone through."""
        return self._events.root

    def __iter__(self) -> Iterator[Rows]:
        rows: list[etree._Element] = []
        for _, row in self._events:
            if local_name(row) == "row":
                rows.append(row)
            if len(rows) == ROWS_AT_ONCE:
                yield _taken(rows)
        yield _taken(rows)


def _taken(rows: list[etree._Element]) -> Rows:
    """The rows, which are then let go."""
    numbers = [row.get("r") for row in rows]
    hidden = [place for place, row in enumerate(rows) if row.get("hidden") in TRUE]
    owners: list[int] = []
    addresses: list[str] = []
    contents: list[str] = []
    for place, row in enumerate(rows):
        for cell in row.iterchildren(tag=etree.Element):
            if local_name(cell) == "c":
                owners.append(place)
                addresses.append(cell.get("r", ""))
                contents.append(_written(cell))
            elif local_name(cell) != "extLst":
                raise Contradiction(f"第{row.get('r', '')}行中有标准没有规定的“{shown(etree.QName(cell).localname)}”")
        row.clear()
    rows.clear()
    return Rows(
        numbers, hidden, pa.array(owners, pa.int32()), pa.array(addresses, pa.string()), pa.array(contents, pa.string())
    )


def _written(cell: etree._Element) -> str:
    """A cell from after its address on, as most programs write it."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in cell.items() if name in ("s", "t"))
    inner = "".join(map(_child, cell.iterchildren(tag=etree.Element)))
    return f"{attributes}>{inner}</c>"


def _child(element: etree._Element) -> str:
    name = local_name(element)
    if name in ("f", "v") and not len(element):
        return f"<{name}>{escape(element.text or '', CARRIAGE_RETURN)}</{name}>"
    if name == "is" and [local_name(child) for child in element] == ["t"] and not len(element[0]):
        return f"<is><t>{escape(element[0].text or '', CARRIAGE_RETURN)}</t></is>"
    return etree.tostring(element, encoding="unicode", with_tail=False)
