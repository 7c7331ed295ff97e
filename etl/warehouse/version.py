"""A version as it was received and judged: read again from the archive, with the findings its submitter was given."""

from __future__ import annotations

from contract.errors import CallError, RefusedFile
from contract.settings import Home
from etl.checks.faults import recorded
from etl.checks.findings import FINDING_NAMES
from etl.feedback.check import Checked
from etl.reading.sandbox import read_all
from etl.receiving.receive import from_archive
from etl.warehouse.staging import findings_of
from ledger.events import Ledger


def as_filed(home: Home, submission_id: int) -> Checked:
    """The version acknowledged under a number.

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
    findings = [
        {FINDING_NAMES.get(name, name): value for name, value in finding.items()}
        for finding in findings_of(home.archive, event)
    ]
    faults = tuple(map(recorded, facts.get("rule_faults", [])))
    return Checked(package, reading, facts["submitter"], facts["period"], facts["verdict"], findings, faults)
