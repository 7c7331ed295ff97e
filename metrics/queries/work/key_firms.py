"""Key firms of the districts (重点企业对接): which have no loan, for how long, and what banks said.

A district sees its own firms, whether each has a loan at all, and an answer with its reason: no bank and no amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from contract.declarations import name_of
from contract.month_work import work_codes
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.events import Ledger
from ledger.month.firm_answers import EVENT, NOTE, FirmNote, firm_answers, firm_notes
from metrics.queries.door import conditions, held_to_own, rows

# Grain: a district and firm of its latest accepted list of key firms as of the period.
FIRMS = """
    SELECT firm.district, member.short_name AS district_name, firm.uscc, firm.name, firm.category, firm.demand,
        firm.matched_on, firm.reported_in, firm.firm_balance > 0 AS has_loan, first.period AS first_period,
        CASE WHEN NOT firm.firm_balance > 0 THEN date_diff('day', since.last_day, until.last_day) END AS waiting_days
    FROM (SELECT * FROM set_R4 {where}) AS firm
    JOIN member ON member.code = firm.district
    JOIN (SELECT submitter, uscc, min(period) AS period FROM R4 GROUP BY ALL) AS first
        ON first.submitter = firm.district AND first.uscc = firm.uscc
    JOIN period AS since ON since.period = first.period
    JOIN period AS until ON until.period = firm.period
    ORDER BY firm.district, has_loan, waiting_days DESC, firm.uscc
"""


@dataclass(frozen=True)
class KeyFirm:
    """One key firm of one district at a period.

    `demand` in 万元, as the district stated it. `waiting_days`: from the end of the period in which the district first
    reported the firm to the end of this one; None where the firm has a loan of a pilot bank. `answer`, `reason`,
    `answered_on`: the latest said by a bank up to now; `bank` which one, empty for who must not know. `notes`: what the
    district added to the record, oldest first.
    """

    district: str
    district_name: str
    uscc: str
    name: str
    category: str
    demand: float
    matched_on: date | None
    reported_in: str
    first_period: str
    has_loan: bool
    waiting_days: int | None
    answer: str = ""
    reason: str = ""
    answered_on: date | None = None
    bank: str = ""
    notes: tuple[FirmNote, ...] = ()

    @property
    def category_name(self) -> str:
        return name_of("enterprise_category", self.category)

    @property
    def answer_name(self) -> str:
        return work_codes("firm_answer").get(self.answer, "")


def key_firms(
    viewer: Viewer, snapshot: Snapshot, home: Home, period: str, district: str | None = None
) -> tuple[KeyFirm, ...]:
    """The key firms as of a period: by district, those without a loan first, the longest waiting of them first."""
    own = held_to_own(viewer, "key_firms", district)
    where, parameters = conditions(period=period, district=own)
    said = {(answer.district, answer.uscc): answer for answer in firm_answers(Ledger(home.ledger).events(EVENT))}
    noted: dict[tuple[str, str], list[FirmNote]] = {}
    for note in firm_notes(Ledger(home.ledger).events(NOTE)):
        noted.setdefault((note.district, note.uscc), []).append(note)
    firms = []
    for row in rows(snapshot, FIRMS.format(where=where), parameters).to_dict("records"):
        answer = said.get((row["district"], row["uscc"]))
        told = (
            {"answer": answer.answer, "reason": answer.reason, "answered_on": answer.on}
            | ({"bank": answer.bank} if viewer.bureau else {})
            if answer
            else {}
        )
        days, matched_on = row["waiting_days"], row["matched_on"]
        row["waiting_days"] = None if pd.isna(days) else int(days)
        row["matched_on"] = None if pd.isna(matched_on) else matched_on.date()
        firms.append(KeyFirm(**row, **told, notes=tuple(noted.get((row["district"], row["uscc"]), ()))))
    return tuple(firms)
