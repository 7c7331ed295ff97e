"""The form behind a button, for one act of a person: what it asks, field by field, and the act once it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from contract.viewer import Viewer
from pages.shared import acts
from pages.shell import sent as sent_now


@dataclass(frozen=True)
class Field:
    """One thing that a form asks: `enter` draws it under a key and gives what was entered.

    `needed`: without it nothing is done.
    """

    label: str
    enter: Callable[[str], Any]
    needed: bool = False


def text(label: str, *, height: int = 70, most: int | None = None) -> Field:
    """Words, of so many characters at the most."""
    return Field(label, lambda key: st.text_area(label, height=height, max_chars=most, key=key))


def line(label: str, *, most: int | None = None, placeholder: str = "") -> Field:
    """Words in one line."""
    return Field(label, lambda key: st.text_input(label, max_chars=most, placeholder=placeholder, key=key))


def pick(label: str, names: Mapping[Any, str]) -> Field:
    """One of many, from a list that opens."""
    return Field(label, lambda key: st.selectbox(label, list(names), format_func=names.get, key=key))


def day(label: str, value: date) -> Field:
    return Field(label, lambda key: st.date_input(label, value=value, format="YYYY-MM-DD", key=key))


def choice(label: str, names: Mapping[Any, str]) -> Field:
    """One of a few, side by side."""
    return Field(label, lambda key: st.radio(label, list(names), format_func=names.get, horizontal=True, key=key))


def file(label: str, *, needed: bool = True) -> Field:
    """One file, as name and content; None where none was chosen and the act does not need it."""
    return Field(label, lambda key: handed_in(st.file_uploader(label, key=key)), needed=needed)


def files(label: str, megabytes: int) -> Field:
    """Files as names and contents, none of which need be there."""

    def enter(key: str) -> list[tuple[str, bytes]]:
        uploaded = st.file_uploader(label, accept_multiple_files=True, max_upload_size=megabytes, key=key)
        return [handed_in(paper) for paper in uploaded]

    return Field(label, enter)


def handed_in(uploaded: UploadedFile | None) -> tuple[str, bytes] | None:
    """Name and content of a file that was chosen."""
    return None if uploaded is None else (uploaded.name, uploaded.getvalue())


def behind_button(
    title: str,
    icon: str,
    key: str,
    fields: Sequence[Field],
    act: Callable[..., acts.Result],
    says: Callable[[acts.Result], str],
    *,
    send: str = "登记",
    primary: bool = False,
    lead: str = "",
    publish_for: Viewer | None = None,
    empties: str = "",
) -> None:
    """A button that opens the form; sent, the act is done with what the fields hold, in their order.

    `key` names the form as it is to be filled in now: after the act another key gives one that is closed and empty.
    `lead`: what is said above the fields, in HTML; `publish_for` and `empties`: see `acts.do`.
    """
    with st.popover(title, icon=icon, key=f"{key}-open"), st.form(key, border=False):
        if lead:
            st.html(lead)
        given = [field.enter(f"{key}-{place}") for place, field in enumerate(fields)]
        sent = st.form_submit_button(
            send, type="primary" if primary else "secondary", on_click=sent_now.note, args=(send,)
        )
    if not sent:
        return
    sent_now.taken_up()
    absent = [field.label for field, value in zip(fields, given, strict=True) if field.needed and value is None]
    if absent:
        st.error(f"请选择{absent[0]}")
    else:
        acts.do(lambda: act(*given), says, publish_for=publish_for, empties=empties)
