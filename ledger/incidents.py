"""What an analyst enters with evidence because no figure shows it: violations, risk events, withdrawals.

Some kinds, once another person has confirmed one, give the year's grade D whatever the score (一票否决).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from contract.calendar import closing
from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError
from contract.parameters import Parameters
from contract.settings import DECLARATIONS
from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

COLUMNS = ("kind", "name", "rule", "veto")
YES_NO = {"是": True, "否": False}
EVENTS = ("incident", "incident_confirmation", "annulment")  # ledger events that an incident is made of


@dataclass(frozen=True)
class IncidentKind:
    """One kind of incident and the trigger rule that it raises; `veto`: confirmed, it decides the year's grade."""

    code: str
    name: str
    rule: str
    veto: bool = False


@dataclass(frozen=True)
class Confirmation:
    """That another person than the one who entered it found an incident to be so, with a file."""

    on: date
    by: str
    paper: Paper


@dataclass(frozen=True)
class Incident:
    """One incident of one member, by its number in the ledger; `entered_on` is when the Bureau recorded it."""

    id: int
    kind: IncidentKind
    subject: str
    entered_on: date
    happened_on: date
    note: str
    paper: Paper
    entered_by: str
    confirmation: Confirmation | None = None
    number: str = ""  # as people call it: 2026年第7号

    def veto_year(self, parameters: Parameters) -> int | None:
        """The year whose annual round it decides (decision 0018); None where it decides none.

        That in which it happened; where it was confirmed only after that year's last period had closed, that in which
        it was confirmed. So each decides one round, and none that is over.
        """
        if not self.kind.veto or self.confirmation is None:
            return None
        year = self.happened_on.year
        in_time = self.confirmation.on < closing(f"{year}-12", parameters).date()
        return year if in_time else self.confirmation.on.year


@cache
def incident_kinds() -> dict[str, IncidentKind]:
    """Code → kind, as `data/incidents.csv` declares them."""
    return read_incident_kinds(DECLARATIONS / "incidents.csv")


def read_incident_kinds(path: Path) -> dict[str, IncidentKind]:
    """Code → kind. Raises DeclarationError where a kind is there twice, or `veto` is neither 是 nor 否."""
    kinds: dict[str, IncidentKind] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        if row["kind"] in kinds or row["veto"] not in YES_NO:
            raise DeclarationError(
                f"{path.name}第{number}行：事件种类{row['kind']}重复，或veto“{row['veto']}”不是“是”“否”"
            )
        kinds[row["kind"]] = IncidentKind(row["kind"], row["name"], row["rule"], YES_NO[row["veto"]])
    return kinds


def incident_kind(code: str) -> IncidentKind:
    """A declared kind. Raises CallError where there is none of that name."""
    try:
        return incident_kinds()[code]
    except KeyError:
        listed = "、".join(f"{kind.code}（{kind.name}）" for kind in incident_kinds().values())
        raise CallError(f"没有“{code}”这种事件，应为{listed}之一") from None


def incidents(events: Iterable[Event]) -> dict[int, Incident]:
    """Number → incident, oldest first, from ledger events of the kinds in `EVENTS`; one annulled is left out."""
    standing: dict[int, Incident] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        if event.kind == "incident":
            standing[event.seq] = Incident(
                event.seq,
                incident_kinds()[facts["kind"]],
                event.subject,
                date.fromisoformat(facts["entered_on"]),
                date.fromisoformat(facts["happened_on"]),
                facts["note"],
                Paper(**facts["paper"]),
                event.actor,
                number=numbering.of(event),
            )
        elif event.kind == "annulment":
            standing.pop(facts["incident"], None)
        elif facts["incident"] in standing:
            confirmation = Confirmation(date.fromisoformat(facts["on"]), event.actor, Paper(**facts["paper"]))
            standing[facts["incident"]] = replace(standing[facts["incident"]], confirmation=confirmation)
    return standing
