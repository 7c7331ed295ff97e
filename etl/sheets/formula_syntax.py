"""Reads the text of a formula into what it is made of: constants, cells that it names, signs and functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

MOST_LEVELS = 60  # of brackets, and of formulas that name formulas
LAST_ROW = 1_048_576

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+\.?\d*(?:[Ee][+-]?\d+)?|\.\d+(?:[Ee][+-]?\d+)?)(?![A-Za-z(:!])
    | "(?P<string>(?:[^"]|"")*)"
    | (?P<sheet>'(?:[^']|'')+'!|[^\s'"(),;:!&=<>+*/^%{}\[\]-]+!)?
      (?P<range>\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?[A-Z]{1,3}\$?\d+)(?![\w(.!])
    | (?P<name>[A-Za-z_][\w.]*)
    | (?P<sign><=|>=|<>|[-+*/^&=<>(),%])
    )""",
    re.VERBOSE | re.DOTALL,
)
CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d+)")
COLUMNS = re.compile(r"(\$?)([A-Z]{1,3}):(\$?)([A-Z]{1,3})")
BINDING = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


class Unknown(Exception):
    """What the formula gives cannot be told here: another function, a name, too much to read."""


class ErrorResult(Exception):
    """The formula gives an error value."""


@dataclass(frozen=True)
class Area:
    """Cells that a formula names: rows and columns from 0, both ends included; which of them move with a copy."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int
    moves: tuple[bool, bool, bool, bool] = (True, True, True, True)

    def moved(self, sheet: str, down: int, right: int) -> Area:
        """The cells that a copy of the formula names on a sheet, so many rows and columns away."""
        shifts = (down, right, down, right)
        places = (self.top, self.left, self.bottom, self.right)
        top, left, bottom, end = (
            place + shift * moves for place, shift, moves in zip(places, shifts, self.moves, strict=True)
        )
        if min(top, left) < 0:
            raise ErrorResult
        return Area(self.sheet or sheet, top, left, bottom, end)


@dataclass(frozen=True)
class Call:
    """A function or sign, and what it is given: constants, areas and other calls."""

    name: str
    given: tuple[Node, ...]


Node = Decimal | str | bool | Area | Call


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _area(sheet: str, text: str) -> Area:
    name = sheet.removesuffix("!")
    name = name[1:-1].replace("''", "'") if name.startswith("'") else name
    if columns := COLUMNS.fullmatch(text):
        moves = (False, not columns[1], False, not columns[3])
        return Area(name, 0, _column(columns[2]), LAST_ROW - 1, _column(columns[4]), moves)
    corners = [CELL.fullmatch(corner) for corner in text.split(":")]
    (first, last) = corners if len(corners) == 2 else corners * 2
    moves = (not first[3], not first[1], not last[3], not last[1])
    return Area(name, int(first[4]) - 1, _column(first[2]), int(last[4]) - 1, _column(last[2]), moves)


@dataclass
class _Reader:
    """Reads a formula from its tokens, by binding power."""

    tokens: list[tuple[str, re.Match]]
    place: int = 0
    level: int = 0

    def _sign(self) -> str:
        """The sign that comes next; empty where none does."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "sign":
            return self.tokens[self.place][1]["sign"]
        return ""

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            raise Unknown
        self.place += 1

    def expression(self, least: int = 0) -> Node:
        self.level += 1
        if self.level > MOST_LEVELS:
            raise Unknown
        left = self._operand()
        while (sign := self._sign()) and (sign == "%" or BINDING.get(sign, 0) > least):
            self.place += 1
            left = Call("%", (left,)) if sign == "%" else Call(sign, (left, self.expression(BINDING[sign])))
        self.level -= 1
        return left

    def _operand(self) -> Node:
        if self.place >= len(self.tokens):
            raise Unknown
        kind, match = self.tokens[self.place]
        self.place += 1
        match kind:
            case "number":
                return Decimal(match["number"])
            case "string":
                return match["string"].replace('""', '"')
            case "range":
                return _area(match["sheet"] or "", match["range"])
            case "name":
                return self._named(match["name"].upper())
        sign = match["sign"]
        if sign == "(":
            inner = self.expression()
            self._take(")")
            return inner
        if sign in ("-", "+"):  # binds more closely than a power, as in Excel
            operand = self.expression(BINDING["^"])
            return Call("negative", (operand,)) if sign == "-" else operand
        raise Unknown

    def _named(self, name: str) -> Node:
        if self._sign() != "(":
            if name in ("TRUE", "FALSE"):
                return name == "TRUE"
            raise Unknown
        self.place += 1
        given: list[Node] = []
        while self._sign() != ")":
            given.append("" if self._sign() == "," else self.expression())
            if self._sign() == ",":
                self.place += 1
                if self._sign() == ")":
                    given.append("")
        self.place += 1
        if name in ("TRUE", "FALSE"):
            return name == "TRUE"
        return Call(name, tuple(given))


@lru_cache(1024)  # a formula that is written once for a whole column
def read_formula(formula: str) -> Node:
    """What a formula is made of. Raises Unknown for what is not read here: arrays, names, structured references."""
    tokens, place = [], 0
    text = formula.strip().removeprefix("=")
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if match is None:
            raise Unknown
        kind = "range" if match["range"] else "string" if match["string"] is not None else match.lastgroup
        tokens.append((kind, match))
        place = match.end()
    reader = _Reader(tokens)
    node = reader.expression()
    if reader.place < len(tokens):
        raise Unknown
    return node
