"""What must hold after any fault, looked at from outside: with the databases and hashes, not with the code at test."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing

import duckdb

from contract.declarations import forms
from contract.places import Server
from contract.settings import Home
from etl.snapshot.opened import LIMITS
from etl.snapshot.verify import report_lines, verify
from tests.faults.kept import originals
from tests.faults.served import rows

OF_THE_BUILD = ("snapshot", "basis")  # tell number, ledger's head and what was taken over: how it was built
RECEIPT = re.compile(r"回执号(\d+)")
VERSION = re.compile(r"已(?:重建并)?发布数据版本第(\d+)版")
Event = tuple[int, str, str, dict]


def events(home: Home) -> list[Event]:
    """Number, hash, kind and payload of all that the ledger holds."""
    if isinstance(home.ledger, Server):
        found = rows(home.ledger)
    else:
        with closing(sqlite3.connect(home.ledger)) as connection:
            found = connection.execute("SELECT seq, hash, kind, payload FROM event ORDER BY seq").fetchall()
    return [(seq, digest, kind, json.loads(payload)) for seq, digest, kind, payload in found]


def contents(home: Home) -> dict[str, list[tuple]]:
    """Every table and view of the current snapshot, row by row."""
    with duckdb.connect(str(home.current_snapshot()), read_only=True, config=LIMITS) as connection:
        names = [row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()]
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()
            for name in names
            if name not in OF_THE_BUILD
        }


def told(home: Home) -> str:
    """The hash of all that the current snapshot tells of submissions, whatever their numbers in the ledger."""
    with duckdb.connect(str(home.current_snapshot()), read_only=True, config=LIMITS) as connection:
        number = connection.execute("SELECT number FROM snapshot").fetchall()
        assert [(int(home.current_snapshot().stem.removeprefix("pilot-")),)] == number
        asked = ["SELECT submitter, period, version, verdict, in_force, content_hash FROM submission ORDER BY ALL"]
        asked += [
            f"SELECT s.submitter, s.period, s.version, f.* EXCLUDE (submission_id) "
            f"FROM fact_{form} f JOIN submission s USING (submission_id) ORDER BY ALL"
            for form in forms()
        ]
        answers = [connection.execute(query).fetchall() for query in asked]
    return hashlib.sha256(repr(answers).encode()).hexdigest()


def check_archive(home: Home, known: list[Event]) -> None:
    """Every acknowledged submission's bytes and findings lie under their hash, whole."""
    for _, _, kind, payload in known:
        for sha256 in (payload.get("content_hash"), payload.get("findings_hash")) if kind != "publication" else ():
            if sha256:
                content = (originals(home) / sha256[:2] / sha256).read_bytes()
                assert hashlib.sha256(content).hexdigest() == sha256
                if content.startswith(b'{"folder"'):
                    for part in json.loads(content)["folder"].values():
                        kept = (originals(home) / part[:2] / part).read_bytes()
                        assert hashlib.sha256(kept).hexdigest() == part


def check_kept(home: Home, before: list[Event], printed: str) -> None:
    """Nothing acknowledged is gone: what the ledger held, and what the process printed before it ended."""
    now = events(home)
    assert now[: len(before)] == before, "events of the ledger are gone or changed"
    submissions = {seq for seq, _, kind, _ in now if kind == "submission"}
    assert {int(seq) for seq in RECEIPT.findall(printed)} <= submissions, "a receipt was given that the ledger lacks"
    published = {payload["number"] for _, _, kind, payload in now if kind == "publication"}
    assert {int(number) for number in VERSION.findall(printed)} <= published
    check_archive(home, now)


def check_once(home: Home) -> None:
    """Each acknowledged submission is in staging and in the snapshot exactly once, and no other is; no half files."""
    versions = Counter(seq for seq, _, kind, _ in events(home) if kind == "submission")
    keys = [(p["submitter"], p["period"], p["version"]) for _, _, kind, p in events(home) if kind == "submission"]
    assert len(set(keys)) == len(keys), "a version was given twice"
    for path in (home.warehouse / "staging.duckdb", home.current_snapshot()):
        with duckdb.connect(str(path), read_only=True, config=LIMITS) as connection:
            held = connection.execute("SELECT submission_id FROM version").fetchall()
        assert Counter(seq for (seq,) in held) == versions, f"{path.name} holds other versions than the ledger"
    left = [path.name for path in home.warehouse.glob(".[bC]*")] + [
        path.name for path in originals(home).glob(".part*")
    ]
    assert left == [], "half files are left"


def check_verified(home: Home) -> None:
    """`python -m etl verify` finds nothing wrong."""
    found = verify(home)
    assert found.faults == [], report_lines(found)


def check_reader(home: Home) -> int:
    """What readers are pointed at is whole: its own number, versions that the ledger knows, every row of each."""
    path = home.current_snapshot()
    hashes = {seq: digest for seq, digest, _, _ in events(home)}
    with duckdb.connect(str(path), read_only=True, config=LIMITS) as connection:
        number, seq, head = connection.execute("SELECT number, ledger_seq, ledger_hash FROM snapshot").fetchall()[0]
        versions = connection.execute("SELECT submission_id, event_hash, verdict, data_rows FROM version").fetchall()
        facts = Counter(
            seq
            for form in forms()
            for (seq,) in connection.execute(f"SELECT submission_id FROM fact_{form}").fetchall()
        )
    assert path.name == f"pilot-{number}.duckdb" and hashes[seq] == head
    for submission, event_hash, verdict, data_rows in versions:
        assert hashes[submission] == event_hash
        assert facts[submission] == (0 if verdict == "returned" else data_rows), "a submission is there in part"
    return number


def check_rebuilt(home: Home, rebuild: Callable[[], None]) -> None:
    """A warehouse that is built again tells the same."""
    before = contents(home)
    rebuild()
    assert contents(home) == before, "rebuilding changed what the snapshot tells"
