"""What was said about findings, as ledger events, and the state in which that leaves each finding.

A submitter explains a finding or contests it (`explanation`); the Bureau answers (`confirmation`). Nothing is edited:
a later event answers an earlier one. An event is about a finding's stable key, so it holds for later versions, and for
later periods, until another value is reported at the same place.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from etl.checks.across import cross_checks
from ledger.events import Event

KINDS = ("explanation", "confirmation")
SAID = ("explained", "contested")  # acts of the submitter; the others are the Bureau's

# A finding's stable key: check, form, column, record and value. A number is the same however it is written.
_VALUE = "replace(trim(coalesce(value, '')), ',', '')"
KEY = rf"""left(sha256(concat_ws(chr(31), check_id, form, coalesce(column_code, ''), coalesce(record, ''),
    CASE WHEN regexp_full_match({_VALUE}, '-?\d+\.\d*') THEN rtrim(rtrim({_VALUE}, '0'), '.')
        WHEN regexp_full_match({_VALUE}, '-?\d+') THEN {_VALUE} ELSE trim(coalesce(value, '')) END)), 12)"""
_KEY_PARTS = {"check_id": "check", "form": "form", "column_code": "column", "record": "record", "value": "value"}


def keys_of(findings: Sequence[dict]) -> list[str]:
    """The stable keys of findings in the names of `interface.md`, in their order."""
    if not findings:
        return []
    columns = {code: pa.array([row[name] for row in findings], pa.string()) for code, name in _KEY_PARTS.items()}
    with duckdb.connect() as connection:
        connection.register("given", pa.table(columns | {"place": pa.array(range(len(findings)))}))
        return [row[0] for row in connection.execute(f"SELECT {KEY} FROM given ORDER BY place").fetchall()]


# One row a finding. `said` are the events as `_events` lays them out. What a check across submissions compares with is
# part of the question: in a later period an explanation holds only where that is the same too. Another value that was
# reported at the same place in between ends it.
ANSWERED = f"""
    WITH keyed AS (
        SELECT f.submission_id, f.finding_no, f.level, f.check_id, f.form, f.column_code, f.record, f.expected,
            {KEY} AS key, s.submitter, s.period, s.version,
            s.verdict <> 'returned' AS taken, s.note IS NOT NULL AS noted
        FROM finding f JOIN submission s USING (submission_id)
        WHERE CAST($submitters AS TEXT[]) IS NULL OR list_contains($submitters, s.submitter)),
    candidate AS (
        SELECT k.submission_id, k.finding_no, k.submitter, k.period, k.version, k.key, k.check_id, k.form,
            k.column_code, k.record, a.seq, a.period AS said_period, a.version AS said_version
        FROM keyed k JOIN said a ON a.submitter = k.submitter AND a.key = k.key AND (
            a.period = k.period AND a.version <= k.version
            OR a.period < k.period AND (
                NOT list_contains($cross, k.check_id) OR a.expected IS NOT DISTINCT FROM k.expected))),
    lapsed AS (
        SELECT DISTINCT submission_id, finding_no, seq FROM (
            SELECT c.submission_id, c.finding_no, c.seq
            FROM candidate c JOIN keyed o ON o.submitter = c.submitter AND o.check_id = c.check_id AND o.form = c.form
                AND o.column_code IS NOT DISTINCT FROM c.column_code AND o.record IS NOT DISTINCT FROM c.record
                AND o.taken AND (o.period, o.version) > (c.said_period, c.said_version)
                AND (o.period, o.version) < (c.period, c.version)
            GROUP BY c.submission_id, c.finding_no, c.seq, o.submission_id
            HAVING bool_and(o.key <> c.key))),
    last AS (
        SELECT c.submission_id, c.finding_no, max(a.seq) AS seq, max_by(a.act, a.seq) AS act,
            max_by(a.seq, a.seq) FILTER (a.of_submitter) AS said_seq,
            max_by(a.seq, a.seq) FILTER (NOT a.of_submitter) AS answered_seq
        FROM candidate c JOIN said a USING (seq) ANTI JOIN lapsed l
            ON l.submission_id = c.submission_id AND l.finding_no = c.finding_no AND l.seq = c.seq
        GROUP BY c.submission_id, c.finding_no),
    stated AS (
        SELECT k.*, l.said_seq,
            CASE WHEN l.answered_seq > coalesce(l.said_seq, 0) THEN l.answered_seq END AS answered_seq,
            CASE
                WHEN l.act IS NULL AND k.level IN ('S', 'V') THEN 'correct'
                WHEN l.act IS NULL THEN CASE WHEN k.noted THEN 'noted' ELSE 'open' END
                WHEN k.level IN ('Q', 'M') AND k.noted AND l.act IN ('rejected', 'dismissed')
                    AND l.seq < k.submission_id THEN 'noted'
                ELSE l.act
            END AS state
        FROM keyed k LEFT JOIN last l USING (submission_id, finding_no))
    SELECT t.submission_id, t.finding_no, t.submitter, t.key, t.state,
        t.level IN ('Q', 'M') AND (t.state IN ('open', 'rejected', 'dismissed')
            OR t.state IN ('explained', 'contested') AND NOT t.noted) AS is_open,
        e.reason, e.said_by, e.at AS said_at, e.period AS said_period, e.version AS said_version,
        a.reason AS answer, a.said_by AS answered_by, a.at AS answered_at
    FROM stated t LEFT JOIN said e ON e.seq = t.said_seq LEFT JOIN said a ON a.seq = t.answered_seq"""


def _events(events: Sequence[Event]) -> pa.Table:
    """One row an event of `KINDS`: what was said about which key, in which version, by whom."""
    names = {"submitter": pa.string(), "period": pa.string(), "version": pa.int32(), "key": pa.string()}
    names |= {"act": pa.string(), "reason": pa.string(), "said_by": pa.string(), "expected": pa.string()}
    columns = {name: pa.array([event.payload[name] for event in events], kind) for name, kind in names.items()}
    columns["seq"] = pa.array([event.seq for event in events], pa.int32())
    columns["at"] = pa.array([event.at for event in events], pa.timestamp("us"))
    columns["of_submitter"] = pa.array([event.payload["act"] in SAID for event in events], pa.bool_())
    return pa.table(columns)


def answered(
    connection: duckdb.DuckDBPyConnection, events: Sequence[Event], submitters: Sequence[str] | None, target: str
) -> None:
    """Makes the table `target`: one row a finding of the submitters (None = all), with its key and what was said.

    Columns: submission_id, finding_no, submitter, key, state, is_open, reason, said_by, said_at, answer, answered_by,
    answered_at, and the period and version in which it was said, said_period and said_version.
    `is_open`: a question (Q, M) that keeps the version from being taken without one.
    """
    connection.register("said", _events(events))
    given = {"submitters": submitters, "cross": [check.id for check in cross_checks()]}
    connection.execute(f"CREATE OR REPLACE {target} AS {ANSWERED}", given)
    connection.unregister("said")
