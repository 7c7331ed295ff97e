"""Tells stored results that nobody computed: a 0, a blank or nothing where a formula's own operands give something.

Programs that write formulas without computing them store a 0 and ask whoever opens the workbook to compute. What is
worked out here is never taken in as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from functools import cached_property

import pyarrow as pa

from etl.sheets.formula_results import EXCEL_DAY_0, ErrorResult, Evaluation, Unknown, Value, is_nothing
from etl.sheets.grids import DATE_CELL, NO_CACHED_VALUE, NOT_COMPUTED, number_text
from etl.sheets.sheet_cells import Cell, Tables, cell_of, text_of

COST_OF_A_FORMULA = 40  # beside the cells that it names: reading it takes about as long
KINDS_READ = ("normal", "shared")  # of formulas; arrays and tables of data are of other kinds


@dataclass(frozen=True)
class _Formula:
    """A formula whose result may not be one: its text, how far it was copied, and the stored result (None = none)."""

    text: str
    moved: tuple[int, int]
    stored: str | None
    is_plain: bool


@dataclass
class SheetFormulas:
    """The formulas of a sheet whose stored result is nothing, by row and column from 0.

    `has_results`: whether any formula of the sheet has one that is something.
    """

    formulas: dict[tuple[int, int], _Formula] = field(default_factory=dict)
    has_results: bool = False
    _shared: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # number → formula, and where it is written

    def take(self, rows: pa.Int32Array, columns: pa.Int32Array, contents: pa.StringArray) -> None:
        """Looks at cells with formulas, in their order: row from 1, column from 0, what is written of each."""
        encoded = contents.dictionary_encode()
        cells = list(map(cell_of, encoded.dictionary.to_pylist()))
        self.has_results |= any(_is_something(cell) for cell in cells)
        telling = pa.array([not _is_something(cell) or bool(cell.formula.number) for cell in cells])
        chosen = telling.take(encoded.indices)
        places = (array.filter(chosen).to_pylist() for array in (rows, columns, encoded.indices))
        for row, column, index in zip(*places, strict=True):
            self._put_down(row - 1, column, cells[index])

    def _put_down(self, row: int, column: int, cell: Cell) -> None:
        """One that was copied over cells is written once, in the first of them."""
        text, kind, number = cell.formula
        moved = (0, 0)
        if kind == "shared":
            if text:
                self._shared[number] = (text, row, column)
            text, top, left = self._shared.get(number, (text, row, column))
            moved = (row - top, column - left)
        if not _is_something(cell):
            stored = None if cell.value is None or (not cell.value and cell.kind != "str") else cell.value
            self.formulas[row, column] = _Formula(text, moved, stored, bool(text) and kind in KINDS_READ)


def _is_something(cell: Cell) -> bool:
    """Whether a formula's stored result is more than nothing."""
    if cell.kind in ("b", "e"):
        return True
    return bool(cell.value) and not (cell.kind == "n" and float(cell.value) == 0)


class CellsByPlace:
    """What is written of a sheet's cells, to be looked up one by one."""

    def __init__(self, columns: Sequence[pa.DictionaryArray], height: int, tables: Tables) -> None:
        self.height, self._tables = height, tables
        self._columns = columns
        self._lists: dict[int, tuple[list[int | None], list[str], dict[int, Value]]] = {}  # of the columns asked for

    def value(self, row: int, column: int) -> Value:
        """A cell's value as formulas count with it: days by their number. Raises ErrorResult."""
        if row >= self.height or column >= len(self._columns):
            return None
        if column not in self._lists:
            cells = self._columns[column]
            self._lists[column] = cells.indices.to_pylist(), cells.dictionary.to_pylist(), {}
        indices, contents, known = self._lists[column]
        index = indices[row]
        if index is not None and index not in known:
            known[index] = _value(cell_of(contents[index]), self._tables)
        return known.get(index)


