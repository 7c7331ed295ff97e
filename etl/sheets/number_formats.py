"""What a number shows under its cell's format: read exactly, or not at all; nothing is rounded or guessed.

A format code (ECMA-376 part 1, 18.8.31) has up to four sections parted by semicolons, for positive and negative
numbers, zero and text, or with conditions of their own. Chinese programs write `!` where others write a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby

# What stands in a section, in the order in which it is looked for: group of TOKEN → the text it shows, if any.
TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | [\\!](?P<escaped>.) | _(?P<gap>.) | \*(?P<fill>.) | \[(?P<bracket>[^\]]*)\]?
    | (?P<end>;) | (?P<general>General|G/通用格式) | (?P<power>E[+-]) | (?P<digit>[0#?]) | (?P<point>\.)
    | (?P<comma>,) | (?P<percent>%) | (?P<fraction>/) | (?P<text>@) | (?P<day>[ymdhseabg]) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
COLOUR = re.compile(
    r"(?i)black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+|[黑蓝绿红白黄]色|蓝绿色|洋红色|颜色\s*\d+"
)
ELAPSED = re.compile(r"(?i)h+|m+|s+")
DATE_LETTERS = set("ymdhse")  # of these calamine makes a date; weekdays and eras alone it leaves a number
NUMERALS = "dbnum"

SIGNS = "-+−－＋()（）"  # how a negative number shows; brackets are no part of a unit
DASHES = "-—–－"
CURRENCY = re.compile(r"CN¥|RMB|CNY|人民币|[¥￥$€£]")
SEPARATORS = {" ", "\u00a0", ",", "'"}  # between digits: groups of them, whatever the locale
NO_UNIT = frozenset({"", "%", "％", *"件户笔家人次个场项天日年", "人次", "BP", "bp", "个百分点", "百分点"})
LITERAL = {"quoted", "escaped", "other"}
BLANKS = {"gap"}  # as wide as a character that is not shown

Token = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """One section of a format: its tokens (kind, text), the numbers it is for, and whether it has a colour."""

    tokens: tuple[Token, ...]
    condition: tuple[str, Decimal] | None = None
    coloured: bool = False

    def _kinds(self) -> set[str]:
        return {kind for kind, _ in self.tokens}

    @cached_property
    def is_readable(self) -> bool:
        """Whether it shows digits of the number itself: no date, fraction or Chinese numerals."""
        return not self._kinds() & {"day", "fraction", "numerals"}

    @cached_property
    def digits(self) -> tuple[int, int] | None:
        """Where its first and last placeholder stand; None where it shows no digit."""
        places = [place for place, (kind, _) in enumerate(self.tokens) if kind in ("digit", "point")]
        return (places[0], places[-1]) if places else None

    @cached_property
    def inner(self) -> tuple[Token, ...]:
        """What stands between its first and last placeholder."""
        return self.tokens[self.digits[0] : self.digits[1] + 1] if self.digits else ()

    @cached_property
    def thousands(self) -> int:
        """How many times it divides by 1,000: commas after the last placeholder before the point or the end."""
        count = 0
        for place, (kind, _) in enumerate(self.tokens):
            if kind != "comma":
                continue
            later = [other for other, _ in self.tokens[place + 1 :] if other in ("digit", "point")]
            begun = any(other == "digit" for other, _ in self.tokens[:place])
            count += begun and (not later or later[0] == "point")
        return count

    @cached_property
    def percents(self) -> int:
        return sum(kind == "percent" for kind, _ in self.tokens)

    @cached_property
    def around(self) -> tuple[str, ...]:
        """The texts before and after its digits."""
        texts = ["" if kind in BLANKS else text for kind, text in self.tokens if kind in LITERAL | BLANKS]
        if not self.digits:
            return ("".join(texts),)
        before, after = self.tokens[: self.digits[0]], self.tokens[self.digits[1] + 1 :]
        return tuple("".join(text for kind, text in part if kind in LITERAL) for part in (before, after))

    def shows_unit_in(self, units: frozenset[str]) -> bool:
        """Whether all that stands around its digits is a sign, a currency or one of the units."""
        return all(_bare(text) in units for text in self.around)

    @cached_property
    def shows_sign(self) -> bool:
        """Whether it tells a negative number from a positive one."""
        return self.coloured or any(set(SIGNS) & set(text) for text in self.around)

    @cached_property
    def moved(self) -> int | None:
        """How many digits stand behind a point that is only a text; None where other texts part the digits."""
        if not self.inner:
            return 0
        texts = [(place, text) for place, (kind, text) in enumerate(self.inner) if kind in LITERAL]
        texts = [(place, text) for place, text in texts if text not in SEPARATORS]
        if not texts:
            return 0
        if [text for _, text in texts] != ["."] or any(kind == "point" for kind, _ in self.inner):
            return None
        return sum(kind == "digit" for kind, _ in self.inner[texts[0][0] :])

    @cached_property
    def decimals(self) -> int:
        point = next((place for place, (kind, _) in enumerate(self.tokens) if kind == "point"), len(self.tokens))
        return sum(kind == "digit" for kind, _ in self.tokens[point:])

    @cached_property
    def shows_zero(self) -> bool:
        """Whether a 0 shows: under `#` alone it does not."""
        return any(kind in ("general", "text") or (kind, text) == ("digit", "0") for kind, text in self.tokens)

    @cached_property
    def is_plain(self) -> bool:
        """Whether every number that shows under it shows as itself, but for rounding and groups of thousands."""
        kinds = self._kinds()
        if kinds & {"percent", "fraction", "power", "numerals", "day"} or self.condition or self.thousands:
            return False
        point = next((place for place, (kind, _) in enumerate(self.tokens) if kind == "point"), len(self.tokens))
        is_padded = self.tokens[:point].count(("digit", "0")) > 1
        return self.shows_number and not is_padded and self.moved == 0 and self.shows_unit_in(frozenset({""}))

    @cached_property
    def unit(self) -> tuple:
        """What a number counts under it: the words around its digits, and by how much they are moved."""
        return self.thousands, self.moved, self.percents, "".join(map(_bare, self.around))

    @cached_property
    def shows_number(self) -> bool:
        """Whether it has a place for the number itself."""
        return bool(self.digits or self._kinds() & {"general", "text"})


def _bare(text: str) -> str:
    """A text around digits without signs, brackets, currencies and blanks."""
    return CURRENCY.sub("", text).translate(dict.fromkeys(map(ord, f"{SIGNS}{DASHES} \u00a0\u3000"))).strip()


@dataclass(frozen=True)
class NumberFormat:
    """A format of numbers."""

    code: str
    sections: tuple[Section, ...]

    @cached_property
    def is_date(self) -> bool:
        """Whether numbers under it are days or times."""
        return any(kind == "day" for section in self.sections[:3] for kind, _ in section.tokens)

    @cached_property
    def is_scientific(self) -> bool:
        """Whether numbers under it show with an exponent, as Excel does with what looks like one when it is typed."""
        return any(kind == "power" for section in self.sections for kind, _ in section.tokens)

    @cached_property
    def is_plain(self) -> bool:
        """Whether no number under it shows as another, so that cells need no look; dates are told elsewhere."""
        if self.is_date:
            letters = {text.lower() for section in self.sections for kind, text in section.tokens if kind == "day"}
            return bool(letters & DATE_LETTERS)
        first, *others = self.sections[:3]
        second, third = (*others, None, None)[:2]
        zero = third or first
        return (
            first.is_plain
            and (zero.shows_zero or any(text.strip() for text in zero.around))
            and (second is None or (second.is_plain and second.shows_sign))
            and (third is None or third.is_plain or third.shows_unit_in(frozenset({""})))
        )

    def _section(self, number: Decimal) -> Section:
        """The section that a number is shown by."""
        sections = self.sections[:3]
        if not any(section.condition for section in sections):
            place = 0 if number > 0 or len(sections) == 1 else 1 if number < 0 else 2 % len(sections)
            return sections[place if len(sections) > place else 0]
        for section in sections[:-1]:
            sign, limit = section.condition or ("<", Decimal(0))
            if _holds(number, sign, limit):
                return section
        return sections[-1]

    def _is_signed(self, number: Decimal) -> bool:
        """Whether the sign of the number shows: of one section for all numbers, or as the section for negative ones."""
        own = len(self.sections) > 1 and not any(section.condition for section in self.sections[:3])
        return number >= 0 or not own or self._section(number).shows_sign

    def _is_of_one_unit(self) -> bool:
        """Whether all numbers count the same: where large ones show in 万 and others bare, nobody can tell."""
        conditional = any(section.condition for section in self.sections[:3])
        telling = [section for section in self.sections[: 3 if conditional else 2] if section.shows_number]
        return len({section.unit for section in telling}) == 1

    def shows_itself(self, number: Decimal) -> bool:
        """Whether what shows is the number, but for rounding and groups of thousands."""
        return self._section(number).is_plain and self._is_signed(number) and self._is_of_one_unit()

    def is_hidden(self, number: Decimal) -> bool:
        """Whether the number shows nothing at all."""
        section = self._section(number)
        if section.digits:
            only_optional = all(token != ("digit", "0") for token in section.tokens)
            bare = not any(text.strip() for text in section.around)
            return number == 0 and only_optional and bare and not section.percents
        return not (section.shows_number or section._kinds() & {"day"} or any(text.strip() for text in section.around))

    def number(self, number: Decimal, units: frozenset[str] = NO_UNIT) -> str | None:
        """The number that shows, of all its stored digits, per cent with its sign; None where that is not sure.

        Units are the words beside the digits that make no other number of it in the column where it stands.
        """
        section = self._section(number)
        dashed = any(set(DASHES) & set(text) for text in section.around)
        if number == 0 and section.is_readable and (section.shows_number or dashed):
            return "0" + "%" * section.percents  # in whatever unit
        if (
            not section.shows_number
            or not section.is_readable
            or not section.shows_unit_in(units)
            or not self._is_signed(number)
        ):
            return None
        if section.moved is None or section.percents > 1 or not self._is_of_one_unit():
            return None
        value = number.scaleb(2 * section.percents - 3 * section.thousands - section.moved)
        return f"{value.normalize():f}{'%' * section.percents}"

    def text(self, number: Decimal) -> str | None:
        """The text that shows, with every letter around and between its digits; None where digits are left out."""
        section = self._section(number)
        if not section.is_readable or section._kinds() & {"power"} or not self._is_signed(number):
            return None
        sign = "-" if number < 0 and len(self.sections) == 1 else ""
        if not section.digits:
            bare = f"{abs(number).normalize():f}"
            return sign + "".join(
                bare if kind in ("general", "text") else text if kind in LITERAL else ""
                for kind, text in section.tokens
            )
        scaled = abs(number).scaleb(2 * section.percents - 3 * section.thousands).normalize()
        grouped = any(kind == "comma" for kind, _ in section.inner)
        if -scaled.as_tuple().exponent > section.decimals or (grouped and section.moved != 0):
            return None
        whole, _, rest = f"{scaled:f}".partition(".")
        return sign + _filled(section, whole.lstrip("0"), rest)


def _holds(number: Decimal, sign: str, limit: Decimal) -> bool:
    held = {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}
    return (held | {"=": number == limit, "<>": number != limit})[sign]


def _filled(section: Section, whole: str, rest: str) -> str:
    """The digits in the section's placeholders: whole ones from the right, those behind the point from the left."""
    point = next((place for place, (kind, _) in enumerate(section.tokens) if kind == "point"), len(section.tokens))
    grouped = any(kind == "comma" for kind, _ in section.tokens) and not section.thousands
    shown: list[str] = []
    placed = 0
    first = section.digits[0]
    for place in range(point - 1, -1, -1):
        kind, text = section.tokens[place]
        if kind == "digit":
            digits = whole[-1:] or ("0" if text == "0" else "")
            whole = whole[:-1]
            if place == first:
                digits, whole = whole + digits, ""
            for digit in reversed(digits):
                shown.append("," if grouped and placed and placed % 3 == 0 else "")
                shown.append(digit)
                placed += 1
        elif kind in LITERAL:
            shown.append(text)
        elif kind == "percent":
            shown.append("%")
    if first >= point and whole:  # no placeholder before the point: all whole digits stand there
        shown[:0] = reversed(whole)
    tail = []
    for place in range(point, len(section.tokens)):
        kind, text = section.tokens[place]
        if kind == "digit":
            tail.append(rest[:1] or ("0" if text == "0" else ""))
            rest = rest[1:]
        elif kind in LITERAL or kind in ("point", "percent"):
            tail.append(text)
    return "".join(reversed(shown)) + "".join(tail)


