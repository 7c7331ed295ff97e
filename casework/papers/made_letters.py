"""Makes letters, as a command or a page asks for them, and notes in the ledger which were made for a case."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from briefing.paper.letter import OfficialLetter
from casework.held import File, Held, holding
from casework.papers.letters import case_witnesses, letters_of, reminder
from contract.calendar import deadline
from contract.console.program import later
from contract.errors import CallError
from contract.settings import Home
from ledger.clock import demonstration_moment
from ledger.people import Actor, check_person
from ledger.proof.witness import head_words
from ledger.roster import Member

AREA = "propose"  # of `data/access.csv`
write_letter = later("briefing.paper.letter_word:write")  # Word is loaded where a letter is made


@dataclass(frozen=True)
class Made:
    """A letter as a file."""

    file_name: str
    content: bytes

    @property
    def file(self) -> File:
        return self.file_name, self.content


def case_letters(home: Home, number: int, by: Actor) -> list[Made]:
    """Every letter that a case has come to. Each is noted once: the same input gives the same bytes.

    Raises:
        CallError: there is no such case, or no letter is due yet.
        AccessDenied: the user's role makes no letters.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "制作文书")
        proposal = held.proposals.get(number)
        if proposal is None:
            raise CallError(f"没有第{number}号事项")
        name = held.listed[proposal.subject].name if proposal.subject in held.listed else proposal.sets["name"]
        demonstration = demonstration_moment(held.ledger) is not None
        composed = letters_of(proposal, name, held.parameters, demonstration, case_witnesses(held.ledger, number))
        made = []
        for letter in composed:
            made.append(made_of(letter, f"{proposal.number}_{proposal.subject}"))
            paper = held.keep(made[-1].file)
            if paper.sha256 not in {known.sha256 for known in proposal.letters}:
                facts = {"proposal": number, "kind": letter.kind, "paper": asdict(paper)}
                held.append("letter", actor, proposal.subject, **facts, on=held.today.isoformat())
        return made


def reminder_letter(home: Home, submitter: str, period: str, by: Actor) -> Made:
    """The letter that asks a member for the report of a period.

    Raises:
        CallError: nothing was expected of it, or an accepted report is in.
        AccessDenied: the user's role makes no letters.
    """
    with holding(home) as held:
        check_person(held.ledger, by, AREA, "制作文书")
        return composed_reminder(held, submitter, period)


def composed_reminder(held: Held, submitter: str, period: str) -> Made:
    """The same, for who holds the lock already."""
    member, returned = owed(held, submitter, period)
    due = deadline(period, held.parameters)
    demonstration = demonstration_moment(held.ledger) is not None
    facts = (member.name, member.kind, period, due, returned, held.today, demonstration, head_words(held.ledger))
    return made_of(reminder(*facts), f"{period}_{submitter}")


def owed(held: Held, submitter: str, period: str) -> tuple[Member, int]:
    """The member that still owes a report of a period, and how many versions of it were returned.

    Raises CallError where nothing was expected of it, or an accepted report is in.
    """
    member = held.listed.get(submitter)
    if member is None or not member.expected_in(period):
        raise CallError(f"{submitter}在{period}不在试点名单上，无须报送")
    verdicts = [
        event.payload["verdict"]
        for event in held.ledger.events("submission")
        if (event.payload["submitter"], event.payload["period"]) == (submitter, period)
    ]
    if any(verdict != "returned" for verdict in verdicts):
        raise CallError(f"{submitter}在{period}的报送已受理，不必催报")
    return member, len(verdicts)


def made_of(letter: OfficialLetter, about: str) -> Made:
    """A letter as a file, named by its kind and what it is about."""
    return Made(f"{letter.name}_{about}.docx", write_letter(letter))
