"""Whether archive, ledger and snapshots agree: the ledger's chain, every file that it names, every data version."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from filelock import FileLock, Timeout

from contract.declarations import read_rows
from contract.errors import LedgerError, PilotError, RefusedFile
from contract.settings import DECLARATIONS, Home, snapshot_name
from etl.receiving.receive import listed_in
from etl.snapshot.opened import connect
from etl.warehouse.snapshot_files import CUT_LEDGER, file_digest, kept_numbers, published
from etl.warehouse.staging import check_known, staged_versions
from ledger.archive import asides, fetch, listed
from ledger.audit import WITNESSED, Audit
from ledger.events import Event, Ledger
from ledger.guard.chain import FIRST
from ledger.guard.private import open_to_others

# Keys of a payload whose value is the name of a file that the archive must hold; papers (`ledger.proposals.Paper`),
# which are demanded as well, are known by their shape, at whatever key and depth an event has them.
ARCHIVED = ("content_hash", "findings_hash", "sheet_hash")
PAPER = {"name", "sha256"}
Judge = Callable[[Home, Sequence[Event]], list[str]]  # a line an event that no act could have left
SHOWN = 12  # characters of a hash that tell a file to a person


@dataclass
class Verification:
    """What was found: how much is there, what is wrong, and what is worth knowing without being wrong."""

    events: int = 0
    files: int = 0
    number: int | None = None
    looks: int | None = None
    audit_faults: list[str] = field(default_factory=list)
    ledger_faults: list[str] = field(default_factory=list)
    archive_faults: list[str] = field(default_factory=list)
    snapshot_faults: list[str] = field(default_factory=list)
    event_faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        ledger = [*self.ledger_faults, *self.event_faults]
        return [*ledger, *self.archive_faults, *self.snapshot_faults, *self.audit_faults]


def verify(home: Home, progress: Callable[[int, int], None] | None = None) -> Verification:
    """Reads everything and changes nothing; may run while others load and publish.

    Readers' pointer first and the ledger before the archive: what is named later was written earlier.
    """
    report = Verification()
    report.number = _pointed(home, report)
    events = _events(home, report)
    if events and home.warehouse.exists():
        _check_staging(home, events, report)
    for judge in _declared():
        report.event_faults += judge(home, events)
    _check_archive(home, events, report, progress)
    _check_snapshots(home, events, report)
    _check_audit(home, events, report)
    if reachable := open_to_others(home):
        named = _some([path.name for path in reachable])
        report.notes.append(f"本机其他用户可以读取{named}，下次装载、发布或办理时收回")
    return report


def _declared() -> list[Judge]:
    """What judges the events of a sound ledger, each named in `data/`: the acts' own rules lie in later packages."""
    declared = []
    for row in read_rows(DECLARATIONS / "verify.csv", "part", "callable"):
        module, _, function = row["callable"].partition(":")
        declared.append(getattr(importlib.import_module(module), function))
    return declared


def report_lines(report: Verification) -> list[str]:
    """The findings as a user reads them: a line a store, or a line each fault; then what is worth knowing."""
    sound = [
        (report.ledger_faults, f"台账{report.events}条事件校验链完整"),
        (report.archive_faults, f"档案{report.files}个文件齐全"),
        (report.snapshot_faults, f"数据版本第{report.number}版与台账相符" if report.number else "还没有数据版本"),
    ]
    if report.ledger_faults:  # without the ledger nothing tells what should be there
        sound = sound[:1]
    if report.looks is not None or report.audit_faults:
        sound.append((report.audit_faults, f"查阅记录{report.looks}条校验链完整"))
    lines = [line for faults, whole in sound for line in ([f"错误：{fault}" for fault in faults] or [whole])]
    strange = [f"错误：{fault}" for fault in report.event_faults]
    return [lines[0], *strange, *lines[1:], *(f"注意：{note}" for note in report.notes)]


def _events(home: Home, report: Verification) -> list[Event]:
    if not home.ledger.exists():
        if kept_numbers(home) or _archived(home, report):
            report.ledger_faults.append("没有台账ledger.db，但已有档案或数据版本；请从备份恢复ledger.db")
        return []
    try:
        ledger = Ledger(home.ledger)
        ledger.verify()
        events = ledger.events()
    except LedgerError as error:
        report.ledger_faults.append(str(error))
        return []
    report.events = len(events)
    back = [later.seq for earlier, later in pairwise(events) if later.at < earlier.at]
    if back:
        report.notes.append(
            f"时钟回拨{len(back)}处：{_some([f'第{seq}号' for seq in back])}事件的时间早于前一事件，先后以编号为准"
        )
    return events


def _check_audit(home: Home, events: list[Event], report: Verification) -> None:
    """The audit's chain, and that it holds every head of it that the ledger bears witness to; none is there until
    somebody has looked at rows."""
    stated = [(event.seq, event.payload[WITNESSED]) for event in events if WITNESSED in event.payload]
    if not home.audit.exists():
        if stated:
            report.audit_faults.append(f"没有查阅记录audit.db，而台账第{stated[-1][0]}号事件载明已有；请从备份恢复")
        return
    try:
        audit = Audit(home.audit)
        audit.verify()
        report.looks = audit.head()[0]
        hashes = {entry.seq: entry.hash for entry in audit.stored()}
    except LedgerError as error:
        report.audit_faults.append(str(error))
        return
    for seq, head in stated:
        if hashes.get(head["seq"]) != head["hash"]:
            report.audit_faults.append(
                f"查阅记录截至第{head['seq']}号的校验码与台账第{seq}号事件所载不符，查阅记录被改写或缺少末尾，请从备份恢复"
            )
            return


