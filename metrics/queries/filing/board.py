"""Who has filed what over a year, how a period stands, one version by its number."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import pandas as pd

from contract.calendar import previous
from contract.errors import CallError
from contract.standing import Receipt
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, connect
from etl.snapshot.status import receipt_of
from metrics.queries.door import conditions, held_to_own, rows

PERIODS_BACK = 12

# Grain: a member and a period in which it is expected, or for which it sent history (before its admission).
BOARD = """
    SELECT filing.*, NOT filing.on_list AS history, limits.explain_by, limits.closed_at,
        (SELECT now FROM snapshot) AS now, member.name, member.short_name,
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
        count(*) FILTER (late) AS late,
        max(deadline) FILTER (on_list) AS deadline,
        max(explain_by) FILTER (on_list) AS explain_by,
        max(closed_at) FILTER (on_list) AS closed_at,
        coalesce(bool_or(deadline_passed), false) AS deadline_passed,
        any_value(now) AS now
    FROM ({BOARD})
"""

REGISTERED = "SELECT count(*) FROM member"


@dataclass(frozen=True)
class FilingCounts:
    """How a period stands, in members: each expected one is in force, returned, missing or not yet due.

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
    late: int
    deadline: pd.Timestamp
    explain_by: pd.Timestamp
    closed_at: pd.Timestamp
    deadline_passed: bool
    now: pd.Timestamp
    registered: int


def filing_years(viewer: Viewer, snapshot: Snapshot) -> list[str]:
    """Years for which something is expected or was filed, the latest first."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    frame = rows(
        snapshot, f"SELECT DISTINCT left(period, 4) AS year FROM ({BOARD}) {where} ORDER BY year DESC", parameters
    )
    return frame["year"].tolist()


def filing_board(viewer: Viewer, snapshot: Snapshot, year: str) -> pd.DataFrame:
    """One row a member and period of a year: verdict (of the version in force, else the latest), late, history…"""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    return rows(
        snapshot,
        f"""
        SELECT * FROM ({BOARD}) {where or "WHERE true"} AND left(period, 4) = $year
        ORDER BY kind, submitter, period
        """,
        parameters | {"year": year},
    )


def filing_counts(viewer: Viewer, snapshot: Snapshot, period: str, kind: str | None = None) -> FilingCounts:
    """How a period stands; a viewer held to one member counts that one."""
    own = held_to_own(viewer, "filing", None)
    where, parameters = conditions(submitter=own, period=period, kind=kind)
    found = rows(snapshot, f"{COUNTS} {where}", parameters).iloc[0].to_dict()
    listed, known = conditions(code=own, kind=kind, state=("active", "watch", "rectify"))
    return FilingCounts(**found, registered=int(rows(snapshot, f"{REGISTERED} {listed}", known).iloc[0, 0]))


def filing_of(viewer: Viewer, snapshot: Snapshot, submitter: str, period: str) -> pd.Series | None:
    """The board's row of one member and period, None where nothing is expected and nothing was filed."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=period)
    frame = rows(snapshot, f"SELECT * FROM ({BOARD}) {where}", parameters)
    return None if frame.empty else frame.iloc[0]


def periods_to_file(viewer: Viewer, snapshot: Snapshot, submitter: str) -> tuple[list[str], str]:
    """The periods that a member may want a template for, the latest first, and the one that is due.

    They are the one that comes next and those of a year before it; due is the latest without a version in force,
    else the one that comes next.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter))
    board = rows(
        snapshot,
        f"SELECT period, verdict FROM ({BOARD}) {where} AND on_list ORDER BY period DESC LIMIT {PERIODS_BACK}",
        parameters,
    )
    coming = previous(snapshot.last_period, -1)
    open_ones = board.loc[~board["verdict"].isin(("accepted", "questions")), "period"]
    return [coming, *board["period"]], open_ones.max() if len(open_ones) else coming


def receipt(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> Receipt:
    """What the submitter is told of a version: where it stands and what comes next.

    Raises AccessDenied where it is another's, CallError where there is none.
    """
    version(viewer, snapshot, submission_id)
    with closing(connect(snapshot.path)) as connection:
        return receipt_of(connection, submission_id)


def version(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> pd.Series:
    """One version received, as the table `submission` has it.

    Raises AccessDenied where it is another's, CallError where there is none.
    """
    frame = rows(snapshot, "SELECT * FROM submission WHERE submission_id = $id", {"id": submission_id})
    if frame.empty:
        raise CallError(f"数据版本第{snapshot.number}版中没有第{submission_id}号报送")
    held_to_own(viewer, "findings", frame.iloc[0]["submitter"])
    return frame.iloc[0]
