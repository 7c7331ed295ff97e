"""Loads submissions: archive, identify, read, check, acknowledge in the ledger, stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain

import duckdb

from contract.calendar import period_bounds
from contract.errors import RefusedFile
from contract.parameters import Parameters
from contract.settings import Home
from etl.checks.cover import Submitted, identity, stated_amount, verdict_of
from etl.checks.engine import check_batch
from etl.checks.faults import Fault, named_faults
from etl.checks.findings import FINDING_COLUMNS, FINDING_NAMES, FINDING_ORDER
from etl.checks.rule_changes import Changes, RuleBook, changes_at
from etl.checks.typed_forms import forget_batch
from etl.feedback.answers import questions_in_workbook, said_in_workbook
from etl.feedback.explanations import KINDS
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Delivery, Package, take
from etl.warehouse.snapshot_files import finish
from etl.warehouse.staging import (
    BATCH,
    Progress,
    open_staging,
    packed_findings,
    reconcile,
    stage,
    writing,
)
from ledger.archive import asides, keep
from ledger.events import Entry, Event, Ledger
from ledger.policy import parameters_at
from ledger.roster import Member, members

COVER_FACTS = ("preparer", "reviewer", "officer", "phone", "note")


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: accepted, returned, unchanged (the same bytes again), refused, or set aside as
    faulty, since a rule that types its cells broke; `faults` are the rules that broke on it."""

    delivery: Delivery
    status: str
    submitter: str = ""
    period: str = ""
    version: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    message: str = ""
    submission_id: int = 0
    reasons: int = 0  # taken from the workbook's results sheet
    faults: tuple[Fault, ...] = ()


@dataclass
class Register:
    """What the ledger knows when a load begins, kept up to date as versions are added."""

    members: dict[str, Member]
    versions: dict[tuple[str, str], list[Event]]
    said: list[Event]
    changes: Changes
    parameters: Parameters

    @classmethod
    def of(cls, home: Home, ledger: Ledger) -> Register:
        versions: dict[tuple[str, str], list[Event]] = {}
        for event in ledger.events("submission"):
            versions.setdefault((event.payload["submitter"], event.payload["period"]), []).append(event)
        said = ledger.events(*KINDS)
        return cls(members(ledger.events("decision")), versions, said, changes_at(home), parameters_at(home))


def identify(package: Package, reading: Reading, register: dict[str, Member], received_at: datetime) -> tuple[str, str]:
    """(submitter, period) of a submission, by the file's name first, else by its cover.

    Raises RefusedFile where neither tells, the submitter is not on the list, or the period has not ended.
    """
    submitter, period = identity(package.name, reading)
    if not submitter or not period:
        raise RefusedFile("从文件名和封面都看不出报送机构和报送期；文件名应如2026-10_B001.xlsx，封面应填写完整")
    member = register.get(submitter)
    if member is None:
        raise RefusedFile(f"报送机构{submitter}不在试点名单上，未受理")
    first, last = period_bounds(period)
    if received_at.date() <= last:
        raise RefusedFile(f"报送期{period}在收到时（{received_at:%Y-%m-%d}）尚未结束，未受理")
    if first >= member.admitted_on and not member.expected_in(period):
        raise RefusedFile(f"{member.name}在{period}已不在试点名单上，未受理")
    return submitter, period


def _prepare(
    deliveries: Sequence[Delivery], known: Register
) -> tuple[list[tuple[Delivery, Package, Submitted]], dict[int, Outcome], dict[int, tuple[bytes | None, str]]]:
    """Reads and identifies deliveries; the refused come back as outcomes, and with their reasons, by position."""
    packages: dict[int, Package] = {}
    outcomes: dict[int, Outcome] = {}
    refused: dict[int, tuple[Package | None, str]] = {}
    for position, delivery in enumerate(deliveries):
        try:
            packages[position] = take(delivery.path)
        except RefusedFile as refusal:
            refused[position] = (None, str(refusal))
    ready = []
    for (position, package), reading in zip(packages.items(), read_all(list(packages.values())), strict=True):
        delivery = deliveries[position]
        try:
            if isinstance(reading, RefusedFile):
                raise reading
            submitter, period = identify(package, reading, known.members, delivery.received_at)
        except RefusedFile as refusal:
            refused[position] = (package, str(refusal))
            continue
        member = known.members[submitter]
        ceilings = tuple((stretch.since, Decimal(stretch.value)) for stretch in member.ceilings)
        ready.append((delivery, package, Submitted(position, submitter, member.kind, period, reading, ceilings)))
    for position, (_, message) in refused.items():
        outcomes[position] = Outcome(deliveries[position], "refused", message=message)
    return ready, outcomes, refused


