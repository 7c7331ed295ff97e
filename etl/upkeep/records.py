"""What was done to keep a home: each copy made and each rehearsal of bringing one back, with what came of it.

A line each in `upkeep.jsonl`, beside the ledger and no part of it: what it tells is about copies of the ledger.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from contract.settings import Home
from ledger.guard.lines import append_line, whole_lines

BACKUP, REHEARSAL = "backup", "rehearsal"
KINDS = {BACKUP: "备份", REHEARSAL: "恢复演练"}


@dataclass(frozen=True)
class Record:
    """One copy or rehearsal: when (naive Beijing time), which copy and where, up to which event of the ledger, the
    number of archived files and their bytes, how long it took; `faults`: what was wrong, a line each."""

    kind: str  # one of KINDS
    at: datetime
    copy: str
    where: str
    seq: int
    files: int
    bytes: int
    seconds: float
    faults: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults

    @property
    def words(self) -> str:
        """`2026-11-16 02:30，截至第412号事件，档案1,204个文件，存于/mnt/copies`."""
        told = f"{self.at:%Y-%m-%d %H:%M}，截至第{self.seq}号事件，档案{self.files:,}个文件，存于{self.where}"
        return told if self.sound else f"{told}，有{len(self.faults)}处问题"


def note(home: Home, record: Record) -> None:
    """Appends a record durably. Raises OSError."""
    append_line(home.upkeep, asdict(record) | {"at": record.at.isoformat(timespec="seconds")})


def records(home: Home) -> list[Record]:
    """All records, oldest first; a line that was cut off by a loss of power is none."""
    return [record for facts in whole_lines(home.upkeep) if (record := _read(facts))]


def _read(facts: dict) -> Record | None:
    try:
        return Record(**facts | {"at": datetime.fromisoformat(facts["at"]), "faults": tuple(facts["faults"])})
    except (ValueError, KeyError, TypeError):
        return None


def last(home: Home, kind: str) -> Record | None:
    """The latest sound record of a kind."""
    return next((record for record in reversed(records(home)) if record.kind == kind and record.sound), None)


def lines(home: Home) -> list[str]:
    """What a person is told of both kinds, a line each."""
    latest = {kind: last(home, kind) for kind in KINDS}
    return [f"最近一次{name}：{latest[kind].words if latest[kind] else '还没有过'}" for kind, name in KINDS.items()]
