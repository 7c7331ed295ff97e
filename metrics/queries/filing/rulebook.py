"""The rule book as a reader searches it: every check as in force for a period, its changes, and how often it failed."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.checks.rule_changes import COLUMNS, Change, Changes
from etl.checks.rule_list import RULE_FIELDS, rule_rows
from etl.snapshot.opened import Snapshot
from metrics.queries.door import rows

CHANGE_COLUMNS = (*COLUMNS, "proposer", "approver")
FAILURES = """
    SELECT check_id AS "check", count(*) AS findings, count(DISTINCT submitter) AS members
    FROM finding JOIN submission USING (submission_id) WHERE period = $period GROUP BY check_id
"""


def rule_book(viewer: Viewer, snapshot: Snapshot, period: str) -> pd.DataFrame:
    """One row a check, as `etl.checks.rule_list.rule_rows` has it; for the Bureau with `findings` and `members`: how
    often it found something in the period, over all versions received, and with how many submitters."""
    made: dict[str, tuple[Change, ...]] = {}
    for change in rule_changes(viewer, snapshot).itertuples(index=False):
        made[change.check_id] = (*made.get(change.check_id, ()), Change(*change))
    frame = pd.DataFrame(rule_rows(Changes(made), period), columns=list(RULE_FIELDS))
    if not viewer.bureau:
        return frame
    counts = frame[["check"]].merge(rows(snapshot, FAILURES, {"period": period}), on="check", how="left")
    return frame.assign(**{name: counts[name].fillna(0).astype(int) for name in ("findings", "members")})


def rule_changes(viewer: Viewer, snapshot: Snapshot) -> pd.DataFrame:
    """One row a dated change of a check, in order: the rule book is open to everyone who is judged by it."""
    return rows(snapshot, f"SELECT {', '.join(CHANGE_COLUMNS)} FROM rule_change ORDER BY check_id, period_from")


def rule_faults(viewer: Viewer, snapshot: Snapshot) -> pd.DataFrame:
    """One row a rule that broke and has not judged since, for the Bureau alone; empty for anyone else.

    check_id, submitter (None for a check across submissions), short_name, period, form, reason, found_at, is_across.
    """
    return rows(
        snapshot,
        """
        SELECT check_id, submitter, short_name, period, form, reason, found_at, is_across
        FROM rule_fault LEFT JOIN member ON member.code = submitter
        WHERE is_open AND $bureau ORDER BY is_across DESC, period, submitter, check_id
        """,
        {"bureau": viewer.bureau},
    )
