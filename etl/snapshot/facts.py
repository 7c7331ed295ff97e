"""The first step of a snapshot: members, periods, expectations, submissions and the facts in force."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from operator import attrgetter

import duckdb
import pyarrow as pa

from contract.calendar import (
    closing,
    deadline,
    explanation_deadline,
    is_binding,
    is_quarter_end,
    period_bounds,
    period_of,
    periods_between,
    previous,
)
from contract.declarations import districts, forms
from contract.parameters import Parameters
from etl.snapshot.built_by import built_by_now
from etl.snapshot.context import BuildContext
from etl.snapshot.filing import lay_filing
from etl.warehouse.tables import keys_of
from ledger.incidents import EVENTS as INCIDENT_EVENTS
from ledger.incidents import Incident, incidents
from ledger.policy import parameters_of
from ledger.proposals import EVENTS, Proposal, proposals
from ledger.roster import Member, Stretch, filing_from, members, stretch_at

DAYS, TEXTS, TIMES = pa.date32(), pa.string(), pa.timestamp("us")
STRETCH = attrgetter("value", "since", "until")


def _table(connection: duckdb.DuckDBPyConnection, name: str, types: dict[str, pa.DataType], rows: list[tuple]) -> None:
    columns = zip(*rows, strict=True) if rows else [() for _ in types]
    arrays = {column: pa.array(values, kind) for (column, kind), values in zip(types.items(), columns, strict=True)}
    connection.register("new_rows", pa.table(arrays))
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM new_rows")
    connection.unregister("new_rows")


def _short_name(member: Member, name: str) -> str:
    return districts()[member.code].short_name if member.kind == "district" else name


def _value_at(stretches: tuple[Stretch, ...], day: date) -> str:
    """The value on a day; before its first day, the first."""
    return (stretch_at(stretches, day) or stretches[0]).value


def _group_in(member: Member, period: str) -> str:
    """A member's group at the end of a period."""
    return _value_at(member.groups, period_bounds(period)[1])


def _build_members(connection: duckdb.DuckDBPyConnection, listed: dict[str, Member], today: date) -> None:
    rows = []
    for member in listed.values():
        state = member.state_at(today) or member.states[0]
        name, group = _value_at(member.names, today), _value_at(member.groups, today)
        names = (member.code, name, member.kind, group, member.admitted_on, member.admission_period)
        rows.append((*names, state.value, state.since, _short_name(member, name)))
    types = dict.fromkeys(("code", "name", "kind", "member_group"), TEXTS) | {"admitted_on": DAYS}
    types |= {"admission_period": TEXTS, "state": TEXTS, "since": DAYS, "short_name": TEXTS}
    _table(connection, "member", types, rows)
    span = {"from_date": DAYS, "to_date": DAYS}
    states = [(member.code, *STRETCH(stretch)) for member in listed.values() for stretch in member.states]
    _table(connection, "member_state", {"code": TEXTS, "state": TEXTS} | span, states)
    ceilings = [(member.code, *STRETCH(stretch)) for member in listed.values() for stretch in member.ceilings]
    _table(connection, "ceiling", {"code": TEXTS, "ceiling": TEXTS} | span, ceilings)
    connection.execute("ALTER TABLE ceiling ALTER ceiling TYPE DECIMAL(18,6)")
    attributes = [
        (member.code, attribute, *STRETCH(stretch))
        for member in listed.values()
        for attribute, stretches in {"name": member.names, "group": member.groups, "contact": member.contacts}.items()
        for stretch in stretches
    ]
    _table(connection, "member_attribute", dict.fromkeys(("code", "attribute", "value"), TEXTS) | span, attributes)


DECISION_TYPES = (
    {"decision_id": pa.int32(), "kind": TEXTS, "subject": TEXTS, "proposed_on": DAYS, "effective_on": DAYS}
    | dict.fromkeys(("batch", "document_no", "reason", "proposer", "approver", "status"), TEXTS)
    | dict.fromkeys(("decided_on", "noticed_on", "answer_due", "answered_on", "rectify_due"), DAYS)
    | dict.fromkeys(("successor", "sets", "recommended_by", "rejected_because"), TEXTS)
    | {"triggers": pa.list_(TEXTS)}
)
DECISION_FACTS = attrgetter(
    "id", "kind.code", "subject", "proposed_on", "effective_on", "batch", "document_no", "reason", "proposer",
    "approver", "status", "decided_on", "noticed_on", "answer_due", "answered_on", "rectify_due",
)  # fmt: skip


