"""Publishing: brings staging up to date, has the next snapshot built, acknowledges it, and switches to it last."""

from __future__ import annotations

from pathlib import Path

from contract.errors import SnapshotError
from contract.settings import Home, snapshot_name, wall_time
from etl.snapshot.build import build, steps
from etl.snapshot.built_by import built_by_now
from etl.snapshot.context import BuildContext
from etl.snapshot.share import share_published
from etl.snapshot.timing import COPYING, STAGING, STORING, Build, Stopwatch, note
from etl.warehouse.filling import Progress, reconcile
from etl.warehouse.lock import writing
from etl.warehouse.revision import measure_revisions
from etl.warehouse.snapshot_files import (
    building_path,
    clear_buildings,
    file_digest,
    finish,
    kept_numbers,
    number_of,
    published,
    switch,
)
from etl.warehouse.staging import check_known, drop_staging, open_staging, staged_versions
from ledger.archive import sync
from ledger.audit import witnessed
from ledger.clock import demonstration_moment, reference_time
from ledger.events import Entry, Ledger
from ledger.proof.checking import check

KEPT = 10  # snapshots that stay beside the current one for comparison; older ones can be built again

# Kinds of events that a data version is built from and that ask for the next one. The steps on the way to a decision
# ask for none: pages read those from the ledger.
ASK_FOR_ONE = (
    "submission", "rule_fault", "rule", "explanation", "confirmation", "decision", "parameter", "scorecard",
    "reference", "incident", "incident_confirmation", "annulment", "recognise", "assessment",
    "round", "self_assessment", "objection", "objection_answer", "score_use",
)  # fmt: skip


def _before(home: Home, acknowledged: dict[int, str]) -> Path | None:
    """The snapshot that readers see, where there is one and it is byte for byte what was published."""
    try:
        path = home.current_snapshot()
    except SnapshotError:
        return None
    whole = {snapshot_name(number): sha256 for number, sha256 in acknowledged.items()}
    return path if path.exists() and file_digest(path) == whole.get(path.name) else None


def publish(
    home: Home,
    ledger: Ledger,
    actor: str,
    progress: Progress | None = None,
    *,
    anew: bool = False,
    building: Progress | None = None,
) -> int:
    """Builds the next snapshot and switches to it; returns its number.

    What rests on unchanged reports is taken over from the snapshot before, unless all is to be worked out `anew`.
    `progress` is told of submissions that are staged first, `building` of steps of the snapshot.

    Readers see the snapshot before or this one, never a mixture: the file is complete, synced and in the ledger
    before it has its name and the pointer moves. A build that is cut off leaves a file that the next one removes;
    one that is in the ledger already is switched to by the next load or publication.
    """
    with writing(home) as still_held:
        watch, taken = Stopwatch(), steps()
        finish(home, ledger)
        check(home, ledger, whole=True)
        staging = open_staging(home)
        try:
            reconcile(staging, home, ledger, progress)
            measure_revisions(staging, home, ledger)
            staging.execute("CHECKPOINT")
        finally:
            staging.close()
        acknowledged = published(ledger.events("publication"))
        number = max([0, *acknowledged]) + 1
        before = None if anew else _before(home, acknowledged)
        watch.lap(STAGING)
        context = BuildContext(number, reference_time(ledger), ledger, demonstration_moment(ledger) is not None)
        unfinished = building_path(home, number)
        parts = (COPYING, *taken)

        def behind(done: int, total: int) -> None:
            watch.lap(parts[done])
            if building:
                building(done, total)

        try:
            build(home, unfinished, taken.values(), context, before, behind)
        except BaseException:
            clear_buildings(home)  # a full disk gets its room back
            raise
        sync(unfinished)
        facts = {"number": number, "sha256": file_digest(unfinished)} | witnessed(home)
        watch.lap(STORING)
        note(home, Build(number, wall_time(), before and number_of(before), built_by_now(), watch.seconds))
        ledger.append(reference_time(ledger), [Entry("publication", actor, snapshot_name(number), facts)])
        still_held()  # else the next publication switches, once it has found this one in the ledger
        switch(home, number)
        thin(home)
    share_published(home)
    return number


def is_behind(ledger: Ledger) -> bool:
    """Whether a submission was acknowledged, or set aside, after the last publication: by a load just now, or by one
    cut off."""
    last = {event.kind: event.seq for event in ledger.events("submission", "rule_fault", "publication")}
    return max(last.get("submission", 0), last.get("rule_fault", 0)) > last.get("publication", 0)


def is_left_behind(ledger: Ledger) -> bool:
    """Whether the ledger holds anything after the last publication that asks for one, act or report: it was cut off.

    False before the first publication, which a person begins.
    """
    last = max((event.seq for event in ledger.events("publication")), default=None)
    return last is not None and any(event.seq > last for event in ledger.events(*ASK_FOR_ONE))


def rebuild(home: Home, ledger: Ledger, actor: str, progress: Progress | None = None) -> int:
    """Drops staging and builds it and a new snapshot again, from archive and ledger alone."""
    with writing(home):
        finish(home, ledger)
        check(home, ledger, whole=True)
        check_known(staged_versions(home), ledger.events("submission"))  # the only witness must not be dropped
        drop_staging(home)
    return publish(home, ledger, actor, progress, anew=True)


def thin(home: Home) -> None:
    """Removes the snapshots that are older than the last `KEPT` before the current one."""
    for number in kept_numbers(home)[: -KEPT - 1]:
        home.snapshot(number).unlink(missing_ok=True)
