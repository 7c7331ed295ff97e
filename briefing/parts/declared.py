"""What `data/briefing/parts.toml` declares: the parts of an issue, and the words of the letter that goes with them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import ROLES

FILE = DECLARATIONS / "briefing" / "parts.toml"
KINDS = ("banks", "districts", "scores", "triggers", "tasks")


@dataclass(frozen=True)
class Part:
    """One part: for whom, read with whose rights, what it takes, what it may not hold; see the declaration's head."""

    code: str
    name: str
    to: str
    reader: str
    title: str
    take: tuple[str, ...]
    without: tuple[str, ...]
    sections: bool = True
    characters: int | None = None
    pages: int | None = None
    quarterly: bool = False


@dataclass(frozen=True)
class Transmission:
    """The words of the letter of transmission (报送函)."""

    issuer: str
    demonstration: str
    title: str
    paragraphs: tuple[str, ...]
    caliber: str


@cache
def _read() -> tuple[Mapping[str, Part], Transmission]:
    try:
        declared = tomllib.loads(FILE.read_text(encoding="utf-8"))
        made: dict[str, Part] = {}
        for entry in declared["part"]:
            lists = {name: tuple(entry[name]) for name in ("take", "without")}
            part = Part(**(entry | lists))
            if part.code in made:
                raise DeclarationError(f"{FILE.name}的{part.code}重复")
            unknown = [kind for kind in part.without if kind not in KINDS]
            if unknown or part.reader not in ROLES:
                raise DeclarationError(f"{FILE.name}的{part.code}用到未知的{'、'.join(unknown) or part.reader}")
            made[part.code] = part
        letter = declared["transmission"]
        transmission = Transmission(**(letter | {"paragraphs": tuple(letter["paragraphs"])}))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DeclarationError(f"{FILE.name}有误：{error}") from None
    return made, transmission


def parts() -> Mapping[str, Part]:
    """Code → part, as declared. Raises DeclarationError for one of another form."""
    return _read()[0]


def part_of(code: str) -> Part:
    """The part of a code. Raises CallError where there is none."""
    if code not in parts():
        raise CallError(f"没有分送件“{code}”，可选{'、'.join(parts())}")
    return parts()[code]


def transmission() -> Transmission:
    return _read()[1]
