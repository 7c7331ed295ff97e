"""The pilot list as of a day, and what differs between two days."""

from __future__ import annotations

from datetime import date

import pandas as pd

from metrics.queries.door import conditions, held_to_own, rows
from metrics.snapshot import Snapshot
from metrics.viewer import Viewer


def _as_of(day: str) -> str:
    """The list on the day that a parameter holds. Grain: a member that has a state on that day.

    Batch and document are those of the decision that admitted it, the latest where it was admitted again.
    """
    return f"""
        SELECT member.code, name, short_name, kind, member_group, stretch.state, stretch.from_date AS since,
            ceiling.ceiling, entry.batch, entry.document_no, entry.effective_on AS admitted_on
        FROM member
        JOIN member_state AS stretch
            ON stretch.code = member.code AND stretch.from_date <= ${day}
            AND (stretch.to_date IS NULL OR ${day} < stretch.to_date)
        LEFT JOIN ceiling
            ON ceiling.code = member.code AND ceiling.from_date <= ${day}
            AND (ceiling.to_date IS NULL OR ${day} < ceiling.to_date)
        LEFT JOIN (
            SELECT subject, arg_max(batch, effective_on) AS batch, arg_max(document_no, effective_on) AS document_no,
                max(effective_on) AS effective_on
            FROM decision
            WHERE kind IN ('admit', 'readmit') AND status = 'approved' AND effective_on <= ${day}
            GROUP BY subject
        ) AS entry ON entry.subject = member.code
    """


def roster(viewer: Viewer, snapshot: Snapshot, on: date) -> pd.DataFrame:
    """One row a member on a day: code, name, short_name, kind, member_group, state, since, ceiling (万元), batch…"""
    where, parameters = conditions(code=held_to_own(viewer, "members", None))
    return rows(
        snapshot, f"SELECT * FROM ({_as_of('on_day')}) {where} ORDER BY kind, code", parameters | {"on_day": on}
    )


def roster_span(viewer: Viewer, snapshot: Snapshot) -> tuple[date, date]:
    """The first day on which anyone was on the list, and the last that is known."""
    held_to_own(viewer, "members", None)
    (first,) = rows(snapshot, "SELECT min(from_date) AS first FROM member_state")["first"]
    return pd.Timestamp(first).date(), max(snapshot.now.date(), pd.Timestamp(first).date())


def roster_changes(viewer: Viewer, snapshot: Snapshot, before: date, after: date) -> pd.DataFrame:
    """One row a member whose state or ceiling differs between two days; a state is absent where it was not listed."""
    where, parameters = conditions(code=held_to_own(viewer, "members", None))
    return rows(
        snapshot,
        f"""
        SELECT * FROM (
            SELECT coalesce(later.code, earlier.code) AS code,
                coalesce(later.short_name, earlier.short_name) AS short_name,
                coalesce(later.kind, earlier.kind) AS kind,
                earlier.state AS state_before, later.state AS state_after, later.since,
                earlier.ceiling AS ceiling_before, later.ceiling AS ceiling_after
            FROM ({_as_of("before_day")}) AS earlier
            FULL JOIN ({_as_of("after_day")}) AS later ON later.code = earlier.code
            WHERE earlier.state IS DISTINCT FROM later.state OR earlier.ceiling IS DISTINCT FROM later.ceiling
        )
        {where} ORDER BY kind, code
        """,
        parameters | {"before_day": before, "after_day": after},
    )
