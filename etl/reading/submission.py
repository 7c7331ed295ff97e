"""Turns grids into a submission as read: cover items and one table of texts a form.

Structure comes before logic: what does not match the template is reported here, in the submitter's
words, and only what hangs on it is held back later.
"""

from __future__ import annotations

import pickle
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce

import pyarrow as pa
import pyarrow.compute as pc

from contract.declarations import Column, Form, all_cover_items, forms
from contract.errors import RefusedFile
from contract.levels import OTHER
from etl.reading.cell_meanings import TEXT_MARKS, as_meant, of_item
from etl.reading.not_seen import not_seen
from etl.reading.remarks import Remark, is_feedback, remarks_of
from etl.sheets.grids import CELLS, MAX_TEXT, SPACES, TOO_LONG, Area, Grid, are_filled, last_row, texts, under_merged

HEADER_SEARCH_ROWS = 10
TOTALS = ("合计", "总计")
NUMBERS = ("int", "money", "rate", "days")
COVER_NAMES = ("封面", "cover")
ROW_NUMBER = "#"  # no column's code
FORM_SHEET = re.compile(r"([A-Za-z]\d)(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Problem:
    """A departure from the template's structure: `check` is the key of its row in `data/checks/structure.csv`."""

    check: str
    form: str
    sheet: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str = ""


@dataclass(frozen=True)
class Table:
    """One form as read. Grain: one text a cell (null = blank); columns by code, those present once only.

    `positions` tells where a column's cells stand, from 0: of a header that stands twice, the second.
    Pickled, the cells are bytes of Arrow's stream format, which the receiver looks over but does not copy.
    """

    form: str
    sheet: str
    header_row: int
    row_numbers: pa.Int32Array
    columns: dict[str, pa.DictionaryArray]
    positions: dict[str, int]
    extra: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.row_numbers)

    def __getstate__(self) -> dict:
        cells = pa.record_batch([self.row_numbers, *self.columns.values()], names=[ROW_NUMBER, *self.columns])
        size = pa.MockOutputStream()
        _write(cells, size)
        content = pa.allocate_buffer(size.size())
        _write(cells, pa.FixedSizeBufferWriter(content))
        return vars(self) | {"row_numbers": None, "columns": pickle.PickleBuffer(content)}

    def __setstate__(self, state: dict) -> None:
        cells = pa.ipc.open_stream(state["columns"]).read_next_batch()
        cells.validate(full=True)
        columns = {name: cells.column(name) for name in cells.schema.names}
        vars(self).update(state | {"row_numbers": columns.pop(ROW_NUMBER), "columns": columns})


def _write(cells: pa.RecordBatch, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, cells.schema) as writer:
        writer.write_batch(cells)


@dataclass(frozen=True)
class CoverItem:
    """What stands beside an item's label; `row` as a person sees it, `position` the value's cell from 0."""

    value: str | None
    row: int
    position: int = 1


@dataclass(frozen=True)
class Reading:
    """A submission as read, before any check of its values."""

    cover: dict[str, CoverItem]
    cover_sheet: str
    tables: dict[str, Table]
    problems: tuple[Problem, ...] = ()
    ignored_sheets: tuple[str, ...] = field(default=())
    remarks: tuple[Remark, ...] = ()


def plain(text: str | None) -> str:
    """A header or label without width, spaces, line breaks and the mark of a text, for comparison only."""
    bare = re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text or ""))
    return bare.lstrip(TEXT_MARKS).rstrip("*").lower()


def stripped(text: str | None) -> str | None:
    return (text or "").strip(SPACES) or None


@cache
def _headers(form: Form) -> dict[str, str]:
    """Comparable header or code → column code."""
    return {plain(spelling): column.code for column in form.columns for spelling in (column.header, column.code)}


