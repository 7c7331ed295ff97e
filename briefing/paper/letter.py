"""A letter (文书) as content, ready to be written: whose, to whom, its text; number and seal stay blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OfficialLetter:
    """One letter ready to be written; number and seal stay blank. `demonstration`: the warning, empty otherwise.

    `witness`: number and whole hash of the ledger's event with which the letter came due, in words.
    """

    kind: str
    name: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    issuer: str
    dated: date
    demonstration: str
    witness: str
