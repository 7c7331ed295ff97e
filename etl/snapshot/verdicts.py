"""The step of a snapshot after all checks: what was said about each finding, and the verdicts that follow."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.feedback.explanations import KINDS, answered
from etl.snapshot.context import BuildContext
from ledger.events import Event

# What a version still waits for, by number of findings: for the submitter by level, and for the Bureau.
OPEN = """
    CREATE OR REPLACE TABLE open_question AS
    SELECT s.submission_id,
        count(*) FILTER (f.level = 'Q' AND x.state NOT IN ('explained', 'contested')) AS open_q,
        count(*) FILTER (f.level = 'M' AND x.state NOT IN ('explained', 'contested')) AS open_m,
        count(*) FILTER (x.state IN ('explained', 'contested')) AS awaiting
    FROM submission s JOIN explanation x USING (submission_id) JOIN finding f USING (submission_id, finding_no)
    WHERE x.is_open GROUP BY s.submission_id"""

# A rule that could not be run leaves open what it would have found, whatever was said about findings.
VERDICT = """
    UPDATE submission SET verdict = CASE WHEN whole.is_open THEN 'questions' ELSE 'accepted' END
    FROM (
        SELECT s.submission_id, coalesce(bool_or(x.is_open), false) OR bool_or(v.submission_id IS NOT NULL) AS is_open
        FROM submission s
        LEFT JOIN explanation x USING (submission_id) LEFT JOIN faulty_version v USING (submission_id)
        GROUP BY ALL) whole
    WHERE whole.submission_id = submission.submission_id AND submission.verdict <> 'returned'"""


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the table `explanation`, one row a finding, and sets each version's verdict.

    A version with open questions is `questions`: its cover's note, or the Bureau's confirmation of each, closes them.
    One on which a rule broke stays so until the rule has judged it, or is switched off.
    """
    settle(connection, context.ledger.events(*KINDS))


def settle(connection: duckdb.DuckDBPyConnection, events: Sequence[Event]) -> None:
    """Makes the tables `explanation` and `open_question` from all that was said, and sets the verdicts."""
    answered(connection, events, None, "TABLE explanation")
    connection.execute(OPEN)
    connection.execute(VERDICT)
