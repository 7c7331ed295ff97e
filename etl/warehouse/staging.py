"""Staging: what every acknowledged version holds, as typed tables, derived from archive and ledger alone."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
from filelock import FileLock, Timeout

from contract.code import code_hash
from contract.declarations import forms
from contract.errors import LedgerError, PilotError, RefusedFile
from contract.settings import Home
from contract.storage import FULL_DISK, database_words, system_words
from etl.checks.cell_types import sql_type
from etl.checks.cover import Submitted
from etl.checks.faults import named_faults
from etl.checks.findings import FINDING_COLUMNS
from etl.checks.typed_forms import forget_batch, type_batch
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Package, from_archive
from etl.warehouse.keys import add_keys, key_tables, keys_of, with_keys
from etl.warehouse.rows import insert
from etl.warehouse.snapshot_files import CUT_LEDGER
from ledger.archive import fetch
from ledger.events import Event, Ledger

BATCH = 80
ACCEPTED = ("accepted", "questions")
LOCK_SECONDS = 600
CONFIG = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
    "memory_limit": "3GB",  # what does not fit goes to a file beside the database
}
# The rooms of the code by which facts are read and typed: facts that are staged anew may be other ones by it.
FACTS_REST_ON = ("contract", "etl/receiving", "etl/reading", "etl/checks", "etl/warehouse")
HEADER_BYTES = 3 * 4096  # before the first block of a DuckDB file
STAYS = "台账已登记的报送都在，不会丢失；排除原因后"
VERSION_COLUMNS = {
    "submission_id": pa.int32(),
    "submitter": pa.string(),
    "kind": pa.string(),
    "period": pa.string(),
    "version": pa.int32(),
    "received_at": pa.string(),
    "verdict": pa.string(),
    "file_name": pa.string(),
    "content_hash": pa.string(),
    "rule_book": pa.string(),
    "data_rows": pa.int32(),
    "s_count": pa.int32(),
    "v_count": pa.int32(),
    "q_count": pa.int32(),
    "m_count": pa.int32(),
    "preparer": pa.string(),
    "reviewer": pa.string(),
    "officer": pa.string(),
    "phone": pa.string(),
    "note": pa.string(),
    "amount_b1": pa.string(),
    "event_hash": pa.string(),
}
Progress = Callable[[int, int], None]


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Holds the one lock between processes for staging and publishing.

    Raises PilotError after ten minutes, and where the disk is full or a file of the warehouse cannot be used.
    """
    try:
        home.warehouse.mkdir(parents=True, exist_ok=True)
        with FileLock(home.warehouse / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise PilotError("另一个装载或发布正在进行，等候超过10分钟，请稍后再试") from None
    except OSError as error:
        raise PilotError(f"{system_words(error)}，操作没有完成。{STAYS}再执行一次即可") from error
    except duckdb.Error as error:
        if words := database_words(error):
            raise PilotError(f"数据仓库：{words}，操作没有完成。{STAYS}执行python -m etl rebuild即可") from error
        raise


def path_of(home: Home) -> Path:
    return home.warehouse / "staging.duckdb"


def drop_staging(home: Home, aside: Path | None = None) -> None:
    """Removes staging, or sets it aside. Its log goes first: none must lie beside the staging that comes after."""
    path_of(home).with_suffix(".duckdb.wal").unlink(missing_ok=True)
    if aside:
        os.replace(path_of(home), aside)
    else:
        path_of(home).unlink(missing_ok=True)


def _layout() -> list[str]:
    """The statements that make staging's tables, from the declarations of the forms."""
    types = {pa.int32(): "INTEGER", pa.string(): "TEXT"}
    versions = ", ".join(
        f"{name} {'TIMESTAMP' if name == 'received_at' else types[kind]}" for name, kind in VERSION_COLUMNS.items()
    )
    facts = {
        form.code: ", ".join(f"{column.code} {sql_type(column)}" for column in form.columns)
        for form in forms().values()
    }
    texts = ", ".join(f"{name} {'INTEGER' if name == 'row_no' else 'TEXT'}" for name in FINDING_COLUMNS)
    return [
        f"CREATE TABLE version ({versions})",
        "CREATE TABLE version_form "
        "(submission_id INTEGER, form TEXT, sheet TEXT, header_row INTEGER, data_rows INTEGER)",
        f"CREATE TABLE finding (submission_id INTEGER, finding_no INTEGER, {texts})",
        "CREATE TABLE revision (submission_id INTEGER, form TEXT, column_code TEXT, cells BIGINT, filled BIGINT, "
        "blanked BIGINT, corrected BIGINT, moved DECIMAL(38,6), total DECIMAL(38,6))",
        *(
            f"CREATE TABLE fact_{code} (submission_id INTEGER, row_no INTEGER, {columns}"
            f"{''.join(f', {name} INTEGER' for name in keys_of(code))})"
            for code, columns in facts.items()
        ),
        *key_tables(),
    ]


def _is_laid_out(connection: duckdb.DuckDBPyConnection, layout: str) -> bool:
    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return "layout" in tables and connection.execute("SELECT text FROM layout").fetchall() == [(layout,)]


def _is_whole(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether the file has every block in use: DuckDB opens one cut off, and misses blocks only when it reads them.

    That it has fewer blocks than it once had is no loss: DuckDB gives free ones at the end back.
    """
    block_size, blocks = connection.execute("SELECT block_size, total_blocks FROM pragma_database_size()").fetchall()[0]
    there = (path.stat().st_size - HEADER_BYTES) // block_size
    if there >= blocks:
        return True
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    used = ["SELECT max(block_id) AS last FROM pragma_metadata_info()"]
    used += [
        f"SELECT greatest(max(block_id), max(list_max(additional_block_ids))) FROM pragma_storage_info('{name}')"
        for name in tables
    ]
    last = connection.execute(f"SELECT max(last) FROM ({' UNION ALL '.join(used)})").fetchall()[0][0]
    return last is None or last < there


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Staging with the tables of today's declarations; raises duckdb.Error for a file that cannot be used."""
    connection = duckdb.connect(str(path), config=CONFIG)
    if not _is_whole(connection, path):
        connection.close()
        raise duckdb.Error("staging is cut off")
    statements = _layout()
    layout = ";\n".join(statements)
    if _is_laid_out(connection, layout):
        return connection
    if connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall() != [(0,)]:
        connection.close()
        raise duckdb.Error("staging was laid out for other declarations")
    connection.execute("BEGIN")
    for statement in statements:
        connection.execute(statement)
    connection.execute("CREATE TABLE layout AS SELECT ? AS text, ? AS code", [layout, code_hash(FACTS_REST_ON)])
    connection.execute("COMMIT")
    return connection


def open_staging(home: Home) -> duckdb.DuckDBPyConnection:
    """The staging database, made where it is missing; the caller holds `writing`.

    A file that DuckDB cannot open any more, or that was made for other declarations, is set aside: staging is
    derived and comes back.
    """
    path = path_of(home)
    try:
        return _connect(path)
    except duckdb.Error as error:
        if "Could not set lock" in str(error):
            raise PilotError(f"{path.name}正被另一个程序打开，请关闭后再试") from error
        if database_words(error) == FULL_DISK:
            raise
        drop_staging(home, aside=path.with_suffix(".old"))
        return _connect(path)


def _version_table(events: Sequence[Event]) -> pa.Table:
    columns = {name: pa.array([_fact(event, name) for event in events], kind) for name, kind in VERSION_COLUMNS.items()}
    return pa.table(columns)


def _fact(event: Event, name: str):
    own = {"submission_id": event.seq, "event_hash": event.hash}
    return own[name] if name in own else event.payload.get(name)


def stage(
    connection: duckdb.DuckDBPyConnection, archive: Path, events: Sequence[Event], batch: list[Submitted]
) -> None:
    """Adds versions whose typed tables `type_batch` has left in the connection, in one transaction.

    `batch[i]` is the reading of `events[i]`; facts are kept for accepted versions only.
    """
    accepted = [event.payload["verdict"] in ACCEPTED for event in events]
    numbers = pa.table(
        {
            "number": pa.array([item.number for item in batch], pa.int32()),
            "submission_id": pa.array([event.seq for event in events], pa.int32()),
            "submitter": pa.array([item.submitter for item in batch], pa.string()),
            "accepted": pa.array(accepted),
        }
    )
    sheets = [
        (event.seq, table.form, table.sheet, table.header_row, table.row_count)
        for event, item in zip(events, batch, strict=True)
        for table in item.reading.tables.values()
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


def packed_findings(found: list[dict]) -> bytes:
    """Findings as they are archived: one JSON line each, compressed, the same bytes for the same findings."""
    lines = "\n".join(json.dumps(finding, ensure_ascii=False, sort_keys=True) for finding in found)
    return gzip.compress(lines.encode(), mtime=0)


def findings_of(archive: Path, event: Event) -> list[dict]:
    """The findings of a version as they were given to the submitter."""
    if not event.payload["findings_hash"]:
        return []
    text = gzip.decompress(fetch(archive, event.payload["findings_hash"])).decode()
    return [json.loads(line) for line in text.split("\n")]


def read_again(home: Home, events: Sequence[Event]) -> Iterator[Reading | RefusedFile]:
    """What acknowledged versions hold, from the archive in the order of their events; a refusal in the place of one
    whose bytes the archive lacks or that cannot be read any more."""
    packages = [_received(home, event) for event in events]
    readings = read_all([package for package in packages if isinstance(package, Package)])
    for package in packages:
        yield next(readings) if isinstance(package, Package) else package


def _received(home: Home, event: Event) -> Package | RefusedFile:
    facts = event.payload
    try:
        return from_archive(home.archive, facts["file_name"], facts["content_hash"], facts["is_folder"])
    except RefusedFile as refusal:
        return refusal


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
        batch = []
        for event, reading in zip(events, read_again(home, events), strict=True):
            if isinstance(reading, RefusedFile):
                raise PilotError(f"第{event.seq}号报送在档案中的文件现已无法读取：{reading}")
            facts = event.payload
            batch.append(Submitted(event.seq, facts["submitter"], facts["kind"], facts["period"], reading))
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


def staged_versions(home: Home) -> dict[int, str]:
    """Number → hash of the event of each version in staging; none where it cannot be read: it comes back by itself."""
    if not path_of(home).exists():
        return {}
    try:
        with duckdb.connect(str(path_of(home)), read_only=True, config=CONFIG) as connection:
            return dict(connection.execute("SELECT submission_id, event_hash FROM version").fetchall())
    except duckdb.Error:
        return {}


def check_known(staged: dict[int, str], acknowledged: Iterable[Event]) -> None:
    """Raises LedgerError where staging holds a version that the ledger does not know: the ledger's end is lost."""
    strange = staged.items() - {(event.seq, event.hash) for event in acknowledged}
    if strange:
        raise LedgerError(f"暂存库中的第{min(strange)[0]}号报送与台账不符：{CUT_LEDGER}")
