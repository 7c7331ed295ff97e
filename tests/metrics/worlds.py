"""Between the oracle's plain world and a snapshot: a world read out of a snapshot, and one made into a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from contract.calendar import closing, deadline, periods_between
from contract.declarations import Form, forms
from contract.settings import Home
from etl.snapshot import facts
from etl.snapshot.context import BuildContext, Step
from etl.warehouse.lock import writing
from etl.warehouse.staging import open_staging
from etl.warehouse.tables import VERSION_COLUMNS, add_keys, insert, with_keys
from ledger.events import Entry, Ledger
from metrics.evaluation import build as evaluation
from metrics.evaluation import round_tables
from metrics.explaining import restatement
from metrics.indicators import build, disclosure
from metrics.warnings import build as warnings
from tests.oracle.packs import FIRST, LAST
from tests.oracle.world import Decision, Incident, Member, Stretch, Version, World

# What a form's columns hold where the pack has nothing to say.
PLAIN = {
    "int": "0",
    "days": "0",
    "money": "0",
    "rate": "0",
    "date": "2024-01-01",
    "flag": "false",
    "district": "110108",
}

PAPER = {"paper": {"name": "演示.txt", "sha256": "0" * 64}}


def deadlines() -> dict[str, datetime]:
    """The deadlines of all periods of a generated pack."""
    return {period: deadline(period) for period in periods_between(f"{FIRST[:4]}-01", LAST)}


def _entry(world: World, decision: Decision) -> Entry:
    member = world.members[decision.subject]
    payload = {
        "kind": decision.kind,
        "member_kind": member.kind,
        "name": f"演示{member.code}" if decision.kind == "admit" else "",
        "group": decision.group or "",
        "ceiling": "" if decision.ceiling is None else str(decision.ceiling),
        "successor": decision.successor or "",
        "effective_on": decision.day.isoformat(),
        "proposer": "演示甲",
        "approver": "演示乙",
    }
    return Entry("decision", "演示", member.code, payload)


def _ledger(world: World, home: Path) -> Ledger:
    """A ledger with the world's decisions, recognitions and incidents.

    Among them one recognition that was taken back, and one confirmed falsification that was: neither counts.
    """
    ledger = Ledger(home / "ledger.db")
    recognitions = [
        Entry("recognise", "演示", submitter, {"submitter": submitter, "period": period, "title": title})
        for submitter, period, title in sorted(world.recognised)
    ]
    taken_back = [
        Entry("recognise", "演示", recognition.subject, {**recognition.payload, "revoked": True})
        for recognition in recognitions[:1]
    ]
    decisions = [_entry(world, decision) for decision in world.decisions]
    ledger.append(world.now, [*decisions, *recognitions, *taken_back, *recognitions[:1]])
    _enter_incidents(ledger, world)
    return ledger


def _enter_incidents(ledger: Ledger, world: World) -> None:
    mistaken = Incident("B004", "falsification", world.now.date(), world.now.date())
    told = [*world.incidents, *([mistaken] if world.incidents else ())]
    entered = ledger.append(world.now, [_incident(incident) for incident in told])
    confirmed = [
        Entry(
            "incident_confirmation",
            "演示乙",
            incident.subject,
            {"incident": event.seq, "on": f"{incident.confirmed_on}", **PAPER},
        )
        for incident, event in zip(told, entered, strict=True)
        if incident.confirmed_on
    ]
    annulled = (
        [Entry("annulment", "演示甲", mistaken.subject, {"incident": entered[-1].seq, **PAPER})] if entered else []
    )
    ledger.append(world.now, [*confirmed, *annulled])


def _incident(incident: Incident) -> Entry:
    days = {"entered_on": incident.happened_on.isoformat(), "happened_on": incident.happened_on.isoformat()}
    return Entry("incident", "演示甲", incident.subject, {"kind": incident.kind, **days, "note": "", **PAPER})


def _cells(form: Form, row: Mapping[str, object]) -> list[str | None]:
    unknown = row.keys() - {column.code for column in form.columns}
    assert not unknown, f"{form.code}: {unknown}"
    texts = {name: None if value is None else str(value) for name, value in row.items()}
    return [texts.get(column.code, PLAIN.get(column.type, "x")) for column in form.columns]


def _version(number: int, version: Version, kind: str) -> list[object]:
    """A row of staging's table; what the pack has nothing to say of is empty."""
    facts = {
        "submission_id": number,
        "submitter": version.submitter,
        "kind": kind,
        "period": version.period,
        "version": version.number,
        "received_at": version.received_at,
        "verdict": version.verdict,
        "file_name": f"{version.period}_{version.submitter}.xlsx",
        "data_rows": version.data_rows,
        "s_count": version.faults,
        "v_count": 0,
    }
    return [facts.get(name) for name in VERSION_COLUMNS]