def _build_decisions(connection: duckdb.DuckDBPyConnection, proposed: Iterable[Proposal]) -> None:
    rows = [
        (
            *DECISION_FACTS(proposal),
            *(proposal.sets.get("successor", ""), json.dumps(proposal.sets, ensure_ascii=False, sort_keys=True)),
            *(proposal.recommended_by, proposal.rejected_because, list(proposal.triggers)),
        )
        for proposal in proposed
    ]
    _table(connection, "decision", DECISION_TYPES, rows)


def _build_heirs(connection: duckdb.DuckDBPyConnection, listed: dict[str, Member]) -> None:
    """Who stands in a succeeded member's place from which day, through later successions as well."""
    rows = []
    for member in listed.values():
        heirs, heir = [], member
        while heir.successor:
            heirs.append((heir.states[-1].since, heir.successor))
            heir = listed[heir.successor]
        ends = [*(day for day, _ in heirs[1:]), None]
        rows += [(member.code, code, day, end) for (day, code), end in zip(heirs, ends, strict=False)]
    types = {"code": TEXTS, "heir": TEXTS, "from_date": DAYS, "to_date": DAYS}
    _table(connection, "heir", types, rows)


INCIDENT_FACTS = attrgetter(
    "id", "kind.code", "kind.rule", "subject", "entered_on", "happened_on", "note", "entered_by"
)


def _build_incidents(
    connection: duckdb.DuckDBPyConnection, entered: Iterable[Incident], parameters: Parameters
) -> None:
    rows = [
        (
            *INCIDENT_FACTS(incident),
            *((sure.on, sure.by) if (sure := incident.confirmation) else (None, None)),
            incident.veto_year(parameters),
        )
        for incident in entered
    ]
    types = {"incident_id": pa.int32()} | dict.fromkeys(("kind", "rule", "subject"), TEXTS)
    types |= {"entered_on": DAYS, "happened_on": DAYS, "note": TEXTS, "entered_by": TEXTS}
    types |= {"confirmed_on": DAYS, "confirmed_by": TEXTS, "veto_year": pa.int32()}
    _table(connection, "incident", types, rows)


