"""Which forms a version brought, as a line: with rows, without any business, not at all."""

from __future__ import annotations

from html import escape

from metrics.queries.filing.versions import filing_forms
from pages.shell.data import read
from pages.shell.view import View

# State → word and tone; the number of rows goes into the first.
WORDS = {
    "filed": ("{}行", "calm"),
    "nil": ("无业务", "quiet"),
    "empty": ("没有数据行", "warn"),
    "missing": ("未报", "alert"),
    "not_due": ("本月不要求", "quiet"),
}


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
