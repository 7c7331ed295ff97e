"""Ways in which a workbook's own parts can contradict each other, or point nowhere: each one has to be refused.

A damage takes the XML of one sheet and gives it back damaged, or None where the sheet has nothing to damage so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.etl.reading.spellings_of_books import SHARED, SHEETS, STYLES, Parts, texts_of

CELL = r'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)'
ROW = r'<row r="\d+"[^>]*?(?:/>|>.*?</row>)'
Damage = Callable[[Random, str, int], str | None]  # of the sheet's XML and the number of texts of the workbook


def _replaced(xml: str, match: re.Match, new: str) -> str:
    return xml[: match.start()] + new + xml[match.end() :]


def _some(random: Random, xml: str, pattern: str) -> re.Match | None:
    matches = list(re.finditer(pattern, xml, re.DOTALL))
    return random.choice(matches) if matches else None


def index_nowhere(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r't="s"><v>\d+</v>')
    index = random.choice((str(texts), str(texts + 7), "-1", "abc", "1.0", "", "0x1", "９"))
    return match and _replaced(xml, match, f't="s"><v>{index}</v>')


def style_nowhere(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r'<c r="[A-Z]+\d+"(?: s="\d+")?')
    written = re.sub(r' s="\d+"', "", match[0]) if match else ""
    return match and _replaced(xml, match, f'{written} s="{random.choice(("9999", "-1", "x", ""))}"')


def type_otherwise(random: Random, xml: str, texts: int) -> str | None:
    """A declared type that the content is not."""
    match = _some(random, xml, r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="s")?><v>[^<]*</v></c>')
    if match is None:
        return None
    kind, content = random.choice(
        (("n", "<v>1a</v>"), ("b", "<v>2</v>"), ("d", "<v>1</v>"), ("e", "<v>1</v>"), ("q", "<v>1</v>"), ("s", ""))
    )
    return _replaced(xml, match, f'{match[1]} t="{kind}">{content}</c>')


def address_twice(random: Random, xml: str, texts: int) -> str | None:
    """A second cell of the same address beside the first, or later in the row."""
    row = _some(random, xml, ROW)
    if row is None or not re.search(CELL, row[0]):
        return None
    cell = random.choice(list(re.finditer(CELL, row[0], re.DOTALL)))
    again = f'<c r="{cell[1]}{cell[2]}"><v>{random.randrange(1000)}</v></c>'
    at = row.start() + (cell.end() if random.random() < 0.5 else row[0].rindex("</row>"))
    return xml[:at] + again + xml[at:]


def addresses_swapped(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r'(<c r=")([A-Z]+\d+)("[^>]*?(?:/>|>.*?</c>)<c r=")([A-Z]+\d+)"')
    return match and _replaced(xml, match, f'{match[1]}{match[4]}{match[3]}{match[2]}"')


def address_elsewhere(random: Random, xml: str, texts: int) -> str | None:
    """A cell that says it is of another row, of no column, or of none at all."""
    match = _some(random, xml, r'<c r="([A-Z]+)(\d+)"')
    if match is None:
        return None
    other = random.choice(
        (f"{match[1]}{int(match[2]) + 1}", f"XFE{match[2]}", match[2], match[1], f"{match[1]}0", "a1")
    )
    return _replaced(xml, match, f'<c r="{other}"')


def row_twice(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, ROW)
    return match and xml[: match.end()] + match[0] + xml[match.end() :]


def rows_swapped(random: Random, xml: str, texts: int) -> str | None:
    rows = list(re.finditer(ROW, xml, re.DOTALL))
    if len(rows) < 2:
        return None
    at = random.randrange(len(rows) - 1)
    first, second = rows[at], rows[at + 1]
    return xml[: first.start()] + second[0] + first[0] + xml[second.end() :]


def row_elsewhere(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r'<row r="\d+"')
    return match and _replaced(xml, match, f'<row r="{random.choice(("0", "-3", "x", "1048577", ""))}"')


def value_twice(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r"<v>[^<]*</v>")
    return match and _replaced(xml, match, match[0] + f"<v>{random.randrange(9)}</v>")


def text_and_value(random: Random, xml: str, texts: int) -> str | None:
    match = _some(random, xml, r"<v>[^<]*</v></c>")
    return match and _replaced(xml, match, match[0].replace("</c>", "<is><t>别的</t></is></c>"))


DAMAGES: tuple[Damage, ...] = (
    index_nowhere, style_nowhere, type_otherwise, address_twice, addresses_swapped, address_elsewhere, row_twice,
    rows_swapped, row_elsewhere, value_twice, text_and_value,
)  # fmt: skip


def damaged_sheet(random: Random, parts: Parts) -> tuple[Parts, str] | None:
    """The parts with one sheet damaged, and what was done; None where nothing could be."""
    damage = random.choice(DAMAGES)
    name = random.choice([name for name in parts if SHEETS.fullmatch(name)])
    xml = damage(random, parts[name].decode(), len(texts_of(parts)))
    return None if xml is None else (parts | {name: xml.encode()}, f"{damage.__name__} in {name}")


ENTRIES = {  # part → where its entries stand, one of them, and how a cell names it
    SHARED: ("<sst.*</sst>", "<si>.*?</si>", r't="s"><v>{}</v>'),
    STYLES: ("<cellXfs.*?</cellXfs>", "<xf [^>]*?/>|<xf .*?</xf>", r'<c r="[A-Z]+\d+" s="{}"'),
}


def table_cut(random: Random, parts: Parts) -> tuple[Parts, str] | None:
    """The string table, or the styles, without the last entry, to which some cell points."""
    name = random.choice(list(ENTRIES))
    if name not in parts:
        return None
    around, entry, used = ENTRIES[name]
    xml = parts[name].decode()
    body = re.search(around, xml, re.DOTALL)
    entries = list(re.finditer(entry, body[0], re.DOTALL))
    pattern = used.format(len(entries) - 1)
    if not any(re.search(pattern, data.decode()) for part, data in parts.items() if SHEETS.fullmatch(part)):
        return None
    start, end = (body.start() + at for at in entries[-1].span())
    return parts | {name: (xml[:start] + xml[end:]).encode()}, f"{name} cut"


def relation_nowhere(random: Random, parts: Parts) -> tuple[Parts, str] | None:
    """A part that the workbook leads to is not there."""
    name = random.choice([name for name in parts if SHEETS.fullmatch(name) or name in (SHARED, STYLES)])
    return {part: data for part, data in parts.items() if part != name}, f"without {name}"


def contradicting(random: Random, parts: Parts) -> tuple[Parts, str] | None:
    """The parts after one contradiction, and what was done; None where nothing could be."""
    kind = random.choices((damaged_sheet, table_cut, relation_nowhere), (10, 2, 1))[0]
    return kind(random, parts)