def _last_period(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> str:
    """The latest period that has ended at the reference time, or was reported."""
    ended = previous(period_of(context.now.date()))
    reported = connection.execute("SELECT max(period) FROM version").fetchall()[0][0]
    return max(ended, reported or ended)


def _first_period(connection: duckdb.DuckDBPyConnection, listed: dict[str, Member], last: str) -> str:
    reported = connection.execute("SELECT min(period) FROM version").fetchall()[0][0]
    # A member is expected from its admission, but nobody asks for months before the first report came in.
    admitted = [member.admission_period for member in listed.values()]
    return (reported or min(admitted, default=last))[:4] + "-01"


def _build_periods(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> None:
    bounds = {period: period_bounds(period) for period in periods}
    rows = [(period, int(period[:4]), int(period[5:]), *bounds[period], is_quarter_end(period)) for period in periods]
    types = {"period": TEXTS, "year": pa.int32(), "month": pa.int32(), "first_day": DAYS, "last_day": DAYS}
    _table(connection, "period", types | {"is_quarter_end": pa.bool_()}, rows)


def _build_expected(
    connection: duckdb.DuckDBPyConnection,
    context: BuildContext,
    listed: dict[str, Member],
    periods: list[str],
    parameters: Parameters,
) -> None:
    due = {period: deadline(period, parameters) for period in periods}
    dates = [
        (period, due[period], explanation_deadline(period, parameters), closing(period, parameters))
        for period in periods
    ]
    since = filing_from(context.ledger.events("decision"))
    held_to = {period: due[period] if is_binding(period, parameters, since) else None for period in periods}
    rows = [
        (member.code, member.kind, _group_in(member, period), period, limit, limit is not None and limit <= context.now)
        for period, limit in held_to.items()
        for member in listed.values()
        if member.expected_in(period)
    ]
    types = dict.fromkeys(("submitter", "kind", "member_group", "period"), TEXTS)
    _table(connection, "expected", types | {"deadline": TIMES, "deadline_passed": pa.bool_()}, rows)
    times = dict.fromkeys(("deadline", "explain_by", "closed_at"), TIMES)
    _table(connection, "due_date", {"period": TEXTS} | times, dates)


SUBMISSION = """
CREATE OR REPLACE TABLE submission AS
SELECT v.submission_id, v.submitter, v.kind, v.period, v.version, v.received_at, d.deadline,
    v.received_at <= d.deadline AS on_time, v.verdict,
    v.verdict <> 'returned' AND v.version = max(v.version) FILTER (v.verdict <> 'returned')
        OVER (PARTITION BY v.submitter, v.period) AS in_force,
    v.period < m.admission_period AS history,
    v.file_name, v.content_hash, v.rule_book, v.data_rows, v.s_count, v.v_count, v.q_count, v.m_count,
    v.preparer, v.reviewer, v.officer, v.phone, v.note
FROM version v JOIN member m ON m.code = v.submitter JOIN due_date d USING (period)
ORDER BY v.submission_id"""

PRESENCE = """
CREATE OR REPLACE TABLE presence AS
SELECT s.submitter, s.kind, coalesce(g.value, m.member_group) AS member_group, s.period, s.submission_id,
    e.submitter IS NOT NULL AS on_list
FROM submission s
JOIN member m ON m.code = s.submitter
JOIN period t ON t.period = s.period
LEFT JOIN expected e ON e.submitter = s.submitter AND e.period = s.period
LEFT JOIN member_attribute g ON g.code = s.submitter AND g.attribute = 'group'
    AND g.from_date <= t.last_day AND (g.to_date IS NULL OR t.last_day < g.to_date)
WHERE s.in_force ORDER BY s.period, s.submitter"""


def lay_forms(connection: duckdb.DuckDBPyConnection) -> None:
    """A view a form, on the facts of what `submission` says is in force."""
    for form in forms().values():
        columns = ", ".join(f"f.{name}" for name in (*(column.code for column in form.columns), *keys_of(form.code)))
        connection.execute(f"""CREATE OR REPLACE VIEW {form.code} AS
            SELECT f.submission_id, s.submitter, s.period, f.row_no, t.sheet, {columns}
            FROM fact_{form.code} f JOIN submission s ON s.submission_id = f.submission_id AND s.in_force
            JOIN version_form t ON t.submission_id = f.submission_id AND t.form = '{form.code}'""")


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the tables that `docs/tables.md` lists for this step; facts are views on what is in force."""
    listed = members(context.ledger.events("decision"))
    last = _last_period(connection, context)
    periods = periods_between(_first_period(connection, listed, last), last)
    _build_members(connection, listed, context.now.date())
    _build_heirs(connection, listed)
    parameters = parameters_of(context.ledger)
    _build_incidents(connection, incidents(context.ledger.events(*INCIDENT_EVENTS)).values(), parameters)
    _build_decisions(connection, proposals(context.ledger.events(*EVENTS)).values())
    _build_periods(connection, periods)
    _build_expected(connection, context, listed, periods, parameters)
    connection.execute(SUBMISSION)
    connection.execute(PRESENCE)
    lay_filing(connection)
    lay_forms(connection)
    seq, ledger_hash = context.ledger.head()
    facts = (context.number, context.now, context.now, seq, ledger_hash, context.demonstration, last, built_by_now())
    connection.execute("""CREATE OR REPLACE TABLE snapshot (number INTEGER, built_at TIMESTAMP, now TIMESTAMP,
        ledger_seq BIGINT, ledger_hash TEXT, demonstration BOOLEAN, last_period TEXT, built_by TEXT)""")
    connection.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, ?)", facts)
