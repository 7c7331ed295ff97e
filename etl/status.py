"""Who has reported what, from the current snapshot: a row a member and period."""

from __future__ import annotations

from datetime import datetime

import duckdb

STATUS = """
WITH chosen AS (
    SELECT *, row_number() OVER (PARTITION BY submitter, period ORDER BY in_force DESC, version DESC) AS preference
    FROM submission),
counted AS (
    SELECT submitter, period, count(*) AS versions, count(*) FILTER (verdict = 'returned') AS returned,
        bool_or(on_time) FILTER (version = 1) AS first_on_time
    FROM submission GROUP BY ALL),
filed AS (SELECT DISTINCT submitter, period FROM submission UNION SELECT submitter, period FROM expected)
SELECT f.submitter, f.period, c.version, c.received_at, n.first_on_time AS on_time,
    coalesce(c.verdict, CASE WHEN e.deadline_passed THEN 'missing' ELSE 'due' END) AS verdict,
    coalesce(n.versions, 0) AS versions, coalesce(n.returned, 0) AS returned,
    coalesce(c.s_count, 0) AS s, coalesce(c.v_count, 0) AS v, coalesce(c.q_count, 0) AS q, coalesce(c.m_count, 0) AS m
FROM filed f
LEFT JOIN chosen c ON c.submitter = f.submitter AND c.period = f.period AND c.preference = 1
LEFT JOIN counted n ON n.submitter = f.submitter AND n.period = f.period
LEFT JOIN expected e ON e.submitter = f.submitter AND e.period = f.period
WHERE CAST($period AS TEXT) IS NULL OR f.period = $period
ORDER BY f.period, f.submitter"""

COLUMNS = (
    "submitter",
    "period",
    "version",
    "received_at",
    "on_time",
    "verdict",
    "versions",
    "returned",
    "S",
    "V",
    "Q",
    "M",
)


def status_rows(connection: duckdb.DuckDBPyConnection, period: str | None = None) -> list[dict]:
    """One row a member and period expected or reported: the version in force, else the latest.

    `on_time` is that of the first version; counts are those of the version shown.
    """
    rows = connection.execute(STATUS, {"period": period}).fetchall()
    return [dict(zip(COLUMNS, map(_plain, row), strict=True)) for row in rows]


def _plain(value):
    return value.isoformat() if isinstance(value, datetime) else value


FINDINGS = """
SELECT f.form, f.sheet, f.row_no AS row, f.column_code AS "column", f.value, f.level, f.check_id AS "check",
    f.message, f.advice, f.expected, f.category, f.record,
    f.finding_no AS finding, x.key, x.state, x.is_open AS open, x.reason, x.said_by, x.said_at, x.answer,
    x.answered_by, x.answered_at
FROM finding f JOIN submission s USING (submission_id) JOIN explanation x USING (submission_id, finding_no)
WHERE s.submitter = $submitter AND s.period = $period AND s.version = $version
ORDER BY position(f.level IN 'SVQM'), f.finding_no"""


def latest_version(connection: duckdb.DuckDBPyConnection, submitter: str, period: str) -> int | None:
    """The number of the latest version, None where nothing was reported."""
    query = "SELECT max(version) FROM submission WHERE submitter = ? AND period = ?"
    return connection.execute(query, [submitter, period]).fetchall()[0][0]


# After the stable fields of a finding: its number and key, and what was said about it.
ANSWER_FIELDS = (
    "finding", "key", "state", "open", "reason", "said_by", "said_at", "answer", "answered_by", "answered_at",
)  # fmt: skip


def finding_rows(connection: duckdb.DuckDBPyConnection, submitter: str, period: str, version: int) -> list[dict]:
    """One row a finding of a version, blockers first: the stable names of a finding, then `ANSWER_FIELDS`."""
    place = {"submitter": submitter, "period": period, "version": version}
    result = connection.execute(FINDINGS, place)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
