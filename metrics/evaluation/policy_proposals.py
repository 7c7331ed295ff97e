"""Policy on its way: proposed changes of parameters and scorecards, checked, and read back from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from contract.console.output import plain
from contract.errors import CallError, DeclarationError
from contract.parameter_rules import policy_number, value_fault
from contract.parameters import Parameters, with_events
from contract.wording import KINDS
from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import APPROVED, PROPOSED, REJECTED, Paper
from metrics.evaluation.card_changes import cards_over_time, item_of, items_of, rows_of
from metrics.evaluation.scorecards import Item, Scorecard, scorecard_at

PROPOSAL, REJECTION = "policy_proposal", "policy_rejection"
PARAMETER, SCORECARD = "parameter", "scorecard"  # what an approval leaves: an event a change, in force from its day
EVENTS = (PROPOSAL, REJECTION, PARAMETER, SCORECARD)


@dataclass(frozen=True)
class PolicyDraft:
    """Changes that stand or fall together: parameters, name → value, and whole scorecards, kind → items."""

    values: Mapping[str, Decimal]
    effective_from: date
    document_no: str
    cards: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    reason: str = ""
    paper: Paper | None = None  # the trial that is adopted

    @property
    def subject(self) -> str:
        """What is changed, a word each: names of parameters, then `scorecard:` and the kind."""
        return " ".join((*self.values, *(f"{SCORECARD}:{kind}" for kind in self.cards)))


@dataclass(frozen=True)
class PolicyProposal:
    """A draft from proposal to outcome; `id` is its number in the ledger, `changes` says each change in words."""

    id: int
    draft: PolicyDraft
    changes: tuple[str, ...]
    proposer: str
    proposed_on: date
    status: str = PROPOSED
    decided_on: date | None = None
    approver: str = ""
    rejected_because: str = ""
    number: str = ""  # as people call it: 2026年第7号


@dataclass(frozen=True)
class PolicyBook:
    """Parameters and scorecards over time, as the ledger has them."""

    parameters: Parameters
    cards: tuple[Scorecard, ...]

    def with_draft(self, draft: PolicyDraft) -> PolicyBook:
        """The book as it would be with a draft in force."""
        events = [Change(facts) for facts in facts_of(draft)[PARAMETER]]
        kept = [card for card in self.cards if (card.kind, card.effective_from) not in _days(draft)]
        new = [Scorecard(kind, draft.effective_from, draft.document_no, items) for kind, items in draft.cards.items()]
        cards = sorted([*kept, *new], key=lambda card: (card.kind, card.effective_from))
        return PolicyBook(with_events(self.parameters, events), tuple(cards))


@dataclass(frozen=True)
class Change:
    """A change that is not in the ledger yet, as `with_events` reads one that is."""

    payload: Mapping[str, object]
    seq: int = 0


def policy_book(parameters: Parameters, events: Iterable[Event]) -> PolicyBook:
    """The book of parameters, and the scorecards of ledger events of kind `scorecard`."""
    return PolicyBook(parameters, cards_over_time(events))


def parsed_value(book: PolicyBook, name: str, text: str) -> Decimal:
    """A parameter's value as a user writes it.

    Raises:
        CallError: there is no parameter of that name (names near it are told), or the text is no number.
    """
    if name not in book.parameters.history:
        near = get_close_matches(name, book.parameters.history, n=3, cutoff=0.5)
        said = f"；是否为{'、'.join(near)}" if near else "；全部参数见python -m casework parameters"
        raise CallError(f"没有政策参数“{name}”{said}")
    try:
        return policy_number(text)
    except InvalidOperation:
        raise CallError(f"政策参数“{name}”的值“{text}”应为数字，至多6位小数") from None


def check_draft(draft: PolicyDraft, book: PolicyBook) -> tuple[str, ...]:
    """Each change in words: `x03_score 60→55分`.

    Raises:
        CallError: the draft is empty or lacks its document number; a value lies out of its range; a scorecard does not
            hold; it begins before the first value; something it names stays as it is; values would be out of order on
            any day.
    """
    if not draft.document_no.strip():
        raise CallError("须写明文号（--doc-no）")
    if not draft.values and not draft.cards:
        raise CallError("没有任何变化，不必提议")
    said = (*(_changed_value(book, draft, name) for name in draft.values), *_changed_cards(book, draft))
    for fault in book.with_draft(draft).parameters.order_faults():
        raise CallError(f"改后{fault}")
    return said


def _changed_value(book: PolicyBook, draft: PolicyDraft, name: str) -> str:
    value, day = draft.values[name], draft.effective_from
    parsed_value(book, name, str(value))
    first = book.parameters.history[name][0]
    if fault := value_fault(name, first.unit, value):
        raise CallError(fault)
    if day < first.effective_from:
        raise CallError(f"生效日{day}早于政策参数“{name}”的第一个值（{first.effective_from}）")
    before = book.parameters.at(day)[name]
    if before == value:
        raise CallError(f"政策参数“{name}”自{day}起已是{plain(value)}{first.unit}，没有变化")
    return f"{name} {plain(before)}→{plain(value)}{first.unit}"


def _changed_cards(book: PolicyBook, draft: PolicyDraft) -> Iterable[str]:
    for kind, items in draft.cards.items():
        if kind not in KINDS:
            raise CallError(f"评分表的类别“{kind}”应为{'、'.join(KINDS)}之一")
        try:
            items_of(kind, rows_of(items), KINDS[kind])
            before = scorecard_at(book.cards, kind, draft.effective_from).items
        except DeclarationError as fault:
            raise CallError(str(fault)) from None
        if before == items:
            raise CallError(f"{KINDS[kind]}评分表自{draft.effective_from}起已是如此，没有变化")
        yield f"{KINDS[kind]}评分表（{'；'.join(card_differences(before, items))}）"


def card_differences(before: Iterable[Item], after: Iterable[Item]) -> list[str]:
    """What changes from one card to another, an item each: `S18权重12→15`, `增加V02`, `取消C05`."""
    old, new = ({item.code: item for item in items} for items in (before, after))
    said = [f"取消{code}" for code in old if code not in new]
    for code, item in new.items():
        if code not in old:
            said.append(f"增加{code}（权重{plain(item.weight)}，{plain(item.floor)}～{plain(item.full)}）")
            continue
        moved = [
            f"{word}{plain(getattr(old[code], key)) or '无'}→{plain(getattr(item, key)) or '无'}"
            for key, word in ITEM_WORDS.items()
            if getattr(old[code], key) != getattr(item, key)
        ]
        said += [f"{code}{'、'.join(moved)}"] if moved else []
    return said or ["只调整次序"]


ITEM_WORDS = {
    "theme": "主题", "source": "来源", "weight": "权重", "floor": "零分值", "full": "满分值", "min_whole": "最低样本"
}  # fmt: skip


def facts_of(draft: PolicyDraft) -> dict[str, list[dict[str, object]]]:
    """The payloads of the events that put a draft into force, by kind of event, without the two persons."""
    common = {
        "effective_from": draft.effective_from.isoformat(),
        "document_no": draft.document_no,
        "reason": draft.reason,
    }
    return {
        PARAMETER: [{"name": name, "value": plain(value), **common} for name, value in draft.values.items()],
        SCORECARD: [{"kind": kind, "items": rows_of(items), **common} for kind, items in draft.cards.items()],
    }


def policy_proposals(events: Iterable[Event]) -> dict[int, PolicyProposal]:
    """Number → proposal, oldest first, from ledger events of the kinds in `EVENTS`."""
    proposals: dict[int, PolicyProposal] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        number = facts.get("proposal")
        if event.kind == PROPOSAL:
            proposed_on = date.fromisoformat(facts["proposed_on"])
            changes = tuple(facts["changes"])
            proposals[event.seq] = PolicyProposal(
                event.seq, _draft(event), changes, event.actor, proposed_on, number=numbering.of(event)
            )
        elif number in proposals:
            reason = facts["reason"] if event.kind == REJECTION else ""
            status = REJECTED if event.kind == REJECTION else APPROVED
            proposals[number] = replace(
                proposals[number], status=status, decided_on=date.fromisoformat(facts["decided_on"]),
                approver=event.actor, rejected_because=reason,
            )  # fmt: skip
    return proposals


def _draft(event: Event) -> PolicyDraft:
    facts = event.payload
    return PolicyDraft(
        {row["name"]: Decimal(row["value"]) for row in facts["parameters"]},
        date.fromisoformat(facts["effective_from"]),
        facts["document_no"],
        {row["kind"]: tuple(item_of(each) for each in row["items"]) for row in facts["scorecards"]},
        facts["reason"],
        Paper(facts["file_name"], facts["content_hash"]) if facts.get("content_hash") else None,
    )


def _days(draft: PolicyDraft) -> set[tuple[str, date]]:
    return {(kind, draft.effective_from) for kind in draft.cards}
