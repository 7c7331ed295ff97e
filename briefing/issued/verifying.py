"""Released issues made again from their data versions, and compared byte for byte with what was released."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from briefing.issued.making import drafted, written
from briefing.issued.told import content_of
from contract.errors import PilotError, SnapshotError
from contract.settings import Home
from etl.snapshot.again import built_again
from etl.snapshot.opened import Snapshot, numbered
from ledger.archive import digest
from ledger.events import Ledger
from ledger.issues import EVENTS, RELEASED, Issue, issues


@dataclass(frozen=True)
class Verified:
    """How one released issue came out when it was made again; `differs` names what is not as released.

    `rebuilt`: its data version was thinned and was built again for this. `fault`: why it could not be made at all.
    """

    issue: Issue
    rebuilt: bool
    differs: tuple[str, ...]
    fault: str = ""

    @property
    def same(self) -> bool:
        return not self.differs and not self.fault


def verify(home: Home) -> Iterator[Verified]:
    """Every released issue in the order of release, one after another; nothing of the home is changed."""
    released = [issue for issue in issues(Ledger(home.ledger).events(*EVENTS)).values() if issue.state == RELEASED]
    with tempfile.TemporaryDirectory(prefix="briefing-") as folder:
        again: dict[int, Snapshot] = {}
        for issue in released:
            try:
                yield _verified(home, issue, Path(folder), again)
            except PilotError as fault:
                yield Verified(issue, issue.snapshot in again, (), str(fault))


def _verified(home: Home, issue: Issue, folder: Path, again: dict[int, Snapshot]) -> Verified:
    try:
        version = numbered(home, issue.snapshot)
    except SnapshotError:
        if issue.snapshot not in again:
            scratch = folder / str(issue.snapshot)
            again[issue.snapshot] = built_again(home, issue.snapshot, issue.built_at, scratch)
        version = again[issue.snapshot]
    document = drafted(home, issue, version)
    made = {name: digest(content) for name, content in written(issue, document)}
    made[issue.content.name] = digest(content_of(document))
    kept = {paper.name: paper.sha256 for paper in (*issue.files, issue.content)}
    differs = tuple(name for name in sorted(kept | made) if kept.get(name) != made.get(name))
    return Verified(issue, issue.snapshot in again, differs)
