"""Parts of a data version: read with their reader's rights, checked against what they may not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from briefing.issue.compose import compose
from briefing.issue.content import Document
from briefing.issue.source import read_source
from briefing.parts.declared import Part, part_of, parts
from briefing.parts.limits import check
from briefing.parts.meeting import meeting_page
from briefing.parts.quarterly import tie_out
from briefing.parts.taking import compose_part
from contract.calendar import is_quarter_end, period_bounds
from contract.declarations import districts
from contract.errors import AccessDenied
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, connect
from metrics.queries.figures.targets import s70_view
from metrics.queries.members.roster import roster
from metrics.queries.work.agenda import agenda
from metrics.targets.s70 import Comparison, compare, read_national

MEETING, MEETING_NAME = "meeting", "会商材料"


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


def due_parts(viewer: Viewer, snapshot: Snapshot, period: str) -> tuple[str, ...]:
    """Codes of all that goes out for a period, in the order in which `every_part` makes it.

    The declared parts (the quarterly report at a quarter's end alone), each pilot district's own, the meeting's page.
    """
    declared = [code for code, part in parts().items() if not part.quarterly or is_quarter_end(period)]
    on_list = roster(viewer, snapshot, period_bounds(period)[1])
    places = on_list[(on_list["kind"] == "district") & (on_list["state"] != "exited")]["code"]
    return (*declared, *places, MEETING)


def every_part(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> Iterator[tuple[str, str, str, Document]]:
    """All that goes out for a period: code, name, to whom, document, one after another."""
    due = due_parts(viewer, snapshot, period)
    for part, document in make_parts(viewer, snapshot, period, [code for code in due if code in parts()]):
        yield part.code, part.name, part.to, document
    for code in due:
        if code in districts():
            own = Viewer(viewer.user, viewer.name, "district", code)
            yield code, districts()[code].name, districts()[code].name, compose(own, snapshot, period)
    yield MEETING, MEETING_NAME, MEETING_NAME, make_meeting_page(viewer, snapshot, home, period)


def tied_out(snapshot: Snapshot, period: str, filed: Path) -> list[Comparison]:
    """The national form S70 as filed (`bank,column,value`) beside ours; see `metrics.targets.s70`."""
    national = read_national(filed)
    with closing(connect(snapshot.path)) as connection:
        return compare(connection, period, national)
