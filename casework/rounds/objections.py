"""What members say in a round, and what they are told: self-assessments, objections by item, answers by two persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from casework.decisions.steps import Desk, desk
from casework.rounds.assessment_form import Line
from casework.rounds.steps import checked_day, current_sheet, frozen_round, known_rounds, named, round_of
from contract.console.output import plain
from contract.errors import AccessDenied, CallError
from contract.round_steps import FEEDBACK, SELF_ASSESS
from contract.settings import Home
from contract.viewer import OWN_ROLES
from ledger.events import Ledger
from ledger.people import PROPOSERS, check_person, same_person
from ledger.proposals import Paper
from ledger.rounds import OUTCOMES, UPHELD, Objection, Round
from metrics.evaluation.member_scores import Score
from metrics.evaluation.round_scores import Sheet, entered_figure, item_of
from metrics.evaluation.scores import not_applicable


def assess(
    home: Home, period: str, subject: str, lines: Sequence[Line], paper: Paper, by: str, on: date | None = None
) -> Round:
    """Files what a member says of itself, item by item, with the file it was said in; a later filing counts.

    Raises:
        CallError: the round is not at self-assessment, or the member's scorecard has no such item.
        AccessDenied: the user files for another member.
    """
    with desk(home) as found:
        known = round_of(found.ledger, period)
        if known.signed[-1].step.code != SELF_ASSESS:
            raise CallError(f"{period}轮次现处“{known.signed[-1].step.name}”，只在“自评”期间登记自评")
        actor = _check_submitter(found.ledger, by, subject, "登记自评")
        score = _scored(current_sheet(home, period), subject)
        codes = [item_of(score, one.item).item.code for one in lines]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise CallError(f"自评中评分项{'、'.join(twice)}重复")
        day = checked_day(found, on, known.signed[-1].on, "自评")
        items = [
            {"item": one.item, "value": plain(one.value), "score": plain(one.score), "note": one.note} for one in lines
        ]
        found.append("self_assessment", actor, subject, period=period, on=day.isoformat(), items=items, **named(paper))
        return known_rounds(found.ledger)[period]


def object_to(
    home: Home, period: str, subject: str, item: str, reason: str, paper: Paper, by: str, on: date | None = None
) -> Objection:
    """Enters a member's objection to one item of its scorecard; gives it with its number.

    Raises:
        CallError: the round is not open to objections, the item is none of the member's, has no reason, or has an
            objection already that waits for its answer.
        AccessDenied: the user objects for another member.
    """
    with desk(home) as found:
        known = round_of(found.ledger, period)
        _check_open(known)
        actor = _check_submitter(found.ledger, by, subject, "提出异议")
        score = _scored(frozen_round(home, known).sheet, subject)
        code = item_of(score, item).item.code
        if score.standing.unscored_reason:
            raise CallError(f"{subject}在{period}轮次未评（{score.standing.unscored_reason}），没有可提异议的得分")
        for other in known.unanswered:
            if (other.subject, other.item) == (subject, code):
                raise CallError(f"{subject}对{code}的第{other.id}号异议还没有答复")
        if not reason.strip():
            raise CallError("异议须写明理由（--reason）")
        day = checked_day(found, on, known.signed_at(FEEDBACK).on, "异议")
        facts = {"item": code, "reason": reason.strip(), "on": day.isoformat()}
        number = found.append("objection", actor, subject, period=period, **facts, **named(paper))
        return _objection(found, number)


def answer(
    home: Home,
    number: int,
    outcome: str,
    reason: str,
    by: str,
    value: Decimal | None = None,
    whole: Decimal | None = None,
    paper: Paper | None = None,
    on: date | None = None,
) -> Objection:
    """Answers an objection, by another person than who entered it: dismissed, or upheld with the value to count.

    Raises:
        CallError: it is answered, settled with its round, or one's own; an upheld one has no value or no evidence, or
            its item would still not apply; a dismissed one has a value.
        AccessDenied: the user's role answers no objections.
    """
    with desk(home) as found:
        objection = _objection(found, number)
        known = known_rounds(found.ledger)[objection.period]
        if objection.ruling:
            said = f"{objection.ruling.on}由{objection.ruling.by}答复：{OUTCOMES[objection.ruling.outcome]}"
            raise CallError(f"第{number}号异议已于{said}")
        _check_open(known)
        actor = check_person(found.ledger, by, PROPOSERS, "答复异议")
        if same_person(actor, objection.by):
            raise CallError(f"第{number}号异议由{objection.by}登记，须由另一人答复，换用其他角色也不可")
        if not reason.strip():
            raise CallError("答复须写明理由（--reason）")
        _check_entered(home, known, objection, outcome, value, whole, paper)
        day = checked_day(found, on, objection.on, "答复")
        entered = {"value": plain(value), "whole": plain(whole)}
        facts = {"objection": number, "outcome": outcome, "reason": reason.strip(), "on": day.isoformat()}
        found.append("objection_answer", actor, objection.subject, period=known.period, **facts, **entered,
                     **named(paper))  # fmt: skip
        return _objection(found, number)


def _objection(found: Desk, number: int) -> Objection:
    every = (one for known in known_rounds(found.ledger).values() for one in known.objections)
    objection = next((one for one in every if one.id == number), None)
    if objection is None:
        raise CallError(f"没有第{number}号异议")
    return objection


def _check_open(known: Round) -> None:
    if known.is_final:
        raise CallError(f"{known.period}轮次已经定评，不再受理或答复异议")
    if not known.signed_at(FEEDBACK):
        raise CallError(f"{known.period}轮次现处“{known.signed[-1].step.name}”，到“反馈异议”才受理异议")


def _check_entered(
    home: Home,
    known: Round,
    objection: Objection,
    outcome: str,
    value: Decimal | None,
    whole: Decimal | None,
    paper: Paper | None,
) -> None:
    if outcome != UPHELD:
        if value is not None or whole is not None:
            raise CallError("异议不成立的，不能同时更正数值")
        return
    if value is None or paper is None:
        raise CallError("异议成立的，须写明更正后的值（--value）并附依据文件（--file）")
    one = item_of(frozen_round(home, known).sheet.score(objection.subject), objection.item)
    because = not_applicable(one.item, entered_figure(one.figure, value, whole))
    if because:
        least = plain(one.item.min_whole)
        raise CallError(f"更正后{objection.item}仍不适用（{because}，分母至少{least}），请写明更正后的分母（--whole）")


def _scored(sheet: Sheet, subject: str) -> Score:
    score = sheet.score(subject)
    if score is None:
        raise CallError(f"{subject}不在{sheet.period}轮次中")
    return score


def _check_submitter(ledger: Ledger, user: str, subject: str, act: str) -> str:
    """The user's name: the member's own, or the Bureau's who enters what came by letter."""
    name = check_person(ledger, user, (*OWN_ROLES, *PROPOSERS), act)
    known = [event.payload for event in ledger.events("user") if same_person(event.subject, name)]
    if known and known[-1]["role"] in OWN_ROLES and known[-1].get("scope") != subject:
        raise AccessDenied(f"{name}只能为本单位{act}")
    return name
