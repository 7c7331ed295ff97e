"""The step of a snapshot that tells which checks are in force for each period, how that came, and which broke."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from etl.checks.rule_changes import OFF, Changes, catalogue, declared_changes, with_events
from etl.snapshot.context import BuildContext
from etl.warehouse.tables import insert
from ledger.events import Event

TABLES = """
CREATE OR REPLACE TABLE rule_level (check_id TEXT, period TEXT, level TEXT);
CREATE OR REPLACE TABLE rule_change (check_id TEXT, period_from TEXT, level TEXT, document_no TEXT, note TEXT,
    proposer TEXT, approver TEXT);
CREATE OR REPLACE TABLE rule_fault (submission_id INTEGER, submitter TEXT, period TEXT, check_id TEXT, form TEXT,
    reason TEXT, message TEXT, found_at TIMESTAMP, is_across BOOLEAN, is_open BOOLEAN);
CREATE OR REPLACE TABLE not_computable (period TEXT, scope TEXT, entity TEXT, indicator TEXT, reason TEXT,
    submissions INTEGER[]);
CREATE OR REPLACE VIEW faulty_version AS
    SELECT submission_id FROM rule_fault WHERE is_open AND submission_id IS NOT NULL
    UNION
    SELECT s.submission_id FROM rule_fault r
    JOIN submission s ON s.in_force
    JOIN rule_level l ON l.check_id = r.check_id AND l.period = s.period
    LEFT JOIN version_form t ON t.submission_id = s.submission_id AND t.form = r.form
    WHERE r.is_open AND r.is_across AND (t.form IS NOT NULL OR r.form = 'cover')"""


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `rule_level` (a row a period and check in force), `rule_change` (a row a dated change) and `rule_fault`
    (a row a rule that broke on a version, or on a delivery that was set aside; the step `consistency` adds those across
    submissions). `faulty_version` are the versions with an open fault, of their own or of their form's.

    And `not_computable`, empty: later steps set down in it the figures that they cannot work out."""
    changes = with_events(declared_changes(), context.ledger.events("rule"))
    connection.execute(TABLES)
    periods = [row[0] for row in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    levels = [
        (check_id, period, level) for period in periods for check_id, level in changes.book(period).levels.items()
    ]
    insert(connection, "rule_level", levels)
    made = [change for history in changes.history.values() for change in history]
    insert(connection, "rule_change", [tuple(vars(change).values()) for change in made])
    submissions = context.ledger.events("submission")
    insert(connection, "rule_fault", [*_on_versions(submissions, changes), *_set_aside(submissions, context)])


def _on_versions(submissions: list[Event], changes: Changes) -> Iterator[tuple]:
    """Faults that a version's receipt tells; closed where a later version was accepted, or where the rule is not in
    force for the period any more."""
    latest = {_of(event): event.seq for event in submissions if event.payload["verdict"] != "returned"}
    for event in submissions:
        for entry in event.payload.get("rule_faults", []):
            check = catalogue().get(entry["check"])
            in_force = check is not None and changes.level(check, event.payload["period"]) != OFF
            is_open = in_force and latest.get(_of(event), 0) <= event.seq
            yield event.seq, *_of(event), *_told(entry), event.at, False, is_open


def _of(event: Event) -> tuple[str, str]:
    return event.payload["submitter"], event.payload["period"]


def _told(entry: dict[str, str]) -> tuple[str, ...]:
    return tuple(entry[name] for name in ("check", "form", "reason", "message"))


def _set_aside(submissions: list[Event], context: BuildContext) -> Iterator[tuple]:
    """Faults that kept a delivery from becoming a version; closed when the same bytes have become one."""
    taken = {(event.payload["submitter"], event.payload["content_hash"]) for event in submissions}
    for event in context.ledger.events("rule_fault"):
        is_open = (event.subject, event.payload["content_hash"]) not in taken
        for entry in event.payload["rule_faults"]:
            yield None, event.subject, event.payload["period"], *_told(entry), event.at, False, is_open
