"""Ranks and percentiles of totals among peers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Member = TypeVar("Member", bound=Hashable)


@dataclass(frozen=True)
class Place:
    """Where one member stands among its peers, itself included."""

    rank: int  # 1 is best; ties share a rank and leave a gap: 1, 2, 2, 4
    percentile: Fraction  # 100 × mean rank from the worst / number of peers, ties included
    peers: int


def places(totals: Mapping[Member, Decimal]) -> dict[Member, Place]:
    """The place of each member; higher totals are better."""
    ascending = sorted(totals.values())
    number = len(ascending)
    result = {}
    for member, total in totals.items():
        below, up_to = bisect_left(ascending, total), bisect_right(ascending, total)
        mean_rank_from_worst = Fraction(below + 1 + up_to, 2)
        result[member] = Place(number - up_to + 1, 100 * mean_rank_from_worst / number, number)
    return result
