"""The formats a briefing is written in: a format is a row."""

from __future__ import annotations

from collections.abc import Callable

from briefing import excel, pdf, word
from briefing.content import Document

WRITERS: dict[str, Callable[[Document], bytes]] = {"docx": word.write, "pdf": pdf.write, "xlsx": excel.write}
