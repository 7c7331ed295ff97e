"""What people call things by: counted by kind and calendar year, in the order of the ledger."""

from __future__ import annotations

from datetime import datetime

from ledger.events import Entry, Ledger
from ledger.month.followups import followups
from ledger.numbering import Numbering
from ledger.users import user_proposals

DRAFT = {
    "role": "analyst",
    "scope": "",
    "disabled": False,
    "reason": "事由",
    "change": "登记",
    "proposed_on": "2026-12-31",
}
TASK = {
    "source": "meeting",
    "source_id": "1",
    "what": "事",
    "owner": "B001",
    "owner_kind": "member",
    "on": "2026-12-31",
}


def test_each_year_begins_anew_and_what_lies_between_does_not_count(own_home):
    ledger = Ledger(own_home / "ledger.db")
    new_year, before = datetime(2027, 1, 4), datetime(2026, 12, 31)
    ledger.append(before, [Entry("user_proposal", "甲", "乙", DRAFT), Entry("note", "甲", "", {})])
    ledger.append(before, [Entry("followup", "甲", "B001", TASK | {"due_on": "2027-01-31"})])
    ledger.append(before, [Entry("user_proposal", "甲", "丙", DRAFT)])
    ledger.append(new_year, [Entry("user_proposal", "甲", "丁", DRAFT)])
    proposed = user_proposals(ledger.events("user_proposal"))
    assert {number: proposal.number for number, proposal in proposed.items()} == {
        1: "2026年第1号", 4: "2026年第2号", 5: "2027年第1号",
    }  # fmt: skip
    assert [task.number for task in followups(ledger.events("followup")).values()] == ["2026年第1号"]


def test_a_numbering_counts_what_it_is_given(own_home):
    ledger, numbering = Ledger(own_home / "ledger.db"), Numbering()
    ledger.append(datetime(2026, 1, 5), [Entry("note", "甲", "", {}), Entry("note", "甲", "", {})])
    assert [numbering.of(event) for event in ledger.events("note")] == ["2026年第1号", "2026年第2号"]
