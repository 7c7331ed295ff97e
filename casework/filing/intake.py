"""Files that a viewer hands in through the screen, and the files that it gets back: marked workbook, template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory

from casework.filing.answering import stated_findings
from contract.calendar import period_bounds
from contract.console.program import later
from contract.errors import CallError, RefusedFile
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.checks.cover import narrow
from etl.checks.findings import in_stable_names
from etl.reading.sandbox import read_all
from etl.receiving.receive import Delivery, named, take
from etl.snapshot.opened import Snapshot, reading
from etl.snapshot.publish import is_behind
from etl.warehouse.acknowledge import record_once, refusal_entry
from etl.warehouse.identify import Refusal
from etl.warehouse.load import Outcome, load
from etl.warehouse.lock import writing
from etl.warehouse.version import as_filed, findings_of
from ledger.archive import size_of
from ledger.audit import record_refused
from ledger.clock import reference_time
from ledger.events import Ledger
from metrics.queries.door import held_to_own
from metrics.queries.evaluation.policy import policy_on
from metrics.queries.filing.versions import receipt
from metrics.queries.members.roster import members

AREA = "intake"
MOST_FILES, MOST_BYTES = 500, 2 * 1024**3  # that one user may hand in within a day
MAX_NAME_BYTES = 255  # of a name in any file system
# What writes workbooks is loaded where one is asked for.
report, write_template = later("etl.feedback.report:report"), later("etl.template.workbook:write_template")
prefilled = later("etl.template.prefill:prefilled")
Progress = Callable[[str, float], None]  # what is being done, and how much of it all is behind us, 0…1


@dataclass(frozen=True)
class Upload:
    """One file as the browser sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Intake:
    """What became of an upload: an outcome a file in the order given, and whether a new data version has to follow."""

    outcomes: tuple[Outcome, ...]
    to_publish: bool


def hand_in(viewer: Viewer, home: Home, uploads: Sequence[Upload], progress: Progress, again: bool = False) -> Intake:
    """Loads files under the viewer's name: acknowledged in the ledger and judged; publishing is apart.

    With `again` the bytes of an earlier version become a new one, where another counts since. A viewer that is held to
    one submitter has the files of others refused; they are kept with the reason, as every refused file is.

    Raises:
        AccessDenied: the viewer's role hands in no files.
        PilotError: another load or publication holds the lock for too long.
    """
    own = own_only(viewer, AREA)
    ledger = Ledger(home.ledger)
    now = reference_time(ledger)
    with TemporaryDirectory() as folder:
        deliveries = [Delivery(put(Path(folder), number, upload), now) for number, upload in enumerate(uploads)]
        refused = _beyond_quota(viewer, home, ledger, now, deliveries)
        if own is not None:
            others = of_others(viewer, own, [delivery for delivery in deliveries if delivery not in refused])
            refused |= {delivery: kept_refused(home, ledger, now, viewer, others[delivery]) for delivery in others}
        allowed = [delivery for delivery in deliveries if delivery not in refused]
        progress("正在读取和校验", 0.0)
        loaded = load(
            home, ledger, allowed, now, viewer.user,
            lambda done, total: progress(f"已校验并登记{done}/{total}个文件", done / total), again,
        )  # fmt: skip
    outcomes = iter(loaded)
    return Intake(tuple(refused.get(delivery) or next(outcomes) for delivery in deliveries), is_behind(ledger))


def findings_given(viewer: Viewer, home: Home, submission_id: int) -> list[dict]:
    """The findings of a version in the stable names of a finding, as the ledger has them: no data version is needed.

    Raises:
        AccessDenied: the version is another's.
        CallError: there is no such version.
    """
    events = Ledger(home.ledger).events("submission")
    event = next((event for event in events if event.seq == submission_id), None)
    if event is None:
        raise CallError(f"台账中没有第{submission_id}号报送")
    held_to_own(viewer, "findings", event.payload["submitter"])
    return [in_stable_names(finding) for finding in findings_of(home.archive, event)]


def put(folder: Path, number: int, upload: Upload) -> Path:
    """Writes an upload under its own bare name, in a folder of its own: two files may bear the same name.

    A name that no file can have is changed so far that it can; what is odd about it is judged with the file.
    """
    bare = PureWindowsPath(PurePosixPath(upload.name.replace("\0", "")).name).name.lstrip(".")
    name = bare.encode("utf-8", "replace")[:MAX_NAME_BYTES].decode("utf-8", "ignore") or "未命名"
    path = folder / str(number) / name
    path.parent.mkdir()
    path.write_bytes(upload.content)
    return path