@cache
def _cover_labels() -> dict[str, str]:
    labels = {plain(spelling): item.code for item in all_cover_items() for spelling in (item.header, item.code)}
    for code in forms():
        labels[plain(f"行数 {code}")] = labels[f"rows_{code.lower()}"] = f"rows_{code}"
        labels[plain(f"金额 {code}")] = labels[f"amount_{code.lower()}"] = f"amount_{code}"
    return labels


@cache
def _cover_column(code: str) -> Column:
    """What kind of value stands beside a label of the cover: control totals are declared nowhere."""
    totals = {"rows": "int", "amount": "money"}
    kind = totals.get(code.partition("_")[0]) or "text"
    declared = next((item for item in all_cover_items() if item.code == code), None)
    return declared or Column(0, code, code, kind, True, "", "", level=OTHER)


@cache
def known_labels() -> frozenset[str]:
    """Every header of a form and label of the cover, in the shape that `plain` gives."""
    return frozenset().union(_cover_labels(), *map(_headers, forms().values()))


def form_of(sheet: str) -> str | None:
    """The form code that a sheet or file name begins with, declared or not; None for other sheets.

    A code has the letter of a declared form: `B7` is a form that is not in the contract, `Q2汇总` is nobody's.
    """
    match = FORM_SHEET.match(unicodedata.normalize("NFKC", sheet).strip())
    code = match[1].upper() if match else ""
    return code if code[:1] in {form[0] for form in forms()} else None


def _with_data(columns: Iterable[pa.DictionaryArray]) -> pa.BooleanArray | None:
    """Which rows have a filled cell in any of these columns; None where all have."""
    seen = []
    for column in columns:
        filled = are_filled(column)
        if pc.all(filled).as_py():  # as the key of a form is, in most files: the other columns need no look
            return None
        seen.append(filled)
    return reduce(pc.or_, seen)


def _is_totals(cells: list[str | None], describing: list[int]) -> bool:
    """Whether the first filled cell says 合计 or 总计, and the row does not describe something.

    A row with most of its required texts, dates and codes is data, whatever a name in it begins with.
    """
    first = next((index for index, cell in enumerate(cells) if stripped(cell)), None)
    if first is None or not plain(cells[first]).startswith(TOTALS):  # 合　　计 too
        return False
    beside = [cells[position] for position in describing if position != first]
    described = sum(not re.fullmatch(r"[-—/]*", stripped(cell) or "") for cell in beside)
    return not describing or described * 2 < len(describing)


def read_cover(grid: Grid | None) -> tuple[dict[str, CoverItem], list[Problem]]:
    """Item code → value and row of the cover; an item that stands twice keeps its first value and is reported.

    Raises RefusedFile for a cell beyond any cell's length that is no item's: nothing else would ever be said of it.
    """
    if grid is None:
        return {}, [Problem("cover_missing", "cover", "封面")]
    items: dict[str, CoverItem] = {}
    problems = []
    for row, cells in grid.rows(signed=True):
        label = next((index for index, cell in enumerate(cells) if stripped(cell)), 0)
        code = _cover_labels().get(plain(cells[label])) if cells else None
        unread = cells if code is None else (*cells[:label], *cells[label + 2 :])
        if any((cell or "").startswith(TOO_LONG) for cell in unread):
            raise RefusedFile(
                f"封面“{grid.name}”第{row}行有单元格超过{MAX_TEXT}字，已拒收；请删除粘贴进去的内容后重新报送"
            )
        if code is None:
            continue
        beside = cells[label + 1] if label + 1 < len(cells) else None
        value = stripped(of_item(_cover_column(code), beside))
        if code in items:
            problems.append(Problem("cover_item_twice", "cover", grid.name, row, code, value))
        else:
            items[code] = CoverItem(value, row, label + 1)
    return items, problems


