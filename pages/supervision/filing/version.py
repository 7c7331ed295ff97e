"""One version of a filing: who answers for it, which forms it brought, and the page to print and seal."""

from __future__ import annotations

from html import escape

import pandas as pd

from contract.console.program import later
from metrics.queries.filing.seal import seal_page
from metrics.queries.filing.versions import filing_forms
from pages.shared import downloads
from pages.shared.format import is_absent, number
from pages.shell.data import read
from pages.shell.moments import due_at, minute
from pages.shell.view import View
from pages.supervision.filing.wording import punctuality

write_seal_page = later("briefing.paper.seal_word:write")  # Word is loaded where the page is taken
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# State → word and tone; the number of rows goes into the first.
WORDS = {
    "filed": ("{}行", "calm"),
    "nil": ("无业务", "quiet"),
    "empty": ("没有数据行", "warn"),
    "missing": ("未报", "alert"),
    "not_due": ("本月不要求", "quiet"),
}


def facts(version: pd.Series, row: pd.Series) -> str:
    """Who answers for a version, when it came, by which rules it was judged."""
    pairs = (
        ("收到时间", f"{minute(version['received_at'])}（{punctuality(version, row['binding'])}）"),
        ("截止时间", "—" if version["history"] else due_at(version["deadline"])),
        ("说明期限 · 本期关闭", f"{due_at(row['explain_by'])[:10]} · {due_at(row['closed_at'])[:10]}"),
        ("填报人", version["preparer"]),
        ("复核人", version["reviewer"]),
        ("负责人", version["officer"]),
        ("数据行数", number(version["data_rows"])),
        ("报送文件", version["file_name"]),
        ("报送次数", f"本期共{number(row['versions'])}版，退回{number(row['returned'])}版"),
        ("校验规则版本", version["rule_book"]),
        ("文件校验码（SHA-256）", version["content_hash"]),
        ("填报说明", version["note"]),
    )
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{escape('—' if is_absent(value) else str(value))}</dd></div>" for name, value in pairs
    )
    return f'<dl class="facts">{cells}</dl>'


def forms_brought(view: View, submission_id: int) -> str:
    """One tag a form, in HTML."""
    tags = []
    for row in read(view, filing_forms, submission_id=submission_id).to_dict("records"):
        word, tone = WORDS[row["state"]]
        said = word.format(row["data_rows"])
        tags.append(
            f'<span class="brought"><span>{escape(row["form"])} {escape(row["name"])}</span>'
            f'<b class="tag tag-{tone}">{escape(said)}</b></span>'
        )
    return f'<div class="brought-all"><span class="quiet">各表</span>{"".join(tags)}</div>'


def seal_button(view: View, version: pd.Series) -> None:
    """Offers the page of an accepted version; nothing for a returned one."""
    if version["verdict"] == "returned":
        return
    page = read(view, seal_page, submission_id=int(version["submission_id"]))
    downloads.button(
        "下载盖章页", lambda: write_seal_page(page), page.paper_name, key="seal", mime=DOCX,
        help="打印后由填报人、复核人、监管统计负责人签字并加盖公章；回执校验码与台账一致",
    )  # fmt: skip
