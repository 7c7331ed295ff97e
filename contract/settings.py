"""Where a run writes, and what time it is: what `PILOT_HOME`, `PILOT_LEDGER`, `PILOT_ARCHIVE` and others set."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from contract.errors import CallError, DeclarationError, SnapshotError
from contract.places import Archive, Place, region_folder, server_of, shared_archive_of

PROJECT = Path(__file__).resolve().parent.parent
DECLARATIONS = PROJECT / "data"
REGION = re.compile(r"[0-9]{6}")
SNAPSHOT_NAME = re.compile(r"pilot-[0-9]+\.duckdb")
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def snapshot_name(number: int) -> str:
    """The file name of a data version."""
    return f"pilot-{number}.duckdb"


@dataclass(frozen=True)
class Home:
    """The folder that holds everything a run writes."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def archive(self) -> Archive:
        """The folder of the home; of this process's own home where `PILOT_ARCHIVE` names it, where it names one.

        Raises CallError where it names none.
        """
        named = self._named("PILOT_ARCHIVE")
        return shared_archive_of(named, region_asked()) if named else self.root / "archive"

    @property
    def ledger(self) -> Place:
        return self._record("ledger")

    @property
    def audit(self) -> Place:
        """Who has looked at which rows: a record of its own, so that looking never waits for an act."""
        return self._record("audit")

    def _record(self, name: str) -> Place:
        """A file of the home; of this process's own home on the server that `PILOT_LEDGER` names, where it names one.

        Raises CallError where it names no server.
        """
        named = self._named("PILOT_LEDGER")
        return server_of(named, name, region_asked()) if named else self.root / f"{name}.db"

    def _named(self, variable: str) -> str:
        """What a setting names for this process's own home; nothing for another, such as a copy that is tried."""
        named = os.environ.get(variable, "")
        return named if named and self.root.resolve() == home().root else ""

    @property
    def access(self) -> Path:
        """Accounts and sessions: changed in place, and no part of the record."""
        return self.root / "access.db"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    def snapshot(self, number: int) -> Path:
        """The file of one data version."""
        return self.warehouse / snapshot_name(number)

    @property
    def is_published(self) -> bool:
        """Whether there is a snapshot to read."""
        return (self.warehouse / "CURRENT").exists()

    def current_snapshot(self) -> Path:
        """The file that readers are pointed at. Raises SnapshotError where none is published."""
        try:
            name = (self.warehouse / "CURRENT").read_bytes().decode("ascii", errors="replace").strip()
        except FileNotFoundError:
            raise SnapshotError(
                "还没有数据版本：这里还没有发布过，请先报送数据并发布"
                "（python -m etl load，或首次运行make run装入演示数据）"
            ) from None
        if not SNAPSHOT_NAME.fullmatch(name):
            raise SnapshotError("指向当前数据版本的文件CURRENT已损坏，请执行python -m etl publish")
        return self.warehouse / name

    @property
    def briefings(self) -> Path:
        return self.root / "briefings"

    @property
    def upkeep(self) -> Path:
        """What was done to keep it: copies made and rehearsals of bringing them back."""
        return self.root / "upkeep.jsonl"

    @property
    def exchange(self) -> Path:
        """Where a country finds what its regions have exported."""
        return self.root / "exchange"

    @property
    def builds(self) -> Path:
        """How each data version was built, and how long each step took."""
        return self.root / "builds.jsonl"


def country_home() -> Home:
    """`PILOT_HOME`, else the project's `data/`: the home of the one region, or of the country."""
    return Home(Path(os.environ.get("PILOT_HOME") or DECLARATIONS).resolve())


def home() -> Home:
    """The home of this process: that of the country or one region, or below it the one of the region named."""
    return Home(country_home().root / region_folder(region_asked()))


def region_asked() -> str:
    """The region that `PILOT_REGION` names, empty where it names none. Raises CallError for what is no code."""
    code = os.environ.get("PILOT_REGION", "")
    if code and not REGION.fullmatch(code):
        raise CallError(f"环境变量PILOT_REGION“{code}”应为六位区域编码，如110000")
    return code


def home_of(ledger: Place) -> Home:
    """The home that a ledger is of: the folder of its file, or this process's own where it lies on a server."""
    return Home(ledger.parent) if isinstance(ledger, Path) else home()


def parse_time(text: str, what: str = "时间") -> datetime:
    """An ISO time as naive Beijing time; a time with an offset is converted, one without is Beijing's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CallError(f"{what}“{text}”不是ISO格式的时间，应如2026-11-16T09:00:00") from None
    return moment.astimezone(BEIJING).replace(tzinfo=None) if moment.tzinfo else moment


def clock() -> datetime | None:
    """The time that `PILOT_NOW` sets, or None where it sets none."""
    text = os.environ.get("PILOT_NOW")
    return parse_time(text, "环境变量PILOT_NOW") if text else None


def wall_time() -> datetime:
    """Beijing time now, naive, to the second."""
    return datetime.now(UTC).astimezone(BEIJING).replace(tzinfo=None, microsecond=0)


def read_rows(path: Path, *columns: str) -> list[dict[str, str]]:
    """Rows of a declaration file, with its header checked against `columns`, each row as long as the header."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            raise DeclarationError(f"{path.name}的列应为{'、'.join(columns)}，现为{'、'.join(reader.fieldnames or ())}")
        rows = list(reader)
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise DeclarationError(f"{path.name}第{number}行应有{len(columns)}格，与列名一一对应")
    return rows