def _beyond_quota(
    viewer: Viewer, home: Home, ledger: Ledger, now: datetime, deliveries: Sequence[Delivery]
) -> dict[Delivery, Outcome]:
    """The deliveries that are more, in number or bytes, than one user may hand in within a day."""
    since = now - timedelta(days=1)
    kept = [
        event.payload["content_hash"]
        for event in ledger.events("submission", "refusal")
        if event.actor == viewer.user and event.at > since
    ]
    number = len(kept)
    size = sum(size_of(home.archive, content_hash) for content_hash in kept if content_hash)
    refused = {}
    for delivery in deliveries:
        number, size = number + 1, size + delivery.path.stat().st_size
        if number > MOST_FILES or size > MOST_BYTES:
            message = f"一日内报送超过{MOST_FILES}个文件或{MOST_BYTES // 1024**2}MB的上限；未受理，也未留存，请明日再报"
            refused[delivery] = Outcome(delivery, "refused", message=message)
    return refused


def of_others(viewer: Viewer, own: str, deliveries: Sequence[Delivery]) -> dict[Delivery, Outcome]:
    """The deliveries that name another submitter, by file name or cover; what names none is left to the load."""
    refused = {}
    for delivery in deliveries:
        submitter = _submitter_of(delivery)
        if submitter not in ("", own):
            message = (
                f"文件的报送机构是{submitter}，{viewer.role_name}只能报送本{_whose(viewer)}（{own}）的文件，未受理"
            )
            refused[delivery] = Outcome(delivery, "refused", message=message)
    return refused


def kept_refused(home: Home, ledger: Ledger, now: datetime, viewer: Viewer, outcome: Outcome) -> Outcome:
    """Keeps a file that is another member's with the reason, in archive and ledger, where the same file again leaves no
    more; the audit tells of every time.

    Only whoever answers for the archive finds it there: it is nobody's version.
    """
    refusal = Refusal(0, outcome.delivery, take(outcome.delivery.path), outcome.message)
    entry = refusal_entry(home.archive, refusal, viewer.user)
    with writing(home):
        record_once(ledger, now, [entry])
    record_refused(home, viewer, entry.payload["content_hash"])
    return replace(outcome, message=f"{outcome.message}；原件连同原因已留存")


def _submitter_of(delivery: Delivery) -> str:
    """Whom a file is from, by its name first, else by its cover; empty where neither tells."""
    try:
        package = take(delivery.path)
    except RefusedFile:
        return ""
    if told := named(package.name):
        return told[1]
    (reading,) = read_all([package])
    stated = None if isinstance(reading, RefusedFile) else reading.cover.get("submitter")
    return narrow(stated.value).upper() if stated and stated.value else ""


def _whose(viewer: Viewer) -> str:
    return "区" if viewer.role == "district" else "机构"


def marked_workbook(viewer: Viewer, snapshot: Snapshot, home: Home, submission_id: int) -> bytes:
    """The submitter's own file with all findings, what was said about them, and the cells marked, as xlsx.

    Raises:
        AccessDenied: the version is another's.
        CallError, RefusedFile: there is no such version, or its bytes cannot be read any more.
    """
    findings = stated_findings(viewer, snapshot, home, submission_id)
    checked = replace(as_filed(home, submission_id), findings=findings)
    return report(checked, receipt(viewer, snapshot, submission_id))


def template(viewer: Viewer, snapshot: Snapshot, submitter: str, period: str) -> bytes:
    """The workbook that a member fills in for a period, with what its last report brings along, as xlsx.

    Raises:
        AccessDenied: the viewer's role is held to another member.
        CallError: there is no such member.
    """
    held_to_own(viewer, AREA, submitter)
    listed = members(viewer, snapshot, code=submitter)
    if listed.empty:
        raise CallError(f"试点名单上没有{submitter}")
    member = listed.iloc[0]
    policy = policy_on(viewer, snapshot, period_bounds(period)[1])
    with reading(snapshot) as connection:
        brought = prefilled(connection, submitter, period)
    known = {"kind": member["kind"], "policy": policy, "brought": brought}
    return _written(lambda path: write_template(path, submitter, member["name"], period, **known))


def _written(write: Callable[[Path], object]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "文件.xlsx"
        write(path)
        return path.read_bytes()
