"""What each store of a home takes on the disk, and by how much the records grew in each month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from contract.places import Archive, Place
from contract.settings import Home
from etl.snapshot.verify import mentioned
from ledger.archive import listed
from ledger.events import Ledger


@dataclass(frozen=True)
class Store:
    """One store: its name, what becomes of it where it is lost, how many files it has, and their bytes."""

    name: str
    lost: str
    files: int
    bytes: int


@dataclass(frozen=True)
class Month:
    """What a month (`2026-11`) added: events of the ledger, files of the archive that these are the first to name, and
    their bytes; `kept`: the bytes of the archive at its end."""

    month: str
    events: int
    files: int
    bytes: int
    kept: int


MB = 1 << 20
BY_BACKUP, BY_REBUILD = "须备份", "可由原件库和台账重建"


def stores(home: Home) -> list[Store]:
    """Every store, those that cannot be made again first; one that is not there yet has no file.

    Raises PilotError where an archive that is shared cannot be reached.
    """
    current = home.current_snapshot() if home.is_published else None
    snapshots = set(home.warehouse.glob("pilot-*.duckdb"))
    paths = {
        (f"台账{_elsewhere(home.ledger)}", BY_BACKUP): home.root.glob("ledger.db*"),
        (f"查阅记录{_elsewhere(home.audit)}", BY_BACKUP): home.root.glob("audit.db*"),
        ("账户与会话", BY_BACKUP): home.root.glob("access.db*"),
        ("当前数据版本", BY_REBUILD): snapshots & {current},
        ("以前的数据版本", BY_REBUILD): snapshots - {current},
        ("暂存库", BY_REBUILD): set(_below(home.warehouse)) - snapshots,
        ("月报文件", BY_REBUILD): _below(home.briefings),
        ("收件目录", "已装载的在原件库中"): _below(home.inbox),
        ("维护记录", "只影响本页所列时间"): (home.upkeep, home.builds),
    }
    originals = Store(f"原件库{_elsewhere(home.archive) or '（档案）'}", BY_BACKUP, *_archived(home))
    return [originals, *(Store(name, lost, *_measured(found)) for (name, lost), found in paths.items())]


def _elsewhere(place: Place | Archive) -> str:
    """What is added to the name of what takes no room on this disk; files of it are of the time before."""
    return "" if isinstance(place, Path) else f"（在{place.name}）"


def _archived(home: Home) -> tuple[int, int]:
    """Files and bytes of the archive. Raises PilotError where one that is shared cannot be reached."""
    if isinstance(home.archive, Path):
        return _measured(_below(home.archive))
    sizes = listed(home.archive).values()
    return len(sizes), sum(sizes)


def _below(folder: Path) -> Iterable[Path]:
    return folder.rglob("*")


def _measured(paths: Iterable[Path]) -> tuple[int, int]:
    """Files and bytes; others write and remove files meanwhile."""
    sizes = []
    for path in paths:
        try:
            if path.is_file():
                sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return len(sizes), sum(sizes)


def growth(home: Home) -> list[Month]:
    """One row a month in which the ledger had an event, the latest first. A file counts in the month whose event is
    the first to name it; those that no event names itself (parts of what was handed in as a set) count in none.

    Raises LedgerError as `Ledger`; PilotError as `stores`.
    """
    if not home.ledger.exists():
        return []
    sizes = listed(home.archive)
    months: dict[str, list[int]] = {}
    for event in Ledger(home.ledger).events():
        month = months.setdefault(f"{event.at:%Y-%m}", [0, 0, 0])
        new = [size for name in mentioned(event.payload) if (size := sizes.pop(name, None)) is not None]
        month[0], month[1], month[2] = month[0] + 1, month[1] + len(new), month[2] + sum(new)
    found, total = [], 0
    for month, (events, files, size) in sorted(months.items()):
        total += size
        found.append(Month(month, events, files, size, total))
    return found[::-1]