@dataclass(frozen=True)
class _Body:
    """What stands below the header row. Grain: a row of the sheet, its cells by column."""

    row_numbers: pa.Int32Array
    cells: list[pa.DictionaryArray]
    lengths: pa.Int32Array | None

    def where(self, kept: pa.BooleanArray | None) -> _Body:
        """The rows to keep; all of them where nothing is told."""
        if kept is None:
            return self
        lengths = self.lengths if self.lengths is None else self.lengths.filter(kept)
        return _Body(self.row_numbers.filter(kept), [column.filter(kept) for column in self.cells], lengths)


def _not_headers(
    cells: list[pa.DictionaryArray], header_cells: list[str | None], declared: list[int]
) -> pa.BooleanArray | None:
    """Which rows are not the header row once more, as pages that were joined have it; None where none is."""
    again = None
    for position in declared:
        column = cells[position]
        same = pc.fill_null(pc.equal(column.dictionary, header_cells[position]).take(column.indices), False)
        again = same if again is None else pc.and_(again, same)
        if not pc.any(again).as_py():  # as in most files by the first column
            return None
    return pc.invert(again)


def _uneven(form: Form, grid: Grid, body: _Body, header_cells: list[str | None]) -> list[Problem]:
    """Rows with filled cells beyond the header, or of a CSV file with fewer cells than it: no telling which is which.

    In a workbook notes may stand apart from the table; a cell right beside it is one of a row that has slipped.
    """
    width = max(position for position, cell in enumerate(header_cells, 1) if stripped(cell))
    if body.lengths is None:
        lengths, beyond = pa.repeat(pa.scalar(width + 1, pa.int32()), len(body.row_numbers)), body.cells[width:][:1]
    else:
        lengths, beyond = body.lengths, body.cells[width:]
    uneven = reduce(pc.or_, map(are_filled, beyond), pc.less(lengths, width))
    rows = zip(body.row_numbers.filter(uneven).to_pylist(), lengths.filter(uneven).to_pylist(), strict=True)
    return [Problem("row_width", form.code, grid.name, row, None, str(length), str(width)) for row, length in rows]


def _unmerged(
    columns: list[pa.DictionaryArray], row_numbers: list[int], merged: Sequence[Area]
) -> list[pa.DictionaryArray]:
    """The columns with the cells that merging hides marked as such: what each row has there, nobody can tell."""
    marked = list(columns)
    for position, column in enumerate(columns):
        covering = [area for area in merged if area.left <= position <= area.right]
        if covering:
            known = [
                under_merged(text) if any(area.hides(row, position) for area in covering) else text
                for row, text in zip(row_numbers, texts(column), strict=True)
            ]
            marked[position] = pa.array(known, pa.string()).dictionary_encode().cast(CELLS)
    return marked


