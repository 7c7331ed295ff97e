"""A letter (文书) as content, ready to be written: whose, to whom, its text; number and seal stay blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OfficialLetter:
    """One letter ready to be written; number and seal stay blank. `demonstration`: the warning, empty otherwise."""

    kind: str
    name: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    issuer: str
    dated: date
    demonstration: str
