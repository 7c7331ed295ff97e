"""The month's calendar (月历): each declared step of a period, its days, and how it stands by the records.

A step without a record of its own yet is 未登记; the system does not guess that work was done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from contract.calendar import deadline
from contract.month_work import WorkStep, steps_of
from contract.parameters import Parameters
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.issues import CITY, RELEASED, issues
from ledger.issues import EVENTS as ISSUES
from ledger.issues import STATES as ISSUE_STATES
from ledger.month.batches import EVENT as BATCH
from ledger.month.batches import EVENTS as REMINDERS
from ledger.month.batches import batches, reminders
from ledger.month.meetings import EVENT as MEETING
from ledger.month.meetings import meetings
from ledger.policy import parameters_of
from metrics.queries.door import held_to_own
from metrics.queries.filing.board import filing
from metrics.queries.members.case_ways import awaits_proposal, ways
from metrics.targets.tie_outs import EVENT as TIE_OUT
from metrics.targets.tie_outs import tie_outs

DONE, DUE, OVERDUE, UNRECORDED, BEFORE = "done", "due", "overdue", "unrecorded", "exempt"
STATES = {DONE: "已完成", DUE: "未到期", OVERDUE: "逾期", UNRECORDED: "未登记", BEFORE: "施行前"}


@dataclass(frozen=True)
class MonthStep:
    """One step of a period's work: its days, how it stands (of `STATES`), and what that rests on, in words."""

    step: WorkStep
    period: str
    first: date | None
    last: date
    state: str
    note: str
    done_on: date | None = None


@dataclass(frozen=True)
class Records:
    """What there is on record for a period, as far as the viewer's scope goes; `filing` is a row a member expected."""

    viewer: Viewer
    snapshot: Snapshot
    home: Home
    ledger: Ledger
    period: str
    now: datetime
    policy: Parameters
    filing: pd.DataFrame

    @property
    def owing(self) -> list[str]:
        """The members without a version in force."""
        return self.filing.loc[~self.filing["in_force"], "submitter"].tolist()

    @property
    def before_filing(self) -> bool:
        """Whether the period is one in which filing was not required yet, so that nothing of it is late."""
        return not self.filing.empty and not self.filing["binding"].any()


Standing = tuple[bool | None, str, date | None]  # whether it is done (None: no record tells), words, the day


def month(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> tuple[MonthStep, ...]:
    """The steps of a period in declared order. A member sees those that concern it, by its own reports."""
    own = held_to_own(viewer, "calendar", None)
    ledger = Ledger(home.ledger)
    policy = parameters_of(ledger)
    now, of_period = reference_time(ledger), filing(viewer, snapshot, periods=(period,))
    records = Records(viewer, snapshot, home, ledger, period, now, policy, of_period)
    seen = [step for step in steps_of(period) if own is None or step.members_see]
    return tuple(_stands(step, records) for step in seen)


def _stands(step: WorkStep, records: Records) -> MonthStep:
    done, note, on = TELLS[step.code](records)
    first, last = step.days(records.period, records.policy)
    open_state = OVERDUE if records.now.date() > last else DUE
    if open_state == OVERDUE and records.before_filing:
        open_state = BEFORE
    state = DONE if done else UNRECORDED if done is None and open_state == OVERDUE else open_state
    return MonthStep(step, records.period, first, last, state, note, on if done else None)


def _opened(records: Records) -> Standing:
    batch = batches(records.ledger.events(BATCH)).get(records.period)
    return (True, "", batch.opened_on) if batch else (None, "未登记", None)


def _filed(records: Records) -> Standing:
    expected, owing = len(records.filing), len(records.owing)
    last = records.filing["received_at"].max() if expected and not owing else None
    return expected > 0 and not owing, f"已受理{expected - owing}/{expected}家", None if last is None else last.date()


def _reminded(records: Records) -> Standing:
    asked = [
        reminder
        for reminder in reminders(records.ledger.events(*REMINDERS)).values()
        if reminder.period == records.period
    ]
    unasked = set(records.owing) - {reminder.submitter for reminder in asked}
    last = max((reminder.on for reminder in asked), default=None)
    if not records.owing:
        return True, f"催报{len(asked)}次，已全部受理" if asked else "无须催报", last
    return not unasked, f"催报{len(asked)}次，{len(records.owing)}家未受理，其中{len(unasked)}家未催", last


def _verified(records: Records) -> Standing:
    """Done once filing is over and nothing that was taken has open questions."""
    waiting = int((records.filing["verdict"] == "questions").sum())
    over = records.now >= deadline(records.period, records.policy)
    return over and not waiting, f"{waiting}家待说明" if waiting else "没有待说明的问题", None


def _tied_out(records: Records) -> Standing:
    tied = tie_outs(records.ledger.events(TIE_OUT)).get(records.period)
    return (True, f"差异{len(tied.differences)}处", tied.on) if tied else (None, "未登记", None)


def _met(records: Records) -> Standing:
    held = [
        meeting for meeting in meetings(records.ledger.events(MEETING)).values() if meeting.period == records.period
    ]
    return (True, "", held[-1].held_on) if held else (None, "未登记", None)


def _evaluated(records: Records) -> Standing:
    """Done once every trigger that was raised by the period, and asks for a decision, has a proposal."""
    if records.period > records.snapshot.last_period:
        return False, "尚无数据", None
    cases = ways(records.viewer, records.snapshot, records.home)
    waiting = [way for way in cases if awaits_proposal(way, records.period)]
    return not waiting, f"{len(waiting)}项预警尚无建议" if waiting else "预警均有建议", None


def _briefed(records: Records) -> Standing:
    """Done once the city's issue is released; a draft of it on its way is told."""
    of_period = [
        issue
        for issue in issues(records.ledger.events(*ISSUES)).values()
        if (issue.period, issue.part) == (records.period, CITY) and issue.standing
    ]
    released = [issue for issue in of_period if issue.state == RELEASED]
    if released:
        return True, released[-1].name, released[0].released.at.date()
    return (False, ISSUE_STATES[of_period[-1].state], None) if of_period else (None, "未登记", None)


# Step → what the records tell of it.
TELLS: dict[str, Callable[[Records], Standing]] = {
    "open": _opened,
    "file": _filed,
    "remind": _reminded,
    "verify": _verified,
    "tie_out": _tied_out,
    "meet": _met,
    "evaluate": _evaluated,
    "brief": _briefed,
}
