"""How each member filed each period: one view of a snapshot, for whatever is said of punctuality."""

from __future__ import annotations

import duckdb

# Grain: a member and period for which a submission is expected or was received. Whatever is said of how a member filed
# is read here. Of what was expected exactly one is true:
#   on_time         the first version came by the deadline (absent where none came)
#   late            the first version came after it
#   missing         none has come although it is past
#   due             none has come, and it is still to come
#   exempt          none has come, and filing was not required yet: `expected.deadline` is empty. What did come is not
#                   late (`on_time` tells of the calendar's deadline all the same), nor counted as returned late
# `verdict` and `submission_id` are those of the version in force, else of the latest; without one, missing, due or
# exempt. `binding`: whether a deadline is held to. Where nothing is expected (history, or no longer on the list)
# nothing is late: `on_list` is false.
FILING = """
WITH received AS (
    SELECT submitter, period, any_value(kind) AS kind, any_value(deadline) AS deadline,
        count(*) AS versions,
        count(*) FILTER (WHERE verdict = 'returned') AS returned,
        count(*) FILTER (WHERE verdict = 'returned' AND NOT on_time) AS returned_late,
        arg_min(submission_id, version) AS first_submission_id,
        arg_min(received_at, version) AS first_received_at,
        arg_min(verdict, version) AS first_verdict,
        arg_min(on_time, version) AS on_time,
        bool_or(in_force) AS in_force,
        coalesce(max(submission_id) FILTER (WHERE in_force), max(submission_id)) AS submission_id,
        coalesce(max(verdict) FILTER (WHERE in_force), arg_max(verdict, version)) AS verdict
    FROM submission GROUP BY submitter, period)
SELECT m.code AS submitter, m.kind, coalesce(e.member_group, m.member_group) AS member_group,
    coalesce(e.period, r.period) AS period, e.submitter IS NOT NULL AS on_list,
    e.deadline IS NOT NULL AS binding,
    coalesce(e.deadline, r.deadline) AS deadline, coalesce(e.deadline_passed, false) AS deadline_passed,
    coalesce(r.versions, 0) AS versions, coalesce(r.returned, 0) AS returned,
    CASE WHEN e.submitter IS NOT NULL AND e.deadline IS NULL THEN 0 ELSE coalesce(r.returned_late, 0) END
        AS returned_late,
    r.first_submission_id, r.first_received_at, r.first_verdict, r.on_time,
    e.deadline IS NOT NULL AND coalesce(NOT r.on_time, false) AS late,
    r.submitter IS NULL AND e.deadline_passed AS missing,
    r.submitter IS NULL AND e.deadline IS NOT NULL AND NOT e.deadline_passed AS due,
    r.submitter IS NULL AND e.deadline IS NULL AS exempt,
    r.submission_id, coalesce(r.in_force, false) AS in_force,
    coalesce(r.verdict,
        CASE WHEN e.deadline_passed THEN 'missing' WHEN e.deadline IS NULL THEN 'exempt' ELSE 'due' END) AS verdict
FROM expected e
FULL JOIN received r ON r.submitter = e.submitter AND r.period = e.period
JOIN member m ON m.code = coalesce(e.submitter, r.submitter)"""


def lay_filing(connection: duckdb.DuckDBPyConnection) -> None:
    """The view `filing` on `expected`, `submission` and `member`: how each member filed each period."""
    connection.execute(f"CREATE OR REPLACE VIEW filing AS {FILING}")
