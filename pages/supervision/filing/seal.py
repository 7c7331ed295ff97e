"""The page to print, sign and seal, for a version that was accepted."""

from __future__ import annotations

import pandas as pd

from briefing.paper.seal_page import file_name, write
from metrics.queries.filing.seal import seal_page
from pages.shared import downloads
from pages.shell.data import read
from pages.shell.view import View

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def seal_button(view: View, version: pd.Series) -> None:
    """Offers the page of an accepted version; nothing for a returned one."""
    if version["verdict"] == "returned":
        return
    page = read(view, seal_page, submission_id=int(version["submission_id"]))
    downloads.button(
        "下载盖章页", lambda: write(page), file_name(page), key="seal", mime=DOCX,
        help="打印后由填报人、复核人、监管统计负责人签字并加盖公章；回执校验码与台账一致",
    )  # fmt: skip
