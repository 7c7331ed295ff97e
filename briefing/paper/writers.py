"""The formats a briefing is written in: a format is a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from briefing.issue.content import Document
from contract.console.program import later

# Each is loaded with the library that it writes with when a file of its kind is made.
WRITERS: dict[str, Callable[[Document], bytes]] = {
    "docx": later("briefing.paper.word:write"),
    "pdf": later("briefing.paper.pdf:write"),
    "xlsx": later("briefing.paper.excel:write"),
}


def in_formats(document: Document, kinds: Sequence[str] = tuple(WRITERS)) -> dict[str, bytes]:
    """Format → file, side by side: Typst sets a page while another processor writes the rest."""
    with ThreadPoolExecutor(len(kinds)) as pool:
        return dict(zip(kinds, pool.map(lambda kind: WRITERS[kind](document), kinds), strict=True))
