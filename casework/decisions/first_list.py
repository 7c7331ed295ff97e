"""The first list of the pilot, registered whole from a roster file; later changes are decided one by one."""

from __future__ import annotations

from datetime import date

from casework.held import File, holding
from contract.errors import CallError
from contract.settings import Home
from ledger.people import Actor, check_person
from ledger.roster import ROSTER_HEADERS, admissions, roster_rows

REGISTERS = "propose"  # area of `data/access.csv`
# A roster to fill in: an institution and a district as they are written.
SAMPLE = (
    ROSTER_HEADERS,
    ("B001", "机构全称", "机构", "城市商业银行", "1000", "2026-07-06"),
    ("110108", "海淀区", "地区", "核心区", "", "2026-07-06"),
)


def sample() -> bytes:
    """The sample as CSV, with the mark by which Excel knows UTF-8."""
    return ("\n".join(",".join(row) for row in SAMPLE) + "\n").encode("utf-8-sig")


def register_first_list(home: Home, file: File, by: Actor, required_from: date | None = None) -> int:
    """Registers the members of a roster; gives how many. The file is kept beside the ledger.

    Deadlines before `required_from` are nobody's lateness, until policy says otherwise.

    Raises:
        CallError: the file is no roster or empty, or there is a list already, which changes by decisions.
        AccessDenied: the user's role decides nothing about the list.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, REGISTERS, "登记首批名单")
        if held.listed:
            raise CallError(f"名单上已有{len(held.listed)}家，增减成员请在“试点名单”页提出决定，由另一人批准")
        rows = roster_rows(*file)
        if not rows:
            raise CallError(f"{file[0]}中没有成员")
        held.keep(file)
        held.ledger.append(held.now, admissions(rows, (), actor, required_from))
    return len(rows)
