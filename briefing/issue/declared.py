"""What `data/briefing/briefing.toml` declares: head, standing notes, indicators of the tables."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from contract.declarations import in_region_words
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators.catalogue import catalogue

FILE = DECLARATIONS / "briefing" / "briefing.toml"


@dataclass(frozen=True)
class Wordings:
    """The declared parts of a briefing."""

    masthead: str
    marking: str
    title: str
    demonstration: str
    names: dict[str, str]
    notes: dict[str, str]
    tables: dict[str, list[str]]
    stock: list[str]


@cache
def wordings() -> Wordings:
    """The declaration in this region's words. Raises DeclarationError for an unknown or missing part and an unknown
    indicator."""
    try:
        declared = Wordings(**tomllib.loads(in_region_words(FILE.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise DeclarationError(f"{FILE.name}有误：{error}") from None
    for name, codes in {**declared.tables, "stock": declared.stock}.items():
        unknown = [code for code in codes if code not in catalogue()]
        if unknown:
            raise DeclarationError(f"{FILE.name}的{name}用到未声明的指标{'、'.join(unknown)}")
    return declared
