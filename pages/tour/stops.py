"""The stops of the tour, as `data/demo/tour.toml` declares them: a planted situation, and the page that shows it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from pages.shell.selections import SELECTIONS, Selection, selection_of

TOUR = DECLARATIONS / "demo" / "tour.toml"


@dataclass(frozen=True)
class Stop:
    """One stop: the situation by kind and member; look, click, see in words; the page's address and its parameters;
    words that stand there (`shows`)."""

    title: str
    kind: str
    member: str
    look: str
    click: str
    see: str
    page: str
    at: dict[str, str]
    shows: list[str]

    @property
    def selection(self) -> Selection:
        """What the link to the page says."""
        return selection_of(self.page, self.at)


@cache
def stops(path: Path = TOUR) -> tuple[Stop, ...]:
    """All stops in their order. DeclarationError for a stop that lacks a line, or names no page or parameter."""
    declared = tomllib.loads(path.read_text(encoding="utf-8"))["stop"]
    names = {field.name for field in fields(Stop)}
    for number, stop in enumerate(declared, start=1):
        if set(stop) != names:
            raise DeclarationError(
                f"{path.name}第{number}站应有{'、'.join(sorted(names))}，现为{'、'.join(sorted(stop))}"
            )
        kind = SELECTIONS.get(stop["page"])
        if kind is None or not set(stop["at"]) <= set(kind.names()):
            raise DeclarationError(f"{path.name}第{number}站所指的页面或网址参数不存在：{stop['page']} {stop['at']}")
    return tuple(Stop(**stop) for stop in declared)
