"""An acknowledged version as the archive keeps it: its file, read again, and the findings its submitter was given."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence

from contract.errors import CallError, RefusedFile
from contract.places import Archive
from contract.settings import Home
from etl.checks.faults import recorded
from etl.checks.findings import in_stable_names
from etl.feedback.check import Checked
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Package, from_archive
from ledger.archive import fetch
from ledger.events import Event, Ledger


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


def packed_findings(findings: list[dict]) -> bytes:
    """Findings as they are archived: one JSON line each, compressed, the same bytes for the same findings."""
    lines = "\n".join(json.dumps(finding, ensure_ascii=False, sort_keys=True) for finding in findings)
    return gzip.compress(lines.encode(), mtime=0)


def findings_of(archive: Archive, event: Event) -> list[dict]:
    """The findings of a version as they were given to the submitter."""
    if not event.payload["findings_hash"]:
        return []
    text = gzip.decompress(fetch(archive, event.payload["findings_hash"])).decode()
    return [json.loads(line) for line in text.split("\n")]


def as_filed(home: Home, submission_id: int) -> Checked:
    """The version acknowledged under a number, as it was received and judged.

    Raises:
        CallError: the ledger has no such submission.
        RefusedFile: the archive lacks its bytes, or they cannot be read any more.
    """
    event = next((event for event in Ledger(home.ledger).events("submission") if event.seq == submission_id), None)
    if event is None:
        raise CallError(f"台账中没有第{submission_id}号报送")
    facts = event.payload
    package = from_archive(home.archive, facts["file_name"], facts["content_hash"], facts["is_folder"])
    (reading,) = read_all([package])
    if isinstance(reading, RefusedFile):
        raise reading
    findings = [in_stable_names(finding) for finding in findings_of(home.archive, event)]
    faults = tuple(map(recorded, facts.get("rule_faults", [])))
    return Checked(package, reading, facts["submitter"], facts["period"], facts["verdict"], findings, faults)
