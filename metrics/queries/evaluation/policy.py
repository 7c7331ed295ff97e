"""Policy to read: parameters and scorecards with their history, and the proposals that wait."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd

from contract.parameter_rules import group_of, groups
from contract.parameters import DEMONSTRATION, Parameter, Policy
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, reading
from ledger.events import Ledger
from metrics.evaluation.policy_proposals import EVENTS, PolicyBook, PolicyProposal, policy_proposals
from metrics.evaluation.trial import read_trial
from metrics.evaluation.what_if import ROUNDS, Compared, book_in, tried_over
from metrics.queries.door import held_to_own, rows

VALUES = (
    "name, value, unit, effective_from, effective_to, document_no, note, "
    "coalesce(reason, '') AS reason, coalesce(proposer, '') AS proposer, coalesce(approver, '') AS approver"
)
IN_FORCE = "effective_from <= $day AND (effective_to IS NULL OR $day < effective_to)"


def policy_on(viewer: Viewer, snapshot: Snapshot, day: date) -> Policy:
    """The parameters in force on a day, as the data version was built with: open to all who are judged by them."""
    columns = "name, value, unit, effective_from, document_no, note"
    frame = rows(snapshot, f"SELECT {columns} FROM parameter WHERE {IN_FORCE} ORDER BY rowid", {"day": day})
    return Policy(
        day,
        {
            name: Parameter(name, Decimal(str(value)), unit, since.date(), document_no, note)
            for name, value, unit, since, document_no, note in frame.itertuples(index=False, name=None)
        },
    )


def parameter_history(viewer: Viewer, snapshot: Snapshot) -> pd.DataFrame:
    """One row a value of a parameter, by group, parameter and day.

    name, group, value, unit, effective_from, effective_to (exclusive), document_no, demonstration (not set by policy
    yet), note (what it is), reason, proposer, approver; standing: past, present or future at the data version's day.
    """
    held_to_own(viewer, "policy", None)
    frame = rows(
        snapshot,
        f"""
        SELECT {VALUES}, document_no = $demonstration AS demonstration,
            CASE WHEN {IN_FORCE} THEN 'present' WHEN $day < effective_from THEN 'future' ELSE 'past' END AS standing
        FROM parameter ORDER BY rowid
        """,
        {"day": snapshot.now.date(), "demonstration": DEMONSTRATION},
    )
    frame["group"] = [group_of(name).name for name in frame["name"]]
    order = {name: place for place, name in enumerate(dict.fromkeys(group.name for group in groups() if group.prefix))}
    places = frame["group"].map(lambda name: order.get(name, len(order)))
    return frame.iloc[places.argsort(kind="stable")].reset_index(drop=True)


def card_history(viewer: Viewer, snapshot: Snapshot) -> pd.DataFrame:
    """One row an item of a scorecard and stretch of days, in the card's order, kinds and days ascending.

    kind, theme, item, name, unit, source, weight, floor, full, min_whole, effective_from, effective_to, document_no,
    reason, proposer, approver; standing as in `parameter_history`.
    """
    held_to_own(viewer, "policy", None)
    return rows(
        snapshot,
        f"""
        SELECT *, CASE WHEN {IN_FORCE} THEN 'present' WHEN $day < effective_from THEN 'future' ELSE 'past' END
            AS standing
        FROM scorecard ORDER BY kind, effective_from, rowid
        """,
        {"day": snapshot.now.date()},
    )


def known_policy(viewer: Viewer, snapshot: Snapshot, home: Home) -> tuple[PolicyProposal, ...]:
    """Every policy proposal, the latest first, from the ledger as it is now."""
    held_to_own(viewer, "policy", None)
    return tuple(reversed(policy_proposals(Ledger(home.ledger).events(*EVENTS)).values()))


def book_then(viewer: Viewer, snapshot: Snapshot, home: Home) -> PolicyBook:
    """Parameters and scorecards as the data version was built with."""
    own_only(viewer, "policy")
    with reading(snapshot) as connection:
        return book_in(connection, Ledger(home.ledger))


def beside_today(viewer: Viewer, snapshot: Snapshot, home: Home, text: str, periods: str = ROUNDS) -> list[Compared]:
    """A trial, as its file has it, beside today's evaluation; see `metrics.evaluation.what_if.compare`."""
    own_only(viewer, "policy")
    ledger = Ledger(home.ledger)
    with reading(snapshot) as connection:
        trial = read_trial(text.encode(), book_in(connection, ledger), snapshot.now.date())
        return tried_over(connection, ledger, home.archive, trial, periods)
