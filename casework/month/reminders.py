"""Reminders (催报): recorded while a report is owed, with whoever was spoken to; the answer then or later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from casework.held import File, Held, holding
from casework.papers.made_letters import composed_reminder, owed
from contract.calendar import day_of
from contract.errors import CallError
from contract.month_work import check_work_code
from contract.settings import Home
from ledger.month.batches import EVENTS, Reminder, reminders
from ledger.people import Actor, check_person

AREA = "reminders"  # of `data/access.csv`
LETTER = "letter"


def remind(
    home: Home,
    submitter: str,
    period: str,
    means: str,
    to: str,
    by: Actor,
    on: date | None = None,
    answer: str = "",
    files: Sequence[File] = (),
) -> Reminder:
    """Records that a member was asked for the report of a period. By letter, the letter is made and kept as well.

    Raises:
        CallError: nothing is owed, it is too early to remind, or it is not said how or to whom.
        AccessDenied: the user's role reminds nobody.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记催报")
        check_work_code("reminder_means", means, "催报方式")
        if not to.strip():
            raise CallError("须写明催报的对象（--to）")
        owed(held, submitter, period)
        told_on, first = on or held.today, day_of(period, "calendar_day_remind_from", held.parameters)
        if told_on < first:
            raise CallError(f"{period}的催报自{first}开始（参数calendar_day_remind_from），{told_on}还不能催报")
        if told_on > held.today:
            raise CallError(f"催报日{told_on}在今天（{held.today}）之后")
        sent = [*files, *([composed_reminder(held, submitter, period).file] if means == LETTER else ())]
        facts = {"period": period, "means": means, "to": to.strip(), "on": told_on.isoformat()}
        number = held.append("reminder", actor, submitter, **facts, papers=[asdict(held.keep(file)) for file in sent])
        if answer.strip():
            _append_answer(held, actor, submitter, number, answer, told_on)
        return reminders(held.ledger.events(*EVENTS))[number]


def record_answer(
    home: Home, number: int, answer: str, by: Actor, on: date | None = None, files: Sequence[File] = ()
) -> Reminder:
    """Records what a member said to a reminder; a later answer takes the place of an earlier one.

    Raises:
        CallError: there is no such reminder, the day is not between the reminder and today, or nothing is said.
        AccessDenied: the user's role records none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记催报答复")
        reminder = held.known(reminders, EVENTS, number, "催报")
        if not answer.strip():
            raise CallError("须写明答复（--answer）")
        said_on = on or held.today
        if not reminder.on <= said_on <= held.today:
            raise CallError(f"答复日{said_on}应在{reminder.on}至{held.today}之间")
        _append_answer(held, actor, reminder.submitter, number, answer, said_on, files)
        return reminders(held.ledger.events(*EVENTS))[number]


def _append_answer(
    held: Held, actor: str, submitter: str, number: int, answer: str, on: date, files: Sequence[File] = ()
) -> None:
    facts = {"reminder": number, "answer": answer.strip(), "on": on.isoformat()}
    papers = [asdict(held.keep(file)) for file in files]
    held.append("reminder_answer", actor, submitter, **facts, papers=papers)
