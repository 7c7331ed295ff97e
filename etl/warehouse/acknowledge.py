"""What the ledger keeps of a delivery, with its bytes in the archive: a receipt, a refusal, or what broke on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contract.places import Archive
from etl.checks.cover import stated_amount
from etl.checks.findings import in_stable_names
from etl.feedback.answers import questions_in_workbook, said_in_workbook
from etl.warehouse.identify import Refusal
from etl.warehouse.judge import Judgement
from etl.warehouse.version import packed_findings
from ledger.archive import keep
from ledger.events import Entry, Event, Ledger

COVER_FACTS = ("preparer", "reviewer", "officer", "phone", "note")


def receipt_entry(archive: Archive, judgement: Judgement, version: int, actor: str) -> Entry:
    """The receipt of one version, complete: what it was, who answers for it, how it was judgement."""
    submission, package = judgement.submission, judgement.package
    cover, findings = submission.reading.cover, judgement.findings
    levels = [finding["level"] for finding in findings]
    payload = {
        "submitter": submission.submitter,
        "kind": submission.kind,
        "period": submission.period,
        "version": version,
        "received_at": judgement.delivery.received_at.isoformat(timespec="seconds"),
        "verdict": judgement.verdict,
        "file_name": package.name,
        "is_folder": package.is_folder,
        "content_hash": package.archived(archive),
        "rule_book": judgement.book.version,
        "rule_faults": [fault.entry for fault in judgement.faults],
        "data_rows": sum(table.row_count for table in submission.reading.tables.values()),
        "findings_hash": keep(archive, packed_findings(findings)) if findings else "",
        "ignored_sheets": list(submission.reading.ignored_sheets),
    }
    payload |= {f"{level.lower()}_count": levels.count(level) for level in "SVQM"}
    payload |= {"amount_b1": stated_amount(submission.reading)}
    payload |= {name: cover[name].value if name in cover else None for name in COVER_FACTS}
    return Entry("submission", actor, submission.submitter, payload)


def reason_entries(judgement: Judgement, version: int, said: Sequence[Event], actor: str) -> list[Entry]:
    """What the submitter has written into the marked workbook that it sends back; `said`: what was said before."""
    submission = judgement.submission
    if not submission.reading.remarks:
        return []
    findings = [in_stable_names(row) for row in judgement.findings]
    remarks = submission.reading.remarks
    questions = questions_in_workbook(submission.submitter, submission.period, version, findings, remarks)
    preparer = submission.reading.cover.get("preparer")
    by = (preparer and preparer.value) or submission.submitter
    earlier = [event for event in said if event.subject == submission.submitter]
    return said_in_workbook(remarks, questions, earlier, by, actor)


def refusal_entry(archive: Archive, refusal: Refusal, actor: str) -> Entry:
    """A refused file with the reason: it becomes no version, and nothing is lost."""
    content_hash = refusal.package.archived(archive) if refusal.package else ""
    return Entry("refusal", actor, refusal.delivery.name, {"content_hash": content_hash, "reason": refusal.reason})


def set_aside_entry(archive: Archive, judgement: Judgement, actor: str) -> Entry:
    """A submission whose cells could not be typed, with the rules that broke: it becomes no version."""
    payload = {
        "content_hash": judgement.package.archived(archive),
        "period": judgement.submission.period,
        "rule_faults": [fault.entry for fault in judgement.faults],
    }
    return Entry("rule_fault", actor, judgement.submission.submitter, payload)


def record_once(ledger: Ledger, at: datetime, entries: Sequence[Entry]) -> None:
    """Appends entries of one kind, but for those that say what the ledger, or an entry before, says already."""
    if not entries:
        return
    known = [(event.subject, event.payload) for event in ledger.events(entries[0].kind)]
    new = []
    for entry in entries:
        if (entry.subject, entry.payload) not in known:
            known.append((entry.subject, entry.payload))
            new.append(entry)
    if new:
        ledger.append(at, new)
