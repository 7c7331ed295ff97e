"""What a policy parameter may be: a range a unit, orders among several, and the group it is shown under.

Declared in `data/parameter_ranges.csv`, `data/parameter_orders.csv` and `data/parameter_groups.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS

DECIMALS, LARGEST = 6, Decimal(10) ** 12  # what a snapshot's DECIMAL(18, 6) holds
FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Range:
    """What the values of a unit, or of one name, lie within, both ends included."""

    least: Decimal
    most: Decimal
    whole: bool


@dataclass(frozen=True)
class Order:
    """Parameters that rise from one to the next; `last` is what the last one has to be, where it is fixed."""

    rule: str
    names: tuple[str, ...]
    strict: bool
    last: Decimal | None


@dataclass(frozen=True)
class Group:
    """Parameters shown together: those whose name begins so. `scores`: whether scores or their threshold read them."""

    prefix: str
    name: str
    scores: bool


def policy_number(text: object) -> Decimal:
    """A number as policy writes it: finite, at most 6 decimals.

    Raises:
        InvalidOperation: it is none.
    """
    value = Decimal(str(text).strip())
    if not value.is_finite() or abs(value) >= LARGEST or value != round(value, DECIMALS):
        raise InvalidOperation
    return value


def read_ranges(path: Path) -> dict[tuple[str, str], Range]:
    """(unit, name) → range; the name is empty for all parameters of the unit. Raises DeclarationError."""
    return {
        (row["unit"], row["name"]): Range(
            _number(row["least"], where), _number(row["most"], where), _flag(row["whole"], where)
        )
        for where, row in _numbered(path, "unit", "name", "least", "most", "whole")
    }


def read_orders(path: Path) -> tuple[Order, ...]:
    """The declared orders. Raises DeclarationError."""
    return tuple(
        Order(
            row["rule"],
            tuple(row["names"].split()),
            _flag(row["strict"], where),
            _number(row["last"], where) if row["last"] else None,
        )
        for where, row in _numbered(path, "rule", "names", "strict", "last")
    )


@cache
def ranges() -> dict[tuple[str, str], Range]:
    return read_ranges(DECLARATIONS / "parameter_ranges.csv")


@cache
def orders() -> tuple[Order, ...]:
    return read_orders(DECLARATIONS / "parameter_orders.csv")


@cache
def groups() -> tuple[Group, ...]:
    """The declared groups, in the order in which they are shown."""
    path = DECLARATIONS / "parameter_groups.csv"
    rows = _numbered(path, "prefix", "group", "scores")
    return tuple(Group(row["prefix"], row["group"], _flag(row["scores"], where)) for where, row in rows)


def group_of(name: str) -> Group:
    """The group with the longest prefix that fits; that without a prefix takes all others."""
    return max((group for group in groups() if name.startswith(group.prefix)), key=lambda group: len(group.prefix))


def value_fault(name: str, unit: str, value: Decimal) -> str:
    """What is wrong with a value, in Chinese; empty where nothing is."""
    limits = ranges().get((unit, name)) or ranges().get((unit, ""))
    if limits is None:
        known = "、".join(dict.fromkeys(unit for unit, _ in ranges()))
        return f"政策参数“{name}”的单位“{unit}”没有声明取值范围（parameter_ranges.csv），已有：{known}"
    if not limits.least <= value <= limits.most:
        return f"政策参数“{name}”应在{limits.least}至{limits.most}{unit}之间，现为{value}"
    if limits.whole and value != value.to_integral_value():
        return f"政策参数“{name}”（{unit}）应为整数，现为{value}"
    return ""


def order_faults(values: Mapping[str, Decimal]) -> Iterator[str]:
    """What is wrong between the values in force on one day; an order of which a name has no value yet is left out."""
    for order in orders():
        if not all(name in values for name in order.names):
            continue
        given = [values[name] for name in order.names]
        shown = "、".join(str(value) for value in given)
        if not all(lower < higher or (lower == higher and not order.strict) for lower, higher in pairwise(given)):
            sign = "＜" if order.strict else "≤"
            yield f"{order.rule}应满足{sign.join(order.names)}，现为{shown}"
        elif order.last is not None and given[-1] != order.last:
            yield f"{order.rule}的最后一项{order.names[-1]}应为{order.last}，现为{given[-1]}"


def _numbered(path: Path, *columns: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, row in enumerate(read_rows(path, *columns), start=2):
        yield f"{path.name}第{number}行", row


def _number(text: str, where: str) -> Decimal:
    try:
        return policy_number(text)
    except InvalidOperation:
        raise DeclarationError(f"{where}的“{text}”应为数字") from None


def _flag(text: str, where: str) -> bool:
    if text not in FLAGS:
        raise DeclarationError(f"{where}的“{text}”应为true或false")
    return FLAGS[text]
