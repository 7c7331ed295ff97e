"""Polluted CSV files are read as they are meant, told of, or refused, as the document says; none changes a value."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from contract.settings import PROJECT
from tests.fuzz.fidelity import Outcome
from tests.fuzz.pollution import ALTERED, POLLUTED, verdicts


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[str, Outcome]]:
    return verdicts()


@pytest.mark.parametrize("name", POLLUTED)
def test_each_is_read_or_told(name: str, found: dict[str, tuple[str, Outcome]]):
    verdict, outcome = found[name]
    assert verdict == POLLUTED[name][1] != ALTERED
    if outcome.refusal:
        assert re.search(r"\.csv第\d+行|UTF-16", outcome.refusal)
    assert all(finding["sheet"] for finding in outcome.returned)


def test_the_document_has_the_table():
    section = re.search(r"^## CSV$.*?(?=^## )", SAFETY, flags=re.MULTILINE | re.DOTALL)
    assert section
    told = re.findall(r"^\| ([^|]+|.*?) \| (读取无误|指出问题|拒收) \|", section[0], flags=re.MULTILINE)
    assert dict(told) == {name.replace("|", "\\|"): verdict for name, (_, verdict, *_) in POLLUTED.items()}
    counts = Counter(verdict for _, verdict, *_ in POLLUTED.values())
    assert f"{counts['读取无误']} read exactly, {counts['指出问题']} told of, {counts['拒收']} refused" in SAFETY


SAFETY = (PROJECT / "docs" / "safety.md").read_text(encoding="utf-8")
