"""How members filed: of a period, over a year, in numbers, and what is to be filed next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from contract.calendar import previous
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows

PERIODS_BACK = 12

# Grain: a member and a period in which it is expected, or for which it sent history (before its admission).
FILING = """
    SELECT filing.* EXCLUDE (deadline), NOT filing.on_list AS history, limits.deadline, limits.explain_by,
        limits.closed_at, (SELECT now FROM snapshot) AS now, member.name, member.short_name,
        submission.version, submission.received_at, submission.file_name, submission.s_count, submission.v_count,
        submission.q_count, submission.m_count,
        coalesce(submission.s_count + submission.v_count, 0) AS to_correct, coalesce(open_question.open_q, 0) AS open_q,
        coalesce(open_question.open_m, 0) AS open_m, coalesce(open_question.awaiting, 0) AS awaiting
    FROM filing
    JOIN due_date AS limits ON limits.period = filing.period
    JOIN member ON member.code = filing.submitter
    LEFT JOIN submission ON submission.submission_id = filing.submission_id
    LEFT JOIN open_question ON open_question.submission_id = filing.submission_id
"""

COUNTS = f"""
    SELECT
        count(*) FILTER (on_list) AS expected,
        count(*) FILTER (on_list AND versions > 0) AS filed,
        count(*) FILTER (on_list AND in_force) AS in_force,
        count(*) FILTER (on_list AND verdict = 'questions') AS questions,
        count(*) FILTER (on_list AND verdict = 'returned') AS returned,
        count(*) FILTER (missing) AS missing,
        count(*) FILTER (due) AS due,
        count(*) FILTER (exempt) AS exempt,
        count(*) FILTER (late) AS late,
        max(deadline) FILTER (on_list) AS deadline,
        max(explain_by) FILTER (on_list) AS explain_by,
        max(closed_at) FILTER (on_list) AS closed_at,
        coalesce(bool_or(deadline_passed), false) AS deadline_passed,
        any_value(now) AS now
    FROM ({FILING})
"""

REGISTERED = "SELECT count(*) FROM member"


@dataclass(frozen=True)
class FilingCounts:
    """How a period stands, in members: each expected one is in force, returned, missing, not yet due or exempt.

    `registered` are on the list today, `expected` in the period, `filed` have sent something: three populations.
    `questions` are among those in force; `late` filed, but not by the deadline.
    """

    expected: int
    filed: int
    in_force: int
    questions: int
    returned: int
    missing: int
    due: int
    exempt: int
    late: int
    deadline: pd.Timestamp
    explain_by: pd.Timestamp
    closed_at: pd.Timestamp
    deadline_passed: bool
    now: pd.Timestamp
    registered: int


def filing(
    viewer: Viewer, snapshot: Snapshot, periods: Sequence[str] | None = None, submitter: str | None = None
) -> pd.DataFrame:
    """One row a member and period in which it is expected: how it filed.

    `verdict` is that of the version in force, else of the latest: accepted, questions, returned; missing where nothing
    came by the deadline, due before it, exempt where no deadline is held to yet (`binding`). Version, received_at,
    file_name and the findings (s_, v_, q_ and m_count) are those of the same version; `on_time` is that of the first.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=periods, on_list=True)
    return rows(snapshot, f"SELECT * FROM ({FILING}) {where} ORDER BY kind, submitter, period", parameters)


def coverage(viewer: Viewer, snapshot: Snapshot, period: str) -> dict[str, tuple[int, int]]:
    """Kind (bank, district) → members whose submission for a period is in force, and members expected."""
    kinds = filing(viewer, snapshot, periods=(period,)).groupby("kind")["in_force"]
    return {kind: (int(accepted.sum()), len(accepted)) for kind, accepted in kinds}


def filing_years(viewer: Viewer, snapshot: Snapshot) -> list[str]:
    """Years for which something is expected or was filed, the latest first."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    frame = rows(
        snapshot, f"SELECT DISTINCT left(period, 4) AS year FROM ({FILING}) {where} ORDER BY year DESC", parameters
    )
    return frame["year"].tolist()


def filing_of_year(viewer: Viewer, snapshot: Snapshot, year: str) -> pd.DataFrame:
    """One row a member and period of a year: verdict (of the version in force, else the latest), late, history…"""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    return rows(
        snapshot,
        f"""
        SELECT * FROM ({FILING}) {where or "WHERE true"} AND left(period, 4) = $year
        ORDER BY kind, submitter, period
        """,
        parameters | {"year": year},
    )


def filing_counts(viewer: Viewer, snapshot: Snapshot, period: str, kind: str | None = None) -> FilingCounts:
    """How a period stands; a viewer held to one member counts that one."""
    own = held_to_own(viewer, "filing", None)
    where, parameters = conditions(submitter=own, period=period, kind=kind)
    counted = rows(snapshot, f"{COUNTS} {where}", parameters).iloc[0].to_dict()
    listed, known = conditions(code=own, kind=kind, state=("active", "watch", "rectify"))
    return FilingCounts(**counted, registered=int(rows(snapshot, f"{REGISTERED} {listed}", known).iloc[0, 0]))


def filing_of(viewer: Viewer, snapshot: Snapshot, submitter: str, period: str) -> pd.Series | None:
    """How one member filed one period, as `filing_of_year` has it; None where nothing is expected and nothing came."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=period)
    frame = rows(snapshot, f"SELECT * FROM ({FILING}) {where}", parameters)
    return None if frame.empty else frame.iloc[0]


def periods_to_file(viewer: Viewer, snapshot: Snapshot, submitter: str) -> tuple[list[str], str]:
    """The periods that a member may want a template for, the latest first, and the one that is due.

    They are the one that comes next and those of a year before it; due is the latest without a version in force,
    else the one that comes next.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter))
    past = rows(
        snapshot,
        f"SELECT period, verdict FROM ({FILING}) {where} AND on_list ORDER BY period DESC LIMIT {PERIODS_BACK}",
        parameters,
    )
    coming = previous(snapshot.last_period, -1)
    owing = past.loc[~past["verdict"].isin(("accepted", "questions")), "period"]
    return [coming, *past["period"]], owing.max() if len(owing) else coming
