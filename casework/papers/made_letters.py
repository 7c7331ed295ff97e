"""Makes letters, as a command or a page asks for them, and notes in the ledger which were made for a case."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from briefing.paper.documents import OfficialLetter
from casework.decisions.steps import Desk, archived, desk
from casework.papers.letters import letters_of, reminder
from contract.calendar import deadline
from contract.console.program import later
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.clock import demonstration_moment
from ledger.people import PROPOSERS, check_person
from ledger.roster import Member

write_letter = later("briefing.paper.letter_word:write")  # Word is loaded where a letter is made


@dataclass(frozen=True)
class Made:
    """A letter as a file."""

    file_name: str
    content: bytes


def case_letters(home: Home, number: int, by: str) -> list[Made]:
    """Every letter that a case has come to. Each is noted once: the same input gives the same bytes.

    Raises CallError where there is no such case, or no letter is due yet.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "制作文书")
        proposal = found.proposals.get(number)
        if proposal is None:
            raise CallError(f"没有第{number}号事项")
        name = found.listed[proposal.subject].name if proposal.subject in found.listed else proposal.sets["name"]
        composed = letters_of(proposal, name, found.parameters, demonstration_moment(found.ledger) is not None)
        made = []
        for letter in composed:
            made.append(made_of(letter, f"{number}_{proposal.subject}"))
            paper = archived(home, made[-1].file_name, made[-1].content)
            if paper.sha256 not in {one.sha256 for one in proposal.letters}:
                facts = {"proposal": number, "kind": letter.kind, "paper": asdict(paper)}
                found.append("letter", actor, proposal.subject, **facts, on=found.today.isoformat())
        return made


def reminder_letter(home: Home, submitter: str, period: str, by: str) -> Made:
    """The letter that asks a member for the report of a period.

    Raises CallError where nothing was expected of it, or an accepted report is in.
    """
    with desk(home) as found:
        check_person(found.ledger, by, PROPOSERS, "制作文书")
        return composed_reminder(found, submitter, period)


def composed_reminder(found: Desk, submitter: str, period: str) -> Made:
    """The same, for who holds the lock already."""
    member, returned = owed(found, submitter, period)
    due = deadline(period, found.parameters)
    demonstration = demonstration_moment(found.ledger) is not None
    facts = (member.name, member.kind, period, due, returned, found.today, demonstration)
    return made_of(reminder(*facts), f"{period}_{submitter}")


def owed(found: Desk, submitter: str, period: str) -> tuple[Member, int]:
    """The member that still owes a report of a period, and how many versions of it were returned.

    Raises CallError where nothing was expected of it, or an accepted report is in.
    """
    member = found.listed.get(submitter)
    if member is None or not member.expected_in(period):
        raise CallError(f"{submitter}在{period}不在试点名单上，无须报送")
    filed = [
        event.payload
        for event in found.ledger.events("submission")
        if (event.payload["submitter"], event.payload["period"]) == (submitter, period)
    ]
    if any(one["verdict"] != "returned" for one in filed):
        raise CallError(f"{submitter}在{period}的报送已受理，不必催报")
    return member, len(filed)


def made_of(letter: OfficialLetter, about: str) -> Made:
    """A letter as a file, named by its kind and what it is about."""
    return Made(f"{letter.name}_{about}.docx", write_letter(letter))


def letters_for(viewer: Viewer, home: Home, number: int) -> list[Made]:
    """The letters that a case has come to, as Word files."""
    own_only(viewer, "propose")
    return case_letters(home, number, viewer.user)
