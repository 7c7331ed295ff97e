"""Data given to others outside the Bureau: a file put forward, let go or refused by another person, handed out once.

What is approved is the file itself: it is kept as it was put forward, and the same bytes are handed out.
"""

from __future__ import annotations

from collections.abc import Iterator

from casework.held import File, Held, holding
from contract.errors import CallError
from contract.levels import levels
from contract.settings import Home
from ledger.events import Ledger
from ledger.givings import APPROVAL, EVENTS, GIVEN, GIVING, REJECTION, Giving, GivingDraft, givings
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.proposals import APPROVED, PROPOSED, STATUS

GIVES, DECIDES = "give", "approve"  # areas of `data/access.csv`
LONGEST = 200  # characters of a recipient, a purpose, what the file holds


def is_giving(home: Home, number: int) -> bool:
    """Whether a number of the ledger is that of a request: all that waits for a second person has one row of them."""
    return any(event.seq == number for event in Ledger(home.ledger).events(GIVING))


def request(home: Home, draft: GivingDraft, file: File, by: Actor) -> Giving:
    """Puts a file forward that is to be given to others; gives the request with its number.

    Raises:
        CallError: nobody to be given to, no purpose, no such level, an empty file.
        AccessDenied: the user's role gives nothing out.
    """
    with holding(home) as held:
        proposer = check_person(held.ledger, by, GIVES, "申请对外提供数据")
        for name, said in {"接收单位": draft.recipient, "用途": draft.purpose, "内容": draft.what}.items():
            if not said.strip() or len(said) > LONGEST:
                raise CallError(f"须写明{name}，至多{LONGEST}字")
        if draft.level not in levels():
            raise CallError(f"数据级别“{draft.level}”应为{'、'.join(levels())}之一")
        if draft.rows < 0 or draft.version < 0:
            raise CallError("行数和数据版本不能小于0")
        facts = {
            "purpose": draft.purpose.strip(), "what": draft.what.strip(), "level": draft.level, "rows": draft.rows,
            "version": draft.version, "paper": vars(held.keep(file)), "proposed_on": held.today.isoformat(),
        }  # fmt: skip
        return _known(held, held.append(GIVING, proposer, draft.recipient.strip(), **facts))


def approve(home: Home, number: int, by: Actor) -> Giving:
    """Lets the file go, by another person than who put it forward.

    Raises:
        CallError: there is no such request, it is decided, or the approver's own.
        AccessDenied: the user's role approves nothing.
    """
    with holding(home) as held:
        actor = second_person(held.ledger, by, DECIDES, "批准", "对外提供", _proposed(held, number))
        return _append(held, APPROVAL, actor, number)


def reject(home: Home, number: int, by: Actor, reason: str) -> Giving:
    """Turns the request down, with the reason, by another person. Raises as `approve`."""
    with holding(home) as held:
        actor = second_person(held.ledger, by, DECIDES, "驳回", "对外提供", _proposed(held, number))
        if not reason.strip():
            raise CallError("驳回须写明理由（--reason）")
        return _append(held, REJECTION, actor, number, reason=reason.strip())


def hand_out(home: Home, number: int, by: Actor) -> Giving:
    """Records that the file is handed out, which it is once: who needs it again asks again.

    Raises:
        CallError: there is no such request, it is not approved, or was handed out already.
        AccessDenied: the user's role gives nothing out.
    """
    with holding(home) as held:
        actor, giving = check_person(held.ledger, by, GIVES, "对外提供数据"), _known(held, number)
        if giving.status != APPROVED:
            raise CallError(f"{giving.number}对外提供{STATUS[giving.status]}，不能提供")
        if giving.given_on:
            raise CallError(
                f"{giving.number}对外提供的文件已于{giving.given_on}由{giving.given_by}领出；只给出一次，再需要的请另行申请"
            )
        return _append(held, GIVEN, actor, number, sha256=giving.paper.sha256)


def _append(held: Held, kind: str, actor: str, number: int, **facts: str) -> Giving:
    """One more event about a request."""
    giving = _known(held, number)
    held.append(kind, actor, giving.draft.recipient, giving=number, on=held.today.isoformat(), **facts)
    return _known(held, number)


def _known(held: Held, number: int) -> Giving:
    """A request with what has been appended about it so far. Raises CallError where there is none."""
    return held.known(givings, EVENTS, number, "对外提供申请")


def _proposed(held: Held, number: int) -> Iterator[Earlier]:
    giving = _known(held, number)
    if giving.status != PROPOSED:
        raise CallError(f"{giving.number}对外提供{STATUS[giving.status]}，不能再办理")
    yield giving.proposer, f"{giving.number}对外提供由{giving.proposer}申请"
