"""A free table laid out: which heads stand over which columns and beside which rows, and what is in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, product

import pandas as pd

from contract.wording import NO_VALUE, exact
from pages.shared.format import WITHHELD, Measure, is_absent

DIMENSIONS = {"indicator": "指标", "subject": "对象", "period": "期间"}
UNDEFINED = "不适用"  # the indicator does not exist for such a subject
Key = Mapping[str, str]  # dimension → code, of one cell
Place = tuple[str, ...]  # a row or column: the code of each of its dimensions


@dataclass(frozen=True)
class Figure:
    """A figure in its shown unit, and with how many decimals it is written."""

    value: Decimal
    places: int


@dataclass(frozen=True)
class Head:
    """What stands over columns or beside rows, and over how many of them."""

    text: str
    span: int


@dataclass(frozen=True)
class Arranged:
    """The table: `corner` names the dimensions of the rows; `over` holds the heads of the columns, a level a line;
    `beside` the heads of each row, None where the one above still holds; `cells` a line a row, and `keys` of which
    figure each of them is."""

    corner: tuple[str, ...]
    over: tuple[tuple[Head, ...], ...]
    beside: tuple[tuple[Head | None, ...], ...]
    cells: tuple[tuple[Figure | str, ...], ...]
    keys: tuple[tuple[Key, ...], ...]


def arranged(
    frame: pd.DataFrame,
    names: Mapping[str, Mapping[str, str]],
    hows: Mapping[str, Measure],
    rows: Sequence[str],
    columns: Sequence[str],
) -> Arranged:
    """The cells of a free table (its columns `indicator, subject, period, value, withheld, defined`) laid out.

    `names`: dimension → code → what it is called, in the order of the table; `rows` and `columns`: the dimensions of
    each. Rows and columns in which no indicator is defined are left out.
    """
    order = [*rows, *columns]
    cells = {
        tuple(getattr(row, name) for name in order): _cell(row, hows[row.indicator])
        for row in frame.itertuples(index=False)
    }
    downs, acrosses = (list(product(*(names[name] for name in dimensions))) for dimensions in (rows, columns))
    downs = [down for down in downs if any(cells[down + across] != UNDEFINED for across in acrosses)]
    acrosses = [across for across in acrosses if any(cells[down + across] != UNDEFINED for down in downs)]
    return Arranged(
        tuple(DIMENSIONS[name] for name in rows),
        tuple(tuple(head for head in level if head) for level in zip(*_heads(acrosses, columns, names), strict=True)),
        tuple(_heads(downs, rows, names)),
        tuple(tuple(cells[down + across] for across in acrosses) for down in downs),
        tuple(tuple(dict(zip(order, down + across, strict=True)) for across in acrosses) for down in downs),
    )


def _cell(row: object, how: Measure) -> Figure | str:
    if not row.defined:
        return UNDEFINED
    if row.withheld:
        return WITHHELD
    return NO_VALUE if is_absent(row.value) else Figure(exact(row.value) / how.divisor, how.decimals)


def _heads(
    places: Sequence[Place], dimensions: Sequence[str], names: Mapping[str, Mapping[str, str]]
) -> list[tuple[Head | None, ...]]:
    """A line a place: at each level its head with how many places it spans, None where the one before still holds."""
    levels = []
    for depth, dimension in enumerate(dimensions):
        level: list[Head | None] = []
        for shared, same in groupby(places, key=lambda place: place[: depth + 1]):
            span = len(list(same))
            level += [Head(names[dimension][shared[-1]], span), *[None] * (span - 1)]
        levels.append(level)
    return list(zip(*levels, strict=True)) if levels else [() for _ in places]
