"""Reminders (催报): recorded while a report is owed, with whoever was spoken to; the answer then or later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from casework.decisions.steps import Desk, archived, desk
from casework.papers.made_letters import composed_reminder, owed
from contract.calendar import day_of
from contract.errors import CallError
from contract.settings import Home
from contract.work_codes import check_work_code
from ledger.people import PROPOSERS, check_person
from ledger.proposals import Paper
from ledger.reminders import EVENTS, Reminder, reminders

LETTER = "letter"


def remind(
    home: Home,
    submitter: str,
    period: str,
    means: str,
    to: str,
    by: str,
    on: date | None = None,
    answer: str = "",
    papers: Sequence[Paper] = (),
) -> Reminder:
    """Records that a member was asked for the report of a period. By letter, the letter is made and kept as well.

    Raises:
        CallError: nothing is owed, it is too early to remind, or it is not said how or to whom.
        AccessDenied: the user's role reminds nobody.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "登记催报")
        check_work_code("reminder_means", means, "催报方式")
        if not to.strip():
            raise CallError("须写明催报的对象（--to）")
        owed(found, submitter, period)
        told_on, first = on or found.today, day_of(period, "calendar_day_remind_from", found.parameters)
        if told_on < first:
            raise CallError(f"{period}的催报自{first}开始（参数calendar_day_remind_from），{told_on}还不能催报")
        if told_on > found.today:
            raise CallError(f"催报日{told_on}在今天（{found.today}）之后")
        kept = list(papers)
        if means == LETTER:
            letter = composed_reminder(found, submitter, period)
            kept.append(archived(home, letter.file_name, letter.content))
        facts = {"period": period, "means": means, "to": to.strip(), "on": told_on.isoformat()}
        number = found.append("reminder", actor, submitter, **facts, papers=[asdict(paper) for paper in kept])
        if answer.strip():
            _append_answer(found, actor, submitter, number, answer, told_on)
        return reminders(found.ledger.events(*EVENTS))[number]


def record_answer(
    home: Home, number: int, answer: str, by: str, on: date | None = None, papers: Sequence[Paper] = ()
) -> Reminder:
    """Records what a member said to a reminder; a later answer takes the place of an earlier one.

    Raises CallError where there is no such reminder, the day is not between the reminder and today, or nothing is said.
    """
    with desk(home) as found:
        actor = check_person(found.ledger, by, PROPOSERS, "登记催报答复")
        one = reminders(found.ledger.events(*EVENTS)).get(number)
        if one is None:
            raise CallError(f"没有第{number}号催报")
        if not answer.strip():
            raise CallError("须写明答复（--answer）")
        said_on = on or found.today
        if not one.on <= said_on <= found.today:
            raise CallError(f"答复日{said_on}应在{one.on}至{found.today}之间")
        _append_answer(found, actor, one.submitter, number, answer, said_on, papers)
        return reminders(found.ledger.events(*EVENTS))[number]


def _append_answer(
    found: Desk, actor: str, submitter: str, number: int, answer: str, on: date, papers: Sequence[Paper] = ()
) -> None:
    facts = {"reminder": number, "answer": answer.strip(), "on": on.isoformat()}
    found.append("reminder_answer", actor, submitter, **facts, papers=[asdict(paper) for paper in papers])
