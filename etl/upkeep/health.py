"""Whether the system can serve, and what of it wants a hand: for a command, a route, and a page.

`readiness` is what a page needs and costs milliseconds; `health` adds room on the disk, copies and rehearsals.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from contract.errors import LedgerError, PilotError
from contract.places import Server
from contract.settings import Home, wall_time
from contract.storage import system_words
from etl.snapshot.opened import current
from etl.snapshot.shared import Storage, shared_uri
from etl.upkeep.duties import duty
from etl.upkeep.machine import GB, LEAST_FREE_GB, Fact
from etl.upkeep.records import KINDS
from etl.warehouse.origin import origin
from ledger.archive import reached
from ledger.database.sqlite import storage_words
from ledger.events import Ledger

WAIT_SECONDS = 2


def readiness(home: Home) -> list[Fact]:
    """Whether pages can be served: the ledger can be read, the data version opens, the home can be written to.

    Before the first event and the first publication there is nothing to read, which is fine: pages say so.
    """
    return [_ledger(home), _version(home), _writable(home)]


def is_ready(facts: list[Fact]) -> bool:
    return all(fact.fine for fact in facts)


def health(home: Home, now: datetime | None = None) -> list[Fact]:
    """Readiness, then what a person should see to before it stops anything."""
    now = now or wall_time()
    seen = [*readiness(home), *_archive(home), *_shared(home), _room(home)]
    return [*seen, *(_age(home, kind, now) for kind in KINDS)]


def _ledger(home: Home) -> Fact:
    if not home.ledger.exists():
        return Fact("台账", "尚未登记")
    if isinstance(home.ledger, Server):
        try:
            return Fact("台账", f"截至第{Ledger(home.ledger).head()[0]}号事件，在{home.ledger.name}")
        except LedgerError as error:
            return Fact("台账", str(error), fine=False)
    uri = f"{home.ledger.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS)) as connection:
            seq = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
    except sqlite3.Error as error:
        return Fact("台账", storage_words(error) or "无法读取", fine=False)
    return Fact("台账", f"截至第{seq}号事件")


def _version(home: Home) -> Fact:
    if not home.is_published:
        return Fact("数据版本", "尚未发布")
    try:
        snapshot = current(home)
    except PilotError as error:
        return Fact("数据版本", str(error), fine=False)
    if not snapshot.path.exists():  # opened before it went away
        return Fact("数据版本", f"文件{snapshot.path.name}不存在", fine=False)
    return Fact("数据版本", f"第{snapshot.number}版，{snapshot.built_at:%Y-%m-%d %H:%M}发布")


def _archive(home: Home) -> list[Fact]:
    """Whether the archive that hosts share can be reached and holds anything; of a ledger that they share, that the
    archive is not stated to be. Nothing of a home that keeps both for itself."""
    if isinstance(home.archive, Path):
        own = "本机数据目录中：各主机须挂载同一archive目录，或设PILOT_ARCHIVE"
        return [Fact("原件库", own)] if isinstance(home.ledger, Server) else []
    try:
        reached(home.archive)
    except PilotError as error:
        return [Fact("原件库", str(error), fine=False)]
    return [Fact("原件库", f"可以读取，在{home.archive.name}")]


def _shared(home: Home) -> list[Fact]:
    """Whether shared storage and this host show the same data version; nothing where none is declared."""
    try:
        found = origin(home)
        uri = found.uri if found else shared_uri()
        if not uri or not home.is_published:
            return []
        there, own = Storage(uri).current(), current(home).number
    except PilotError as error:
        return [Fact("共享存储", str(error), fine=False)]
    if there and there.number == own:
        return [Fact("共享存储", f"第{own}版")]
    to_do = "没有取用到最新的一版，请查看pilot-fetch" if found else "请执行python -m etl share"
    shown = f"第{there.number}版" if there else "没有数据版本"
    return [Fact("共享存储", f"{shown}，本机为第{own}版：{to_do}", fine=False)]


def _writable(home: Home) -> Fact:
    """By a file of no bytes, made and removed: rights alone do not tell of a disk that turned read-only."""
    probe = home.root / f".writable-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Fact("数据目录可写", f"否：{system_words(error)}", fine=False)
    return Fact("数据目录可写", "是")


def _room(home: Home) -> Fact:
    free = shutil.disk_usage(home.root).free / GB
    return Fact("剩余空间", f"{free:.1f} GB", free >= LEAST_FREE_GB)


def _age(home: Home, kind: str, now: datetime) -> Fact:
    found = duty(home, kind, now)
    return Fact(f"最近一次{KINDS[kind]}", found.last.words if found.last else "还没有过", not found.is_overdue)
