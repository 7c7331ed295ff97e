"""A pilot that can be exported: two months of a bank, one of a district, with members, policy and calendar."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import etl.snapshot.publish
from etl.exchange.export import export
from etl.snapshot import facts, rules, verdicts
from etl.snapshot.context import BuildContext
from ledger.events import Ledger
from ledger.policy import parameters_of
from metrics.indicators.build import add_parameters
from metrics.indicators.inputs import add_districts
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, Sheets, change, submission

OCTOBER = "2026-10"  # monthly forms alone are due


def of_october() -> Sheets:
    """The bank's report of October, with what it issued then."""
    sheets = submission(period=OCTOBER)
    for row in (1, 2):
        change(sheets, "I1", {"issued_on": "2026-10-12"}, row)
    return sheets


def policy(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """What the figures' step of a snapshot leaves of policy and districts, without the figures."""
    add_parameters(connection, parameters_of(context.ledger))
    add_districts(connection)


@pytest.fixture(scope="module")
def prepared() -> dict[str, Path]:
    """Where the first test left the home that all begin with."""
    return {}


@pytest.fixture
def exported(
    pilot: Pilot, prepared: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Pilot:
    """Published once: September and October of the bank, September of the district."""
    steps = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build, "policy": policy}
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: steps)
    if not prepared:
        pilot.load(
            pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
            pilot.put(f"{OCTOBER}_{BANK}.xlsx", of_october()),
            pilot.put(f"{PERIOD}_{DISTRICT}.xlsx", submission(DISTRICT)),
        )
        pilot.publish()
        prepared["home"] = tmp_path_factory.mktemp("prepared") / "home"
        shutil.copytree(pilot.home.root, prepared["home"])
        prepared["folder"] = prepared["home"].parent / "exchange"
        export(pilot.home, prepared["folder"], "甲")
    shutil.rmtree(pilot.home.root)
    shutil.copytree(prepared["home"], pilot.home.root)
    return Pilot(pilot.home, Ledger(pilot.home.ledger), pilot.inbox)


@pytest.fixture
def sound(exported: Pilot, prepared: dict[str, Path]) -> Path:
    """The folder that this home was exported to, for reading."""
    return prepared["folder"]
