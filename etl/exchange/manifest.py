"""An exchange in a folder of its own: what is in it, which one is current, and what its manifest states.

    FOLDER/CURRENT                                        the name of the one to read
    FOLDER/exchange-00012/manifest.json, dictionary.md
    FOLDER/exchange-00012/B1/period=2026-03/rows.parquet  a folder a form and period
    FOLDER/exchange-00012/member/rows.parquet             what is not split by period

Of a region that `PILOT_REGION` names, FOLDER is `region=<code>` below the one given (`own_folder`).

Each is immutable and whole under its name; files whose contents did not change are shared with the one before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contract.errors import CallError, RefusedFile
from contract.places import region_folder
from contract.settings import region_asked
from etl.exchange.summary import WHOLE
from etl.exchange.tables import PERIOD, Table, code_names

FORMAT = 1  # of the folder and its manifest
CURRENT, MANIFEST, DICTIONARY, ROWS = "CURRENT", "manifest.json", "dictionary.md", "rows.parquet"
NAME = re.compile(r"exchange-(\d{5})")
MOMENTS = ("made_at", "now")
MAKING = ".making"  # before the number of the process that writes it


@dataclass(frozen=True)
class Part:
    """One file: the rows of a table, of one period where the table is split (`WHOLE` where it is not)."""

    table: str
    period: str
    path: str  # below the exchange's folder
    rows: int
    sums: Mapping[str, str]
    content: str  # of the rows, whatever their order
    sha256: str  # of the file
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What an exchange states of itself. `ledger` is the event up to which its data version was built."""

    made_at: datetime
    data_version: int
    now: datetime  # the reference time of the data version
    last_period: str
    demonstration: bool
    ledger_seq: int
    ledger_hash: str
    dictionary: str  # sha256 of the data dictionary
    tables: Mapping[str, Any]
    parts: tuple[Part, ...]

    def of(self, table: str) -> list[Part]:
        return [part for part in self.parts if part.table == table]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


def place_of(table: Table, period: str) -> str:
    """Where the rows of a table and period lie."""
    return f"{table.code}/{f'{PERIOD}={period}/' if period != WHOLE else ''}{ROWS}"


def described(tables: Mapping[str, Table]) -> dict[str, Any]:
    """The tables as the manifest has them, for programs: columns in order, with type, name, unit and code list."""
    return {
        table.code: {
            "name": table.name,
            "grain": table.grain,
            "split_by": PERIOD if table.by_period else None,
            "columns": [
                {name: value for name, value in asdict(column).items() if value and name != "note"}
                for column in table.columns
            ],
        }
        for table in tables.values()
    }


def name_of(number: int) -> str:
    return f"exchange-{number:05d}"


def numbers(folder: Path) -> list[int]:
    """The numbers of the exchanges that are whole, ascending."""
    found = (NAME.fullmatch(path.name) for path in folder.glob("exchange-*"))
    return sorted(int(match[1]) for match in found if match)


def current(folder: Path) -> Path | None:
    """The exchange that `CURRENT` names; None where there is none yet. Raises RefusedFile."""
    pointer = folder / CURRENT
    if not pointer.exists():
        return None
    name = pointer.read_bytes().decode("ascii", errors="replace").strip()
    if not NAME.fullmatch(name) or not (folder / name).is_dir():
        raise RefusedFile(f"{folder}的{CURRENT}已损坏，或所指的数据交换不在；请改用一个空目录重新导出")
    return folder / name


def own_folder(folder: Path) -> Path:
    """Where the exchange of this process's region lies in a folder that may hold those of others."""
    return folder / region_folder(region_asked())


def opened(folder: Path) -> tuple[Path, Manifest]:
    """The current exchange in a folder (`own_folder`), and its manifest. Raises CallError where there is none,
    RefusedFile."""
    place = current(own_folder(folder))
    if place is None:
        raise CallError(f"{folder}中没有数据交换，请先执行python -m etl export --parquet")
    return place, read(place)


def write(place: Path, manifest: Manifest) -> bytes:
    """Writes the manifest of an exchange; returns its bytes."""
    facts = asdict(manifest) | {"codes": code_names(), "format": FORMAT}
    facts |= {name: facts[name].isoformat(timespec="seconds") for name in MOMENTS}
    content = (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    (place / MANIFEST).write_bytes(content)
    return content


def read(place: Path) -> Manifest:
    """The manifest of an exchange. Raises RefusedFile where it is not there, damaged, or of another format."""
    try:
        facts = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if facts["format"] != FORMAT:
            raise RefusedFile(f"{place.name}的格式为第{facts['format']}版，本程序读写第{FORMAT}版")
        facts |= {name: datetime.fromisoformat(facts[name]) for name in MOMENTS}
        facts["parts"] = tuple(Part(**part) for part in facts["parts"])
        return Manifest(**{name: facts[name] for name in Manifest.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        raise RefusedFile(f"{place.name}没有可读的清单{MANIFEST}") from None
