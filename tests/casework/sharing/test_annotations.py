"""A text is pinned to a month of a series by who may, stands on that series alone, and is taken back by an event."""

from __future__ import annotations

import pytest

from casework.sharing.annotations import MOST, annotate, withdraw
from contract.errors import AccessDenied, CallError
from ledger.events import Ledger
from metrics.queries.work.annotations import pinned, pinned_in
from tests.casework.pilots import Pilot
from tests.casework.worklists import ADMIN, ANALYST, AUTHORITY, BANK, DISTRICT, SUPERVISOR

NOW = "2026-03-16"


def pin(pilot: Pilot, text: str = "集中核销", period: str = "2026-02", series=("G01", "bank", "B001"), by=ANALYST):
    return annotate(pilot.home, *series, period, text, by)


def texts(pilot: Pilot, *indicators: str, scope: str = "bank", entity: str = "B001", viewer=ANALYST) -> list[str]:
    return [one.text for one in pinned(viewer, None, pilot.home, indicators, scope, entity, "2026-03")]


def test_it_says_who_when_and_what_and_stands_on_its_series_alone(pilot: Pilot):
    pilot.at(NOW)
    noted = pin(pilot, " 集中核销 ")
    assert (noted.text, noted.period, noted.by, f"{noted.on}") == ("集中核销", "2026-02", ANALYST.user, NOW)
    pin(pilot, "年初投放", "2026-01")
    pin(pilot, "另一家", series=("G01", "bank", "B002"))
    pin(pilot, "另一指标", series=("G09", "bank", "B001"))
    assert texts(pilot, "G01") == ["年初投放", "集中核销"]
    assert texts(pilot, "G01", "G09") == ["年初投放", "集中核销", "另一指标"]
    assert [one.text for one in pinned(ANALYST, None, pilot.home, ("G01",), "bank", "B001", "2026-01")] == ["年初投放"]


def test_the_briefing_is_offered_all_of_a_month(pilot: Pilot):
    pilot.at(NOW)
    pin(pilot)
    pin(pilot, "年初投放", "2026-01")
    pin(pilot, "合计", series=("G01", "city", "BJ"))
    assert [one.text for one in pinned_in(SUPERVISOR, None, pilot.home, "2026-02")] == ["集中核销", "合计"]
    for viewer in (DISTRICT, BANK, AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            pinned_in(viewer, None, pilot.home, "2026-02")


def test_it_is_withdrawn_by_a_further_event(pilot: Pilot):
    pilot.at(NOW)
    noted = pin(pilot)
    taken_back = withdraw(pilot.home, noted.id, "与事实不符", SUPERVISOR)
    assert (taken_back.withdrawn.by, taken_back.withdrawn.reason) == (SUPERVISOR.user, "与事实不符")
    assert texts(pilot, "G01") == []
    assert [event.kind for event in Ledger(pilot.home.ledger).events()][-2:] == ["annotation", "annotation_withdrawal"]
    with pytest.raises(CallError, match="已于2026-03-16由.*撤回"):
        withdraw(pilot.home, noted.id, "再撤", SUPERVISOR)
    with pytest.raises(CallError, match="没有台账第999号批注"):
        withdraw(pilot.home, 999, "误", ANALYST)


@pytest.mark.parametrize(
    ("series", "period", "text", "says"),
    [
        (("Z99", "bank", "B001"), "2026-02", "字", "没有指标"),
        (("G01", "bank", "B009"), "2026-02", "字", "没有对象"),
        (("D01", "bank", "B001"), "2026-02", "字", "没有对象"),
        (("G01", "city", "B001"), "2026-02", "字", "没有对象"),
        (("G01", "bank", "B001"), "2026-13", "字", "月份"),
        (("G01", "bank", "B001"), "2026-04", "字", "不晚于本月"),
        (("G01", "bank", "B001"), "2026-02", "  ", "须写明"),
        (("G01", "bank", "B001"), "2026-02", "字" * (MOST + 1), "不超过"),
    ],
)
def test_what_cannot_be_pinned_is_refused(pilot: Pilot, series, period, text, says):
    pilot.at(NOW)
    with pytest.raises(CallError, match=says):
        pin(pilot, text, period, series)


@pytest.mark.parametrize("viewer", [DISTRICT, BANK, AUTHORITY, ADMIN])
def test_the_bureau_alone_pins_and_reads(pilot: Pilot, viewer):
    pilot.at(NOW)
    noted = pin(pilot)
    with pytest.raises(AccessDenied):
        pin(pilot, by=viewer)
    with pytest.raises(AccessDenied):
        withdraw(pilot.home, noted.id, "误", viewer)


def test_a_member_sees_its_series_without_them_and_anothers_not_at_all(pilot: Pilot):
    pilot.at(NOW)
    pin(pilot, series=("G01", "bank", BANK.scope))
    assert texts(pilot, "G01", entity=BANK.scope, viewer=BANK) == []
    with pytest.raises(AccessDenied):
        texts(pilot, "G01", entity="B002" if BANK.scope == "B001" else "B001", viewer=BANK)
