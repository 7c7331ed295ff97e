"""A short run of the fuzzer, and that the fuzzer finds what it is there to find."""

from __future__ import annotations

import dataclasses

import pytest

from etl.reading import submission
from tests.fuzz import fidelity
from tests.fuzz.cases import ALTERED, BAD, EXACT, REFUSED, TOLD, results
from tests.fuzz.mutations import case_of

SEED, CASES = 7, 60


def test_no_case_is_altered_in_silence():
    found = list(results(SEED, range(CASES)))
    assert [result for result in found if result.verdict in BAD] == []
    assert {EXACT, TOLD, REFUSED} <= {result.verdict for result in found}


def test_the_same_seed_makes_the_same_cases():
    assert [case_of(SEED, number)[0].content_hash for number in range(8)] == [
        case_of(SEED, number)[0].content_hash for number in range(8)
    ]


def test_a_reader_that_alters_a_value_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """The cover's preparer is read as another person's name."""

    def altered(packages):
        for one in original(packages):
            if isinstance(one, submission.Reading) and "preparer" in one.cover:
                person = dataclasses.replace(one.cover["preparer"], value="另一人")
                one = dataclasses.replace(one, cover=one.cover | {"preparer": person})
            yield one

    fidelity.source_values()  # made, and kept, by the true reader
    original = fidelity.read_all
    monkeypatch.setattr(fidelity, "read_all", altered)
    assert ALTERED in {result.verdict for result in results(SEED, range(8))}