def _record_refusals(
    home: Home, ledger: Ledger, at: datetime, actor: str, deliveries: Sequence[Delivery], refused: dict
) -> None:
    """Keeps each refused file with the reason, once: it becomes no version, and nothing is lost."""
    entries = []
    known = [(event.subject, event.payload) for event in ledger.events("refusal")]
    for position, (package, message) in refused.items():
        content_hash = package.archived(home.archive) if package else ""
        name = deliveries[position].name
        payload = {"content_hash": content_hash, "reason": message}
        if (name, payload) not in known:
            entries.append(Entry("refusal", actor, name, payload))
            known.append((name, payload))
    if entries:
        ledger.append(at, entries)


def _found_by_number(connection: duckdb.DuckDBPyConnection) -> dict[int, list[dict]]:
    query = f"SELECT number, {', '.join(FINDING_COLUMNS)} FROM found ORDER BY number, {FINDING_ORDER}"
    found: dict[int, list[dict]] = {}
    for number, *values in connection.execute(query).fetchall():
        found.setdefault(number, []).append(dict(zip(FINDING_COLUMNS, values, strict=True)))
    return found


def _set_aside(
    home: Home, ledger: Ledger, at: datetime, actor: str, package: Package, item: Submitted, faults: list[Fault]
) -> None:
    """Keeps a submission whose cells could not be typed, with the rules that broke, once: it becomes no version."""
    payload = {
        "content_hash": package.archived(home.archive),
        "period": item.period,
        "rule_faults": [fault.entry for fault in faults],
    }
    if (item.submitter, payload) not in [(event.subject, event.payload) for event in ledger.events("rule_fault")]:
        ledger.append(at, [Entry("rule_fault", actor, item.submitter, payload)])


def _acknowledgement(
    home: Home,
    package: Package,
    item: Submitted,
    version: int,
    received_at: datetime,
    found: list[dict],
    faults: list[Fault],
    rule_book: str,
    actor: str,
) -> Entry:
    """The receipt of one version, complete: what it was, who answers for it, how it was judged."""
    cover = item.reading.cover
    payload = {
        "submitter": item.submitter,
        "kind": item.kind,
        "period": item.period,
        "version": version,
        "received_at": received_at.isoformat(timespec="seconds"),
        "verdict": verdict_of(item.reading, [finding["level"] for finding in found], faults),
        "file_name": package.name,
        "is_folder": package.is_folder,
        "content_hash": package.archived(home.archive),
        "rule_book": rule_book,
        "rule_faults": [fault.entry for fault in faults],
        "data_rows": sum(table.row_count for table in item.reading.tables.values()),
        "findings_hash": keep(home.archive, packed_findings(found)) if found else "",
        "ignored_sheets": list(item.reading.ignored_sheets),
    }
    payload |= {f"{level.lower()}_count": sum(f["level"] == level for f in found) for level in "SVQM"}
    payload |= {"amount_b1": stated_amount(item.reading)}
    payload |= {name: cover[name].value if name in cover else None for name in COVER_FACTS}
    return Entry("submission", actor, item.submitter, payload)


def _reasons(item: Submitted, version: int, found: list[dict], said: Sequence[Event], actor: str) -> list[Entry]:
    """What the submitter has written into the marked workbook that it sends back."""
    if not item.reading.remarks:
        return []
    findings = [{FINDING_NAMES.get(name, name): value for name, value in finding.items()} for finding in found]
    questions = questions_in_workbook(item.submitter, item.period, version, findings, item.reading.remarks)
    preparer = item.reading.cover.get("preparer")
    by = (preparer and preparer.value) or item.submitter
    earlier = [event for event in said if event.subject == item.submitter]
    return said_in_workbook(item.reading.remarks, questions, earlier, by, actor)


