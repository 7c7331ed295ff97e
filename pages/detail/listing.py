"""The rows of a selection on the page: kind and set, what all of them come to, a leaf of the list, a row's origin."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import pandas as pd
import streamlit as st

from contract.declarations import Column, told
from metrics.indicators.catalogue import indicator
from metrics.queries.detail.listing import ORIGIN, Sums
from metrics.queries.detail.selection import Selection, open_columns, role_words
from pages.detail import selecting
from pages.shared import tables
from pages.shared.counts import Count, strip
from pages.shared.format import number
from pages.shared.row_views import ORIGIN_COLUMNS, drawn, in_words, settings
from pages.shell.links import links
from pages.shell.moments import minute
from pages.shell.navigation import FIRM
from pages.shell.selections import Firm, Right
from pages.shell.view import View

HIGH = 460  # pixels


def kinds(now: Selection, names: Mapping[str, str]) -> None:
    """Which kind of rows, and of its sets which."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.session_state["kind"] = now.kind
        st.segmented_control(
            "明细种类", list(names), key="kind", format_func=names.get, required=True, label_visibility="collapsed",
            on_change=lambda: selecting.turn_kind(st.session_state["kind"]),
        )  # fmt: skip
    sets = dict(now.declared.sets)
    sets.setdefault(now.relation.code, now.relation.title)  # one that a figure rests on
    if len(sets) > 1:
        st.session_state["of"] = now.relation.code
        right.selectbox(
            "范围", list(sets), key="of", format_func=sets.get, label_visibility="collapsed",
            on_change=lambda: selecting.turn(of=st.session_state["of"], figure=""),
        )  # fmt: skip


def totals(view: View, now: Selection, total: Sums) -> None:
    """How many rows, of how many firms, and their sums; of a figure its part."""
    known = open_columns(view.viewer, now)
    counted = [] if total.firms is None else [Count("企业", number(total.firms), "户")]
    if total.figure is not None:
        declared = indicator(now.figure.partition(".")[0])
        unit = "" if declared.has_whole or declared.kind == "difference" else declared.unit
        decimals = declared.decimals if unit else 2
        counted.append(Count(role_words(now.figure), number(total.figure, decimals), unit))
    for code, amount in total.sums.items():
        money = known[code].type == "money"
        counted.append(Count(f"{known[code].header}合计", number(amount, 2 if money else 0), "万元" if money else ""))
    strip(f"{total.rows:,}{now.declared.unit}", "符合条件的全部记录", counted)


def table(
    page: pd.DataFrame, now: Selection, shown: Mapping[str, Column], names: Mapping[str, str], *, key: str
) -> pd.Series | None:
    """One leaf of the list; gives the row chosen, as stored."""
    said = drawn(in_words(page, shown, names), shown)
    how = settings(shown, now.declared)
    picked = tables.pick(said, how, key=key, about="明细", height=tables.tall(len(said), 12))
    return None if picked is None else page.loc[picked.name]


def advice(view: View, page: pd.DataFrame) -> str:
    """What choosing a row opens."""
    onward = FIRM.open_to(view.viewer) and "uscc" in page
    return f"点选一行，查看它所在的文件、工作表和行号{'，以及这家企业、这件权利的全部情况' if onward else ''}。"


def leaves(now: Selection, rows: int, of: int) -> None:
    """Which rows these are of how many, and the way to the leaf before and after."""
    last = ceil(rows / of)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="leaves"):
        ways = (("第一页", 1), ("上一页", now.page - 1), ("下一页", now.page + 1), ("最后一页", last))
        for label, leaf in ways:
            st.button(
                label, key=f"leaf-{label}", disabled=not 1 <= leaf <= last or leaf == now.page,
                on_click=selecting.turn, kwargs={"leaf": str(leaf) if leaf > 1 else ""},
            )  # fmt: skip
        first = (now.page - 1) * of + 1
        st.caption(f"第{first:,}—{min(first + of - 1, rows):,}行，共{rows:,}行（第{now.page:,}页，共{last:,}页）")


def origin(view: View, row: pd.Series) -> None:
    """Where a row stands: file, version, when received, sheet and line; and the way to its firm and its right."""
    said = {ORIGIN[code]: str(row[code]) for code in ("file_name", "sheet", "row_no")}
    said[ORIGIN["version"]] = f"第{row['version']}版"
    said[ORIGIN["received_at"]] = minute(row["received_at"])
    st.header("这一行的来源")
    tables.facts(said)
    ways = []
    if row.get("uscc"):
        ways.append((Firm(uscc=row["uscc"]), "这家企业的全部情况"))
    if row.get("right_no"):
        ways.append((Right(number=row["right_no"]), "这件权利的质押情况"))
    links(view, *ways)


def sheet(frame: pd.DataFrame, shown: Mapping[str, Column], names: Mapping[str, str], *, key: str, about: str) -> None:
    """A list of rows to read, each with its file."""
    said = drawn(in_words(frame, shown, names), shown)
    tables.sheet(said, settings(shown) | ORIGIN_COLUMNS, key=key, about=about, height=tables.tall(len(said), 12))


def columns(**said: str) -> dict[str, Column]:
    """Columns of a list: code → what `contract.declarations.told` reads."""
    return {code: told(code, text, "明细页") for code, text in said.items()}
