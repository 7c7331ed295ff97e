"""A pilot of two banks, to hand files in to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

import etl.snapshot.publish
from casework.filing import intake
from contract.settings import Home, home
from etl.snapshot import facts, rules, verdicts
from ledger.events import Ledger
from ledger.policy import parameters_of
from ledger.roster import admissions
from metrics.indicators.build import add_parameters
from tests.etl.conftest import reads_here, roster
from tests.etl.submissions import BANK

OTHER = "B002"


@pytest.fixture
def place(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Two banks on the list; files are read in this process, and a data version holds the tables of `etl` alone."""
    monkeypatch.setenv("PILOT_NOW", "2026-11-16T09:00:00")
    reads_here(monkeypatch, intake)
    steps = {module.__name__: module.build for module in (facts, rules, verdicts)}
    steps["parameters"] = lambda connection, context: add_parameters(connection, parameters_of(context.ledger))
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: steps)
    Ledger(home().ledger).append(datetime(2026, 7, 6), admissions(roster(BANK, OTHER), [], "测试"))
    return home()
