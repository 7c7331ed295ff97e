"""Whether an exchange is whole and holds what it states: read back, and held against the data version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from contract.errors import LedgerError
from contract.settings import Home
from etl.exchange.files import differing, paths, reader, rows_of
from etl.exchange.manifest import DICTIONARY, MANIFEST, Manifest, Part, described, opened
from etl.exchange.summary import Summary, summaries
from etl.exchange.tables import PERIOD, Column, Table, tables
from etl.snapshot.opened import numbered, reading
from etl.warehouse.snapshot_files import file_digest, published
from ledger.events import Ledger

Progress = Callable[[int, int], None]


@dataclass
class Proof:
    """What was found: which exchange, what is wrong with it, what could not be looked at."""

    name: str
    manifest: Manifest
    faults: list[str] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """As a user reads them."""
        faults = [f"错误：{fault}" for fault in self.faults]
        return [*faults, *self.proved, *(f"注意：{note}" for note in self.notes)]


def prove(home: Home, folder: Path, progress: Progress | None = None) -> Proof:
    """Reads the current exchange of a folder back. Raises CallError where there is none, RefusedFile."""
    place, manifest = opened(folder)
    proof = Proof(place.name, manifest)
    damaged = set(_damaged_files(place, manifest, proof))
    held = {code: _table(code, facts) for code, facts in manifest.tables.items()}
    with reader(place.resolve()) as connection:
        for number, table in enumerate(held.values(), 1):
            parts = [part for part in manifest.of(table.code) if part.path not in damaged]
            proof.faults += _misstated(connection, place, table, parts)
            if progress:
                progress(number, len(held))
    if not proof.faults:
        proof.proved.append(
            f"{place.name}：{len(manifest.parts)}个文件、{manifest.rows:,}行，行数、合计、内容与清单相符"
        )
    _against_ledger(home, proof)
    _against_snapshot(home, proof)
    return proof


def _table(code: str, facts: Mapping) -> Table:
    """A table as the manifest states it: what is read back needs no declarations of today."""
    columns = tuple(Column(**column) for column in facts["columns"])
    return Table(code, facts["name"], facts["grain"], facts["split_by"] == PERIOD, code, (), columns)


def _damaged_files(place: Path, manifest: Manifest, proof: Proof) -> Iterator[str]:
    """The files that are not what was written; says so of these, and of those that nothing names."""
    stated = {part.path: part.sha256 for part in manifest.parts} | {DICTIONARY: manifest.dictionary}
    there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    proof.faults += [f"{name}不在清单中" for name in sorted(there - stated.keys() - {MANIFEST})]
    for path, sha256 in stated.items():
        if path not in there:
            proof.faults.append(f"缺少{path}")
            yield path
        elif file_digest(place / path) != sha256:
            proof.faults.append(f"{path}已损坏，内容与其校验值不符")
            yield path


def _misstated(connection: duckdb.DuckDBPyConnection, place: Path, table: Table, parts: list[Part]) -> Iterator[str]:
    """What the rows of a table's sound files do not come to."""
    for part in parts:
        if columns := differing(table, place / part.path):
            yield f"{part.path}的列{'、'.join(columns)}与清单不符"
            return
    if parts:
        files = {"files": paths(place, [part.path for part in parts])}
        found = summaries(connection, table, rows_of(table), files)
        yield from _unlike({part.period: part for part in parts}, found, table, "清单")


def _unlike(stated: Mapping[str, Part], found: Mapping[str, Summary], table: Table, what: str) -> Iterator[str]:
    for period in sorted(stated.keys() | found.keys()):
        where = f"{table.code} {period}".strip()
        part, own = stated.get(period), found.get(period)
        if part is None or own is None:
            yield f"{where}：{'交换中没有' if part is None else f'{what}中没有'}"
        elif part.rows != own.rows:
            yield f"{where}：{part.rows:,}行，{what}为{own.rows:,}行"
        elif sums := [name for name in own.sums if part.sums.get(name) != own.sums[name]]:
            yield f"{where}：{'、'.join(sums)}的合计与{what}不符"
        elif part.content != own.content:
            yield f"{where}：行数、合计相同，内容与{what}不符"


def _against_ledger(home: Home, proof: Proof) -> None:
    """The event up to which the data version was built is one of this home's ledger."""
    seq = proof.manifest.ledger_seq
    if not home.ledger.exists():
        proof.notes.append("本机没有台账，没有与台账核对")
        return
    try:
        events = Ledger(home.ledger).events()
    except LedgerError as error:
        proof.faults.append(str(error))
        return
    if {event.seq: event.hash for event in events}.get(seq) != proof.manifest.ledger_hash:
        proof.faults.append(f"所载台账第{seq}号事件的校验码与本机台账不符：不是由本机导出，或台账被改动")
    elif proof.manifest.data_version not in published(events):
        proof.faults.append(f"台账中没有数据版本第{proof.manifest.data_version}版的发布记录")
    else:
        proof.proved.append(f"所载台账第{seq}号事件与台账相符")


def _against_snapshot(home: Home, proof: Proof) -> None:
    """The data version that it was made of holds the same rows, where it is still kept."""
    number = proof.manifest.data_version
    if not home.snapshot(number).exists():
        proof.notes.append(f"数据版本第{number}版不在本机或已清理，只与清单核对")
    elif proof.manifest.tables != described(tables()):
        proof.notes.append("交换的表和列的声明此后有变动，没有与数据版本核对；重新导出即为现行的")
    else:
        faults = list(_unlike_snapshot(home, proof.manifest))
        proof.faults += faults
        proof.proved += [] if faults else [f"与数据版本第{number}版逐期相符"]


def _unlike_snapshot(home: Home, manifest: Manifest) -> Iterator[str]:
    snapshot = numbered(home, manifest.data_version)
    with reading(snapshot) as connection:
        for table in tables().values():
            stated = {part.period: part for part in manifest.of(table.code)}
            yield from _unlike(stated, summaries(connection, table, table.rows), table, "数据版本")