def _value(cell: Cell, tables: Tables) -> Value:
    if cell.kind == "e":
        raise ErrorResult
    if cell.kind == "b":
        return cell.value in ("1", "true")
    if cell.kind == "n":
        return Decimal(number_text(float(cell.value))) if cell.value else None
    text = text_of(cell, tables)
    if cell.kind == "d":
        return _days(text.removeprefix(DATE_CELL))
    return text


def _days(moment: str) -> Decimal:
    since = datetime.fromisoformat(moment if "-" in moment else f"{EXCEL_DAY_0}T{moment}")
    since -= datetime.combine(EXCEL_DAY_0, time())
    return since.days + Decimal(since.seconds) / 86_400


@dataclass
class StoredResults:
    """The stored results of one workbook.

    `sheets` are the formulas of each sheet by its name, `cells_of` gives what its cells hold; `computes_on_load` is
    what the workbook asks of the program that opens it. What is worked out costs of one budget for all of it.
    """

    sheets: Mapping[str, SheetFormulas]
    cells_of: Callable[[str], CellsByPlace]
    computes_on_load: bool
    _cells: dict[str, CellsByPlace] = field(default_factory=dict)
    _results: dict[tuple[str, int, int], Value | type[Exception]] = field(default_factory=dict)

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self._look_up, lambda sheet: self._cells_in(sheet).height)

    def told(self, sheet: str) -> dict[tuple[int, int], str | None]:
        """Row and column, from 0, of the cells of a sheet whose stored result is none → what to hand on instead."""
        told = {place: self._told(sheet, place, formula) for place, formula in self.sheets[sheet].formulas.items()}
        return {place: text or None for place, text in told.items() if text is not None}

    def _told(self, sheet: str, place: tuple[int, int], formula: _Formula) -> str | None:
        """What to hand on for a formula whose stored result is nothing: empty for a blank, None for the result."""
        try:
            result = self._result(sheet, place, formula)
        except ErrorResult:
            return (NO_CACHED_VALUE if formula.stored is None else NOT_COMPUTED) + f"={formula.text}"
        except Unknown:
            if formula.stored is None:
                return f"{NO_CACHED_VALUE}={formula.text}"
            return f"{NOT_COMPUTED}={formula.text}" if self._nobody_computes else None
        if isinstance(result, str) and not result.strip():
            return ""  # as a person sees it: whoever opens the file computes it, and it shows nothing
        if formula.stored is None:
            return f"{NO_CACHED_VALUE}={formula.text}"
        return None if is_nothing(result) else f"{NOT_COMPUTED}={formula.text}"

    @cached_property
    def _nobody_computes(self) -> bool:
        """Whether the workbook's writer never computes: all stored results are nothing, and it asks for computing.

        A program that computes leaves some result, and has no need to ask.
        """
        return self.computes_on_load and not any(sheet.has_results for sheet in self.sheets.values())

    def _result(self, sheet: str, place: tuple[int, int], formula: _Formula) -> Value:
        """What the formula gives, worked out once. Raises Unknown, ErrorResult."""
        at = (sheet, *place)
        if at not in self._results:
            self._results[at] = Unknown  # while it is worked out: one that names itself has no result
            try:
                if not formula.is_plain:
                    raise Unknown
                self._evaluation.budget.spend(COST_OF_A_FORMULA)
                self._results[at] = self._evaluation.result(formula.text, sheet, formula.moved)
            except (Unknown, ErrorResult) as reason:
                self._results[at] = type(reason)
        known = self._results[at]
        if isinstance(known, type):
            raise known
        return known

    def _cells_in(self, sheet: str) -> CellsByPlace:
        if sheet not in self.sheets:
            raise Unknown
        if sheet not in self._cells:
            self._cells[sheet] = self.cells_of(sheet)
        return self._cells[sheet]

    def _look_up(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell that a formula names. Raises Unknown, ErrorResult."""
        cells = self._cells_in(sheet)
        if formula := self.sheets[sheet].formulas.get((row, column)):
            return self._result(sheet, (row, column), formula)
        return cells.value(row, column)
