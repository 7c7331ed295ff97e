"""The tie-out with S70 (对数) that an issue of the quarterly report holds: the one on record, cell by cell anew."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from briefing.parts.declared import parts
from contract.settings import Home
from etl.snapshot.opened import Snapshot, connect
from ledger.archive import fetch
from ledger.events import Ledger
from ledger.issues import Issue
from metrics.targets.s70 import Comparison, compare, national_figures
from metrics.targets.tie_outs import EVENT, tie_outs


def tied(home: Home, issue: Issue, version: Snapshot) -> tuple[Comparison, ...]:
    """The cells of the national form as filed beside the data version, with the recorded reasons; none on record, none.

    Of a released issue the record as it was at its release: a later one is another issue's.
    """
    declared = parts().get(issue.part)
    if declared is None or not declared.quarterly:
        return ()
    until = issue.released_seq
    events = [event for event in Ledger(home.ledger).events(EVENT) if until is None or event.seq < until]
    record = tie_outs(events).get(issue.period)
    if record is None:
        return ()
    reasons = {(apart.bank, apart.column): apart.reason for apart in record.differences}
    filed = national_figures(record.paper.name, fetch(home.archive, record.paper.sha256))
    with closing(connect(version.path)) as connection:
        cells = compare(connection, issue.period, filed)
    return tuple(replace(cell, reason=reasons.get((cell.bank, cell.column), "")) for cell in cells)
