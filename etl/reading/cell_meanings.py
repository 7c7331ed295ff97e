"""What a cell says in the column where it stands: as a person sees it, or marked with what makes it unreadable.

A grid hands on texts; of some its text alone does not tell what it is, and a sign before it does (`grids.SIGNS`): a
cell that holds a day, a number that its format shows as another. A code is spoilt by that, a number or a date is not.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from contract.declarations import Column
from etl.sheets.grids import (
    CELLS,
    DATE_CELL,
    FORMAT_UNCLEAR,
    FORMATTED,
    HIDDEN_ZERO,
    INNER_SPACE,
    MADE_DATE,
    SCIENTIFIC,
    SPACES,
    ZERO_DATE,
    format_and_number,
    joined,
    plain_text,
)
from etl.sheets.number_formats import NO_UNIT, number_format

TEXT_TYPES = ("text", "institution")
NUMBER_TYPES = ("int", "money", "rate", "days")
UNITS = {"money": NO_UNIT | {"万元", "万"}}
MIDNIGHT = ("00:00:00", "0:00:00")  # what a 0 is under a format of days or hours

# Databases put one before a text so that Excel leaves it a text; typed on a Chinese keyboard it comes out wide.
TEXT_MARKS = "'＇‘’"
# A pair of them is quotation; only one that stands alone, at the beginning, is a mark.
MARKED_TEXT = re.compile(f"[{SPACES}]*[{TEXT_MARKS}]([^{TEXT_MARKS}]*)", re.DOTALL)
# As programs write a number that is too long for a cell: with a sign, which no code has.
SCIENTIFIC_TEXT = re.compile(r"[+-]?\d(\.\d*)?[Ee][+-]\d{1,3}")
# As Excel writes a day into a CSV file, in China.
CSV_DAY = re.compile(r"[12]\d{3}/\d{1,2}/\d{1,2}|([12]\d{3}年)?\d{1,2}月(\d{1,2}日)?")
CREDIT_CODE = "uscc"

# What begins so has to be looked at: RE2, asked once for each different text of a column.
_SIGNED = f"^[{DATE_CELL}{FORMATTED}{HIDDEN_ZERO}]|^[{SPACES}]*[{TEXT_MARKS}]"
_SPOILT = rf"|^[{SPACES}]*[+-]?\d(\.\d*)?[Ee][+-]\d"
_CSV_SPOILT = r"|^[\s]*[12]\d{3}[/年]\d|^[\s]*\d{1,2}月"
_SPACED = rf"|^[{SPACES}]*[^{SPACES}]+\s"


@cache
def _worth_a_look(column: Column, from_csv: bool) -> str:
    spoilt = column.type in TEXT_TYPES
    return (
        _SIGNED
        + (_SPOILT if spoilt else "")
        + (_CSV_SPOILT if spoilt and from_csv else "")
        + (_SPACED if column.code == CREDIT_CODE else "")
    )


def as_meant(column: Column, cells: pa.DictionaryArray, from_csv: bool) -> pa.DictionaryArray:
    """The cells of a column with what they say in it. Grain: a text a cell, null = blank."""
    every = cells.dictionary
    odd = pc.match_substring_regex(every, _worth_a_look(column, from_csv))
    if not pc.any(odd).as_py():
        return cells
    texts = every.to_pylist()
    for place in pc.indices_nonzero(odd).to_pylist():
        texts[place] = meaning(column, texts[place], from_csv)
    return joined([pa.array(texts, pa.string()).take(cells.indices).dictionary_encode().cast(CELLS)])


def meaning(column: Column, text: str, from_csv: bool = False) -> str | None:
    """What one text says in a column; None where it shows nothing."""
    if text.startswith(HIDDEN_ZERO):
        # Where a number has to stand the 0 is one, shown or not; elsewhere nothing was filled in.
        return "0" if column.required and column.type in NUMBER_TYPES else None
    if text.startswith(DATE_CELL):
        return _of_date(column, text.removeprefix(DATE_CELL))
    if text.startswith(FORMATTED):
        return _of_format(column, text)
    return _of_text(column, text, from_csv)


def _of_date(column: Column, day: str) -> str:
    if column.type in TEXT_TYPES:
        return MADE_DATE + day
    return ZERO_DATE + "0" if column.type == "date" and day in MIDNIGHT else day


def _of_format(column: Column, text: str) -> str:
    code, number = format_and_number(text)
    shape, stored = number_format(code), Decimal(number)
    if column.type in TEXT_TYPES and shape.is_scientific:
        return SCIENTIFIC + number
    units = UNITS.get(column.type, NO_UNIT)
    shown = shape.number(stored, units) if column.type in NUMBER_TYPES else shape.text(stored)
    return f"{FORMAT_UNCLEAR}{number}（格式：{code}）" if shown is None else shown


def _of_text(column: Column, text: str, from_csv: bool) -> str | None:
    if marked := MARKED_TEXT.fullmatch(text):
        text = marked[1]
    bare = text.strip(SPACES)
    if column.type in TEXT_TYPES and SCIENTIFIC_TEXT.fullmatch(bare):
        return SCIENTIFIC + bare
    if column.type in TEXT_TYPES and from_csv and CSV_DAY.fullmatch(bare):
        return MADE_DATE + bare
    if column.code == CREDIT_CODE and re.search(r"\s", bare):
        return INNER_SPACE + bare
    return text or None


def of_item(column: Column, text: str | None) -> str | None:
    """What a value of the cover says; a period may be a day there."""
    if not text:
        return None
    if text.startswith(DATE_CELL):
        return plain_text(text)
    return meaning(column, text)
