"""What has to be done again and again to keep a home: by when the next copy and the next rehearsal are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from contract.settings import Home
from etl.upkeep.records import BACKUP, KINDS, REHEARSAL, Record, last

NOT_OLDER = {BACKUP: timedelta(days=2), REHEARSAL: timedelta(days=100)}  # a rehearsal each quarter
COMMANDS = {BACKUP: "python -m etl backup 备份目录", REHEARSAL: "python -m etl restore 备份目录 --rehearse"}


@dataclass(frozen=True)
class Duty:
    """One of `KINDS`: the latest sound record of it, by when the next is due (None where nothing is to be copied yet,
    or none was ever made), whether it is overdue, and what is to be done next."""

    kind: str
    last: Record | None
    due: datetime | None
    is_overdue: bool
    next_step: str


def duty(home: Home, kind: str, now: datetime) -> Duty:
    """How one kind stands at a moment (naive Beijing time); nothing to copy yet is nothing overdue."""
    record = last(home, kind)
    due = record.at + NOT_OLDER[kind] if record else None
    overdue = now > due if due else home.ledger.exists()
    return Duty(kind, record, due, overdue, _next_step(home, kind, overdue))


def duties(home: Home, now: datetime) -> list[Duty]:
    """How each kind stands."""
    return [duty(home, kind, now) for kind in KINDS]


def _next_step(home: Home, kind: str, overdue: bool) -> str:
    if not home.ledger.exists():
        return "台账有了第一件登记后开始"
    if not overdue:
        return "按期再做"
    if kind == REHEARSAL and last(home, BACKUP) is None:
        return "先备份，再演练恢复"
    return f"执行{COMMANDS[kind]}；已设定时任务的，查看其未成功的原因"
