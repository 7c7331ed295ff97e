"""The formats a briefing is written in: a format is a row."""

from __future__ import annotations

from collections.abc import Callable

from briefing.issue.content import Document
from briefing.paper import excel, pdf, word

WRITERS: dict[str, Callable[[Document], bytes]] = {"docx": word.write, "pdf": pdf.write, "xlsx": excel.write}
