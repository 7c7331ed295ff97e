"""Writes the dictionary at the end of docs/exchange.md: `python -m scripts.exchange` after a change of declarations."""

from __future__ import annotations

from contract.settings import PROJECT
from etl.exchange.dictionary import TITLE, dictionary

PAGE = PROJECT / "docs" / "exchange.md"


def page() -> str:
    """What is written by hand, then the dictionary as the declarations have it."""
    return PAGE.read_text(encoding="utf-8").partition(f"{TITLE}\n")[0] + dictionary()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
