"""What members say in a round, and what they are told: self-assessments, objections by item, answers by two persons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from casework.held import File, Held, holding
from casework.rounds.assessment_form import Line, read_form
from casework.rounds.steps import HOLDS, SPEAKS, checked_day, current_sheet, frozen_round, kept, known_rounds, round_of
from contract.console.output import plain
from contract.errors import CallError
from contract.round_steps import FEEDBACK, SELF_ASSESS
from contract.settings import Home
from contract.viewer import Viewer
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.rounds import OUTCOMES, UPHELD, Objection, Round
from metrics.evaluation.member_scores import Score
from metrics.evaluation.round_scores import Sheet, entered_figure, item_of
from metrics.evaluation.scores import not_applicable

LODGES = "lodge"  # of `data/access.csv`: by command the Bureau enters what came by letter, too


def assess(
    home: Home, period: str, subject: str, lines: Sequence[Line], file: File, by: Actor, on: date | None = None
) -> Round:
    """Files what a member says of itself, item by item, with the file it was said in; a later filing counts.

    Raises:
        CallError: the round is not at self-assessment, or the member's scorecard has no such item.
        AccessDenied: the user files for another member.
    """
    with holding(home) as held:
        actor = _speaker(held, by, subject, "登记自评")
        known = round_of(held.ledger, period)
        if known.signed[-1].step.code != SELF_ASSESS:
            raise CallError(f"{period}轮次现处“{known.signed[-1].step.name}”，只在“自评”期间登记自评")
        score = _scored(current_sheet(home, period), subject)
        codes = [item_of(score, line.item).item.code for line in lines]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise CallError(f"自评中评分项{'、'.join(twice)}重复")
        day = checked_day(held, on, known.signed[-1].on, "自评")
        items = [
            {"item": line.item, "value": plain(line.value), "score": plain(line.score), "note": line.note}
            for line in lines
        ]
        facts = {"on": day.isoformat(), "items": items}
        held.append("self_assessment", actor, subject, period=period, **facts, **kept(held, file))
        return known_rounds(held.ledger)[period]


def assess_by_form(home: Home, period: str, subject: str, form: File, by: Actor, on: date | None = None) -> int:
    """Files the list in which a member assesses itself; gives how many items it names. Raises as `assess`."""
    lines = read_form(*form)
    assess(home, period, subject, lines, form, by, on)
    return len(lines)


def object_to(
    home: Home, period: str, subject: str, item: str, reason: str, file: File, by: Actor, on: date | None = None
) -> Objection:
    """Enters a member's objection to one item of its scorecard; gives it with its number.

    Raises:
        CallError: the round is not open to objections, the item is none of the member's, has no reason, or has an
            objection already that waits for its answer.
        AccessDenied: the user objects for another member.
    """
    with holding(home) as held:
        actor = _speaker(held, by, subject, "提出异议")
        known = round_of(held.ledger, period)
        _check_open(known)
        score = _scored(frozen_round(home, known).sheet, subject)
        code = item_of(score, item).item.code
        if score.standing.unscored_reason:
            raise CallError(f"{subject}在{period}轮次未评（{score.standing.unscored_reason}），没有可提异议的得分")
        for other in known.unanswered:
            if (other.subject, other.item) == (subject, code):
                raise CallError(f"{subject}对{code}的{other.number}异议还没有答复")
        if not reason.strip():
            raise CallError("异议须写明理由（--reason）")
        day = checked_day(held, on, known.signed_at(FEEDBACK).on, "异议")
        facts = {"item": code, "reason": reason.strip(), "on": day.isoformat()}
        number = held.append("objection", actor, subject, period=period, **facts, **kept(held, file))
        return _objection(held, number)


def answer(
    home: Home,
    number: int,
    outcome: str,
    reason: str,
    by: Actor,
    value: Decimal | None = None,
    whole: Decimal | None = None,
    file: File | None = None,
    on: date | None = None,
) -> Objection:
    """Answers an objection, by another person than who entered it: dismissed, or upheld with the value to count.

    Raises:
        CallError: it is answered, settled with its round, or one's own; an upheld one has no value or no evidence, or
            its item would still not apply; a dismissed one has a value.
        AccessDenied: the user's role answers no objections.
    """
    with holding(home) as held:
        actor = second_person(held.ledger, by, HOLDS, "答复", "异议", _entered(held, number))
        objection = _objection(held, number)
        known = known_rounds(held.ledger)[objection.period]
        if not reason.strip():
            raise CallError("答复须写明理由（--reason）")
        _check_entered(held, known, objection, outcome, value, whole, file)
        day = checked_day(held, on, objection.on, "答复")
        entered = {"value": plain(value), "whole": plain(whole)}
        facts = {"objection": number, "outcome": outcome, "reason": reason.strip(), "on": day.isoformat()}
        paper = kept(held, file)
        held.append("objection_answer", actor, objection.subject, period=known.period, **facts, **entered, **paper)
        return _objection(held, number)


def _entered(held: Held, number: int) -> Iterator[Earlier]:
    objection = _objection(held, number)
    if objection.ruling:
        said = f"{objection.ruling.on}由{objection.ruling.by}答复：{OUTCOMES[objection.ruling.outcome]}"
        raise CallError(f"{objection.number}异议已于{said}")
    _check_open(known_rounds(held.ledger)[objection.period])
    yield objection.by, f"{objection.number}异议由{objection.by}登记"


def _objection(held: Held, number: int) -> Objection:
    every = (objection for known in known_rounds(held.ledger).values() for objection in known.objections)
    objection = next((objection for objection in every if objection.id == number), None)
    if objection is None:
        raise CallError(f"没有第{number}号异议")
    return objection


def _check_open(known: Round) -> None:
    if known.is_final:
        raise CallError(f"{known.period}轮次已经定评，不再受理或答复异议")
    if not known.signed_at(FEEDBACK):
        raise CallError(f"{known.period}轮次现处“{known.signed[-1].step.name}”，到“反馈异议”才受理异议")


def _check_entered(
    held: Held,
    known: Round,
    objection: Objection,
    outcome: str,
    value: Decimal | None,
    whole: Decimal | None,
    file: File | None,
) -> None:
    if outcome != UPHELD:
        if value is not None or whole is not None:
            raise CallError("异议不成立的，不能同时更正数值")
        return
    if value is None or file is None:
        raise CallError("异议成立的，须写明更正后的值（--value）并附依据文件（--file）")
    scored = item_of(frozen_round(held.home, known).sheet.score(objection.subject), objection.item)
    because = not_applicable(scored.item, entered_figure(scored.figure, value, whole))
    if because:
        least = plain(scored.item.min_whole)
        raise CallError(f"更正后{objection.item}仍不适用（{because}，分母至少{least}），请写明更正后的分母（--whole）")


def _scored(sheet: Sheet, subject: str) -> Score:
    score = sheet.score(subject)
    if score is None:
        raise CallError(f"{subject}不在{sheet.period}轮次中")
    return score


def _speaker(held: Held, by: Actor, subject: str, act: str) -> str:
    """The name of who speaks for a member: on the screen its own; by command the Bureau's, too, who enters a letter."""
    return check_person(held.ledger, by, SPEAKS if isinstance(by, Viewer) else LODGES, act, subject)
