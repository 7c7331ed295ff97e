"""The address of the page that is drawn: its parameters, read and kept as the page's selection declares them."""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from pages.shell.navigation import Entry
from pages.shell.selections import SELECTIONS, Selection

ADDRESS = "address"  # of the page, in the session
Kind = TypeVar("Kind", bound=Selection)


def enter(entry: Entry) -> None:
    """Turns to a page: the address loses what is another page's."""
    st.session_state[ADDRESS] = entry.address
    known = SELECTIONS[entry.address].names()
    if any(name not in known for name in st.query_params):
        st.query_params.from_dict({name: value for name, value in st.query_params.items() if name in known})


def page_address() -> str:
    """The address of the page that this run draws, without parameters."""
    return st.session_state[ADDRESS]


def selected(kind: type[Kind], **place: str) -> Kind:
    """All that the address names; TypeError where the page drawn is another one."""
    if SELECTIONS[page_address()] is not kind:
        raise TypeError(f"{kind.__name__} is not the selection of {page_address()}")
    return kind.read(st.query_params, **place)


def asked(name: str) -> str:
    """One parameter as it stands in the address, empty where it does not."""
    return st.query_params.get(_declared(name), "")


def parameters() -> dict[str, str]:
    """All that the address names and the page's selection declares."""
    known = SELECTIONS[page_address()].names()
    return {name: value for name, value in st.query_params.items() if name in known}


def keep(name: str, value: str) -> None:
    """One parameter into the address; an empty one out of it."""
    if not value:
        st.query_params.pop(_declared(name), None)
    elif st.query_params.get(_declared(name)) != value:
        st.query_params[name] = value


def here() -> tuple[str, frozenset[tuple[str, str]]]:
    """The page and all that its address says: to tell whether a viewer is still where it was."""
    return page_address(), frozenset(st.query_params.items())


def taken(name: str) -> str:
    """A parameter that is no page's, and leaves the address as it is read; empty where it is not there."""
    return st.query_params.pop(name, "")


def _declared(name: str) -> str:
    """The name, if the page's selection declares it: what is not declared there no link could lead to."""
    kind = SELECTIONS[page_address()]
    if name not in kind.names():
        raise KeyError(f"{kind.__name__} declares no parameter {name}")
    return name
