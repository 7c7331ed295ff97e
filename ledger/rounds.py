"""Evaluation rounds read back from the ledger: steps signed, self-assessments, objections and answers, uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from contract.round_steps import FINAL, FIRST, Step, steps
from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

# Ledger events that make a round. Each names its period; all but `round` and a use of the whole round, a member.
EVENTS = ("round", "self_assessment", "objection", "objection_answer", "score_use")
UPHELD, DISMISSED = "upheld", "dismissed"
OUTCOMES = {UPHELD: "成立", DISMISSED: "不成立"}


@dataclass(frozen=True)
class Freeze:
    """The data version to which a round's figures are frozen, and the archived sheet of its scores."""

    number: int
    sha256: str  # of the data version's file
    sheet_hash: str


@dataclass(frozen=True)
class Signed:
    """One step of a round, dated and signed."""

    step: Step
    on: date
    by: str
    document_no: str = ""
    note: str = ""
    paper: Paper | None = None
    freeze: Freeze | None = None


@dataclass(frozen=True)
class Assessment:
    """What a member says of itself on one item: a value, a score 0…100, or both; the file it was said in."""

    subject: str
    item: str
    value: Decimal | None
    score: Decimal | None
    note: str
    on: date
    by: str
    paper: Paper


@dataclass(frozen=True)
class Ruling:
    """The answer to an objection, by its number in the ledger; `value`, `whole`: what is entered where it is upheld."""

    id: int
    outcome: str
    reason: str
    value: Decimal | None
    whole: Decimal | None
    on: date
    by: str
    paper: Paper | None


@dataclass(frozen=True)
class Objection:
    """What a member objects to in one item of its scorecard; `id` is its number in the ledger."""

    id: int
    period: str
    subject: str
    item: str
    reason: str
    on: date
    by: str
    paper: Paper
    ruling: Ruling | None = None
    number: str = ""  # as people call it: 2026年第7号


@dataclass(frozen=True)
class Use:
    """One use of a round's results (结果运用); `subject` is empty where it concerns the whole round."""

    id: int
    kind: str
    subject: str
    document_no: str
    note: str
    on: date
    by: str
    paper: Paper | None


@dataclass(frozen=True)
class Round:
    """The evaluation round of one quarter end, as far as it has come."""

    period: str
    signed: tuple[Signed, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    objections: tuple[Objection, ...] = ()
    uses: tuple[Use, ...] = ()

    def signed_at(self, step: str) -> Signed | None:
        """A step as it was signed; None where the round has not come to it."""
        return next((signed for signed in self.signed if signed.step.code == step), None)

    @property
    def next_step(self) -> Step | None:
        """What is to be done next; None once all is done."""
        return next((step for step in steps().values() if not self.signed_at(step.code)), None)

    @property
    def freeze(self) -> Freeze | None:
        first = self.signed_at(FIRST)
        return first.freeze if first else None

    @property
    def is_final(self) -> bool:
        return self.signed_at(FINAL) is not None

    @property
    def unanswered(self) -> tuple[Objection, ...]:
        return tuple(objection for objection in self.objections if objection.ruling is None)

    @property
    def entered(self) -> dict[str, dict[str, Objection]]:
        """Member → item → the objection whose entered value counts: the one upheld last."""
        counting: dict[str, dict[str, Objection]] = {}
        upheld = [known for known in self.objections if known.ruling and known.ruling.outcome == UPHELD]
        for objection in sorted(upheld, key=lambda known: known.ruling.id):
            counting.setdefault(objection.subject, {})[objection.item] = objection
        return counting


def rounds(events: Iterable[Event]) -> dict[str, Round]:
    """Period → round, from ledger events of the kinds in `EVENTS`."""
    held: dict[str, Round] = {}
    numbering = Numbering()  # of objections, over all rounds
    for event in events:
        period = event.payload["period"]
        held[period] = _followed(held.get(period, Round(period)), event, numbering)
    return dict(sorted(held.items()))


def _followed(known: Round, event: Event, numbering: Numbering) -> Round:
    """A round with what one more event says of it."""
    facts = event.payload
    on, paper = date.fromisoformat(facts["on"]), _paper(facts)
    match event.kind:
        case "round":
            step, said = steps()[facts["step"]], (facts["document_no"], facts["note"])
            return replace(known, signed=(*known.signed, Signed(step, on, event.actor, *said, paper, _freeze(facts))))
        case "self_assessment":
            told = [
                Assessment(event.subject, row["item"], _number(row["value"]), _number(row["score"]), row["note"],
                           on, event.actor, paper)
                for row in facts["items"]
            ]  # fmt: skip
            return replace(known, assessments=(*known.assessments, *told))
        case "objection":
            said = (facts["item"], facts["reason"], on, event.actor, paper)
            raised = Objection(event.seq, known.period, event.subject, *said, number=numbering.of(event))
            return replace(known, objections=(*known.objections, raised))
        case "objection_answer":
            entered = (_number(facts["value"]), _number(facts["whole"]))
            ruling = Ruling(event.seq, facts["outcome"], facts["reason"], *entered, on, event.actor, paper)
            answered = (
                replace(objection, ruling=ruling) if objection.id == facts["objection"] else objection
                for objection in known.objections
            )
            return replace(known, objections=tuple(answered))
        case "score_use":
            subject = "" if event.subject == known.period else event.subject
            said = (facts["document_no"], facts["note"], on, event.actor, paper)
            return replace(known, uses=(*known.uses, Use(event.seq, facts["use"], subject, *said)))
    return known


def _freeze(facts: Mapping[str, Any]) -> Freeze | None:
    return Freeze(*facts["snapshot"], facts["sheet_hash"]) if facts.get("sheet_hash") else None


def _paper(facts: Mapping[str, Any]) -> Paper | None:
    return Paper(facts["file_name"], facts["content_hash"]) if facts.get("content_hash") else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
