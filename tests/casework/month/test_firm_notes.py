"""Notes on key firms: who adds them, for whom, and who reads them."""

from __future__ import annotations

from datetime import date

import pytest

from casework.month.firm_notes import LONGEST, add_note
from contract.errors import AccessDenied, CallError
from metrics.queries.work.key_firms import key_firms
from tests.casework.pilots import Pilot
from tests.casework.worklists import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    BANK,
    DISTRICT,
    DISTRICT_CODE,
    OTHER_DISTRICT,
    PERIOD,
)  # fmt: skip


def noted(pilot: Pilot, version, viewer) -> dict[str, list[tuple[str, str]]]:
    """Firm → its notes, as a viewer reads them."""
    return {
        firm.uscc: [(note.text, note.by) for note in firm.notes]
        for firm in key_firms(viewer, version, pilot.home, PERIOD)
    }


def test_a_district_adds_to_its_own_firms_and_the_bureau_reads_it(pilot: Pilot, version):
    add_note(pilot.home, DISTRICT_CODE, "f2", " 已走访，需求增至300万元 ", DISTRICT, date(2026, 3, 12))
    add_note(pilot.home, DISTRICT_CODE, "f2", "材料已补齐", ANALYST, date(2026, 3, 10))
    expected = [("材料已补齐", ANALYST.user), ("已走访，需求增至300万元", DISTRICT.user)]
    for viewer in (DISTRICT, ANALYST):
        assert noted(pilot, version, viewer) == {"f1": [], "f2": expected, "f3": []}


def test_nobody_else_adds_a_note(pilot: Pilot, version):
    before = pilot.ledger.head()
    for viewer in (OTHER_DISTRICT, BANK, AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            add_note(pilot.home, DISTRICT_CODE, "f2", "走访", viewer)
    assert pilot.ledger.head() == before


@pytest.mark.parametrize(
    ("uscc", "text", "on", "words"),
    [
        ("f9", "走访", None, "没有报送过重点企业f9"),
        ("f2", "  ", None, "须写明对接情况"),
        ("f2", "长" * (LONGEST + 1), None, "不超过300字"),
        ("f2", "走访", date(2026, 3, 17), "在今天（2026-03-16）之后"),
    ],
)
def test_a_note_is_about_a_reported_firm_and_says_something_that_was(pilot: Pilot, version, uscc, text, on, words):
    with pytest.raises(CallError, match=words):
        add_note(pilot.home, DISTRICT_CODE, uscc, text, DISTRICT, on)
