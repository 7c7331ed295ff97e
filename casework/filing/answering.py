"""What viewers say about findings through the screen, and how findings stand with all that the ledger knows by now.

A snapshot tells how they stood when it was built. What was said since is laid over it here, so that a page shows it at
once; the verdict of a version follows with the next publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pandas as pd

from casework.held import holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.feedback.answers import ANSWERS, Question, answers, questions_of, said
from etl.feedback.explanations import KINDS, answered
from etl.snapshot.opened import Snapshot, reading
from etl.snapshot.status import finding_rows
from ledger.events import Event, Ledger
from metrics.queries.door import conditions, held_to_own
from metrics.queries.filing.versions import version

FINDINGS = """
    SELECT f.*, x.* EXCLUDE (submission_id, finding_no, submitter), s.submitter, s.period, s.version, m.short_name
    FROM finding f JOIN {answers} x USING (submission_id, finding_no) JOIN submission s USING (submission_id)
    JOIN member m ON m.code = s.submitter"""
# What the versions that count now wait for: those in force, and the latest where it was returned.
WORK_LIST = f"""
    SELECT * FROM ({FINDINGS}
        WHERE s.in_force OR s.version = (
            SELECT max(version) FROM submission o WHERE o.submitter = s.submitter AND o.period = s.period)
    ) {{where}} ORDER BY period DESC, submitter, version DESC, position(level IN 'SVQM'), finding_no"""


def _since(snapshot: Snapshot, home: Home) -> tuple[list[Event], list[Event]]:
    """All that was said, and what of it the snapshot does not know."""
    with reading(snapshot) as connection:
        known = connection.execute("SELECT ledger_seq FROM snapshot").fetchall()[0][0]
    events = Ledger(home.ledger).events(*KINDS)
    return events, [event for event in events if event.seq > known]


def _answers(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, home: Home) -> str:
    """The table, made in the connection where need be, that says how findings stand by now."""
    events, newer = _since(snapshot, home)
    if not newer:
        return "explanation"
    concerned = sorted({event.subject for event in newer})
    answered(connection, events, concerned, "TEMP TABLE answered_since")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE answered_by_now AS SELECT * FROM answered_since
        UNION ALL BY NAME SELECT * FROM explanation WHERE NOT list_contains(?, submitter)""",
        [concerned],
    )
    return "answered_by_now"


def unpublished(viewer: Viewer, snapshot: Snapshot, home: Home) -> int:
    """How many explanations and answers the current data version does not count yet, for the Bureau."""
    own_only(viewer, ANSWERS)
    return len(_since(snapshot, home)[1])


def findings_by_now(viewer: Viewer, snapshot: Snapshot, home: Home, submission_id: int) -> pd.DataFrame:
    """One row a finding of a version, blockers first: as the table `finding`, with what was said and where it stands.

    Besides: key, state, is_open, reason, said_by, said_at, answer, answered_by, answered_at, short_name.
    Raises AccessDenied where the version is another's, CallError where there is none.
    """
    version(viewer, snapshot, submission_id)
    with reading(snapshot) as connection:
        table = FINDINGS.format(answers=_answers(connection, snapshot, home))
        order = "ORDER BY position(f.level IN 'SVQM'), f.finding_no"
        return connection.execute(f"{table} WHERE s.submission_id = ? {order}", [submission_id]).df()


def stated_findings(viewer: Viewer, snapshot: Snapshot, home: Home, submission_id: int) -> list[dict]:
    """The same in the stable names of a finding, for the marked workbook."""
    version(viewer, snapshot, submission_id)
    with reading(snapshot) as connection:
        return finding_rows(connection, submission_id, _answers(connection, snapshot, home))


def work_list(
    viewer: Viewer, snapshot: Snapshot, home: Home, period: str | None = None, states: Sequence[str] | None = None
) -> pd.DataFrame:
    """One row a finding of what is in force or was returned last, across the members that the viewer may see.

    Without states: what is open, and objections that nobody has answered. Columns as `findings_by_now`.
    """
    own = held_to_own(viewer, "findings", None)
    where, parameters = conditions(submitter=own, period=period, state=states)
    waiting = "" if states is not None else f"{'AND' if where else 'WHERE'} (is_open OR state = 'contested')"
    with reading(snapshot) as connection:
        table = WORK_LIST.format(answers=_answers(connection, snapshot, home), where=f"{where} {waiting}")
        return connection.execute(table, parameters).df()


def _questions(snapshot: Snapshot, home: Home, places: Iterable[tuple[int, int]]) -> list[Question]:
    """The findings at (submission_id, finding_no), as they stand by now. Raises CallError for one that is not there."""
    wanted = list(places)
    with reading(snapshot) as connection:
        table = _answers(connection, snapshot, home)
        known = {
            (number, question.finding_no): question
            for number in dict.fromkeys(number for number, _ in wanted)
            for question in questions_of(connection, number, table)
        }
    if not wanted or set(wanted) - known.keys():
        raise CallError("没有选定的问题，或所选问题已不在这一数据版本中，请刷新后重选")
    return [known[place] for place in wanted]


def say(
    viewer: Viewer, snapshot: Snapshot, home: Home, places: Iterable[tuple[int, int]], reason: str, contest: bool
) -> int:
    """Records a submitter's reason for findings, or its objection to them; returns for how many.

    Raises AccessDenied for another's findings, CallError for what cannot be said (`etl.feedback.answers.said`).
    """
    with holding(home) as held:
        entries = said(held.ledger, _questions(snapshot, home, places), reason, viewer, contest)
        return len(held.ledger.append(held.now, entries))


def answer(
    viewer: Viewer, snapshot: Snapshot, home: Home, places: Iterable[tuple[int, int]], reason: str, accept: bool
) -> int:
    """Records the Bureau's answer to explanations and objections; returns to how many.

    Raises AccessDenied for whom does not answer, CallError for what cannot be answered (see
    `etl.feedback.answers.answers`).
    """
    own_only(viewer, ANSWERS)
    with holding(home) as held:
        entries = answers(held.ledger, _questions(snapshot, home, places), reason, viewer, accept)
        return len(held.ledger.append(held.now, entries))
