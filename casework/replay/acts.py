"""Events that are judged by doing the act once more, on what stood before: what it appends must be what is there.

What an act was told stands in its event; every check that it makes of persons, order, days and states is made again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from casework.decisions import incidents, rectification, steps
from casework.giving import requests
from casework.month import followups, reminders
from casework.policy import changes, references, users
from casework.replay.past import Before, as_file, as_handed_in
from casework.rounds import objections
from casework.rounds.steps import take, use
from casework.sharing import annotations
from contract.round_steps import step_named
from etl.checks import rule_proposals
from etl.checks.rule_changes import change_of
from ledger.events import Event
from ledger.givings import givings
from ledger.incidents import incident_kind
from ledger.proposals import proposals
from ledger.users import UserDraft
from metrics.evaluation.policy_proposals import policy_proposals
from metrics.targets.reference_series import series_of


def _day(facts: dict[str, Any], name: str = "on") -> date:
    return date.fromisoformat(facts[name])


def proposal(before: Before, event: Event) -> None:
    steps.propose(before.home, steps.draft_of(proposals([event])[event.seq]), before.actor)


def notice(before: Before, event: Event) -> None:
    steps.notice(before.home, event.payload["proposal"], before.actor, _day(event.payload))


def answer(before: Before, event: Event) -> None:
    facts = event.payload
    steps.answer(before.home, facts["proposal"], as_file(facts["paper"]), before.actor, _day(facts))


def consultation(before: Before, event: Event) -> None:
    facts = event.payload
    steps.consult(before.home, facts["proposal"], facts["outcome"], as_file(facts["paper"]), before.actor)


def approval(before: Before, event: Event) -> None:
    steps.approve(before.home, event.payload["proposal"], before.actor)


def rejection(before: Before, event: Event) -> None:
    steps.reject(before.home, event.payload["proposal"], before.actor, event.payload["reason"])


def plan(before: Before, event: Event) -> None:
    facts = event.payload
    rectification.plan(before.home, facts["proposal"], as_file(facts["paper"]), before.actor, _day(facts))


def acceptance(before: Before, event: Event) -> None:
    facts = event.payload
    found = (facts["passed"], facts["reason"], as_file(facts["paper"]))
    rectification.accept(before.home, facts["proposal"], *found, before.actor, _day(facts))


def incident(before: Before, event: Event) -> None:
    facts = event.payload
    said = (_day(facts, "happened_on"), facts["note"])
    kind = incident_kind(facts["kind"])
    incidents.record(before.home, kind, event.subject, as_file(facts["paper"]), before.actor, *said)


def incident_confirmation(before: Before, event: Event) -> None:
    facts = event.payload
    incidents.confirm(before.home, facts["incident"], event.subject, as_file(facts["paper"]), before.actor)


def annulment(before: Before, event: Event) -> None:
    facts = event.payload
    incidents.annul(before.home, facts["incident"], event.subject, as_file(facts["paper"]), before.actor)


def round_step(before: Before, event: Event) -> None:
    facts = event.payload
    said = (_day(facts), facts["document_no"], facts["note"], as_handed_in(facts))
    take(before.home, event.subject, step_named(facts["step"]), before.actor, *said)


def objection(before: Before, event: Event) -> None:
    facts = event.payload
    said = (facts["item"], facts["reason"], as_handed_in(facts))
    objections.object_to(before.home, facts["period"], event.subject, *said, before.actor, _day(facts))


def objection_answer(before: Before, event: Event) -> None:
    facts = event.payload
    value, whole = (Decimal(facts[name]) if facts[name] else None for name in ("value", "whole"))
    said = (facts["outcome"], facts["reason"], before.actor, value, whole)
    objections.answer(before.home, facts["objection"], *said, as_handed_in(facts), _day(facts))


def score_use(before: Before, event: Event) -> None:
    facts = event.payload
    subject = "" if event.subject == facts["period"] else event.subject
    said = (facts["document_no"], before.actor, _day(facts), facts["note"], as_handed_in(facts))
    use(before.home, facts["period"], facts["use"], subject, *said)


def policy_proposal(before: Before, event: Event) -> None:
    changes.propose_policy(before.home, policy_proposals([event])[event.seq].draft, before.actor)


def policy_approval(before: Before, event: Event) -> None:
    changes.approve_policy(before.home, event.payload["proposal"], before.actor)


def policy_rejection(before: Before, event: Event) -> None:
    changes.reject_policy(before.home, event.payload["proposal"], before.actor, event.payload["reason"])


def user_proposal(before: Before, event: Event) -> None:
    facts = event.payload
    draft = UserDraft(event.subject, facts["role"], facts["scope"], facts["disabled"], facts["reason"])
    users.propose_user(before.home, draft, before.actor)


def user_approval(before: Before, event: Event) -> None:
    users.approve_user(before.home, event.payload["proposal"], before.actor)


def user_rejection(before: Before, event: Event) -> None:
    users.reject_user(before.home, event.payload["proposal"], before.actor, event.payload["reason"])


def rule_proposal(before: Before, event: Event) -> None:
    rule_proposals.propose(before.ledger, change_of(event))


def rule_approval(before: Before, event: Event) -> None:
    rule_proposals.approve(before.ledger, event.payload["proposal"], event.actor)


def rule_rejection(before: Before, event: Event) -> None:
    rule_proposals.reject(before.ledger, event.payload["proposal"], event.actor, event.payload["reason"])


def reference(before: Before, event: Event) -> None:
    facts = event.payload
    published_on = _day(facts, "published_on") if facts["published_on"] else None
    said = (facts["period"], facts["value"], facts["source"], before.actor, published_on)
    references.enter(before.home, series_of(event.subject), *said)


def reminder_answer(before: Before, event: Event) -> None:
    facts = event.payload
    papers = [as_file(paper) for paper in facts["papers"]]
    reminders.record_answer(before.home, facts["reminder"], facts["answer"], before.actor, _day(facts), papers)


def followup_answer(before: Before, event: Event) -> None:
    facts = event.payload
    papers = [as_file(paper) for paper in facts["papers"]]
    followups.answer(before.home, facts["followup"], facts["text"], before.actor, papers)


def followup_close(before: Before, event: Event) -> None:
    followups.close(before.home, event.payload["followup"], event.payload["text"], before.actor)


def followup_reopen(before: Before, event: Event) -> None:
    facts = event.payload
    due_on = _day(facts, "due_on") if facts.get("due_on") else None
    followups.reopen(before.home, facts["followup"], facts["text"], before.actor, due_on)


def followup_postpone(before: Before, event: Event) -> None:
    facts = event.payload
    followups.postpone(before.home, facts["followup"], _day(facts, "due_on"), facts["text"], before.actor)


def annotation(before: Before, event: Event) -> None:
    facts = event.payload
    place = (facts["indicator"], facts["scope"], facts["entity"], facts["period"])
    annotations.annotate(before.home, *place, facts["text"], before.actor)


def annotation_withdrawal(before: Before, event: Event) -> None:
    annotations.withdraw(before.home, event.payload["annotation"], event.payload["reason"], before.actor)


def giving(before: Before, event: Event) -> None:
    known = givings([event])[event.seq]
    requests.request(before.home, known.draft, as_file(event.payload["paper"]), before.actor)


def giving_approval(before: Before, event: Event) -> None:
    requests.approve(before.home, event.payload["giving"], before.actor)


def giving_rejection(before: Before, event: Event) -> None:
    requests.reject(before.home, event.payload["giving"], before.actor, event.payload["reason"])


def giving_out(before: Before, event: Event) -> None:
    requests.hand_out(before.home, event.payload["giving"], before.actor)
