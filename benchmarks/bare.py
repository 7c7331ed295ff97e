"""The bare page: as many charts, tables and widgets as a page of ours draws, from constants and nothing else.

A script of the framework's, run by `benchmarks.pages`; `BARE` says how many of which, as JSON. With nothing in it, it
is the empty page. Its first selectbox is the filter, at the side, as 报告期 is ours.
"""

from __future__ import annotations

import json
import os
from datetime import date

import streamlit as st

MONTHS = [f"{year}年{month}月" for year in (2026, 2025) for month in range(12, 0, -1)]
BANKS = [f"第{place}家" for place in range(1, 31)]
OPTIONS = BANKS[:5]
COLUMNS = 8


def chart(place: int, month: str) -> dict[str, object]:
    """A column a month, taller or lower by the month that is chosen."""
    heights = [100 + 7 * place + 3 * position + MONTHS.index(month) for position in range(len(MONTHS))]
    return {"data": [{"type": "bar", "x": MONTHS[::-1], "y": heights}], "layout": {"height": 330}}


def table(place: int, month: str) -> dict[str, list[object]]:
    """A row a bank, eight columns of which one holds words."""
    numbers = [10.5 * place + position + MONTHS.index(month) for position in range(len(BANKS))]
    return {"机构": BANKS} | {f"指标{column}": [number * column for number in numbers] for column in range(1, COLUMNS)}


# What the messages to the browser call it → how it is drawn, given a number of its own and the month chosen.
DRAWN = {
    "plotly_chart": lambda place, month: st.plotly_chart(chart(place, month), key=f"chart-{place}", theme=None),
    "dataframe": lambda place, month: st.dataframe(table(place, month), key=f"table-{place}", hide_index=True),
    "button": lambda place, month: st.button("口径", key=f"button-{place}"),
    "download_button": lambda place, month: st.download_button("下载", "一", key=f"download-{place}"),
    "selectbox": lambda place, month: st.selectbox("选择", OPTIONS, key=f"selectbox-{place}"),
    "multiselect": lambda place, month: st.multiselect("选择", OPTIONS, key=f"multiselect-{place}"),
    "button_group": lambda place, month: st.segmented_control("选择", OPTIONS, key=f"group-{place}"),
    "radio": lambda place, month: st.radio("选择", OPTIONS, key=f"radio-{place}"),
    "checkbox": lambda place, month: st.checkbox("选择", key=f"checkbox-{place}"),
    "text_input": lambda place, month: st.text_input("填写", key=f"text-{place}"),
    "text_area": lambda place, month: st.text_area("填写", key=f"area-{place}"),
    "number_input": lambda place, month: st.number_input("填写", key=f"number-{place}"),
    "slider": lambda place, month: st.slider("选择", key=f"slider-{place}"),
    "date_input": lambda place, month: st.date_input("选择", date(2026, 11, 16), key=f"date-{place}"),
    "file_uploader": lambda place, month: st.file_uploader("选择", key=f"file-{place}"),
}
FILTER = "selectbox"


def run(plan: dict[str, int]) -> None:
    st.set_page_config(layout="wide", initial_sidebar_state="expanded")
    month = st.sidebar.selectbox("报告期", MONTHS) if plan.get(FILTER) else MONTHS[0]
    st.html(f"<p>截至{month}末</p>")
    for kind, count in plan.items():
        for place in range(1 if kind == FILTER else 0, count):
            DRAWN[kind](place, month)


if __name__ == "__main__":
    run(json.loads(os.environ.get("BARE", "{}")))
