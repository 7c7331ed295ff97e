"""A form for one file that has come in on a day: what registers an answer, a plan, and their like."""

from __future__ import annotations

from datetime import date

import streamlit as st


def received(
    title: str, icon: str, act: str, number: int, file_label: str, today: date
) -> tuple[str, bytes, date] | None:
    """Name and content of the file and the day it came, once they are sent; None until then."""
    with st.popover(title, icon=icon), st.form(f"{act}-{number}", border=False):
        file = st.file_uploader(file_label, key=f"{act}-file-{number}")
        on = st.date_input("收到日期", value=today, format="YYYY-MM-DD", key=f"{act}-on-{number}")
        sent = st.form_submit_button("登记")
    if sent and file is None:
        st.error(f"请选择{file_label}")
    return (file.name, file.getvalue(), on) if sent and file else None
