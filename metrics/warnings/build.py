"""The snapshot step after the scores: writes the open triggers of every period, and the life of each."""

from __future__ import annotations

import json
from datetime import date

import duckdb

from contract.calendar import deadline
from contract.parameters import Parameters
from etl.checks.faults import reason_of
from etl.snapshot.context import BuildContext
from etl.warehouse.tables import insert
from ledger.policy import parameters_of
from metrics.evaluation.build import Row, insert_rows, policies_by_period
from metrics.warnings.closing import Decided, settle
from metrics.warnings.frame import days_seen
from metrics.warnings.rules import rules
from metrics.warnings.triggers import Trigger, look, open_triggers

TABLES = {
    "trigger": """
        id TEXT, rule TEXT, subject TEXT, kind TEXT, period TEXT, level TEXT, value DOUBLE, threshold DOUBLE,
        since TEXT, evidence TEXT, parameters TEXT
    """,
    "trigger_case": """
        id TEXT, rule TEXT, subject TEXT, kind TEXT, first_period TEXT, last_period TEXT, level TEXT, rose_in TEXT,
        last_level TEXT, state TEXT, closed_on DATE, closed_by INTEGER
    """,
}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Fills the tables of `TABLES` from `value`, `score` and the tables that etl leaves."""
    warn(connection, parameters_of(context.ledger), context.now.date())


def warn(connection: duckdb.DuckDBPyConnection, parameters: Parameters, today: date | None = None) -> None:
    """As `build`, with what is given; where a rule's arithmetic stops is set down in `not_computable`."""
    for table, columns in TABLES.items():
        connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({columns})')
    policies = policies_by_period(connection, parameters)
    looked = look(connection, rules(), policies, today)
    raised = [one for rule, seen in looked for one in open_triggers(rule, seen, policies)]
    deadlines = {period: deadline(period, parameters) for period in policies}
    still_open, lives = settle(raised, _decided(connection), days_seen(policies, today), deadlines)
    insert_rows(connection, "trigger", [_trigger_row(trigger) for trigger in still_open])
    insert_rows(connection, "trigger_case", [vars(life) for life in lives])
    stopped = [
        (period, one.kind, subject, f"trigger {rule.id}", reason_of(one.stopped), [])
        for rule, seen in looked
        for (subject, period), one in seen.items()
        if one.stopped
    ]
    insert(connection, "not_computable", stopped)


def _decided(connection: duckdb.DuckDBPyConnection) -> list[Decided]:
    query = "SELECT decision_id, kind, subject, decided_on, triggers FROM decision WHERE status = 'approved'"
    return [Decided(*row, tuple(named or ())) for *row, named in connection.execute(query).fetchall()]


def _trigger_row(trigger: Trigger) -> Row:
    return {
        "id": trigger.id,
        "rule": trigger.rule,
        "subject": trigger.subject,
        "kind": trigger.kind,
        "period": trigger.period,
        "level": trigger.level,
        "value": trigger.value,
        "threshold": trigger.threshold,
        "since": trigger.since,
        "evidence": json.dumps(trigger.evidence, ensure_ascii=False),
        "parameters": json.dumps(trigger.parameters, ensure_ascii=False),
    }
