"""What programs and people make of a submission on its way: zips of other makers, cells under formats, spoilt codes.

Each leaves every value as it was, or spoils cells so that the submission has to be returned: a code cut down to its
first digits is never one of the values that the case may change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from contract.declarations import Column, forms
from tests.etl.submissions import zipped

MARKS = ("'", "＇", "‘", " '")
LEFTOVERS = ("__MACOSX/._B1.csv", "报送/Thumbs.db", "报送/desktop.ini", "报送/~$B1.xlsx", "报送/.DS_Store")
SEPARATORS = ("/", "\\")
NAMES = ("utf-8", "gb18030")
DECIMAL = re.compile(r"\d{1,9}(\.\d{1,4})?")
# Formats under which a number of so many times the value shows the value: as Chinese banks show 元 in 万元.
IN_TEN_THOUSANDS = ("0!.0000", "0!.0,", '0"."0000', '0\\.0,"万"', '#,##0!.0000"万元"')
AS_IT_IS = ("#,##0.00;[Red]-#,##0.00", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "[$¥-804]#,##0.00", "0.00_ ")
UNCLEAR = ('#,##0"元"', ";;;", '0.0,"千"', "# ?/?")
SCIENTIFIC = ("2.02401E+17", "2.02498E+12", "9.1E+17")


@dataclass(frozen=True)
class Written:
    """A cell as it is written into a workbook: a number, a text or a formula, its format, and the result it stores."""

    value: object
    shape: str = "General"
    formula: str = ""


def zipped_elsewhere(random: Random, files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """A zip as another maker writes it, and what was done: names without the flag, backslashes, leftovers beside."""
    encoding, separator = random.choice(NAMES), random.choice(SEPARATORS)
    beside = {name: b"\x00\x05\x16\x07" for name in LEFTOVERS if random.random() < 0.3}
    inside = {f"报送{separator}{name}": data for name, data in files.items()} | beside
    holders = {f"{number:03}": name.encode(encoding) for number, name in enumerate(inside)}
    held = {f"{holder:x<{len(name)}}": name for holder, name in holders.items()}
    content = zipped(dict(zip(held, inside.values(), strict=True)))
    for holder, name in held.items():
        content = content.replace(holder.encode(), name)
    return content, f"zip with names in {encoding}, {separator}, {len(beside)} leftovers"


def under_format(random: Random, column: Column, text: str) -> Written | None:
    """A cell that shows the text's number under a format; None where the text is no such number."""
    if not DECIMAL.fullmatch(text):
        return None
    if column.type == "money":
        if random.random() < 0.5:
            return Written(float(Decimal(text) * 10_000), random.choice(IN_TEN_THOUSANDS))
        return Written(float(text), random.choice(AS_IT_IS))
    if column.type == "rate":
        return Written(float(Decimal(text) / 100), "0.00##%")
    if column.type in ("int", "days"):
        return Written(float(text), random.choice(("000", '0"件"', "#,##0", "0;-0;;@" if text != "0" else "0")))
    return None


def computed(random: Random, column: Column, text: str) -> Written | None:
    """A formula that gives the text's number, with the result stored as it should be."""
    if column.type not in ("money", "int", "days") or not DECIMAL.fullmatch(text):
        return None
    return Written(float(text), formula=f"={text}*2/2")


def spoilt(random: Random, column: Column, text: str) -> Written | None:
    """A cell that no longer says what was filled in: it has to be told of."""
    if column.type == "text":
        return random.choice((Written(random.choice(SCIENTIFIC)), Written(45_536.0, "yyyy-mm-dd"), Written(2e17, "0")))
    if not DECIMAL.fullmatch(text) or Decimal(text) == 0:
        return None
    if column.type == "money":
        shape = random.choice(UNCLEAR)
        return Written(float(text), shape if shape != "# ?/?" else "# ??/??")
    if column.type in ("int", "days"):
        return Written(0, formula=f"={text}*1")  # a result that nobody computed
    return None


def columns_by_header(form: str) -> dict[str, Column]:
    """The columns of a form by every spelling of their headers that cases use."""
    return {spelling: column for column in forms()[form].columns for spelling in (column.header, column.code)}
