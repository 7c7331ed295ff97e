"""What the address of 明细查询 selects, and the ways on from there: another filter, order, leaf."""

from __future__ import annotations

from dataclasses import replace

from contract.errors import CallError
from metrics.queries.detail.kinds import kinds
from metrics.queries.detail.selection import Filter, Selection, read_filters, write_filters
from pages.shell import url
from pages.shell.selections import Rows
from pages.shell.view import View


def open_kinds(view: View) -> dict[str, str]:
    """Code → name of the kinds of rows that the viewer may see."""
    return {code: kind.name for code, kind in kinds().items() if kind.open_to(view.viewer)}


def selection(view: View) -> Selection:
    """The rows that the address names. Raises CallError for a kind, set or filter that there is not."""
    asked = url.selected(Rows)
    known = open_kinds(view)
    whole = Selection(
        asked.kind or next(iter(known)), view.period, asked.of, asked.scope, asked.entity, asked.figure,
        sort=asked.sort, columns=tuple(filter(None, asked.columns.split(","))), page=max(asked.leaf, 1),
    )  # fmt: skip
    return replace(whole, filters=read_filters(whole.relation, asked.filters))


def turn(**changed: str) -> None:
    """Puts parameters into the address; whatever changes the rows starts the list anew."""
    for name, value in changed.items():
        url.keep(name, value)
    if "leaf" not in changed:
        url.keep("leaf", "")


def turn_kind(kind: str) -> None:
    """Turns to another kind of rows: what was asked of the other is dropped."""
    turn(kind=kind, of="", scope="", entity="", figure="", filters="", sort="", columns="")


def keep_filter(now: Selection, asked: Filter) -> None:
    """Adds a filter, in place of the one that the column had."""
    others = [each for each in now.filters if each.column != asked.column]
    turn(filters=write_filters([*others, asked]))


def drop_filter(now: Selection, column: str) -> None:
    turn(filters=write_filters(each for each in now.filters if each.column != column))


def first_error(view: View) -> str | None:
    """Why the address selects nothing, in a line; None where it does."""
    try:
        selection(view)
    except CallError as error:
        return str(error)
    return None
