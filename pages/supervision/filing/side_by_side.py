"""Versions side by side: another version beside the one shown, a row a changed cell."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from contract.console.output import plain
from contract.declarations import form_name
from contract.settings import home
from etl.warehouse.differences import CHANGE_WORDS
from metrics.queries.filing.versions import SideBySide, side_by_side
from pages.shared import downloads
from pages.shared.format import is_absent, number
from pages.shared.in_url import kept
from pages.shared.sheets import sheet
from pages.shared.wording import VERDICTS
from pages.shell.data import read
from pages.shell.view import View
from pages.supervision.filing.wording import CELLS

AGAINST = "against"
MOST_SHOWN = 200
MOST_TAKEN = 20_000  # in a file to take away
COLUMNS = {
    "form_name": "表",
    "change_name": "变化",
    "record": "所在记录",
    "header": "列",
    "old_row": "旧版行",
    "new_row": "新版行",
    "old": "旧值",
    "new": "新值",
    "difference": "差额",
}


def versions_beside(view: View, versions: pd.DataFrame, chosen: pd.Series) -> None:
    """Offers the other versions of a filing for comparison with the chosen one; nothing where there is but one."""
    others = versions[versions["submission_id"] != chosen["submission_id"]].sort_values("version")
    if others.empty:
        return
    st.html('<h3 class="case">逐格对比</h3>')
    others = others.set_index(others["version"].astype(str))
    against = st.selectbox(
        f"第{chosen['version']}版与哪一版对比",
        **kept(AGAINST, ["", *others.index]),
        format_func=lambda number: f"第{number}版（{VERDICTS[others.loc[number, 'verdict']]}）" if number else "不对比",
        width=320,
    )
    if not against:
        return
    old, new = sorted((chosen, others.loc[against]), key=lambda version: version["version"])
    with st.spinner("正在读取两版原件并逐格对比"):
        compared = read(
            view, side_by_side, home=home(), limit=MOST_TAKEN,
            old=int(old["submission_id"]), new=int(new["submission_id"]),
        )  # fmt: skip
    _show(view, compared, old, new)


def _show(view: View, compared: SideBySide, old: pd.Series, new: pd.Series) -> None:
    names = f"第{old['version']}版 → 第{new['version']}版"
    if not compared.total:
        st.html(f"<p>{names}：内容相同，没有改动的单元格和行。</p>")
        return
    st.html(f"<p>{names}：{escape(_in_words(compared))}</p>" + _forms_html(compared.forms))
    changes = _worded(compared.changes)
    downloads.buttons(
        view, changes, COLUMNS, key="beside", of=CELLS,
        name=f"{new['submitter']}_{new['period']}_第{old['version']}版与第{new['version']}版对比",
    )  # fmt: skip
    st.html(_changes_html(changes.head(MOST_SHOWN)))
    if compared.total > MOST_SHOWN:
        taken = "全部内容见下载文件" if compared.total <= MOST_TAKEN else f"下载文件列出前{number(MOST_TAKEN)}处"
        st.caption(f"此处列出前{MOST_SHOWN}处，共{number(compared.total)}处；{taken}。")


def _in_words(compared: SideBySide) -> str:
    """`共19,081处变化：改动18,981个单元格，新增0行，删除100行`."""
    sums = compared.forms[["cells", "added", "removed"]].sum()
    return (
        f"共{number(compared.total)}处变化：改动{number(sums['cells'])}个单元格，"
        f"新增{number(sums['added'])}行，删除{number(sums['removed'])}行"
    )


def _forms_html(forms: pd.DataFrame) -> str:
    """A row a form in which anything changed."""
    only_one = forms["old_rows"].isna() ^ forms["new_rows"].isna()
    moved = forms[(forms[["added", "removed", "cells"]] > 0).any(axis=1) | only_one]
    rows = [
        (
            escape(form_name(row["form"])),
            *("—" if row["form"] == "cover" else _rows(row[side]) for side in ("old_rows", "new_rows")),
            *(number(row[name]) for name in ("added", "removed", "changed", "cells")),
        )
        for row in moved.to_dict("records")
    ]
    heads = ("表", "旧版行数", "新版行数", "新增行", "删除行", "改动行", "改动单元格")
    return sheet(heads, rows, figures=range(1, len(heads)))


def _rows(count: float | None) -> str:
    return "未报送" if is_absent(count) else number(count)


def _worded(changes: pd.DataFrame) -> pd.DataFrame:
    return changes.assign(form_name=changes["form"].map(form_name), change_name=changes["change"].map(CHANGE_WORDS))


def _changes_html(changes: pd.DataFrame) -> str:
    rows = []
    for row in changes.to_dict("records"):
        cells = {name: "（空）" if is_absent(value) else escape(str(value)) for name, value in row.items()}
        record = f'<br><span class="quiet">{cells["record"]}</span>' if row["record"] else ""
        rows.append(
            (
                f"{cells['form_name']}{record}",
                f"<b>{cells['header']}</b>" if row["change"] == "changed" else cells["change_name"],
                _places(row),
                f'<span class="value">{cells["old"]}</span>',
                f'<span class="value">{cells["new"]}</span>',
                "" if is_absent(row["difference"]) else _signed(row["difference"]),
            )
        )
    heads = ("表与记录", "变化的列", "旧版行 → 新版行", "旧值", "新值", "差额")
    return sheet(heads, rows, figures=(2, 5), style="findings")


def _places(row: dict) -> str:
    return " → ".join("—" if is_absent(row[side]) else f"{int(row[side])}" for side in ("old_row", "new_row"))


def _signed(value: object) -> str:
    text = plain(value)
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"
