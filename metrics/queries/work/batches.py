"""Batches (布置) and reminders (催报) as the Bureau sees them: how each period stands, who owes what, who was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from contract.calendar import closing, period_of, previous
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.month.batches import EVENT, EVENTS, Batch, Reminder, batches, reminders
from ledger.policy import parameters_of
from metrics.queries.filing.board import filing


@dataclass(frozen=True)
class BatchStanding:
    """One batch with its counts in members: `received` have a version in force, `returned` only returned ones."""

    batch: Batch
    state: str
    expected: int
    received: int
    returned: int
    missing: int


@dataclass(frozen=True)
class Asked:
    """One member of a batch: what it files, how that stands, how often and when last it was reminded."""

    submitter: str
    name: str
    forms: tuple[str, ...]
    verdict: str
    received_at: datetime | None
    reminders: int
    reminded_on: date | None


@dataclass(frozen=True)
class Owing:
    """One member whose report of a period is owed, with every reminder that it was sent, oldest first."""

    submitter: str
    name: str
    verdict: str
    reminders: tuple[Reminder, ...]


def period_to_open(viewer: Viewer, home: Home) -> str | None:
    """The last period that has ended, where it was not opened yet."""
    own_only(viewer, "batches")
    ledger = Ledger(home.ledger)
    ended = previous(period_of(reference_time(ledger).date()))
    return None if ended in batches(ledger.events(EVENT)) else ended


def owing(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> tuple[Owing, ...]:
    """The members without a version in force for a period, by code."""
    asked = reminded(viewer, home, period)
    of_period = filing(viewer, snapshot, periods=(period,))
    return tuple(
        Owing(
            row.submitter,
            row.short_name,
            row.verdict,
            tuple(reminder for reminder in asked if reminder.submitter == row.submitter),
        )
        for row in of_period[~of_period["in_force"]].sort_values("submitter").itertuples()
    )


def batch_standings(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[BatchStanding, ...]:
    """Every batch that was opened, the latest period first."""
    own_only(viewer, "batches")
    ledger = Ledger(home.ledger)
    now, policy = reference_time(ledger), parameters_of(ledger)
    opened = batches(ledger.events(EVENT))
    of_batches = filing(viewer, snapshot, periods=list(opened))
    standings = []
    for batch in reversed(opened.values()):
        of_period = of_batches[of_batches["period"] == batch.period]
        verdicts = dict(zip(of_period["submitter"], of_period["verdict"], strict=True))
        of_batch = [verdicts.get(code, "missing") for code in batch.expected]
        received = sum(verdict in ("accepted", "questions") for verdict in of_batch)
        returned = of_batch.count("returned")
        state = batch.state(now, closing(batch.period, policy))
        counts = (len(of_batch), received, returned, len(of_batch) - received - returned)
        standings.append(BatchStanding(batch, state, *counts))
    return tuple(standings)


def batch_members(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> tuple[Asked, ...]:
    """The members of a period's batch by code. Raises CallError where the period was not opened."""
    own_only(viewer, "batches")
    batch = batches(Ledger(home.ledger).events(EVENT)).get(period)
    if batch is None:
        raise CallError(f"{period}尚未布置（python -m casework batch open {period}）")
    by_member = filing(viewer, snapshot, periods=(period,)).set_index("submitter")
    asked = reminded(viewer, home, period)
    members = []
    for code, forms in batch.expected.items():
        known = by_member.loc[code] if code in by_member.index else None
        came = known is not None and not pd.isna(known["received_at"])
        of_member = [reminder.on for reminder in asked if reminder.submitter == code]
        members.append(
            Asked(
                code,
                code if known is None else known["short_name"],
                forms,
                "missing" if known is None else known["verdict"],
                known["received_at"].to_pydatetime() if came else None,
                len(of_member),
                max(of_member, default=None),
            )
        )
    return tuple(members)


def reminded(viewer: Viewer, home: Home, period: str | None = None, submitter: str | None = None) -> list[Reminder]:
    """The reminders of a period or member, oldest first."""
    own_only(viewer, "reminders")
    known = reminders(Ledger(home.ledger).events(*EVENTS)).values()
    return [
        reminder for reminder in known if period in (None, reminder.period) and submitter in (None, reminder.submitter)
    ]
