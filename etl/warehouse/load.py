"""Loads submissions: each is read and identified, judged, acknowledged in the ledger, staged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

import duckdb

from contract.declarations import only_in_a_region
from contract.settings import Home
from etl.checks.faults import Fault, named_faults
from etl.checks.typed_forms import forget_batch
from etl.receiving.receive import Delivery
from etl.warehouse.acknowledge import reason_entries, receipt_entry, record_once, refusal_entry, set_aside_entry
from etl.warehouse.filling import BATCH, Progress, reconcile, stage
from etl.warehouse.identify import Refusal, arrivals_of
from etl.warehouse.judge import Judgement, judge
from etl.warehouse.lock import writing
from etl.warehouse.register import KnownVersion, Register
from etl.warehouse.snapshot_files import finish
from etl.warehouse.staging import open_staging
from ledger.archive import tidy
from ledger.events import Event, Ledger
from ledger.proof.checking import check


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery: accepted, returned, unchanged (the same bytes again), refused, or set aside as
    faulty, since a rule that types its cells broke; `faults` are the rules that broke on it.

    Of an unchanged one `in_force` is the number of the version that counts, 0 where none does.
    """

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
    in_force: int = 0

    @property
    def may_count_again(self) -> bool:
        """Whether the same bytes could be taken as a new version: those that count could change nothing."""
        return self.status == "unchanged" and self.in_force != self.version


def load(
    home: Home,
    ledger: Ledger,
    deliveries: Sequence[Delivery],
    now: datetime,
    actor: str,
    progress: Progress | None = None,
    again: bool = False,
) -> list[Outcome]:
    """Loads deliveries in the order given and returns an outcome for each; publishing is apart.

    The bytes of an earlier version change nothing, also where another counts since; with `again` they become a new
    version, but where they are those of the version that counts. The ledger's event is the acknowledgement, and what it
    names is in the archive by then: an archive that cannot be reached refuses the load. Whatever a cut-off load
    acknowledged without staging it is staged first, from the archive.
    """
    only_in_a_region("报送")
    outcomes: list[Outcome] = []
    with writing(home):
        finish(home, ledger)
        check(home, ledger, whole=True)
        tidy(home.archive)
        connection = open_staging(home)
        try:
            reconcile(connection, home, ledger)
            register = Register.of(home, ledger)
            for start in range(0, len(deliveries), BATCH):
                batch = deliveries[start : start + BATCH]
                outcomes += _load_batch(connection, home, ledger, register, batch, now, actor, again)
                if progress:
                    progress(len(outcomes), len(deliveries))
        finally:
            connection.close()
    return outcomes


def _load_batch(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    ledger: Ledger,
    register: Register,
    deliveries: Sequence[Delivery],
    now: datetime,
    actor: str,
    again: bool,
) -> list[Outcome]:
    """What becomes of each delivery of a batch, in their order."""
    arrivals, refusals = arrivals_of(deliveries, register.members)
    judgements = judge(connection, arrivals, register)
    unread = [judgement for judgement in judgements if judgement.is_unread]
    read = [judgement for judgement in judgements if not judgement.is_unread]
    versions, outcomes = _numbered(read, register, again)
    receipts = [receipt_entry(home.archive, judgement, number, actor) for judgement, number in versions]
    reasons = [reason_entries(judgement, number, register.said, actor) for judgement, number in versions]
    record_once(ledger, now, [set_aside_entry(home.archive, judgement, actor) for judgement in unread])
    record_once(ledger, now, [refusal_entry(home.archive, refusal, actor) for refusal in refusals])
    if receipts:
        events = ledger.append(now, [*receipts, *chain.from_iterable(reasons)])
        acknowledged, said = events[: len(receipts)], events[len(receipts) :]
        register.said += said
        stage(connection, home.archive, acknowledged, [judgement.submission for judgement, _ in versions])
        for (judgement, _), event, given in zip(versions, acknowledged, reasons, strict=True):
            outcomes[judgement.place] = _taken_in(judgement, event, len(given))
    forget_batch(connection)
    outcomes |= {judgement.place: _set_aside(judgement) for judgement in unread}
    outcomes |= {refusal.place: _refused(refusal) for refusal in refusals}
    return [outcomes[place] for place in range(len(deliveries))]


def _numbered(
    judgements: Sequence[Judgement], register: Register, again: bool
) -> tuple[list[tuple[Judgement, int]], dict[int, Outcome]]:
    """The submissions that become versions, each with its number; by place, the outcomes of those seen before."""
    versions, outcomes = [], {}
    for judgement in judgements:
        whose = (judgement.submission.submitter, judgement.submission.period)
        content_hash = judgement.package.content_hash
        before, in_force = register.version_with(*whose, content_hash), register.version_in_force(*whose)
        is_wanted = again and before is not None and before.number != in_force
        if before is None or is_wanted or judgement.says_more_than(before):
            accepted = judgement.verdict != "returned"
            versions.append((judgement, register.add_version(*whose, content_hash, accepted, judgement.broke)))
        else:
            outcomes[judgement.place] = _unchanged(judgement, before, in_force)
    return versions, outcomes


def _unchanged(judgement: Judgement, before: KnownVersion, in_force: int) -> Outcome:
    """What is said of bytes that are those of an earlier version: which, what became of it, and which one counts."""
    submission = judgement.submission
    if before.number == in_force:
        message = f"与第{before.number}版内容相同，该版现行有效，未作变更"
    else:
        returned = "" if before.is_accepted else "（已退回）"
        counts = f"现行有效的是第{in_force}版" if in_force else "目前没有有效的版本"
        message = f"与第{before.number}版{returned}内容相同，未作变更，{counts}"
    return Outcome(
        judgement.delivery,
        "unchanged",
        submission.submitter,
        submission.period,
        before.number,
        message=message,
        in_force=in_force,
    )


def _taken_in(judgement: Judgement, event: Event, reasons: int) -> Outcome:
    facts = event.payload
    status = "returned" if facts["verdict"] == "returned" else "accepted"
    return Outcome(
        judgement.delivery,
        status,
        facts["submitter"],
        facts["period"],
        facts["version"],
        counts={level: facts[f"{level.lower()}_count"] for level in "SVQM"},
        submission_id=event.seq,
        reasons=reasons,
        faults=judgement.faults,
    )


def _set_aside(judgement: Judgement) -> Outcome:
    submission, faults = judgement.submission, judgement.faults
    message = f"规则{named_faults(faults)}未能执行，内容无法读入，原件已留存；规则修复后请重新装载"
    return Outcome(
        judgement.delivery, "faulty", submission.submitter, submission.period, message=message, faults=faults
    )


def _refused(refusal: Refusal) -> Outcome:
    return Outcome(refusal.delivery, "refused", message=refusal.reason)
