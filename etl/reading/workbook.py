"""Reads an xlsx workbook into grids: values by calamine, and a second look for what calamine does not tell.

Calamine is fast but hands on a blank for an error value and for a formula without a cached value, and
the bare fraction for a cell in percent format. Where a sheet holds any of these, its XML is read again.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.reading.grids import ERROR_VALUE, NO_CACHED_VALUE, Area, Grid, cell_text, grid_of
from etl.reading.whereabouts import now_reading
from etl.receiving.active_content import WIDE_BOMS, refuse_active, refuse_entities
from etl.receiving.file_types import PASSWORD
from etl.receiving.zip_parts import Parts, parts_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BUILT_IN_PERCENT = {9, 10}
UNREADABLE = (CalamineError, etree.XMLSyntaxError, KeyError, ValueError, OSError)
DAMAGED = "文件不是完整的Excel工作簿，无法读取；请用Excel打开检查并另存为.xlsx后重新报送"
CLEAN_UP = "请删除多余的空行、空列和格式后重新报送"
PARSING = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
MAX_SHEETS = 200
MAX_CELLS = 10_000_000


def _parse(parts: Parts, name: str) -> etree._Element:
    xml = parts.read(name)
    refuse_entities(xml, name)
    return etree.fromstring(xml, etree.XMLParser(**PARSING))


def _sheet_parts(parts: Parts) -> dict[str, str]:
    """Sheet name → name of its XML part. Raises RefusedFile for too many sheets, or two of one name."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _parse(parts, "xl/_rels/workbook.xml.rels")
        if isinstance(relation.tag, str)
    }
    found: dict[str, str] = {}
    for number, sheet in enumerate(_parse(parts, "xl/workbook.xml").iter(f"{MAIN}sheet"), 1):
        name, target = sheet.get("name", ""), relations.get(sheet.get(REL_ID), "")
        if number > MAX_SHEETS:
            raise RefusedFile(f"工作簿的工作表超过{MAX_SHEETS}个，已拒收；请只保留报送制度规定的工作表")
        if name in found or shown(name) != name:
            raise RefusedFile(f"工作表名“{shown(name)}”重复或不合规范，已拒收；请改名后重新报送")
        found[name] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return found


def _percent_styles(parts: Parts) -> set[int]:
    """Indexes of the cell styles whose number format shows a percentage."""
    if "xl/styles.xml" not in parts:
        return set()
    styles = _parse(parts, "xl/styles.xml")
    custom = {
        int(fmt.get("numFmtId"))
        for fmt in styles.iter(f"{MAIN}numFmt")
        if "%" in re.sub(r'"[^"]*"|\\.', "", fmt.get("formatCode", ""))
    }
    cell_formats = styles.find(f"{MAIN}cellXfs")
    if cell_formats is None:
        return set()
    return {
        index
        for index, fmt in enumerate(cell_formats.findall(f"{MAIN}xf"))
        if int(fmt.get("numFmtId", "0")) in BUILT_IN_PERCENT | custom
    }


def _position(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _special_cells(xml: bytes, percent: set[int]) -> Iterator[tuple[int, int, str]]:
    """(row, column, text to hand on) of cells that calamine's value does not tell truly; positions from 0."""
    row = column = -1
    for event, cell in etree.iterparse(
        io.BytesIO(xml), tag=(f"{MAIN}row", f"{MAIN}c"), events=("start", "end"), **PARSING
    ):
        if event == "start":
            if cell.tag == f"{MAIN}row":
                row, column = int(cell.get("r", row + 2)) - 1, -1
            continue
        if cell.tag == f"{MAIN}row":
            cell.clear()
            continue
        row, column = _position(cell.get("r")) if cell.get("r") else (row, column + 1)
        value = cell.findtext(f"{MAIN}v")
        formula = cell.find(f"{MAIN}f")
        kind = cell.get("t", "n")
        if kind == "e":
            yield row, column, ERROR_VALUE + (value or "#VALUE!")
        elif formula is not None and not value and kind != "str":
            yield row, column, f"{NO_CACHED_VALUE}={formula.text or ''}"
        elif kind == "n" and value and int(cell.get("s", "0")) in percent:
            number = Decimal(format(float(value), ".15g")).scaleb(2).normalize()
            yield row, column, f"{number:f}%"


def _needs_second_look(xml: bytes, percent: set[int]) -> bool:
    """Whether the sheet may hold an error value, a formula or a percent format, in any writer's spelling of XML."""
    if 0 in percent or xml.startswith(WIDE_BOMS):
        return True
    # Without one of these there is nothing to find, and to look for them costs a hundredth of the pattern below.
    quoted = [f"{quote}{what}{quote}".encode() for what in ("e", *percent) for quote in ("'", '"')]
    if not any(sign in xml for sign in (b"<f", b":f", *quoted)):
        return False
    styles = "|".join(map(str, sorted(percent)))
    marks = r"""\bt\s*=\s*["']e["']|<(\w+:)?f[\s/>]""" + (rf"""|\bs\s*=\s*["']({styles})["']""" if percent else "")
    return re.search(marks.encode(), xml) is not None


def read_workbook(content: bytes) -> list[Grid]:
    """Grids of all worksheets, in the workbook's order.

    Raises RefusedFile where the bytes are no workbook that can be read, or one that holds more than cells.
    """
    parts = parts_of(content)
    try:
        refuse_active(parts)
        sheets, percent = _sheet_parts(parts), _percent_styles(parts)
        if "xl/sharedStrings.xml" in parts:
            refuse_entities(parts.read("xl/sharedStrings.xml"), "xl/sharedStrings.xml")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise RefusedFile(PASSWORD) from None
    except UNREADABLE as error:
        raise RefusedFile(DAMAGED) from error
    return [
        _read_sheet(workbook, sheet, parts, sheets, percent)
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _read_sheet(
    workbook: CalamineWorkbook, sheet: SheetMetadata, parts: Parts, sheets: dict[str, str], percent: set[int]
) -> Grid:
    now_reading(sheet.name)
    try:
        xml = parts.read(sheets[sheet.name])
        refuse_entities(xml, sheet.name)
        data = workbook.get_sheet_by_name(sheet.name)
        if data.total_height * data.total_width > MAX_CELLS:
            raise RefusedFile(
                f"工作表“{sheet.name}”的已用区域过大（{data.total_height}行{data.total_width}列），{CLEAN_UP}"
            )
        rows = [[cell_text(value) for value in row] for row in data.to_python(skip_empty_area=False)]
        if _needs_second_look(xml, percent):
            for row, column, text in _special_cells(xml, percent):
                while len(rows) <= row:
                    rows.append([])
                rows[row].extend([None] * (column + 1 - len(rows[row])))
                rows[row][column] = text
    except UNREADABLE as error:
        raise RefusedFile(
            f"工作表“{sheet.name}”已损坏，无法读取；请用Excel打开工作簿检查并另存为.xlsx后重新报送"
        ) from error
    merged = [Area(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in data.merged_cell_ranges or ()]
    hidden = sheet.visible != SheetVisibleEnum.Visible
    return replace(grid_of(sheet.name, enumerate(rows, 1), hidden), merged=tuple(merged))
