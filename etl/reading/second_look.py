"""What calamine's values do not tell of a sheet: errors, formulas, formats that show another number, what is hidden.

Calamine is fast but hands on a blank for an error value and for a formula without a stored result, a stored 0 for a
formula that was never computed, and the bare number for whatever a format makes of it. Where a sheet holds any of
these, its XML is read again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from lxml import etree

from etl.reading.formula_results import EXCEL_DAY_0, ErrorResult, Evaluation, Unknown, Value, is_nothing
from etl.reading.grids import (
    ERROR_VALUE,
    EXACT_LIMIT,
    HIDDEN_ZERO,
    NO_CACHED_VALUE,
    NOT_COMPUTED,
    formatted,
    number_text,
)
from etl.reading.number_formats import NumberFormat, number_format
from etl.receiving.active_content import WIDE_BOMS

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARSING = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
# Formats that every workbook has without declaring them, where they show another number than the cell holds.
BUILT_IN = {9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 48: "##0.0E+0"}
COST_OF_A_FORMULA = 40  # beside the cells that it names: reading it takes about as long
TRUE = ("1", "true")
HIDES_ZEROS = re.compile(rb"""\bshowZeros\s*=\s*["'](?:0|false)["']""")
HIDES = re.compile(rb"""<(?:\w+:)?(?:row|col)\s[^>]*\bhidden\s*=""")
Cells = Sequence[Sequence[object]]  # of a sheet as calamine gives them, from its first row and column


def odd_formats(styles: etree._Element | None) -> dict[int, NumberFormat]:
    """Index of a cell's style → its format, where a number may show as another under it."""
    if styles is None:
        return {}
    codes = BUILT_IN | {
        int(declared.get("numFmtId")): declared.get("formatCode", "") for declared in styles.iter(f"{MAIN}numFmt")
    }
    styled = styles.find(f"{MAIN}cellXfs")
    shapes = {number: number_format(code) for number, code in codes.items()}
    odd = {number: shape for number, shape in shapes.items() if not shape.is_plain}
    return {
        index: odd[number]
        for index, style in enumerate(() if styled is None else styled.findall(f"{MAIN}xf"))
        if (number := int(style.get("numFmtId", "0"))) in odd
    }


def under_format(shape: NumberFormat, value: float) -> str | None:
    """A stored number as a grid has it under a format; None where it is the number itself that shows."""
    if abs(value) >= EXACT_LIMIT:
        return None  # has lost its tail, however it shows
    text = number_text(value)
    number = Decimal(text)
    if shape.is_hidden(number):
        return HIDDEN_ZERO if number == 0 else formatted(text, shape.code)
    if shape.shows_itself(number):
        return None
    counted = shape.number(number)
    return counted if counted and counted.endswith("%") else formatted(text, shape.code)


@dataclass(frozen=True)
class _Formula:
    """A formula whose result may not be one: its text, how far it was copied, and the stored result (None = none)."""

    text: str
    moved: tuple[int, int]
    stored: str | None
    is_plain: bool


@dataclass
class _Sheet:
    """What the XML of one sheet tells of its cells by their places, from 0: which are error values, and the formulas
    whose stored result is nothing. `has_results`: whether any formula has one that is something."""

    errors: set[tuple[int, int]] = field(default_factory=set)
    formulas: dict[tuple[int, int], _Formula] = field(default_factory=dict)
    has_results: bool = False


def _position(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


def _cells(xml: bytes) -> Iterator[tuple[int, int, etree._Element]]:
    """Each cell of a sheet with its row and column, from 0."""
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
        yield row, column, cell


@dataclass
class SecondLook:
    """A second look into one workbook's sheets.

    `xml_of` and `cells_of` give a sheet's XML and its cells by its name; `computes_on_load` is what the workbook
    asks of the program that opens it. A formula that is worked out here costs of one budget for the whole workbook.
    """

    formats: Mapping[int, NumberFormat]
    sheets: Sequence[str]
    xml_of: Callable[[str], bytes]
    cells_of: Callable[[str], Cells]
    computes_on_load: bool
    _looked: dict[str, _Sheet] = field(default_factory=dict)
    _cells: dict[str, Cells] = field(default_factory=dict)
    _results: dict[tuple[str, int, int], Value | type[Exception]] = field(default_factory=dict)

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self._look_up, lambda sheet: len(self._cells_of(sheet)))

    def is_needed(self, xml: bytes) -> bool:
        """Whether the sheet may hold what calamine does not tell, in any writer's spelling of XML."""
        if 0 in self.formats or xml.startswith(WIDE_BOMS) or _hides_zeros(xml):
            return True
        # Without one of these there is nothing to find, and to look for them costs a hundredth of the pattern below.
        quoted = [f"{quote}{what}{quote}".encode() for what in ("e", *self.formats) for quote in ("'", '"')]
        if not any(sign in xml for sign in (b"<f", b":f", *quoted)):
            return False
        styles = "|".join(map(str, sorted(self.formats)))
        styled = rf"""|\bs\s*=\s*["']({styles})["']""" if styles else ""
        return re.search(rf"""\bt\s*=\s*["']e["']|<(\w+:)?f[\s/>]{styled}""".encode(), xml) is not None

    def texts(self, name: str, xml: bytes, cells: Cells) -> Iterator[tuple[int, int, str | None]]:
        """(row, column, text to hand on) of the cells of a sheet that calamine's value does not tell truly, from 0."""
        self._cells[name] = cells
        self._looked[name] = _Sheet()
        yield from _read_again(xml, self.formats, self._looked[name])
        for place, formula in self._looked[name].formulas.items():
            told = self._told(name, place, formula)
            if told is not None:
                yield *place, told or None
        self._cells.clear()  # they are of no use once the sheet's texts are known, and large

    def _look_into(self, name: str) -> _Sheet:
        if name not in self._looked:
            if name not in self.sheets:
                raise Unknown
            self._looked[name] = _Sheet()
            for _ in _read_again(self.xml_of(name), self.formats, self._looked[name]):
                pass
        return self._looked[name]

    def _cells_of(self, name: str) -> Cells:
        if name not in self._cells:
            self._look_into(name)
            self._cells[name] = self.cells_of(name)
        return self._cells[name]

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
        return self.computes_on_load and not any(self._look_into(name).has_results for name in self.sheets)

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

    def _look_up(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell that a formula names. Raises Unknown, ErrorResult."""
        looked, cells = self._look_into(sheet), self._cells_of(sheet)
        if formula := looked.formulas.get((row, column)):
            return self._result(sheet, (row, column), formula)
        if (row, column) in looked.errors:
            raise ErrorResult
        inside = row < len(cells) and column < len(cells[row])
        return _value(cells[row][column]) if inside else None


def _value(cell: object) -> Value:
    """A cell's value as formulas count with it: days by their number."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return Decimal(number_text(float(cell)))
    if isinstance(cell, datetime):
        since = cell - datetime.combine(EXCEL_DAY_0, time())
        return since.days + Decimal(since.seconds) / 86_400
    if isinstance(cell, date):
        return Decimal((cell - EXCEL_DAY_0).days)
    if isinstance(cell, time):
        return Decimal(cell.hour * 3600 + cell.minute * 60 + cell.second) / 86_400
    if isinstance(cell, timedelta):
        return Decimal(cell.days) + Decimal(cell.seconds) / 86_400
    return cell or None


def _hides_zeros(xml: bytes) -> bool:
    """Whether the sheet shows a 0 as nothing. A plain look first: a pattern costs ten times that on a large sheet."""
    return b"showZeros" in xml and HIDES_ZEROS.search(xml) is not None


def _read_again(
    xml: bytes, formats: Mapping[int, NumberFormat], sheet: _Sheet
) -> Iterator[tuple[int, int, str | None]]:
    """(row, column, text) of error values and of numbers that show as another; formulas are put down in `sheet`."""
    shared: dict[str, tuple[str, int, int]] = {}  # number → the formula, and where it was written
    hides_zeros = _hides_zeros(xml)
    for row, column, cell in _cells(xml):
        value, written, kind = cell.findtext(f"{MAIN}v"), cell.find(f"{MAIN}f"), cell.get("t", "n")
        if kind == "e":
            sheet.errors.add((row, column))
            yield row, column, ERROR_VALUE + (value or "#VALUE!")
            continue
        if written is not None:
            if kind == "b" or (value and not (kind == "n" and float(value) == 0)):
                sheet.has_results = True
                _formula(written, row, column, value, shared)
            else:
                stored = None if value is None or (not value and kind != "str") else value
                sheet.formulas[row, column] = _formula(written, row, column, stored, shared)
        if kind != "n" or not value:
            continue
        shape = formats.get(int(cell.get("s", "0")))
        text = under_format(shape, float(value)) if shape else None
        if text is None and hides_zeros and float(value) == 0:
            text = HIDDEN_ZERO
        if text is not None:
            yield row, column, text


def _formula(
    written: etree._Element, row: int, column: int, stored: str | None, shared: dict[str, tuple[str, int, int]]
) -> _Formula:
    """The formula of a cell; one that was copied over cells is written once, in the first of them."""
    text, kind, number = written.text or "", written.get("t", "normal"), written.get("si", "")
    moved = (0, 0)
    if kind == "shared":
        if text:
            shared[number] = (text, row, column)
        text, top, left = shared.get(number, (text, row, column))
        moved = (row - top, column - left)
    return _Formula(text, moved, stored, bool(text) and kind in ("normal", "shared"))


@dataclass(frozen=True)
class HiddenPlaces:
    """Rows (as a person counts them) and columns (from 0) of a sheet that nobody sees, filtered ones included."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


def hidden_places(xml: bytes) -> HiddenPlaces:
    """What is hidden on a sheet."""
    if not xml.startswith(WIDE_BOMS) and (b"hidden" not in xml or not HIDES.search(xml)):
        return HiddenPlaces()
    rows, columns, number = set(), set(), 0
    for _, place in etree.iterparse(io.BytesIO(xml), tag=(f"{MAIN}row", f"{MAIN}col"), events=("end",), **PARSING):
        if place.tag == f"{MAIN}row":
            number = int(place.get("r", number + 1))
        if place.get("hidden") in TRUE:
            if place.tag == f"{MAIN}row":
                rows.add(number)
            else:
                columns.update(range(int(place.get("min")) - 1, int(place.get("max"))))
        place.clear()
    return HiddenPlaces(frozenset(rows), frozenset(columns))
