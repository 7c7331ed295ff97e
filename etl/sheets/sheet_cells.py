"""What a cell of a workbook says: its style, its declared type and what stands in it, as the text that a person sees.

A cell that contradicts itself, or points to what is not there, is no text: nobody has seen a value in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from contract.unseen import shown
from etl.receiving.office_parts import PARSING
from etl.sheets.book_parts import MAIN, local_name
from etl.sheets.book_texts import PLAIN, text_in, unescaped
from etl.sheets.cell_styles import date_text, moment_text, under_format
from etl.sheets.grids import (
    DATE_CELL,
    ERROR_VALUE,
    EXACT_LIMIT,
    HIDDEN_ZERO,
    NO_CACHED_VALUE,
    PRECISION_LOST,
    marked,
    number_text,
)
from etl.sheets.number_formats import NumberFormat, number_format

ATTRIBUTES = r'(?: [A-Za-z]+="[^"<&]*")*'
# A cell from after its address on, as most programs write it.
CELL = re.compile(
    rf"({ATTRIBUTES})\s*(?:/>|>(?:<f({ATTRIBUTES})(?:/>|>({PLAIN})</f>))?"
    rf'(?:<v>({PLAIN})</v>|<v/>|<is><t(?: xml:space="preserve")?>({PLAIN})</t></is>)?</c>)'
)
ATTRIBUTE = re.compile(r' ([A-Za-z]+)="([^"]*)"')
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# ISO 8601, without a zone of its own.
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)?(T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?Z?", re.ASCII)
INDEX = re.compile("[0-9]{1,9}")
BOOLEANS = {"0": "FALSE", "1": "TRUE", "false": "FALSE", "true": "TRUE"}
GENERAL = number_format("")
KINDS = {
    "b": "逻辑值",
    "d": "日期",
    "e": "错误值",
    "inlineStr": "内嵌文字",
    "n": "数字",
    "s": "文字",
    "str": "文字结果",
}


class NotPlain(Exception):
    """XML that is not written as most programs do, and is to be read as XML."""


class Contradiction(Exception):
    """What a cell says of itself cannot be; the text tells what."""


class Formula(NamedTuple):
    """A formula as it is written: its text, and of one that was copied over cells the number that they share."""

    text: str
    kind: str
    number: str


class Cell(NamedTuple):
    """A cell as it is stored: number of its style, declared type, and what stands in `f`, `v` and `is`, where it is."""

    style: str
    kind: str
    formula: Formula | None
    value: str | None
    inline: str | None


@dataclass(frozen=True)
class Tables:
    """What cells refer to: texts and styles of their workbook, the day from which it counts, and whether their sheet
    shows zeros as nothing."""

    texts: Sequence[str]
    styles: Sequence[NumberFormat | None]
    since_1904: bool
    hides_zeros: bool = False


def cell_of(written: str) -> Cell:
    """The cell, from after its address on. Raises NotPlain, and Contradiction where parts of it stand twice."""
    match = CELL.fullmatch(written)
    if match is None:
        try:
            element = etree.fromstring(f'<c xmlns="{MAIN}"{written}', etree.XMLParser(**PARSING))
        except etree.XMLSyntaxError:
            raise NotPlain from None
        return _cell_in(element)
    style, kind = _declared(match[1])
    formula = None if match[2] is None else _formula(match[3], dict(ATTRIBUTE.findall(match[2])))
    return Cell(style, kind, formula, match[4], match[5] and unescaped(match[5]))


@lru_cache(1 << 12)
def _declared(attributes: str) -> tuple[str, str]:
    """Style and type. Raises NotPlain for what stands twice."""
    pairs = ATTRIBUTE.findall(attributes)
    values = dict(pairs)
    if len(values) < len(pairs):
        raise NotPlain
    return values.get("s", "0"), values.get("t", "n")


def _formula(text: str | None, attributes: Mapping[str, str]) -> Formula:
    return Formula(text or "", attributes.get("t", "normal"), attributes.get("si", ""))


def _cell_in(element: etree._Element) -> Cell:
    parts: dict[str, etree._Element] = {}
    for child in element.iterchildren(tag=etree.Element):
        name = local_name(child)
        if name not in ("f", "v", "is", "extLst"):
            raise Contradiction(f"其中有标准没有规定的“{shown(etree.QName(child).localname)}”")
        if name in parts:
            raise Contradiction(f"其中有两个“{name}”")
        parts[name] = child
    inline = text_in(parts["is"]) if "is" in parts else None
    value = _text(parts["v"]) if "v" in parts else None
    formula = _formula(_text(parts["f"]), parts["f"].attrib) if "f" in parts else None
    return Cell(element.get("s", "0"), element.get("t", "n"), formula, value, inline)


def _text(element: etree._Element) -> str:
    if len(element):
        raise Contradiction("值中还有别的内容")
    return element.text or ""


def text_of(cell: Cell, tables: Tables) -> str | None:
    """The text that a person sees, None for a blank; with a mark where no value can be taken from it (see `grids`).

    Raises Contradiction.
    """
    style = _style(cell.style, tables)
    if cell.kind not in KINDS:
        raise Contradiction(f"类型“{shown(cell.kind)}”不是标准规定的类型")
    if cell.inline is not None and cell.kind != "inlineStr":
        raise Contradiction(f"声明为{KINDS[cell.kind]}，却有内嵌文字")
    if cell.inline is not None and cell.value:
        raise Contradiction("既有内嵌文字又有值，不知以哪个为准")
    value = cell.value if cell.kind in ("str", "inlineStr") else (cell.value or "").strip()
    if cell.formula is not None and not value and cell.kind not in ("str", "inlineStr"):
        return f"{NO_CACHED_VALUE}={cell.formula.text}"
    return READERS[cell.kind](value or "", cell, style, tables)


def _style(written: str, tables: Tables) -> NumberFormat | None:
    if not INDEX.fullmatch(written):
        raise Contradiction(f"样式“{shown(written)}”不是序号")
    if int(written) < len(tables.styles):
        return tables.styles[int(written)]
    if int(written):  # without a style part, all is in the one style that needs none
        raise Contradiction(f"样式序号{written}不在样式表中（共{len(tables.styles)}种）")
    return GENERAL


def _number(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str | None:
    if not value:
        return None
    if not NUMBER.fullmatch(value) or abs(number := float(value)) == float("inf"):
        raise _other_than_declared(value, cell)
    if style is None:
        raise Contradiction(f"样式{cell.style}所用的数字格式不在样式表中")
    if tables.hides_zeros and number == 0 and style.is_plain:
        return HIDDEN_ZERO
    if style.is_date and style.is_plain:
        text = date_text(style, number, tables.since_1904)
        text = text and DATE_CELL + text
    else:
        text = None if style.is_plain else under_format(style, number)
    if text is None and tables.hides_zeros and number == 0:
        return HIDDEN_ZERO
    return text or _bare_number(number)


def _bare_number(number: float) -> str:
    text = number_text(number)
    return PRECISION_LOST + text if abs(number) >= EXACT_LIMIT else text


def _shared_text(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str | None:
    if not value:
        raise Contradiction("声明为文字，却没有指明文字表的哪一项")
    if not INDEX.fullmatch(value):
        raise Contradiction(f"所指文字表的“{shown(value)}”不是序号")
    if int(value) >= len(tables.texts):
        raise Contradiction(f"指向文字表第{int(value) + 1}项，文字表只有{len(tables.texts)}项")
    return _typed_text(tables.texts[int(value)])


def _inline_text(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str | None:
    return _typed_text(unescaped(value) if cell.inline is None else cell.inline)  # some programs put it into the value


def _formula_text(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str | None:
    return _typed_text(unescaped(value))


def _typed_text(text: str) -> str | None:
    return marked(text) if text else None


def _boolean(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str:
    if value not in BOOLEANS:
        raise _other_than_declared(value, cell)
    return BOOLEANS[value]


def _error(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str:
    if not value.startswith("#"):
        raise _other_than_declared(value, cell)
    return ERROR_VALUE + shown(value)


def _date(value: str, cell: Cell, style: NumberFormat | None, tables: Tables) -> str:
    match = MOMENT.fullmatch(value)
    try:
        if match and match[1]:
            return DATE_CELL + moment_text(datetime.fromisoformat(match[1] + (match[2] or "")))
        if match and match[2]:
            return DATE_CELL + time.fromisoformat(match[2][1:]).isoformat()
    except ValueError:
        raise _other_than_declared(value, cell) from None
    raise _other_than_declared(value, cell)


def _other_than_declared(value: str, cell: Cell) -> Contradiction:
    content = f"内容却是“{shown(value)}”" if value else "却没有内容"
    return Contradiction(f"声明为{KINDS[cell.kind]}，{content}")


READERS: dict[str, Callable[[str, Cell, NumberFormat | None, Tables], str | None]] = {
    "b": _boolean,
    "d": _date,
    "e": _error,
    "inlineStr": _inline_text,
    "n": _number,
    "s": _shared_text,
    "str": _formula_text,
}
