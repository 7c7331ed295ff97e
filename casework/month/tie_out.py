"""对数: a quarter's figures held beside the national form S70 as filed, each difference with its reason, on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from casework.held import File, holding
from contract.calendar import is_quarter_end
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, current, reading
from ledger.events import Ledger
from ledger.people import Actor, check_person
from metrics.targets.s70 import TIED, Comparison, compare, national_figures
from metrics.targets.tie_outs import EVENT, TieOut, tie_outs

AREA = "s70"  # of `data/access.csv`
MOST_NAMED = 3
Cell = tuple[str, str]  # bank and column


def compared(viewer: Viewer, snapshot: Snapshot, period: str, file: File) -> list[Comparison]:
    """The national form's cells beside ours, of the banks that the file names.

    Raises:
        AccessDenied: the viewer's role compares none.
        CallError: the file is no CSV of S70 (`national_figures`), or names a bank that the list does not know.
    """
    own_only(viewer, AREA)
    with reading(snapshot) as connection:
        return compare(connection, period, national_figures(*file))


def known_tie_out(viewer: Viewer, home: Home, period: str) -> TieOut | None:
    """What is on record for a period. Raises AccessDenied."""
    own_only(viewer, AREA)
    return tie_outs(Ledger(home.ledger).events(EVENT)).get(period)


def record_tie_out(home: Home, period: str, file: File, reasons: Mapping[Cell, str], by: Actor) -> TieOut:
    """Records a period's tie-out by the current data version: every cell apart has its reason, in `reasons`.

    Raises:
        CallError: it is no quarter's end, the file cannot be compared, or a difference has no reason.
        AccessDenied: the user's role records none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记对数")
        if not is_quarter_end(period):
            raise CallError(f"{period}不是季末，S70为季报，不须对数")
        snapshot = current(home)
        with reading(snapshot) as connection:
            cells = compare(connection, period, national_figures(*file))
        if not cells:
            raise CallError(f"文件{file[0]}与本系统在{period}没有可以比较的数")
        apart = [cell for cell in cells if cell.outcome != TIED]
        bare = [cell for cell in apart if not reasons.get((cell.bank, cell.column), "").strip()]
        if bare:
            named = "、".join(f"{cell.bank}的{cell.column}列" for cell in bare[:MOST_NAMED])
            more = f"等{len(bare)}处" if len(bare) > MOST_NAMED else ""
            raise CallError(f"每处差异都须写明原因：{named}{more}还没有")
        differences = [_facts(cell, reasons[cell.bank, cell.column].strip()) for cell in apart]
        facts = {"on": held.today.isoformat(), "snapshot": snapshot.number, "compared": len(cells)}
        held.append(EVENT, actor, period, **facts, differences=differences, paper=asdict(held.keep(file)))
        return tie_outs(held.ledger.events(EVENT))[period]


def _facts(cell: Comparison, reason: str) -> dict[str, str | None]:
    sides = {
        side: None if value is None else f"{value:f}" for side, value in (("s70", cell.s70), ("pilot", cell.pilot))
    }
    return {"bank": cell.bank, "column": cell.column, **sides, "outcome": cell.outcome, "reason": reason}
