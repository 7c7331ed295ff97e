"""How well members file: passing at first try, attempts, lateness, and the checks that fail most."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.filing.board import BOARD

ACCEPTED = """
    SELECT submitter, period, min(version) AS accepted_as
    FROM submission WHERE verdict <> 'returned' GROUP BY submitter, period
"""

# Over the expected periods alone: history is sent once and has no deadline.
MEASURES = """
    count(*) AS expected,
    count(*) FILTER (versions > 0) AS filed,
    count(*) FILTER (first_verdict <> 'returned') AS passed_first,
    100.0 * count(*) FILTER (first_verdict <> 'returned') / nullif(count(*) FILTER (versions > 0), 0) AS first_pass_pct,
    sum(versions) AS versions,
    sum(versions) / nullif(count(*) FILTER (versions > 0), 0) AS attempts,
    avg(accepted_as) AS until_accepted,
    sum(returned) AS returned,
    count(*) FILTER (late OR missing) AS late,
    100.0 * count(*) FILTER (on_time) / nullif(count(*), 0) AS on_time_pct
"""


def quality_by_period(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a period whose deadline has passed: expected, filed, passed_first, first_pass_pct, attempts, late…

    `late` counts what came late and what is missing.
    `first_pass_pct`: first versions accepted ÷ members that filed, percent; `attempts`: versions a member that filed;
    `until_accepted`: the number of the first version accepted, on average of those that have one.
    """
    return _quality(viewer, snapshot, "period", since, until)


def quality_by_member(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a member, the same measures over its periods whose deadline has passed; the weakest first."""
    frame = _quality(viewer, snapshot, "submitter, short_name, kind", since, until)
    return frame.sort_values(["returned", "late", "submitter"], ascending=[False, False, True], ignore_index=True)


def _quality(viewer: Viewer, snapshot: Snapshot, grain: str, since: str, until: str) -> pd.DataFrame:
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    return rows(
        snapshot,
        f"""
        SELECT {grain}, {MEASURES}
        FROM (SELECT * FROM ({BOARD}) {where}) LEFT JOIN ({ACCEPTED}) USING (submitter, period)
        WHERE on_list AND deadline_passed AND period BETWEEN $since AND $until
        GROUP BY {grain} ORDER BY {grain}
        """,
        parameters | {"since": since, "until": until},
    )


def failing_checks(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a check and column that found something, the most frequent first, over all versions received.

    check_id, level, form, column_code, findings, submissions, members, and one message and advice as an example.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "findings", None))
    return rows(
        snapshot,
        f"""
        SELECT check_id, level, form, column_code, count(*) AS findings,
            count(DISTINCT submission_id) AS submissions, count(DISTINCT submitter) AS members,
            arg_max(message, submission_id) AS message, arg_max(advice, submission_id) AS advice
        FROM finding JOIN (SELECT * FROM submission {where}) USING (submission_id)
        WHERE period BETWEEN $since AND $until
        GROUP BY check_id, level, form, column_code
        ORDER BY findings DESC, check_id, column_code
        """,
        parameters | {"since": since, "until": until},
    )