def read_table(form: Form, grid: Grid) -> tuple[Table | None, list[Problem]]:
    """The form's table, or None where no header row is found in the first rows; with structural problems."""
    headers = _headers(form)
    candidates = [
        (sum(plain(cell) in headers for cell in cells), -index)
        for index, (_, cells) in enumerate(grid.rows(stop=HEADER_SEARCH_ROWS))
    ]
    best, index = max(candidates, default=(0, 0))
    if best == 0:
        return None, [Problem("no_header", form.code, grid.name)]
    header_row, header_cells = next(grid.rows(-index, -index + 1))
    positions: dict[str, list[int]] = {}
    extra = []
    for position, cell in enumerate(header_cells):
        code = headers.get(plain(cell))
        if code:
            positions.setdefault(code, []).append(position)
        elif stripped(cell):
            extra.append(stripped(cell))
    problems = []
    for column in form.columns:
        found = positions.get(column.code, [])
        if not found:
            problems.append(Problem("missing_column", form.code, grid.name, None, column.code, None, column.header))
        elif len(found) > 1:
            value = header_cells[found[1]]
            problems.append(Problem("duplicate_header", form.code, grid.name, header_row, column.code, value))
    declared = [position for found in positions.values() for position in found]
    body = _Body(
        grid.row_numbers[-index + 1 :],
        [column[-index + 1 :] for column in grid.columns],
        grid.lengths[-index + 1 :] if grid.lengths is not None else None,
    )
    body = body.where(_with_data(body.cells[position] for position in declared))
    body = body.where(_not_headers(body.cells, header_cells, declared))
    describing = [
        positions[column.code][0]
        for column in form.columns
        if column.required and column.type not in NUMBERS and column.code in positions
    ]
    if len(body.row_numbers) and _is_totals(last_row(body.cells), describing):
        body = body.where(pa.array([True] * (len(body.row_numbers) - 1) + [False]))
    problems += _uneven(form, grid, body, header_cells)
    row_numbers, cells = body.row_numbers, list(body.cells)
    from_csv = grid.lengths is not None
    for code, (position, *others) in positions.items():
        if not others:
            cells[position] = as_meant(form.column(code), cells[position], from_csv)
    shown_in = {position: cells[position] for position in sorted(declared)}
    problems += [
        Problem(check, form.code, grid.name, row, value=value)
        for check, row, value in not_seen(grid, row_numbers.to_pylist(), shown_in)
    ]
    areas = [area for area in grid.merged if area.top > header_row]
    cells = _unmerged(cells, row_numbers.to_pylist(), areas) if areas else cells
    columns = {code: cells[found[0]] for code, found in positions.items() if len(found) == 1}
    places = {code: found[-1] for code, found in positions.items()}
    table = Table(form.code, grid.name, header_row, row_numbers, columns, places, tuple(extra))
    return table, problems


def _sort_sheets(grids: list[Grid]) -> tuple[list[Grid], dict[str, list[Grid]], list[str]]:
    """The covers, the sheets of each form (hidden ones only where no visible one serves), and the rest."""
    cover: list[Grid] = []
    by_form: dict[str, list[Grid]] = {}
    ignored = []
    for grid in grids:
        code = form_of(grid.name)
        if plain(grid.name).removesuffix(".csv") in COVER_NAMES:
            cover.append(grid)
        elif code:
            by_form.setdefault(code, []).append(grid)
        elif not grid.hidden and any(pc.any(are_filled(column)).as_py() for column in grid.columns):
            ignored.append(grid.name)
    for code, found in by_form.items():
        visible = [grid for grid in found if not grid.hidden]
        by_form[code] = visible or found
    return [grid for grid in cover if not grid.hidden] or cover, by_form, ignored


def _twice(form: str, sheets: Sequence[Grid]) -> list[Problem]:
    """A finding for each sheet of a form but the first, which it names as the other place."""
    return [Problem("form_twice", form, sheet.place, value=sheets[0].place) for sheet in sheets[1:]]


def read_grids(grids: list[Grid]) -> Reading:
    """All sheets of a submission as read. Never raises for what a submitter typed: that becomes a Problem."""
    covers, by_form, ignored = _sort_sheets([grid for grid in grids if not is_feedback(grid)])
    cover, problems = read_cover(covers[0] if covers else None)
    problems += _twice("cover", covers)
    if covers and covers[0].hidden and cover:
        problems.append(Problem("hidden_sheet", "cover", covers[0].name, value=covers[0].name))
    tables = {}
    for code, found in by_form.items():
        form = forms().get(code)
        if form is None:
            if not found[0].hidden:
                problems.append(Problem("unknown_form", "file", found[0].name, value=found[0].name))
            continue
        if len(found) > 1:
            problems += _twice(code, found)
            continue
        table, table_problems = read_table(form, found[0])
        if found[0].hidden and table is None:
            continue
        problems.extend(table_problems)
        if table:
            tables[code] = table
    sheet = covers[0].name if covers else "封面"
    remarks = tuple(remark for grid in grids for remark in remarks_of(grid))
    return Reading(cover, sheet, tables, tuple(problems), tuple(ignored), remarks)
