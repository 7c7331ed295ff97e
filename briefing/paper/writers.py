"""The formats a briefing is written in: a format is a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from briefing.issue.content import Document
from briefing.paper import excel, pdf, word

WRITERS: dict[str, Callable[[Document], bytes]] = {"docx": word.write, "pdf": pdf.write, "xlsx": excel.write}


def in_formats(document: Document, kinds: Sequence[str] = tuple(WRITERS)) -> dict[str, bytes]:
    """Format → file, side by side: Typst sets a page while another processor writes the rest."""
    with ThreadPoolExecutor(len(kinds)) as pool:
        return dict(zip(kinds, pool.map(lambda kind: WRITERS[kind](document), kinds), strict=True))
