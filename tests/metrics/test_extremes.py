"""The largest and the smallest amounts in every column at once: every step of a publication works, and is exact.

Loaded from files as they are sent; figures, scores and triggers are held against the oracle, the rest against sums of
the facts in fractions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import duckdb
import pytest

from contract.declarations import forms
from contract.settings import Home
from contract.widths import STORABLE
from etl.receiving.receive import Delivery
from etl.snapshot.opened import connect
from etl.snapshot.publish import publish
from etl.warehouse.load import load
from ledger.events import Ledger
from ledger.roster import admissions
from metrics.explaining.explanation import explain
from metrics.indicators.catalogue import catalogue
from metrics.indicators.structure import TRAITS
from metrics.targets.outlook import outlook
from metrics.targets.s70 import s70
from tests.etl.conftest import reads_here, roster
from tests.etl.submissions import workbook
from tests.metrics.agreement import Judged, differences, judged_home
from tests.metrics.extremes import MONEY, extreme_rows, largest, smallest
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.packs import PROFILES, pack

NOW = datetime(2026, 11, 16, 9)
BEFORE, PERIOD = "2026-08", "2026-09"
DISTRICT = "110108"
SENT = {
    ("B001", "2025-09"): smallest,
    ("B002", "2025-09"): largest,
    ("B001", BEFORE): smallest,
    ("B002", BEFORE): largest,
    (DISTRICT, BEFORE): smallest,
    ("B001", PERIOD): largest,
    ("B002", PERIOD): smallest,
    (DISTRICT, PERIOD): largest,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two banks and a district that send one extreme and then the other."""
    place, inbox = Home(tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("inbox")
    ledger = Ledger(place.ledger)
    ledger.append(NOW, admissions(roster("B001", "B002", DISTRICT, admitted_on="2025-09-01"), [], "测试"))
    deliveries = []
    for (submitter, period), made in SENT.items():
        path = inbox / f"{period}_{submitter}.xlsx"
        path.write_bytes(workbook(made(submitter, period)))
        deliveries.append(Delivery(path, NOW))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_NOW", NOW.isoformat())
        reads_here(patch)
        outcomes = load(place, ledger, deliveries, NOW, "测试")
        publish(place, ledger, "测试")
    assert [outcome.status for outcome in outcomes] == ["accepted"] * len(SENT)
    return place


@pytest.fixture(scope="module")
def snapshot(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(home.current_snapshot()) as connection:
        yield connection


def test_nothing_breaks(snapshot):
    assert snapshot.execute("SELECT check_id, reason, message FROM rule_fault").fetchall() == []
    assert snapshot.execute("SELECT * FROM not_computable").fetchall() == []


def test_every_column_with_digits_holds_what_was_sent(snapshot):
    """The largest that a column holds, but where a check of validity sets a lower bound."""
    bounded = {"rate", "ip_rate_ytd", "all_rate_ytd", "kpi_weight", "npl_tolerance_pp", "share_ratio", "valuation_fee"}
    for form in forms().values():
        for column in form.columns:
            if column.type in STORABLE and column.code not in bounded:
                most = snapshot.execute(f"SELECT max({column.code}) FROM {form.code}").fetchall()[0][0]
                span = STORABLE[column.type]
                assert most == Fraction(span.high, 10**span.places), (form.code, column.code)


def test_every_figure_score_and_trigger_is_the_oracles(home):
    assert differences(judged_home(home.root)) == []


def test_all_numbers_that_types_hold_give_the_oracles_figures(tmp_path):
    """Beyond what a check of validity lets in: negative counts and rates, and rates up to what their type holds."""
    dice = Random(7)
    world = pack(7, deadlines(), PROFILES[:6])
    versions = [
        replace(it, forms={form: extreme_rows(dice, form, rows) for form, rows in it.forms.items()})
        for it in world.versions
    ]
    world = replace(world, versions=versions)
    with snapshot_of(world, tmp_path) as connection:
        assert differences(Judged(connection, world, tuple(world.periods))) == []
        assert connection.execute("SELECT * FROM not_computable").fetchall() == []


def _loans(snapshot: duckdb.DuckDBPyConnection, period: str) -> list[dict]:
    rows = snapshot.execute("SELECT * FROM B1 WHERE period = ?", [period])
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def test_s70_is_exact_to_the_last_digit(snapshot):
    year = [loan for at in (BEFORE, PERIOD) for loan in _loans(snapshot, at)]
    latest = {(loan["submitter"], loan["loan_no"]): loan for loan in year}.values()
    interest = sum(Fraction(loan["amount"]) * Fraction(loan["rate"]) for loan in latest) / 100
    lines = {line.entity: line.figures for line in s70(snapshot, PERIOD)}
    assert Fraction(lines["BJ"]["H"]) == interest > 10**11
    assert Fraction(lines["BJ"]["B"]) == sum(Fraction(loan["amount"]) for loan in latest)
    active = [loan for loan in _loans(snapshot, PERIOD) if loan["status"] == "active"]
    assert Fraction(lines["BJ"]["D"]) == sum(Fraction(loan["balance"]) for loan in active)


def test_movement_adds_up_to_the_fen(snapshot):
    """Loan by loan: what the two months hold, in fractions, is what the components say."""
    then, now = (
        {(loan["submitter"], loan["loan_no"]): Fraction(loan["balance"]) for loan in _loans(snapshot, at)}
        for at in (BEFORE, PERIOD)
    )
    moved = defaultdict(Fraction)
    rows = snapshot.execute(
        "SELECT component, amount FROM movement WHERE period = ? AND scope = 'city' AND measure = 'balance'", [PERIOD]
    ).fetchall()
    for component, amount in rows:
        moved[component] += Fraction(amount)
    assert moved["before"] == sum(then.values()) > 10**12
    assert moved["after"] == sum(now.values()) > 10**12
    assert moved["written_off"] == Fraction(MONEY)
    came = moved["disbursed"] + moved["late_reported"] + moved["drawn"]
    went = moved["repaid"] + moved["written_off"] + moved["transferred"] + moved["missing"]
    assert moved["before"] + came - went == moved["after"]


def test_structure_adds_up_to_the_balance(snapshot):
    balance = sum(Fraction(loan["balance"]) for loan in _loans(snapshot, PERIOD))
    for trait in TRAITS:
        rows = snapshot.execute(
            "SELECT balance FROM structure WHERE period = ? AND scope = 'city' AND trait = ?", [PERIOD, trait]
        ).fetchall()
        assert sum(Fraction(amount) for (amount,) in rows) == balance


def test_targets_stand_beside_figures_of_any_size(snapshot):
    rows = snapshot.execute(
        "SELECT t.value, v.value FROM target t JOIN value v USING (period, scope, entity, indicator) "
        "WHERE t.indicator = 'G12' AND t.period = ? AND v.value IS NOT NULL",
        [PERIOD],
    ).fetchall()
    assert max(grown for _, grown in rows) >= 10**20  # from two fen to two times the most
    assert all(told == pytest.approx(grown, rel=1e-12, abs=1e-6) for told, grown in rows)
    assert any(one.projected for one in outlook(snapshot, PERIOD, "bank", "B001"))


@pytest.mark.parametrize("code", catalogue())
def test_every_figure_can_be_explained(snapshot, code):
    """The terms as run for one figure give the part that was worked out for all at once."""
    indicator = catalogue()[code]
    scope = indicator.scopes[0]
    entity = {"city": "BJ", "bank": "B001", "district": DISTRICT}[scope]
    explained = explain(snapshot, indicator, PERIOD, scope, entity)
    parts = [term.amount for term in explained.terms if term.role == "分子"]
    assert explained.part is None or sum(map(Fraction, parts)) == Fraction(explained.part)


def test_publishing_again_and_a_later_load_go_on(home, tmp_path, monkeypatch):
    """What one member has sent stops nobody: the next month's plain report of another is taken and published."""
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    reads_here(monkeypatch)
    copied = Home(tmp_path / "copy")
    _copy(home.root, copied.root)
    ledger = Ledger(copied.ledger)
    path = tmp_path / "2026-10_B002.xlsx"
    path.write_bytes(workbook(smallest("B002", "2026-10")))
    (outcome,) = load(copied, ledger, [Delivery(path, NOW)], NOW, "测试")
    assert outcome.status == "accepted"
    number = publish(copied, ledger, "测试")
    with connect(copied.current_snapshot()) as connection:
        assert connection.execute("SELECT number FROM snapshot").fetchall() == [(number,)]
        assert connection.execute("SELECT * FROM not_computable").fetchall() == []


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())
