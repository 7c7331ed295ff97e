"""Incidents that decide a year's grade: declared kinds, a second person's confirmation, and which year it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.decisions import incidents
from contract.errors import CallError, DeclarationError
from contract.parameters import declared_parameters
from ledger.incidents import Confirmation, Incident, incident_kind, incident_kinds, read_incident_kinds
from ledger.proposals import Paper
from tests.casework.pilots import ANALYST, SUPERVISOR, Pilot, file

PAPER = Paper("文件.pdf", "0" * 64)


def veto_year(happened: str, confirmed: str | None, kind: str = "violation") -> int | None:
    confirmation = Confirmation(date.fromisoformat(confirmed), SUPERVISOR, PAPER) if confirmed else None
    days = (date.fromisoformat(happened), date.fromisoformat(happened))
    return Incident(1, incident_kind(kind), "B001", *days, "", PAPER, ANALYST, confirmation).veto_year(
        declared_parameters()
    )


# December 2025 closes at 24:00 of 26 January 2026, a Monday: the 25th is a Sunday.
@pytest.mark.parametrize(
    ("happened", "confirmed", "year"),
    [
        ("2025-03-10", "2025-04-01", 2025),
        ("2025-12-31", "2026-01-26", 2025),
        ("2025-12-31", "2026-01-27", 2026),  # that round is over
        ("2023-06-01", "2026-05-06", 2026),
        ("2023-06-01", "2026-01-10", 2026),
        ("2025-03-10", None, None),
    ],
)
def test_it_decides_the_round_of_its_year_or_the_one_of_its_confirmation(happened, confirmed, year):
    assert veto_year(happened, confirmed) == year


def test_only_the_declared_kinds_decide_anything():
    assert [kind.code for kind in incident_kinds().values() if kind.veto] == ["falsification", "violation"]
    assert veto_year("2025-03-10", "2025-04-01", "penalty") is None


def test_a_wrong_declaration_is_named(tmp_path: Path):
    path = tmp_path / "incidents.csv"
    path.write_text("kind,name,rule,veto\ncase,案件,X07,也许\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"incidents.csv第2行.*“也许”"):
        read_incident_kinds(path)


def test_another_person_confirms_it_once_and_an_annulment_ends_it(pilot: Pilot):
    falsified = incidents.record(pilot.home, incident_kind("falsification"), "B001", file("核查报告"), ANALYST)
    penalty = incidents.record(pilot.home, incident_kind("penalty"), "B001", file("决定书"), ANALYST)
    paper = file("认定书")
    for wrong, words in (
        ((falsified.id, "B001", paper, f" {ANALYST} "), "须由另一人确认"),
        ((falsified.id, "B002", paper, SUPERVISOR), "B002没有第"),
        ((penalty.id, "B001", paper, SUPERVISOR), "“行政处罚”无须确认；须确认的是弄虚作假、重大违法违规"),
    ):
        with pytest.raises(CallError, match=words):
            incidents.confirm(pilot.home, *wrong)
    confirmed = incidents.confirm(pilot.home, falsified.id, "B001", paper, SUPERVISOR)
    assert (confirmed.confirmation.on, confirmed.confirmation.by) == (date(2026, 1, 5), SUPERVISOR)
    assert confirmed.veto_year(declared_parameters()) == 2026
    with pytest.raises(CallError, match="已于2026-01-05由乙确认"):
        incidents.confirm(pilot.home, falsified.id, "B001", paper, "丙")
    incidents.annul(pilot.home, falsified.id, "B001", file("更正"), ANALYST)
    assert list(incidents.recorded(pilot.ledger)) == [penalty.id]
