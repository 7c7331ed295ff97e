"""A district, or the Bureau for it, adds to the record of a key firm: a visit, a recommendation, a changed demand."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from casework.held import holding
from contract.errors import CallError
from contract.settings import Home
from etl.snapshot.opened import connect, current
from ledger.month.firm_answers import NOTE, FirmNote, firm_notes
from ledger.people import Actor, check_person

AREA = "firm_notes"  # of `data/access.csv`
LONGEST = 300  # characters
LISTED = "SELECT 1 FROM R4 WHERE submitter = ? AND uscc = ? LIMIT 1"


def add_note(home: Home, district: str, uscc: str, text: str, by: Actor, on: date | None = None) -> FirmNote:
    """Adds a note to a firm that the district has reported as a key firm; a district's user to its own alone.

    Raises:
        CallError: the district never reported the firm, nothing or too much is said, or the day is still to come.
        AccessDenied: the user's role adds none, or not for this district.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "登记对接记录", district)
        with closing(connect(current(home).path)) as connection:
            if not connection.execute(LISTED, [district, uscc]).fetchall():
                raise CallError(f"{district}没有报送过重点企业{uscc}")
        said, noted_on = text.strip(), on or held.today
        if not 0 < len(said) <= LONGEST:
            raise CallError(f"须写明对接情况，不超过{LONGEST}字")
        if noted_on > held.today:
            raise CallError(f"对接日{noted_on}在今天（{held.today}）之后")
        number = held.append(NOTE, actor, uscc, district=district, text=said, on=noted_on.isoformat())
        return next(note for note in firm_notes(held.ledger.events(NOTE)) if note.id == number)
