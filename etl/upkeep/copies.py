"""Copies in a folder of their own: what is in one, which are whole, and that what is read back is what was copied.

    FOLDER/archive/ab/ab12…                every archived file, once for all copies, as in a home
    FOLDER/copies/00012_2026-11-16T0230/   the records as they stood then: every database, archive.txt, manifest.json

A copy is made under a name that begins with a dot and gets its own when all of it is there and was read back, so that
a half copy is never taken for a whole one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from contract.errors import CallError, RefusedFile
from etl.warehouse.snapshot_files import file_digest

MANIFEST, LISTING = "manifest.json", "archive.txt"
STAMP = "%Y-%m-%dT%H%M"
NAME = re.compile(r"(\d{5})_\d{4}-\d\d-\d\dT\d{4}")
LISTED = re.compile(r"([0-9a-f]{64}) (\d+)")


@dataclass(frozen=True)
class Copy:
    """A whole copy: when it was made, the ledger's head in it, its own files (name → sha256), those archived (sha256 →
    bytes), and what was wrong with the original, a line each."""

    folder: Path
    made_at: datetime
    seq: int
    head: str
    files: dict[str, str]
    archived: dict[str, int]
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def archive(self) -> Path:
        return archive_of(self.folder.parent.parent)


def archive_of(place: Path) -> Path:
    return place / "archive"


def copies_of(place: Path) -> Path:
    return place / "copies"


def names(place: Path) -> list[str]:
    """The names of the whole copies in a folder, oldest first."""
    return sorted(path.name for path in copies_of(place).glob("*") if NAME.fullmatch(path.name))


def next_name(place: Path, at: datetime) -> str:
    """What the next copy is called: copies are in the order of their numbers, whatever the clock did."""
    known = names(place)
    return f"{int(NAME.fullmatch(known[-1])[1]) + 1 if known else 1:05d}_{at.strftime(STAMP)}"


def halves(place: Path) -> list[Path]:
    """What was being made when its process ended; the caller knows that none is being made."""
    return sorted(copies_of(place).glob(".making-*"))


def listing(archived: dict[str, int]) -> str:
    return "".join(f"{sha256} {size}\n" for sha256, size in sorted(archived.items()))


def write_manifest(copy: Copy) -> None:
    facts = asdict(copy) | {"made_at": copy.made_at.isoformat(timespec="seconds"), "faults": list(copy.faults)}
    facts = {name: value for name, value in facts.items() if name not in ("folder", "archived")}
    text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (copy.folder / MANIFEST).write_text(text, encoding="utf-8")


def opened(place: Path, name: str = "") -> Copy:
    """The copy of a name, or the latest; every file of its own was read and is what the manifest says.

    Raises:
        CallError: there is no such copy.
        RefusedFile: it is damaged, or not whole.
    """
    known = names(place)
    if not known:
        half = "，只有没有完成的" if halves(place) else ""
        raise CallError(f"{place}中没有完整的备份{half}")
    if name and name not in known:
        raise CallError(f"没有备份“{name}”，最近的是{'、'.join(reversed(known[-5:]))}")
    folder = copies_of(place) / (name or known[-1])
    try:
        facts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(facts["files"])
        made_at, faults = datetime.fromisoformat(facts["made_at"]), tuple(facts["faults"])
        seq, head = int(facts["seq"]), str(facts["head"])
    except (OSError, ValueError, KeyError, TypeError):
        raise RefusedFile(f"备份{folder.name}没有可读的清单{MANIFEST}，不能使用，请换一份备份") from None
    for damaged in _damaged(folder, files):
        raise RefusedFile(f"备份{folder.name}的{damaged}缺少或已损坏，不能使用，请换一份备份")
    archived = {sha256: int(size) for sha256, size in LISTED.findall((folder / LISTING).read_text(encoding="utf-8"))}
    return Copy(folder, made_at, seq, head, files, archived, faults)


def _damaged(folder: Path, files: dict[str, str]) -> Iterator[str]:
    if "ledger.db" not in files or LISTING not in files:
        yield MANIFEST
    for name, sha256 in files.items():
        if Path(name).name != name or not (folder / name).is_file() or file_digest(folder / name) != sha256:
            yield name
