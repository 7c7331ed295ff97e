"""Where a host has its data versions from: published here, or taken from another host (`etl.snapshot.fetch`)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from contract.errors import PilotError
from contract.places import bare
from contract.settings import Home
from ledger.archive import write_whole

FETCHED = "FETCHED"
READS_ONLY = "本机只供查看，数据版本取自{uri}：请在发布数据版本的主机上办理"


@dataclass(frozen=True)
class Origin:
    """The data version that was taken last, and from which shared storage."""

    uri: str
    number: int
    sha256: str


def origin(home: Home) -> Origin | None:
    """Where this host takes its data versions from; None of one that publishes them. Raises PilotError where the file
    that says so is damaged."""
    try:
        return Origin(**json.loads((home.warehouse / FETCHED).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise PilotError(f"warehouse目录中的{FETCHED}已损坏，请删除后再执行python -m etl fetch") from None


def note_origin(home: Home, found: Origin) -> None:
    write_whole(home.warehouse / FETCHED, json.dumps(asdict(found)) + "\n")


def check_has_facts(home: Home) -> None:
    """Raises PilotError on a host that takes its data versions from another: facts are staged and published there."""
    if found := origin(home):
        raise PilotError(READS_ONLY.format(uri=bare(found.uri)))


def check_records_here(home: Home) -> None:
    """Raises PilotError where an act would go into a ledger that no other host sees: on a host that takes its data
    versions from another, and has not its ledger too."""
    if isinstance(home.ledger, Path):
        check_has_facts(home)
