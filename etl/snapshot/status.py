"""Who has reported what, from the current snapshot: a row a member and period."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

import duckdb

from contract.standing import LEVEL_WORDS, Receipt, Standing
from ledger.guard.chain import words

STATUS = """
SELECT f.submitter, f.period, s.version, s.received_at, f.on_time, f.verdict, f.versions, f.returned,
    coalesce(s.s_count, 0) AS s, coalesce(s.v_count, 0) AS v, coalesce(s.q_count, 0) AS q, coalesce(s.m_count, 0) AS m,
    f.late, (SELECT now FROM snapshot) AS now, d.deadline, d.explain_by, d.closed_at,
    coalesce(s.s_count, 0) + coalesce(s.v_count, 0) AS to_correct, coalesce(o.open_q, 0) AS open_q,
    coalesce(o.open_m, 0) AS open_m, coalesce(o.awaiting, 0) AS awaiting, s.rule_book, s.content_hash
FROM filing f JOIN due_date d ON d.period = f.period
LEFT JOIN submission s ON s.submission_id = f.submission_id
LEFT JOIN open_question o ON o.submission_id = f.submission_id
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
    # What it means and what comes next; the three dates; what the version was judged by, and the file it is about.
    "state",
    "next_step",
    "open",
    "awaiting",
    "deadline",
    "explain_by",
    "closed_at",
    "rule_book",
    "content_hash",
)
STANDING = tuple(field.name for field in fields(Standing))


def status_rows(connection: duckdb.DuckDBPyConnection, period: str | None = None) -> list[dict]:
    """One row a member and period expected or reported: the version in force, else the latest.

    `on_time` is that of the first version; counts are those of the version shown.
    """
    result = connection.execute(STATUS, {"period": period})
    names = [column[0] for column in result.description]
    return [_status_row(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def _status_row(row: dict) -> dict:
    standing = Standing(**{name: row[name] for name in STANDING})
    counts = {level: row[level.lower()] for level in LEVEL_WORDS}
    said = {"state": standing.state, "next_step": standing.step, "open": row["open_q"] + row["open_m"]}
    return {name: _plain((row | counts | said)[name]) for name in COLUMNS}


def _plain(value):
    return value.isoformat() if isinstance(value, datetime) else value


STANDING_OF = """
SELECT s.submission_id, s.version, s.received_at, s.rule_book, s.content_hash, s.verdict, s.deadline,
    d.explain_by, d.closed_at,
    (SELECT now FROM snapshot) AS now, f.late,
    s.s_count + s.v_count AS to_correct, coalesce(o.open_q, 0) AS open_q, coalesce(o.open_m, 0) AS open_m,
    coalesce(o.awaiting, 0) AS awaiting
FROM submission s JOIN due_date d ON d.period = s.period
JOIN filing f ON f.submitter = s.submitter AND f.period = s.period
LEFT JOIN open_question o ON o.submission_id = s.submission_id
WHERE s.submission_id = $submission_id"""


def receipt_of(connection: duckdb.DuckDBPyConnection, submission_id: int) -> Receipt:
    """What the system says of one version as of the snapshot."""
    result = connection.execute(STANDING_OF, {"submission_id": submission_id})
    names = [column[0] for column in result.description]
    row = dict(zip(names, result.fetchall()[0], strict=True))
    standing = Standing(**{name: row[name] for name in STANDING})
    facts = (row[name] for name in ("version", "received_at", "rule_book", "content_hash"))
    return Receipt(*facts, standing.state, standing.step, witness_of(connection))


def witness_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The ledger's head on which a snapshot was built, as it is printed."""
    return words(*connection.execute("SELECT ledger_seq, ledger_hash FROM snapshot").fetchall()[0])


FINDINGS = """
SELECT f.form, f.sheet, f.row_no AS row, f.column_code AS "column", f.value, f.level, f.check_id AS "check",
    f.message, f.advice, f.expected, f.category, f.record,
    f.finding_no AS finding, x.key, x.state, x.is_open AS open, x.reason, x.said_by, x.said_at, x.answer,
    x.answered_by, x.answered_at
FROM finding f JOIN submission s USING (submission_id) JOIN {answers} x USING (submission_id, finding_no)
WHERE s.submission_id = $submission_id
ORDER BY position(f.level IN 'SVQM'), f.finding_no"""


def latest_version(connection: duckdb.DuckDBPyConnection, submitter: str, period: str) -> int | None:
    """The number of the latest version, None where nothing was reported."""
    query = "SELECT max(version) FROM submission WHERE submitter = ? AND period = ?"
    return connection.execute(query, [submitter, period]).fetchall()[0][0]


# After the stable fields of a finding: its number and key, and what was said about it.
ANSWER_FIELDS = (
    "finding", "key", "state", "open", "reason", "said_by", "said_at", "answer", "answered_by", "answered_at",
)  # fmt: skip


def finding_rows(connection: duckdb.DuckDBPyConnection, submission_id: int, answers: str = "explanation") -> list[dict]:
    """One row a finding of a version, blockers first: the stable names of a finding, then `ANSWER_FIELDS`.

    `answers` is the table that says what was said about it.
    """
    result = connection.execute(FINDINGS.format(answers=answers), {"submission_id": submission_id})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


FAULTS = """
SELECT submission_id, submitter, period, check_id AS "check", form, reason, message, found_at
FROM rule_fault WHERE is_open ORDER BY submitter NULLS FIRST, period, check_id"""


def fault_rows(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """One row a rule that broke and has not judged since; without submitter for a check across submissions."""
    result = connection.execute(FAULTS)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


NOT_COMPUTABLE = """
SELECT count(*), list(DISTINCT indicator ORDER BY indicator), min(period), max(period),
    list(DISTINCT reason ORDER BY reason),
    (SELECT list(submitter || ' ' || s.period || '第' || version || '版' ORDER BY submission_id)
        FROM submission s WHERE submission_id IN (SELECT unnest(submissions) FROM not_computable))
FROM not_computable"""
SHOWN = 5  # names of a list in one line
# What stands in the place of an indicator's code where something else could not be worked out.
PARTS = {"structure": "余额结构", "movement": "余额变动", "trigger": "预警规则"}


def not_computable_line(connection: duckdb.DuckDBPyConnection) -> str:
    """The figures that could not be worked out, in one line, with the reason and the submissions; empty where all
    could."""
    count, indicators, first, last, reasons, filed = connection.execute(NOT_COMPUTABLE).fetchall()[0]
    if not count:
        return ""
    periods = first if first == last else f"{first}至{last}"
    because = f"，因{_some(filed)}的报送" if filed else ""
    named = [" ".join(PARTS.get(word, word) for word in code.split()) for code in indicators]
    return f"不可计算  {count}个数（{_some(named)}，{periods}）：{'、'.join(reasons)}{because}；其余照常计算"


def _some(names: list[str]) -> str:
    return "、".join(names[:SHOWN]) + (f"等{len(names)}项" if len(names) > SHOWN else "")
