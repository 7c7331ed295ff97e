"""A home with a few members on the list, and a clock that a test sets: for decisions, incidents and letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from casework.decisions import steps
from casework.decisions.drafts import Draft
from casework.held import File
from contract.decision_kinds import decision_kind
from contract.settings import Home
from ledger.events import Ledger
from ledger.proposals import Proposal
from ledger.roster import Member, admissions, members
from tests.etl.conftest import roster

ADMITTED = "2026-01-05"
ANALYST, SUPERVISOR = "甲", "乙"


def file(text: str) -> File:
    """A file with its name in it, as it is handed in with an act."""
    return f"{text}.txt", text.encode()


@dataclass
class Pilot:
    """Two banks and a district on the list from 2026-01-05; times are set by `at`."""

    home: Home
    monkeypatch: pytest.MonkeyPatch
    admits: bool = True  # not where the home has them already
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.home.ledger)
        self.at(ADMITTED)
        if self.admits:
            self._admit()

    def _admit(self) -> None:
        self.ledger.append(
            datetime(2026, 1, 5), admissions(roster("B001", "B002", "110108", admitted_on=ADMITTED), [], "首批")
        )

    def at(self, day: str) -> None:
        """Sets the clock to nine in the morning of a day."""
        self.monkeypatch.setenv("PILOT_NOW", f"{day}T09:00:00")

    def propose(self, kind: str, subject: str, effective: str, by: str = ANALYST, **more) -> Proposal:
        facts = {name: more.pop(name) for name in ("triggers", "batch") if name in more}
        files = more.pop("files", ())
        reason, document_no = more.pop("reason", "事由"), more.pop("document_no", "试1号")
        draft = Draft(
            decision_kind(kind), subject, reason, document_no, date.fromisoformat(effective), sets=more, **facts
        )
        return steps.propose(self.home, draft, by, files)

    def decide(self, kind: str, subject: str, effective: str, **more) -> Proposal:
        """The whole way of a decision, on the day of the clock: told and heard where it has to be."""
        proposal = self.propose(kind, subject, effective, **more)
        if proposal.kind.hearing:
            steps.notice(self.home, proposal.id, ANALYST)
            steps.answer(self.home, proposal.id, file("答复"), ANALYST)
        if kind == "exit" and subject.isdecimal():
            steps.consult(self.home, proposal.id, "agreed", file("会商纪要"), ANALYST)
        return steps.approve(self.home, proposal.id, SUPERVISOR)

    def member(self, code: str) -> Member:
        return members(self.ledger.events("decision"))[code]

    def state(self, code: str, day: str) -> str:
        return self.member(code).state_at(date.fromisoformat(day)).value
