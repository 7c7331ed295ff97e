"""Who has filed what, and in which versions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows


def filing(
    viewer: Viewer, snapshot: Snapshot, periods: Sequence[str] | None = None, submitter: str | None = None
) -> pd.DataFrame:
    """One row a member and expected period: who filed what.

    `verdict` is that of the version in force, else of the latest: accepted, questions, returned; missing where nothing
    came by the deadline, due before it. `on_time` is that of the first version; s_, v_, q_ and m_count are findings.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=periods, on_list=True)
    return rows(
        snapshot,
        f"""
        SELECT filing.submitter, member.name, member.short_name, filing.kind, filing.member_group, filing.period,
            filing.deadline, filing.deadline_passed, filing.submission_id, submission.version,
            submission.received_at, submission.file_name, filing.first_received_at, filing.on_time,
            filing.verdict, filing.in_force, filing.versions, filing.returned,
            submission.s_count, submission.v_count, submission.q_count, submission.m_count
        FROM (SELECT * FROM filing {where}) AS filing
        JOIN member ON member.code = filing.submitter
        LEFT JOIN submission ON submission.submission_id = filing.submission_id
        ORDER BY filing.kind, filing.submitter, filing.period
        """,
        parameters,
    )


def coverage(viewer: Viewer, snapshot: Snapshot, period: str) -> dict[str, tuple[int, int]]:
    """Kind (bank, district) → members whose submission for a period is in force, and members expected."""
    kinds = filing(viewer, snapshot, periods=(period,)).groupby("kind")["in_force"]
    return {kind: (int(accepted.sum()), len(accepted)) for kind, accepted in kinds}


def submissions(
    viewer: Viewer, snapshot: Snapshot, submitter: str | None = None, period: str | None = None
) -> pd.DataFrame:
    """One row a version received, the latest first, as the table `submission` has it."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=period)
    return rows(snapshot, f"SELECT * FROM submission {where} ORDER BY received_at DESC, submission_id DESC", parameters)
