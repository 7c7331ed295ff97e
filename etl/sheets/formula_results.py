"""Works out a formula from the cells that it names, as far as plain arithmetic goes: exactly, or not at all.

It is for telling a result that nobody computed from a true 0 or blank, and never for a value to take in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal

from etl.sheets.formula_syntax import BINDING, MOST_LEVELS, Area, Call, ErrorResult, Node, Unknown, read_formula

Value = Decimal | str | bool | None  # None: a blank cell
LookUp = Callable[[str, int, int], Value]  # of a sheet, row and column from 0

EXCEL_DAY_0 = date(1899, 12, 30)
MOST_OPERANDS = 2_000_000  # cells that one workbook's formulas may read
NEAR_ZERO = Decimal("1e-9")  # what rounding leaves of a difference
PLAIN_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")
MANY = 255


@dataclass
class Budget:
    """How much may still be read: a few bytes of formulas can name millions of cells."""

    operands: int = MOST_OPERANDS

    def spend(self, count: int = 1) -> None:
        """Raises Unknown where it is used up."""
        self.operands -= count
        if self.operands < 0:
            raise Unknown


@dataclass
class Evaluation:
    """Formulas of one workbook: how cells are read, and what may still be spent on it."""

    look_up: LookUp
    bottom_of: Callable[[str], int]  # how many rows a sheet has
    budget: Budget = field(default_factory=Budget)
    _place: tuple[str, int, int] = ("", 0, 0)
    _level: int = 0

    def result(self, formula: str, sheet: str, moved: tuple[int, int] = (0, 0)) -> Value:
        """What the formula gives on a sheet, `moved` so many rows and columns from where it is written.

        Raises Unknown where that cannot be told, ErrorResult where it gives an error value.
        """
        before, self._place = self._place, (sheet, *moved)
        self._level += 1
        try:
            if self._level > MOST_LEVELS:
                raise Unknown
            return self._value(read_formula(formula))
        except (ArithmeticError, RecursionError) as error:  # numbers or levels beyond all measure
            raise Unknown from error
        finally:
            self._place = before
            self._level -= 1

    def _area(self, node: Area) -> Area:
        """The cells that are meant where the formula stands."""
        sheet, down, right = self._place
        return node.moved(sheet, down, right)

    def _value(self, node: Node) -> Value:
        if isinstance(node, Area):
            area = self._area(node)
            if (area.top, area.left) != (area.bottom, area.right):
                raise Unknown
            self.budget.spend()
            return self.look_up(area.sheet, area.top, area.left)
        if isinstance(node, Call):
            if node.name in BINDING or node.name in ("%", "negative"):
                return self._signed(node)
            function, least, most = FUNCTIONS.get(node.name, (None, 1, 0))
            if not least <= len(node.given) <= most:
                raise Unknown
            return function(self, *node.given)
        return node

    def _signed(self, node: Call) -> Value:
        if node.name in ("%", "negative"):
            number = as_number(self._value(node.given[0]))
            return number / 100 if node.name == "%" else -number
        left, right = map(self._value, node.given)
        if BINDING[node.name] == 1:
            return _compared(node.name, left, right)
        if node.name == "&":
            return _as_text(left) + _as_text(right)
        one, other = as_number(left), as_number(right)
        match node.name:
            case "+":
                return one + other
            case "-":
                return one - other
            case "*":
                return one * other
            case "/":
                if not other:
                    raise ErrorResult
                return one / other
        if other != other.to_integral_value() or abs(other) > 100 or (not one and other <= 0):
            raise Unknown
        return one**other

    def each(self, *given: Node) -> Iterator[Value]:
        """The values of arguments, each cell of an area by itself."""
        for node in given:
            if not isinstance(node, Area):
                yield self._value(node)
                continue
            area = self._area(node)
            bottom = min(area.bottom, self.bottom_of(area.sheet) - 1)
            self.budget.spend(max(0, bottom - area.top + 1) * (area.right - area.left + 1))
            for row in range(area.top, bottom + 1):
                for column in range(area.left, area.right + 1):
                    yield self.look_up(area.sheet, row, column)

    def numbers(self, *given: Node) -> Iterator[Decimal]:
        """The numbers among arguments: of cells texts and blanks are passed over, of constants they are converted."""
        for node in given:
            if isinstance(node, Area):
                yield from (value for value in self.each(node) if isinstance(value, Decimal))
            else:
                yield as_number(self._value(node))


def as_number(value: Value) -> Decimal:
    """A value where a number is asked for. Raises ErrorResult for a text, Unknown for one that might be a day."""
    if isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if not value:
        if value is None:
            return Decimal(0)
        raise ErrorResult
    if PLAIN_NUMBER.fullmatch(value):
        return Decimal(value.strip())
    raise Unknown if re.search(r"\d", value) else ErrorResult


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""


def _as_flag(value: Value) -> bool:
    if isinstance(value, str):
        raise Unknown
    return bool(value)


def _compared(sign: str, left: Value, right: Value) -> bool:
    """As Excel has it: numbers before texts before flags, texts without case, a blank as its other side's nothing."""
    blanks = {Decimal: Decimal(0), str: "", bool: False}
    left = blanks.get(type(right), Decimal(0)) if left is None else left
    right = blanks.get(type(left), Decimal(0)) if right is None else right
    one, other = map(_ranked, (left, right))
    less, same = one < other, one == other
    return {"=": same, "<>": not same, "<": less, "<=": less or same, ">": not (less or same), ">=": not less}[sign]


