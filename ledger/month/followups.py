"""Follow-ups (督办事项): what someone must do, whence it comes and by when, read back from their ledger events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATES = {OPEN: "待办", ANSWERED: "已答复", CLOSED: "已办结"}
# Ledger events that make a follow-up. Each but the first names it, by number, as `followup`.
EVENTS = ("followup", "followup_answer", "followup_close", "followup_reopen", "followup_postpone")
ACTS = dict(zip(EVENTS, ("交办", "答复", "办结", "退回重办", "调整期限"), strict=True))
MEMBER, ROLE, USER = "member", "role", "user"


@dataclass(frozen=True)
class Turn:
    """One thing that was done about a follow-up: of which kind (of `EVENTS`), when, by whom, in what words."""

    kind: str
    on: date
    by: str
    text: str
    papers: tuple[Paper, ...] = ()
    due_on: date | None = None  # the day set, of the first turn and of one that moves it


@dataclass(frozen=True)
class Followup:
    """One thing that someone must do. `id` is the number of its first event; `turns` hold that one first.

    `owner` is a member's code, a role's or a user's name, as `owner_kind` tells. `due_on` is the day as last set.
    """

    id: int
    source: str
    source_id: str
    what: str
    owner: str
    owner_kind: str
    due_on: date
    turns: tuple[Turn, ...]
    state: str = OPEN
    number: str = ""  # as people call it: 2026年第7号

    @property
    def opened_on(self) -> date:
        return self.turns[0].on

    @property
    def opened_by(self) -> str:
        return self.turns[0].by

    def last(self, kind: str) -> Turn | None:
        """The latest turn of a kind."""
        return next((turn for turn in reversed(self.turns) if turn.kind == kind), None)

    @property
    def answer(self) -> Turn | None:
        return self.last("followup_answer")

    @property
    def closing(self) -> Turn | None:
        """How it was closed, while it is."""
        return self.last("followup_close") if self.state == CLOSED else None

    @property
    def papers(self) -> tuple[Paper, ...]:
        return tuple(paper for turn in self.turns for paper in turn.papers)

    def overdue(self, today: date) -> bool:
        """Whether its owner has let the day pass; what is answered waits for the Bureau, not for its owner."""
        return self.state == OPEN and today > self.due_on


def followups(events: Iterable[Event]) -> dict[int, Followup]:
    """Number → follow-up, oldest first, from ledger events of the kinds in `EVENTS`."""
    given: dict[int, Followup] = {}
    numbering = Numbering()
    for event in events:
        facts, turn = event.payload, _turn(event)
        if event.kind == "followup":
            names = ("source", "source_id", "what", "owner", "owner_kind")
            said = (*(facts[name] for name in names), turn.due_on, (turn,))
            given[event.seq] = Followup(event.seq, *said, number=numbering.of(event))
        else:
            given[facts["followup"]] = _followed(given[facts["followup"]], turn)
    return given


def _turn(event: Event) -> Turn:
    facts = event.payload
    papers = tuple(Paper(**paper) for paper in facts.get("papers", ()))
    due_on = date.fromisoformat(facts["due_on"]) if facts.get("due_on") else None
    return Turn(event.kind, date.fromisoformat(facts["on"]), event.actor, facts.get("text", ""), papers, due_on)


def _followed(followup: Followup, turn: Turn) -> Followup:
    leads_to = {"followup_answer": ANSWERED, "followup_close": CLOSED, "followup_reopen": OPEN}
    state, due_on = leads_to.get(turn.kind, followup.state), turn.due_on or followup.due_on
    return replace(followup, state=state, due_on=due_on, turns=(*followup.turns, turn))
