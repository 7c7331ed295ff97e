"""Reads an xlsx workbook into grids: every cell as the text that a person sees, or refused with its place.

Parts are found by relations (`book_parts`), rows are cut from the XML in blocks (`sheet_rows`), each different cell is
understood once (`sheet_cells`) and put where its address says (`sheet_columns`); then formulas are looked at whose
stored result is nothing (`stored_results`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
from lxml import etree

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.active_content import refuse_active
from etl.receiving.advice import REPAIR
from etl.receiving.office_parts import OfficeParts
from etl.receiving.zip_parts import parts_of
from etl.sheets.book_parts import MAIN, TRUE, BookParts, SheetPart, book_parts, local_name
from etl.sheets.book_texts import texts_in
from etl.sheets.cell_styles import styles_in
from etl.sheets.grids import Area, Grid
from etl.sheets.sheet_cells import Contradiction, NotPlain, Tables, cell_of, text_of
from etl.sheets.sheet_columns import (
    ADDRESS,
    MAX_COLUMNS,
    Columns,
    TakeFormulas,
    TextOf,
    column_number,
    columns_of,
)
from etl.sheets.sheet_rows import XmlRows, plain_rows
from etl.sheets.stored_results import CellsByPlace, SheetFormulas, StoredResults
from etl.sheets.whereabouts import now_reading

AREA = re.compile(rf"{ADDRESS.pattern}(?::{ADDRESS.pattern})?")
HIDES_ZEROS = re.compile(rb"""\bshowZeros\s*=\s*["'](?:0|false)["']""")
ROWS_BEGIN = b"sheetData"


def read_workbook(content: bytes) -> list[Grid]:
    """Grids of all worksheets, in the workbook's order.

    Raises RefusedFile where the bytes are no workbook that can be read, or one that holds more than cells.
    """
    office = OfficeParts(parts_of(content))
    refuse_active(office)
    book = book_parts(office)
    tables = _tables(office, book)
    sheets = {sheet.name: _read_sheet(office, sheet, tables) for sheet in book.sheets}
    parts = {sheet.name: sheet for sheet in book.sheets}

    def cells_of(name: str) -> CellsByPlace:
        columns = _cells(_xml(office, parts[name]), name, lambda written: written)[1]
        return CellsByPlace(columns.whole(), columns.height, tables)

    formulas = {name: sheet.formulas for name, sheet in sheets.items()}
    results = StoredResults(formulas, cells_of, book.computes_on_load)
    return [sheet.as_grid(results) for sheet in sheets.values()]


def is_usual(content: bytes) -> bool:
    """Whether a workbook's parts bear the names, and its XML the namespace, that openpyxl alone knows.

    It takes any other in silence for one without sheets or without formats. Raises as `read_workbook`.
    """
    office = OfficeParts(parts_of(content))
    book, main = book_parts(office), office.main()
    named = {"xl/workbook.xml": main, "xl/styles.xml": book.styles}
    return office.tree(main).tag == f"{{{MAIN}}}workbook" and all(
        part is None or office.entries[part] == name for name, part in named.items()
    )


def _tables(office: OfficeParts, book: BookParts) -> Tables:
    try:
        texts = texts_in(office.xml(book.texts)) if book.texts else []
        styles = styles_in(office.tree(book.styles)) if book.styles else []
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RefusedFile(f"工作簿的文字表或样式表已损坏，无法读取；{REPAIR}") from error
    return Tables(texts, styles, book.since_1904)


@dataclass
class _Sheet:
    """One sheet as read, before its formulas are looked at."""

    part: SheetPart
    columns: Columns
    formulas: SheetFormulas
    merged: tuple[Area, ...]
    hidden_columns: frozenset[int]

    def as_grid(self, results: StoredResults) -> Grid:
        columns, name = self.columns, self.part.name
        if self.formulas.formulas:
            now_reading(name)
            columns.tell(results.told(name))
        numbers = pa.arange(1, columns.height + 1).cast(pa.int32())
        grid = Grid(name, numbers, columns.whole(), self.part.hidden, self.merged)
        return replace(grid, hidden_rows=columns.hidden_rows, hidden_columns=self.hidden_columns)


def _xml(office: OfficeParts, sheet: SheetPart) -> bytes:
    return office.xml(sheet.part, sheet.name)


def _read_sheet(office: OfficeParts, sheet: SheetPart, tables: Tables) -> _Sheet:
    now_reading(sheet.name)
    xml, formulas = _xml(office, sheet), SheetFormulas()
    if HIDES_ZEROS.search(xml, 0, max(xml.find(ROWS_BEGIN), 0)):
        tables = replace(tables, hides_zeros=True)
    try:
        frame, columns = _cells(xml, sheet.name, lambda written: text_of(cell_of(written), tables), formulas.take)
        return _Sheet(sheet, columns, formulas, tuple(_merged(frame)), frozenset(_hidden_columns(frame)))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RefusedFile(f"工作表“{sheet.name}”已损坏，无法读取；{REPAIR}") from error
    except Contradiction as wrong:
        raise RefusedFile(f"工作表“{sheet.name}”已损坏：{wrong}；{REPAIR}") from None


def _cells(
    xml: bytes, sheet: str, text: TextOf, take_formulas: TakeFormulas = lambda *_: None
) -> tuple[etree._Element, Columns]:
    """What stands around the rows, and the cells. Raises RefusedFile, XMLSyntaxError and Contradiction."""
    try:
        frame, rows = plain_rows(xml)
        columns = columns_of(sheet, rows, text, take_formulas)
    except NotPlain:
        all_rows = XmlRows(xml)
        columns = columns_of(sheet, all_rows, text, take_formulas)
        frame = all_rows.frame
    if local_name(frame) != "worksheet":
        raise Contradiction("它不是工作表")
    bodies = [part for part in frame if local_name(part) == "sheetData"]
    if len(bodies) != 1 or {local_name(row) for row in bodies[0].iterchildren(tag=etree.Element)} - {"row"}:
        raise Contradiction("它的内容不是一行行的单元格")
    return frame, columns


def _merged(frame: etree._Element) -> Iterator[Area]:
    """Merged cells. Raises Contradiction where an area is none, or the sheet's size is no size."""
    for part in frame:
        if local_name(part) == "dimension":
            _area(part.get("ref", ""))
        elif local_name(part) == "mergeCells":
            yield from (_area(area.get("ref", "")) for area in part if local_name(area) == "mergeCell")


def _hidden_columns(frame: etree._Element) -> Iterator[int]:
    """Columns that nobody sees, from 0."""
    for part in frame:
        for column in part if local_name(part) == "cols" else ():
            if local_name(column) == "col" and column.get("hidden") in TRUE:
                yield from range(int(column.get("min", "")) - 1, min(int(column.get("max", "")), MAX_COLUMNS))


def _area(written: str) -> Area:
    match = AREA.fullmatch(written.replace("$", ""))
    if match is None:
        raise Contradiction(f"“{shown(written)}”不是单元格区域")
    left, top, right, bottom = match.groups()
    right, bottom = right or left, bottom or top
    rows, columns = sorted((int(top), int(bottom))), sorted((column_number(left), column_number(right)))
    return Area(rows[0], columns[0], rows[1], columns[1])