def _check_staging(home: Home, events: list[Event], report: Verification) -> None:
    """Staging holds no version that the ledger does not know: what came after the last publication shows here alone."""
    try:
        with FileLock(home.warehouse / ".lock", timeout=0):
            check_known(staged_versions(home), events)
    except Timeout:
        return  # being written to, by a process that looks itself
    except LedgerError as error:
        report.ledger_faults.append(str(error))


def _some(names: Sequence[str], most: int = 5) -> str:
    return "、".join(names[:most]) + (f"等{len(names)}个" if len(names) > most else "")


def mentioned(value: object) -> Iterator[str]:
    """Every text in a payload, at any depth: whatever kind of event names a file, names it so."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from mentioned(part)
    elif isinstance(value, list):
        for part in value:
            yield from mentioned(part)


def demanded(event: Event) -> Iterator[str]:
    """The files that the archive must hold because of an event: what was received, and every paper handed in."""
    yield from (event.payload[key] for key in ARCHIVED if event.payload.get(key))
    yield from _papers(event.payload)


def _papers(value: object) -> Iterator[str]:
    if isinstance(value, dict) and value.keys() == PAPER:
        yield value["sha256"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _papers(part)


def _archived(home: Home, report: Verification) -> dict[str, int]:
    """Name → bytes of what the archive has; nothing, with a fault, where one that is shared cannot be reached."""
    try:
        return listed(home.archive)
    except PilotError as error:
        report.archive_faults.append(str(error))
        return {}


def _check_archive(
    home: Home, events: list[Event], report: Verification, progress: Callable[[int, int], None] | None
) -> None:
    """Every file has the content that its name says, and every file that the ledger names is there."""
    files = _archived(home, report)
    if report.archive_faults:
        return
    needed = {sha256: event.seq for event in events for sha256 in demanded(event)}
    named = {text for event in events for text in mentioned(event.payload)}
    for number, name in enumerate(files, 1):
        try:
            content = fetch(home.archive, name)
        except RefusedFile:
            report.archive_faults.append(f"档案{name[:SHOWN]}…已损坏，内容与其校验值不符，请从备份恢复")
        except PilotError as error:  # it went away, which says nothing of what it holds
            report.archive_faults.append(str(error))
            return
        else:
            if name in named:
                parts = listed_in(content)
                needed |= dict.fromkeys(parts.values(), needed.get(name, 0))
                named |= set(parts.values())
        if progress:
            progress(number, len(files))
    missing = sorted((seq, sha256) for sha256, seq in needed.items() if sha256 not in files)
    report.archive_faults += [
        f"档案缺少{sha256[:SHOWN]}…（台账第{seq}号事件），请从备份恢复" for seq, sha256 in missing
    ]
    report.files = len(needed) - len(missing)
    if report.ledger_faults:
        return
    extra = [name for name in sorted(files) if name not in named]
    if extra:
        report.notes.append(
            f"档案另有{len(extra)}个文件未登记（{_some([f'{name[:SHOWN]}…' for name in extra])}）："
            "收到后在登记之前被中断，或正在装载；如不确定，请报送机构重报"
        )
    if cut_off := asides(home.archive):
        report.notes.append(f"档案有{len(cut_off)}个没有写完的临时文件，不作数，下次装载时清除")


def _pointed(home: Home, report: Verification) -> int | None:
    """The number of the snapshot that readers are pointed at; None where none is published or the pointer is bad."""
    if not (home.warehouse / "CURRENT").exists():
        return None
    text = (home.warehouse / "CURRENT").read_bytes()
    number = next((number for number in kept_numbers(home) if text == f"{snapshot_name(number)}\n".encode()), None)
    if number is None:
        report.snapshot_faults.append("CURRENT已损坏或所指的数据版本不存在，请执行python -m etl publish")
    return number


def _check_snapshots(home: Home, events: list[Event], report: Verification) -> None:
    """Every snapshot is the file that was published, and was built on events that the ledger still has."""
    if report.ledger_faults:
        return
    acknowledged = published(events)
    for number in kept_numbers(home):
        if number not in acknowledged:
            report.snapshot_faults.append(f"数据版本第{number}版在台账中没有发布记录：{CUT_LEDGER}")
        elif acknowledged[number] and acknowledged[number] != file_digest(home.snapshot(number)):
            remedy = "请执行python -m etl publish生成新的一版" if number == report.number else "只供比较，可以删除"
            report.snapshot_faults.append(f"数据版本第{number}版的文件已损坏，{remedy}")
        elif not _is_built_on(home, number, events):
            report.snapshot_faults.append(
                f"数据版本第{number}版所依据的事件与台账不符：台账被改动，请从备份恢复ledger.db"
            )
    last = max(acknowledged, default=None)
    if report.number is not None and last != report.number and last in kept_numbers(home):
        report.notes.append(f"第{last}版已登记，但还没有切换到它；下次装载或发布时完成")


def _is_built_on(home: Home, number: int, events: list[Event]) -> bool:
    """Whether the head of the ledger that a snapshot states is an event of this ledger, and its versions too."""
    hashes = {0: FIRST} | {event.seq: event.hash for event in events}  # a country's first is built on an empty ledger
    with connect(home.snapshot(number)) as connection:
        head = connection.execute("SELECT ledger_seq, ledger_hash FROM snapshot").fetchall()
        columns = [column[0] for column in connection.execute("SELECT * FROM version LIMIT 0").description]
        if "event_hash" not in columns:  # an early release's
            return hashes.get(head[0][0]) == head[0][1]
        versions = connection.execute("SELECT submission_id, event_hash FROM version").fetchall()
    acknowledged = [event.seq for event in events if event.kind == "submission" and event.seq <= head[0][0]]
    return (
        all(hashes.get(seq) == event_hash for seq, event_hash in [*head, *versions])
        and sorted(seq for seq, _ in versions) == acknowledged
    )
