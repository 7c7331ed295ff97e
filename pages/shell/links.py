"""Every way from page to page: a link is made of a selection of the page that it leads to, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from secrets import token_hex
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from contract.unseen import without_unseen
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
    place = "" if selection.entry is navigation.FIRST else selection.entry.address
    return f"/{place}?{urlencode(parameters(view, selection))}"


def link(view: View, selection: Selection, words: str) -> None:
    """A link on the page, with the target's icon; none to a page that is not open to the viewer."""
    links(view, (selection, words))


def links(view: View, *ways: tuple[Selection, str]) -> None:
    """Several links side by side; those that are not open to the viewer are left out.

    One piece of HTML, where the framework's own links are an element each, with a container around and Markdown within.
    """
    if shown := in_html(view, *ways):
        st.html(shown)


def in_html(view: View, *ways: tuple[Selection, str]) -> str:
    """The same for a piece of HTML that holds more; nothing where none is open to the viewer."""
    shown = [anchor(view, way, words, icon=way.entry.icon) for way, words in ways if leads(view, way)]
    return f'<div class="ways">{"".join(shown)}</div>' if shown else ""


def anchor(view: View, selection: Selection, words: str, *, icon: str = "") -> str:
    """The link in HTML of our own, of words that are escaped here; the words alone where the page is not open.

    The page's script (`address.js`) turns a click on it into a change of page without loading anew.
    """
    said = symbol(icon) + escape(without_unseen(words))
    if not leads(view, selection):
        return said
    return f'<a class="way" href="{escape(address(view, selection))}" target="_self">{said}</a>'


def symbol(icon: str) -> str:
    """One of the framework's icons (`:material/undo:`) in HTML of our own, read out by nobody; nothing for none."""
    name = icon.removeprefix(":material/").removesuffix(":")
    return f'<i class="symbol" data-symbol="{escape(name)}" aria-hidden="true"></i>' if name else ""


def go(view: View, selection: Selection) -> NoReturn:
    """On to the page at once: for a choice in a chart or table that is itself the link.

    The page's script (`address.js`) follows it, once, as if it had been clicked: a change of page by the server would
    write the next page's parameters over the address that "back" leads to.
    """
    way = anchor(view, selection, f"正在打开“{selection.entry.title}”")
    st.html(f'<div class="way-now" data-once="{token_hex(8)}">{way}</div>')
    st.stop()
