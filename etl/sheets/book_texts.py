"""Texts of a workbook: its string table, and what makes a text of XML: pieces in several fonts, readings, escapes."""

from __future__ import annotations

import io
import re

from lxml import etree

from etl.receiving.office_parts import PARSING
from etl.sheets.book_parts import MAIN, local_name

# What stands between tags with nothing to work out: no entity, no control character, no sign of a damaged tag.
PLAIN = r"[^<>&\x00-\x1f]*"
ENTRY = re.compile(rf'<t(?: xml:space="preserve")?>({PLAIN})</t></si>\s*')
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
TABLE_END = b"</sst>"


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which Excel writes as `_x000D_`, in units of UTF-16."""
    if "_x" not in text:
        return text
    units = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def text_in(element: etree._Element) -> str:
    """The text of an entry: `t`, or the pieces of a text in several fonts; never how it is read aloud."""
    pieces = []
    for child in element:
        name = local_name(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r":
            pieces += [part.text or "" for part in child if local_name(part) == "t"]
    return unescaped("".join(pieces))


def texts_in(xml: bytes) -> list[str]:
    """The entries of a string table in their order. Raises XMLSyntaxError."""
    try:
        return _plain_texts(xml)
    except _NotPlain:
        return [text_in(element) for element in _entries(xml)]


class _NotPlain(Exception):
    """The table is written otherwise than most programs do."""


def _plain_texts(xml: bytes) -> list[str]:
    """The entries where each is written as most programs do, many times as fast. Raises _NotPlain."""
    start, end = xml.find(b"<si>"), xml.rfind(TABLE_END)
    if start < 0 or end < start:
        raise _NotPlain
    try:
        frame = etree.fromstring(xml[:start] + xml[end:], etree.XMLParser(**PARSING))
        body = xml[start:end].decode()
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        raise _NotPlain from None
    if local_name(frame) != "sst" or len(frame):
        raise _NotPlain
    texts = []
    for entry in body.split("<si>")[1:]:
        match = ENTRY.fullmatch(entry)
        texts.append(unescaped(match[1]) if match else _other_entry(entry))
    return texts


def _other_entry(entry: str) -> str:
    try:
        element = etree.fromstring(f'<si xmlns="{MAIN}">{entry}', etree.XMLParser(**PARSING))
    except etree.XMLSyntaxError:
        raise _NotPlain from None
    return text_in(element)


def _entries(xml: bytes) -> list[etree._Element]:
    entries = etree.iterparse(io.BytesIO(xml), events=("end",), tag="{*}si", **PARSING)
    return [element for _, element in entries if local_name(element) == "si"]
