"""Parts of a data version: read with their reader's rights, checked against what they may not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from briefing.issue.content import Document
from briefing.issue.source import read_source
from briefing.parts.declared import Part, part_of
from briefing.parts.limits import check
from briefing.parts.meeting import meeting_page
from briefing.parts.quarterly import tie_out
from briefing.parts.taking import compose_part
from contract.errors import AccessDenied
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.figures.targets import s70_view
from metrics.queries.work.agenda import agenda
from metrics.targets.s70 import Comparison


def make_parts(
    viewer: Viewer, snapshot: Snapshot, period: str, codes: Sequence[str], compared: Sequence[Comparison] = ()
) -> Iterator[tuple[Part, Document]]:
    """Declared parts of a period one after another, made by the Bureau: each with its reader's rights.

    `compared`: the tie-out of S70, of a quarterly report alone.

    Raises:
        AccessDenied: the viewer is not of the Bureau.
        CallError: there is no such part, no figures of that period, no quarter's end, or a part would hold what it
            may not.
    """
    if not viewer.bureau:
        raise AccessDenied(f"{viewer.role_name}不能编制分送件")
    wanted = [part_of(code) for code in codes]
    bureau = read_source(viewer, snapshot, period)
    sources = {viewer.role: bureau, "analyst": bureau}
    for part in wanted:
        if part.reader not in sources:
            sources[part.reader] = read_source(Viewer(viewer.user, part.to, part.reader), snapshot, period)
        source = sources[part.reader]
        beyond = (tie_out(source, s70_view(viewer, snapshot, period), compared),) if part.quarterly else ()
        document = compose_part(source, part, beyond)
        check(document, part, bureau)
        yield part, document


def make_part(
    viewer: Viewer, snapshot: Snapshot, period: str, code: str, compared: Sequence[Comparison] = ()
) -> Document:
    """One declared part of a period; see `make_parts`."""
    ((_, document),) = make_parts(viewer, snapshot, period, [code], compared)
    return document


def make_meeting_page(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> Document:
    """The meeting's page of a period, as the ledger stands now. Raises AccessDenied for viewers beyond the Bureau."""
    return meeting_page(read_source(viewer, snapshot, period), agenda(viewer, snapshot, home, period))