def _ranked(value: Decimal | str | bool) -> tuple[int, Decimal | str | bool]:
    if isinstance(value, bool):
        return 2, value
    return (0, value) if isinstance(value, Decimal) else (1, value.lower())


def _whole(value: Value) -> int:
    return int(as_number(value).to_integral_value(ROUND_FLOOR))


def _rounded(rounding: str) -> Callable[..., Decimal]:
    def function(self: Evaluation, number: Node, digits: Node = Decimal(0)) -> Decimal:
        value, places = as_number(self._value(number)), _whole(self._value(digits))
        if abs(places) > 30:
            raise Unknown
        return value.scaleb(places).to_integral_value(rounding).scaleb(-places)

    return function


def _if(self: Evaluation, condition: Node, then: Node, otherwise: Node = False) -> Value:
    return self._value(then if _as_flag(self._value(condition)) else otherwise)


def _if_error(self: Evaluation, node: Node, otherwise: Node) -> Value:
    try:
        return self._value(node)
    except ErrorResult:
        return self._value(otherwise)


def _product(self: Evaluation, *given: Node) -> Decimal:
    product, count = Decimal(1), 0
    for number in self.numbers(*given):
        product, count = product * number, count + 1
    return product if count else Decimal(0)


def _average(self: Evaluation, *given: Node) -> Decimal:
    numbers = list(self.numbers(*given))
    if not numbers:
        raise ErrorResult
    return sum(numbers) / len(numbers)


def _date(self: Evaluation, *given: Node) -> Decimal:
    year, month, day = (_whole(self._value(node)) for node in given)
    if not 1900 <= year <= 9999 or not 1 <= month <= 12 or abs(day) > 400:
        raise Unknown
    return Decimal((date(year, month, 1) + timedelta(days=day - 1) - EXCEL_DAY_0).days)


def _flags(self: Evaluation, *given: Node) -> Iterator[bool]:
    return (_as_flag(value) for value in self.each(*given) if not isinstance(value, str) and value is not None)


# Name → what it gives, and how many arguments it takes.
FUNCTIONS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "SUM": (lambda self, *given: sum(self.numbers(*given), Decimal(0)), 1, MANY),
    "PRODUCT": (_product, 1, MANY),
    "AVERAGE": (_average, 1, MANY),
    "MAX": (lambda self, *given: max(self.numbers(*given), default=Decimal(0)), 1, MANY),
    "MIN": (lambda self, *given: min(self.numbers(*given), default=Decimal(0)), 1, MANY),
    "COUNT": (lambda self, *given: Decimal(sum(isinstance(v, Decimal) for v in self.each(*given))), 1, MANY),
    "COUNTA": (lambda self, *given: Decimal(sum(value is not None for value in self.each(*given))), 1, MANY),
    "ABS": (lambda self, number: abs(as_number(self._value(number))), 1, 1),
    "INT": (lambda self, number: as_number(self._value(number)).to_integral_value(ROUND_FLOOR), 1, 1),
    "ROUND": (_rounded(ROUND_HALF_UP), 1, 2),
    "ROUNDUP": (_rounded(ROUND_UP), 1, 2),
    "ROUNDDOWN": (_rounded(ROUND_DOWN), 1, 2),
    "IF": (_if, 2, 3),
    "IFERROR": (_if_error, 2, 2),
    "AND": (lambda self, *given: all(list(_flags(self, *given))), 1, MANY),
    "OR": (lambda self, *given: any(list(_flags(self, *given))), 1, MANY),
    "NOT": (lambda self, node: not _as_flag(self._value(node)), 1, 1),
    "ISBLANK": (lambda self, node: self._value(node) is None, 1, 1),
    "DATE": (_date, 3, 3),
    "TRIM": (lambda self, node: " ".join(filter(None, _as_text(self._value(node)).split(" "))), 1, 1),
}


def is_nothing(value: Value) -> bool:
    """Whether a result is what a stored 0 or an empty text stands for: 0 but for rounding, blank, or false."""
    return abs(value) < NEAR_ZERO if isinstance(value, Decimal) else not value