@cache
def number_format(code: str) -> NumberFormat:
    """The format of a code; of an empty one, that of General."""
    sections: list[list[re.Match]] = [[]]
    for token in TOKEN.finditer(code or "General"):
        if token["end"]:
            sections.append([])
        else:
            sections[-1].append(token)
    return NumberFormat(code, tuple(map(_section_of, sections)))


def _section_of(matches: Sequence[re.Match]) -> Section:
    tokens: list[Token] = []
    condition, coloured = None, False
    for match in matches:
        kind, text = match.lastgroup, match[match.lastgroup]
        if kind != "bracket":
            tokens.append((kind, text))
        elif held := CONDITION.fullmatch(text.strip()):
            condition = (held[1], Decimal(held[2]))
        elif text.startswith("$"):  # a currency and the language it is of
            tokens.append(("quoted", text[1:].partition("-")[0]))
        elif COLOUR.fullmatch(text.strip()):
            coloured = True
        elif ELAPSED.fullmatch(text):
            tokens += [("day", letter) for letter in text]
        elif text.lower().startswith(NUMERALS):
            tokens.append(("numerals", text))
    return Section(tuple(_joined(tokens)), condition, coloured)


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, texts that stand side by side as one."""
    joined: list[Token] = []
    for is_literal, group in groupby(tokens, lambda token: token[0] in LITERAL):
        texts = list(group)
        joined += [("quoted", "".join(text for _, text in texts))] if is_literal else texts
    return joined
