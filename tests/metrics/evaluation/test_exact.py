"""Dataclasses as canonical JSON: nothing is rounded, the same thing has the same bytes, older texts can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.evaluation import exact


@dataclass(frozen=True)
class Part:
    share: Fraction
    amount: Decimal | None = None


@dataclass(frozen=True)
class Whole:
    name: str
    parts: tuple[Part, ...] = ()
    limits: dict[str, Decimal] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None
    count: int = 0
    is_final: bool = False


parts = st.builds(
    Part, st.fractions(), st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=12, max_value=10**20)
)
wholes = st.builds(
    Whole,
    st.text(),
    st.lists(parts, max_size=3).map(tuple),
    st.dictionaries(st.text(), st.decimals(allow_nan=False, allow_infinity=False), max_size=3),
    st.dictionaries(st.text(), st.text(), max_size=2),
    st.none() | st.dates(),
    st.integers(),
    st.booleans(),
)


@settings(max_examples=50)
@given(wholes)
def test_what_is_written_is_read_back_exactly_and_written_the_same(whole: Whole):
    content = exact.written(whole)
    again = exact.read(Whole, content)
    assert again == whole
    assert exact.written(again) == content


def test_the_text_is_plain():
    whole = Whole(
        "甲", (Part(Fraction(2, 3), Decimal("1E+3")),), {"b": Decimal("0.10"), "a": Decimal(1)}, on=date(2026, 3, 1)
    )
    assert exact.written(whole).decode() == (
        '{"count":0,"is_final":false,"limits":{"a":"1","b":"0.10"},"name":"甲","on":"2026-03-01",'
        '"parts":[{"amount":"1000","share":"2/3"}],"words":{}}\n'
    )


def test_a_field_that_an_older_text_lacks_has_its_default():
    assert exact.read(Whole, b'{"name":"x"}') == Whole("x")
    assert exact.read(Whole, json.dumps({"name": "x", "parts": [{"share": "1"}]}).encode()).parts == (
        Part(Fraction(1)),
    )


@pytest.mark.parametrize("inexact", [0.1, {1}, object()])
def test_what_has_no_exact_form_is_not_written(inexact):
    with pytest.raises(TypeError):
        exact.written(Whole("x", limits={"a": inexact}))
