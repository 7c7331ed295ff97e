"""Every way from page to page: a link is made of a selection of the page that it leads to, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from secrets import token_hex
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from pages.shell import navigation
from pages.shell.selections import Selection
from pages.shell.view import View


def parameters(view: View, selection: Selection) -> dict[str, str]:
    """What the address says: the selection, for the period looked at where it names none."""
    return replace(selection, period=selection.period or view.period).parameters()


def leads(view: View, selection: Selection) -> bool:
    """Whether the viewer may open the page."""
    return selection.entry.open_to(view.viewer)


def address(view: View, selection: Selection) -> str:
    """`/filing?period=2026-10&part=detail`; of 总览 `/?…`."""
    place = "" if selection.entry is navigation.OVERVIEW else selection.entry.address
    return f"/{place}?{urlencode(parameters(view, selection))}"


def link(view: View, selection: Selection, label: str, *, icon: str | None = None, **options: object) -> None:
    """A link on the page, with the target's icon unless another is given; none to a page not open to the viewer."""
    if leads(view, selection):
        entry = selection.entry
        st.page_link(
            _page(entry),
            label=label,
            icon=icon or entry.icon,
            query_params=parameters(view, selection),
            **options,
        )


def links(view: View, key: str, *ways: tuple[Selection, str]) -> None:
    """Several links side by side, each with its words; those that are not open to the viewer are left out."""
    with st.container(horizontal=True, gap="medium", key=f"links-{key}"):
        for selection, label in ways:
            link(view, selection, label)


def anchor(view: View, selection: Selection, words: str) -> str:
    """The link in HTML of our own, of words that are escaped here; the words alone where the page is not open.

    The page's script (`address.js`) turns a click on it into a change of page without loading anew.
    """
    if not leads(view, selection):
        return escape(words)
    return f'<a class="way" href="{escape(address(view, selection))}" target="_self">{escape(words)}</a>'


def go(view: View, selection: Selection) -> NoReturn:
    """On to the page at once: for a choice in a chart or table that is itself the link.

    The page's script (`address.js`) follows it, once, as if it had been clicked: a change of page by the server would
    write the next page's parameters over the address that "back" leads to.
    """
    way = anchor(view, selection, f"正在打开“{selection.entry.title}”")
    st.html(f'<div class="way-now" data-once="{token_hex(8)}">{way}</div>')
    st.stop()


def _page(entry: navigation.Entry) -> st.Page | str:
    """As Streamlit takes it: by the file, unless the file serves several pages."""
    return entry.page() if entry.own_address else entry.file
