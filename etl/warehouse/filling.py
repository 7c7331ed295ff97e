"""Fills staging with acknowledged versions: those just judged, and from the archive those that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa

from contract.declarations import forms
from contract.errors import PilotError, RefusedFile
from contract.places import Archive
from contract.settings import Home
from etl.checks.cover import Submitted
from etl.checks.faults import named_faults
from etl.checks.findings import FINDING_COLUMNS
from etl.checks.typed_forms import forget_batch, type_batch
from etl.warehouse.staging import check_known
from etl.warehouse.tables import VERSION_COLUMNS, add_keys, insert, with_keys
from etl.warehouse.version import findings_of, read_again
from ledger.events import Event, Ledger

BATCH = 80  # versions taken in at once
ACCEPTED = ("accepted", "questions")
Progress = Callable[[int, int], None]


def stage(
    connection: duckdb.DuckDBPyConnection, archive: Archive, events: Sequence[Event], batch: Sequence[Submitted]
) -> None:
    """Adds versions whose typed tables `type_batch` has left in the connection, in one transaction.

    `batch[i]` is the reading of `events[i]`; facts are kept for accepted versions only.
    """
    accepted = [event.payload["verdict"] in ACCEPTED for event in events]
    numbers = pa.table(
        {
            "number": pa.array([submission.number for submission in batch], pa.int32()),
            "submission_id": pa.array([event.seq for event in events], pa.int32()),
            "submitter": pa.array([submission.submitter for submission in batch], pa.string()),
            "accepted": pa.array(accepted),
        }
    )
    sheets = [
        (event.seq, table.form, table.sheet, table.header_row, table.row_count)
        for event, submission in zip(events, batch, strict=True)
        for table in submission.reading.tables.values()
    ]
    findings = [
        (event.seq, number, *(finding.get(name) for name in FINDING_COLUMNS))
        for event in events
        for number, finding in enumerate(findings_of(archive, event), 1)
    ]
    connection.register("numbers", numbers)
    connection.register("new_version", _version_table(events))
    connection.execute("BEGIN")
    connection.execute("INSERT INTO version SELECT * FROM new_version")
    for form in forms().values():
        columns = ", ".join(column.code for column in form.columns)
        connection.execute(f"""CREATE OR REPLACE TEMP VIEW new_fact AS
            SELECT submission_id, submitter, row_no, {columns} FROM typed_{form.code} JOIN numbers USING (number)
            WHERE accepted""")
        add_keys(connection, form.code)
        keyed, joins = with_keys(form.code)
        connection.execute(f"""INSERT INTO fact_{form.code} SELECT submission_id, row_no, {columns}{keyed}
            FROM new_fact{joins} ORDER BY submission_id, row_no""")
    insert(connection, "version_form", sheets)
    insert(connection, "finding", findings)
    connection.execute("COMMIT")
    connection.unregister("numbers")
    connection.unregister("new_version")


def _version_table(events: Sequence[Event]) -> pa.Table:
    columns = {name: pa.array([_fact(event, name) for event in events], kind) for name, kind in VERSION_COLUMNS.items()}
    return pa.table(columns)


def _fact(event: Event, name: str):
    own = {"submission_id": event.seq, "event_hash": event.hash}
    return own[name] if name in own else event.payload.get(name)


def reconcile(
    connection: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger, progress: Progress | None = None
) -> int:
    """Stages every acknowledged version that staging lacks, from the archive; returns how many.

    This is what mends a load that was cut off, and what rebuilds a deleted warehouse. Raises LedgerError where
    staging holds a version that the ledger does not know: the ledger's end is lost.
    """
    staged = dict(connection.execute("SELECT submission_id, event_hash FROM version").fetchall())
    acknowledged = ledger.events("submission")
    check_known(staged, acknowledged)
    missing = [event for event in acknowledged if event.seq not in staged]
    for start in range(0, len(missing), BATCH):
        events = missing[start : start + BATCH]
        batch = _batch_again(home, events)
        _, unread = type_batch(connection, batch)
        if unread:
            raise PilotError(
                f"第{unread[0].number}号报送在档案中的文件现已无法读入：规则{named_faults(unread)}未能执行"
            )
        stage(connection, home.archive, events, batch)
        forget_batch(connection)
        if progress:
            progress(min(start + BATCH, len(missing)), len(missing))
    return len(missing)


def _batch_again(home: Home, events: Sequence[Event]) -> list[Submitted]:
    """Acknowledged versions as a batch, numbered by their events."""
    batch = []
    for event, reading in zip(events, read_again(home, events), strict=True):
        if isinstance(reading, RefusedFile):
            raise PilotError(f"第{event.seq}号报送在档案中的文件现已无法读取：{reading}")
        facts = event.payload
        batch.append(Submitted(event.seq, facts["submitter"], facts["kind"], facts["period"], reading))
    return batch
