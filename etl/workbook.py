"""Reads an xlsx workbook into grids: values by calamine, and a second look for what calamine does not tell.

Calamine is fast but hands on a blank for an error value and for a formula without a cached value, and
the bare fraction for a cell in percent format. Where a sheet holds any of these, its XML is read again.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from etl.errors import RefusedFile
from etl.grids import ERROR_VALUE, NO_CACHED_VALUE, Grid, cell_text, grid_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BUILT_IN_PERCENT = {9, 10}
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UNREADABLE = (CalamineError, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, OSError)
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
MAX_CELLS = 40_000_000


def refuse_unless_workbook(content: bytes) -> None:
    """Raises RefusedFile for old or encrypted Office files, which look like workbooks to a person."""
    if content.startswith(OLE_MAGIC):
        if ENCRYPTED in content:
            raise RefusedFile("文件设有打开密码，无法读取；请取消密码后重新报送")
        raise RefusedFile("文件是旧版Office格式，无法读取；请另存为“Excel工作簿（.xlsx）”后重新报送")


def _parser_options() -> dict:
    return {"resolve_entities": False, "no_network": True, "huge_tree": False}


def _parse(archive: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(archive.read(name), etree.XMLParser(**_parser_options()))


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → name of its XML part."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _parse(archive, "xl/_rels/workbook.xml.rels")
        if isinstance(relation.tag, str)
    }
    parts = {}
    for sheet in _parse(archive, "xl/workbook.xml").iter(f"{MAIN}sheet"):
        target = relations.get(sheet.get(REL_ID), "")
        parts[sheet.get("name")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def _percent_styles(archive: zipfile.ZipFile) -> set[int]:
    """Indexes of the cell styles whose number format shows a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = _parse(archive, "xl/styles.xml")
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
    for event, cell in etree.iterparse(io.BytesIO(xml), tag=(f"{MAIN}row", f"{MAIN}c"), events=("start", "end")):
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
    styles = "|".join(map(str, sorted(percent)))
    marks = r"""\bt\s*=\s*["']e["']|<(\w+:)?f[\s/>]""" + (rf"""|\bs\s*=\s*["']({styles})["']""" if percent else "")
    return 0 in percent or xml.startswith(WIDE_BOMS) or re.search(marks.encode(), xml) is not None


def read_workbook(content: bytes) -> list[Grid]:
    """Grids of all worksheets, in the workbook's order.

    Raises RefusedFile where the bytes are no workbook that can be read.
    """
    refuse_unless_workbook(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts, percent = _sheet_parts(archive), _percent_styles(archive)
            return [
                _read_sheet(workbook, sheet, archive.read(parts[sheet.name]), percent)
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError:
        raise RefusedFile("文件设有打开密码，无法读取；请取消密码后重新报送") from None
    except UNREADABLE as error:
        raise RefusedFile("文件不是完整的Excel工作簿，无法读取；请用Excel打开检查并另存为.xlsx后重新报送") from error


def _read_sheet(workbook: CalamineWorkbook, sheet, xml: bytes, percent: set[int]) -> Grid:
    data = workbook.get_sheet_by_name(sheet.name)
    if data.total_height * data.total_width > MAX_CELLS:
        raise RefusedFile(f"工作表“{sheet.name}”的已用区域过大，请删除多余的空行空列后重新报送")
    rows = [[cell_text(value) for value in row] for row in data.to_python(skip_empty_area=False)]
    if _needs_second_look(xml, percent):
        for row, column, text in _special_cells(xml, percent):
            while len(rows) <= row:
                rows.append([])
            rows[row].extend([None] * (column + 1 - len(rows[row])))
            rows[row][column] = text
    return grid_of(sheet.name, enumerate(rows, 1), hidden=sheet.visible != SheetVisibleEnum.Visible)
