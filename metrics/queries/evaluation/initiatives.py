"""Initiatives (创新举措) as reported, which of them stand recognised, and what each brings in bonus points."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows

# Points are given in order of period and row until the year's most is reached: each row has what it added. Two rows of
# one period with one title are one recognition. Parameters are those in force at the period's end, as for scores.
INITIATIVES = """
    WITH reported AS (
        SELECT submission.kind AS member_kind, I1.*, recognised_on, recognised_by, recognition.reason,
            recognised_on IS NOT NULL AS recognised,
            row_number() OVER (PARTITION BY I1.submitter, I1.period, I1.title ORDER BY row_no) = 1 AS is_first
        FROM I1
        JOIN submission ON submission.submission_id = I1.submission_id
        LEFT JOIN recognition
            ON recognition.submitter = I1.submitter AND recognition.period = I1.period
            AND recognition.title = I1.title
    ),
    counted AS (
        SELECT *, member_kind = 'bank' AND recognised AND is_first AS counts,
            count(*) FILTER (member_kind = 'bank' AND recognised AND is_first)
                OVER (PARTITION BY submitter, left(period, 4) ORDER BY period, row_no) AS number
        FROM reported
    ),
    policy AS (
        SELECT period.period, max(value) FILTER (name = 'bonus_per_initiative') AS each_brings,
            max(value) FILTER (name = 'bonus_max') AS at_most
        FROM period
        JOIN parameter ON effective_from <= last_day AND (effective_to IS NULL OR last_day < effective_to)
        GROUP BY period.period
    )
    SELECT counted.submitter, member.short_name, member.kind, counted.period, row_no, title, counted.kind AS category,
        theme, issued_on, doc_no, recognised, recognised_on, recognised_by, counted.reason,
        CAST(CASE WHEN counts THEN least(number * each_brings, at_most) - least((number - 1) * each_brings, at_most)
            ELSE 0 END AS DECIMAL(5, 2)) AS points
    FROM counted
    JOIN member ON member.code = counted.submitter
    JOIN policy ON policy.period = counted.period
"""


def initiatives(
    viewer: Viewer, snapshot: Snapshot, periods: Sequence[str] | None = None, submitter: str | None = None
) -> pd.DataFrame:
    """One row an I1 row in force, by period, submitter and row; what it brought in points where it is recognised.

    submitter, short_name, kind (of the member), period, row_no, title, category, theme, issued_on, doc_no, recognised,
    recognised_on, recognised_by, reason, points.
    """
    where, parameters = conditions(period=periods, submitter=held_to_own(viewer, "scores", submitter))
    return rows(snapshot, f"SELECT * FROM ({INITIATIVES}) {where} ORDER BY period, submitter, row_no", parameters)