def _judged_by_more(before: Event | None, book: RuleBook, faults: Sequence[Fault]) -> bool:
    """Whether bytes that were judged before are judged now by a rule that broke on them then: a new version."""
    broke = {entry["check"] for entry in before.payload.get("rule_faults", [])} if before else set()
    return bool(broke & book.levels.keys() - {fault.check_id for fault in faults})


def _load_batch(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    ledger: Ledger,
    known: Register,
    deliveries: Sequence[Delivery],
    now: datetime,
    actor: str,
) -> list[Outcome]:
    ready, outcomes, refused = _prepare(deliveries, known)
    broken: dict[int, list[Fault]] = {}
    for fault in check_batch(connection, [item for _, _, item in ready], known.changes, known.parameters):
        broken.setdefault(fault.number, []).append(fault)
    books = {period: known.changes.book(period) for period in {item.period for _, _, item in ready}}
    found = _found_by_number(connection)
    entries, staged, reasons = [], [], []
    pending: dict[tuple[str, str], dict[str, int]] = {}
    for delivery, package, item in ready:
        key = (item.submitter, item.period)
        faults = broken.get(item.number, [])
        if any(fault.is_unread for fault in faults):
            _set_aside(home, ledger, now, actor, package, item, faults)
            message = f"规则{named_faults(faults)}未能执行，内容无法读入，原件已留存；规则修复后请重新装载"
            outcomes[item.number] = Outcome(delivery, "faulty", *key, message=message, faults=tuple(faults))
            continue
        versions = {event.payload["content_hash"]: event for event in known.versions.get(key, [])}
        seen = {known_hash: event.payload["version"] for known_hash, event in versions.items()}
        seen |= pending.get(key, {})
        content_hash = package.content_hash
        if content_hash in seen and not _judged_by_more(versions.get(content_hash), books[item.period], faults):
            newer = max(seen.values()) > seen[content_hash]
            message = f"与第{seen[content_hash]}版内容相同，未作变更" + ("；此后的版本仍然有效" if newer else "")
            outcomes[item.number] = Outcome(delivery, "unchanged", *key, seen[content_hash], message=message)
            continue
        version = max(seen.values(), default=0) + 1
        pending.setdefault(key, {})[content_hash] = version
        findings = found.get(item.number, [])
        reasons.append(_reasons(item, version, findings, known.said, actor))
        acknowledged = (version, delivery.received_at, findings, faults, books[item.period].version, actor)
        entries.append(_acknowledgement(home, package, item, *acknowledged))
        staged.append((delivery, item))
    _record_refusals(home, ledger, now, actor, deliveries, refused)
    appended = ledger.append(now, [*entries, *chain.from_iterable(reasons)]) if entries else []
    events = appended[: len(entries)]
    known.said += appended[len(entries) :]
    for (delivery, item), event, given in zip(staged, events, reasons, strict=True):
        known.versions.setdefault((item.submitter, item.period), []).append(event)
        facts = event.payload
        status = "returned" if facts["verdict"] == "returned" else "accepted"
        counts = {level: facts[f"{level.lower()}_count"] for level in "SVQM"}
        outcomes[item.number] = Outcome(
            delivery, status, item.submitter, item.period, facts["version"], counts, "", event.seq, len(given),
            tuple(broken.get(item.number, ())),
        )  # fmt: skip
    if events:
        stage(connection, home.archive, events, [item for _, item in staged])
    forget_batch(connection)
    return [outcomes[position] for position in range(len(deliveries))]


def load(
    home: Home,
    ledger: Ledger,
    deliveries: Sequence[Delivery],
    now: datetime,
    actor: str,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Loads deliveries in the order given and returns an outcome for each; publishing is apart.

    The ledger's event is the acknowledgement. Whatever a cut-off load acknowledged without staging it is
    staged first, from the archive.
    """
    outcomes: list[Outcome] = []
    with writing(home):
        finish(home, ledger)
        for aside in asides(home.archive):
            aside.unlink()
        connection = open_staging(home)
        try:
            reconcile(connection, home, ledger)
            known = Register.of(home, ledger)
            for start in range(0, len(deliveries), BATCH):
                batch = deliveries[start : start + BATCH]
                outcomes += _load_batch(connection, home, ledger, known, batch, now, actor)
                if progress:
                    progress(len(outcomes), len(deliveries))
        finally:
            connection.close()
    return outcomes
