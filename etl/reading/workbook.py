"""Reads an xlsx workbook into grids: values by calamine, and a second look for what calamine does not tell."""

from __future__ import annotations

import io
import posixpath
from dataclasses import replace

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.reading.grids import DATE_CELL, Area, Grid, cell_text, grid_of
from etl.reading.second_look import MAIN, PARSING, TRUE, Cells, SecondLook, hidden_places, odd_formats
from etl.reading.whereabouts import now_reading
from etl.receiving.active_content import refuse_active, refuse_entities
from etl.receiving.file_types import PASSWORD
from etl.receiving.zip_parts import Parts, parts_of

REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
UNREADABLE = (CalamineError, etree.XMLSyntaxError, KeyError, ValueError, OSError)
DAMAGED = "文件不是完整的Excel工作簿，无法读取；请用Excel打开检查并另存为.xlsx后重新报送"
CLEAN_UP = "请删除多余的空行、空列和格式后重新报送"
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


def read_workbook(content: bytes) -> list[Grid]:
    """Grids of all worksheets, in the workbook's order.

    Raises RefusedFile where the bytes are no workbook that can be read, or one that holds more than cells.
    """
    parts = parts_of(content)
    try:
        refuse_active(parts)
        sheets = _sheet_parts(parts)
        formats = odd_formats(_parse(parts, "xl/styles.xml") if "xl/styles.xml" in parts else None)
        computes_on_load = _computes_on_load(parts)
        if "xl/sharedStrings.xml" in parts:
            refuse_entities(parts.read("xl/sharedStrings.xml"), "xl/sharedStrings.xml")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise RefusedFile(PASSWORD) from None
    except UNREADABLE as error:
        raise RefusedFile(DAMAGED) from error
    worksheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]

    def xml_of(name: str) -> bytes:
        xml = parts.read(sheets[name])
        refuse_entities(xml, name)
        return xml

    def cells_of(name: str) -> Cells:
        return _sized(workbook.get_sheet_by_name(name), name).to_python(skip_empty_area=False)

    names = [sheet.name for sheet in worksheets]
    look = SecondLook(formats, names, xml_of, cells_of, computes_on_load)
    return [_read_sheet(workbook, sheet, look) for sheet in worksheets]


def _computes_on_load(parts: Parts) -> bool:
    """Whether the workbook asks the program that opens it to compute all formulas."""
    asked = _parse(parts, "xl/workbook.xml").find(f"{MAIN}calcPr")
    return asked is not None and asked.get("fullCalcOnLoad") in TRUE


def _sized(data: CalamineSheet, name: str) -> CalamineSheet:
    """The sheet. Raises RefusedFile where its used area is beyond all measure."""
    if data.total_height * data.total_width > MAX_CELLS:
        raise RefusedFile(f"工作表“{name}”的已用区域过大（{data.total_height}行{data.total_width}列），{CLEAN_UP}")
    return data


def _read_sheet(workbook: CalamineWorkbook, sheet: SheetMetadata, look: SecondLook) -> Grid:
    now_reading(sheet.name)
    try:
        xml = look.xml_of(sheet.name)
        data = _sized(workbook.get_sheet_by_name(sheet.name), sheet.name)
        cells = data.to_python(skip_empty_area=False)
        rows = [[cell_text(value, DATE_CELL) for value in row] for row in cells]
        if look.is_needed(xml):
            for row, column, text in look.texts(sheet.name, xml, cells):
                while len(rows) <= row:
                    rows.append([])
                rows[row].extend([None] * (column + 1 - len(rows[row])))
                rows[row][column] = text
        del cells
        hidden = hidden_places(xml)
    except UNREADABLE as error:
        raise RefusedFile(
            f"工作表“{sheet.name}”已损坏，无法读取；请用Excel打开工作簿检查并另存为.xlsx后重新报送"
        ) from error
    merged = [Area(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in data.merged_cell_ranges or ()]
    grid = grid_of(sheet.name, enumerate(rows, 1), sheet.visible != SheetVisibleEnum.Visible)
    return replace(grid, merged=tuple(merged), hidden_rows=hidden.rows, hidden_columns=hidden.columns)