def _stage(connection: duckdb.DuckDBPyConnection, world: World) -> None:
    """Adds the versions and their rows to staging, as loading them would."""
    rows: dict[str, list[list]] = {form: [] for form in forms()}
    sheets = []
    for number, version in enumerate(world.versions, 1):
        for form, own in version.forms.items():
            sheets.append((number, form, forms()[form].sheet, 3, len(own)))
            place = (number, version.submitter)
            rows[form] += [[*place, 4 + at, *_cells(forms()[form], row)] for at, row in enumerate(own)]
    versions = [
        _version(number, version, world.members[version.submitter].kind)
        for number, version in enumerate(world.versions, 1)
    ]
    insert(connection, "version", versions)
    insert(connection, "version_form", sheets)
    for form, own in rows.items():
        columns = ", ".join(column.code for column in forms()[form].columns)
        connection.execute(
            f"CREATE TEMP TABLE new_fact AS SELECT submission_id, '' AS submitter, row_no, {columns} "
            f"FROM fact_{form} WHERE false"
        )
        insert(connection, "new_fact", own)
        add_keys(connection, form)
        keyed, joins = with_keys(form)
        connection.execute(
            f"INSERT INTO fact_{form} SELECT submission_id, row_no, {columns}{keyed} FROM new_fact{joins}"
        )
        connection.execute("DROP TABLE new_fact")


STEPS: tuple[Step, ...] = (
    facts.build,
    build.build,
    round_tables.build,
    evaluation.build,
    warnings.build,
    disclosure.build,
    restatement.build,
)


def snapshot_of(world: World, home: Path, steps: Sequence[Step] = STEPS) -> duckdb.DuckDBPyConnection:
    """A snapshot of a world, by the steps that figures, scores and triggers come from, or some of them."""
    ledger = _ledger(world, home)
    with writing(Home(home)):
        connection = open_staging(Home(home))
    _stage(connection, world)
    context = BuildContext(1, world.now, ledger, demonstration=True)
    for step in steps:
        step(connection, context)
    return connection


def _stretches(connection: duckdb.DuckDBPyConnection, statement: str) -> dict[str, tuple[Stretch, ...]]:
    by_member = defaultdict(list)
    for code, *stretch in connection.execute(statement).fetchall():
        by_member[code].append(Stretch(*stretch))
    return {code: tuple(stretches) for code, stretches in by_member.items()}


def _members(connection: duckdb.DuckDBPyConnection) -> dict[str, Member]:
    states = _stretches(connection, "SELECT * FROM member_state ORDER BY code, from_date")
    ceilings = _stretches(connection, "SELECT * FROM ceiling ORDER BY code, from_date")
    groups = _stretches(
        connection,
        "SELECT code, value, from_date, to_date FROM member_attribute WHERE attribute = 'group' "
        "ORDER BY code, from_date",
    )
    kinds = connection.execute("SELECT code, kind FROM member").fetchall()
    return {code: Member(code, kind, states[code], groups[code], ceilings.get(code, ())) for code, kind in kinds}


def _decisions(connection: duckdb.DuckDBPyConnection) -> list[Decision]:
    rows = connection.execute(
        "SELECT subject, kind, effective_on, nullif(successor, ''), triggers FROM decision "
        "WHERE status = 'approved' ORDER BY effective_on, decision_id"
    ).fetchall()
    return [
        Decision(subject, kind, day, successor=successor, triggers=tuple(triggers))
        for subject, kind, day, successor, triggers in rows
    ]


def _facts(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[str, list[dict]]]:
    """Submission → form → rows of typed values, of every version that was taken."""
    by_version: dict[int, dict[str, list[dict]]] = defaultdict(dict)
    for number, form in connection.execute("SELECT submission_id, form FROM version_form").fetchall():
        if form in forms():
            by_version[number][form] = []
    for form in forms():
        rows = connection.execute(f"SELECT * FROM fact_{form} ORDER BY submission_id, row_no")
        names = [column[0] for column in rows.description]
        for values in rows.fetchall():
            row = dict(zip(names, values, strict=True))
            by_version[row["submission_id"]][form].append(row)
    return by_version


def read_world(connection: duckdb.DuckDBPyConnection) -> World:
    """The world that a published snapshot was made from: facts, versions, list, judgements, deadlines and time."""
    facts = _facts(connection)
    versions = connection.execute(
        "SELECT submission_id, submitter, period, version, received_at, verdict, s_count + v_count, data_rows "
        "FROM version"
    ).fetchall()
    incidents = [
        Incident(*row)
        for row in connection.execute("SELECT subject, kind, happened_on, confirmed_on FROM incident").fetchall()
    ]
    return World(
        members=_members(connection),
        versions=[Version(*version, forms=facts.get(number, {})) for number, *version in versions],
        periods=[row[0] for row in connection.execute("SELECT period FROM period ORDER BY period").fetchall()],
        deadlines=dict(connection.execute("SELECT period, deadline FROM due_date").fetchall()),
        now=connection.execute("SELECT now FROM snapshot").fetchall()[0][0],
        decisions=_decisions(connection),
        recognised=frozenset(connection.execute("SELECT submitter, period, title FROM recognition").fetchall()),
        incidents=incidents,
        closings={
            f"{incident.happened_on.year}-12": closing(f"{incident.happened_on.year}-12") for incident in incidents
        },
    )
