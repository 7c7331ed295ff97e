"""Data at which the database stops costs the figures it spoils: they are named, with the submission; all others stand.

The declarations of the project cannot be made to stop (`tests/contract/test_widths.py`), so these are a test's own:
they take registration numbers for numbers, which only some are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb
import pytest

from contract.errors import DeclarationError
from contract.parameters import declared_parameters
from contract.settings import DECLARATIONS
from etl.snapshot.context import PREVIOUS
from etl.snapshot.status import not_computable_line
from metrics.explaining.absence import NOT_COMPUTABLE, absence
from metrics.explaining.explanation import explain
from metrics.explaining.explanation_text import as_people_read
from metrics.indicators import carry, disclosure, movement, structure
from metrics.indicators.catalogue import Indicator, catalogue, read_catalogue
from metrics.indicators.compute import compute
from metrics.indicators.not_computable import spared
from metrics.indicators.relations import Relation, read_relations, relations
from metrics.indicators.wide_sets import create_sets
from metrics.warnings.build import policies_by_period
from metrics.warnings.frame import observe, prepare
from metrics.warnings.rules import rule_of
from tests.metrics.boards import Board
from tests.metrics.snapshots import Figure, Member, Report, figures, make, report

# B002's loan b2 of 110105 has a registration number that is no number.
LOANS = {
    "B001": """
        loan_no district registration_no balance amount closed_amount
        a1      110108   10              100     100    -
        a2      110105   20              200     200    -
    """,
    "B002": """
        loan_no district registration_no balance amount closed_amount
        b1      110108   30              300     300    -
        b2      110105   N7              400     400    -
    """,
}
MEMBERS = [Member("B001", "state"), Member("B002", "city")]
SPOILT = "sum(CAST(registration_no AS INTEGER))"
PERIOD = "2025-01"
NOW = datetime(2026, 11, 16, 9)


def own(
    tmp_path: Path,
    code: str = "G90",
    scopes: str = "cbtd",
    declared: Mapping[str, Relation] | None = None,
    **terms: str,
) -> list[Indicator]:
    """The declared indicators, and one of the test's own at the end."""
    given = "".join(f"{key.replace('__', '.')} = {value}\n" for key, value in terms.items())
    words = 'name = "试"\nname_en = "Trial"\ngroup = "规模与质量"\nunit = "%"\nbetter = "higher"\nclause = "试"\n'
    added = f'\n[[indicator]]\ncode = "{code}"\n{words}scopes = "{scopes}"\ndecimals = 2\ndefinition = "试。"\n{given}'
    path = tmp_path / "indicators.toml"
    path.write_text((DECLARATIONS / "indicators.toml").read_text(encoding="utf-8") + added, encoding="utf-8")
    return list(read_catalogue(path, declared or relations()).values())


def computed(indicators: Sequence[Indicator], *reports: Report, **settings: object) -> duckdb.DuckDBPyConnection:
    connection = make(*reports, members=MEMBERS, **settings)
    carry.prepare(connection)
    compute(connection, indicators, relations())
    return connection


def month(period: str = PERIOD) -> list[Report]:
    return [report(bank, period, B1=loans) for bank, loans in LOANS.items()]


def stopped(connection: duckdb.DuckDBPyConnection, code: str = "G90") -> dict[tuple[str, str, str], tuple]:
    rows = connection.execute(
        "SELECT period, scope, entity, reason, submissions FROM not_computable WHERE indicator = ? ORDER BY ALL", [code]
    ).fetchall()
    return {(period, scope, entity): (reason, submissions) for period, scope, entity, reason, submissions in rows}


# --- which figures ---


def test_the_figures_that_take_the_row_in_are_named_with_its_submission_and_all_others_stand(tmp_path):
    connection = computed(own(tmp_path, part__A=f'"{SPOILT}"'), *month())
    because = ("值无法换算", [2])
    assert stopped(connection) == {
        (PERIOD, "bank", "B002"): because,
        (PERIOD, "bank_type", "city"): because,
        (PERIOD, "city", "BJ"): because,
        (PERIOD, "district", "110105"): because,
    }
    found = figures(connection, PERIOD)
    own_figures = {entity: figure.part for (code, entity), figure in found.items() if code == "G90"}
    assert {entity: part for entity, part in own_figures.items() if part} == {"B001": 30, "state": 30, "110108": 40}
    assert "000000" in own_figures  # a district without a loan has 0
    assert found["G01", "BJ"] == Figure(Decimal(1000), None, 1000.0)
    assert connection.execute("SELECT count(DISTINCT indicator) FROM not_computable").fetchall() == [(1,)]


def test_every_other_figure_is_as_without_the_one_that_stops(tmp_path):
    plain = make(*month(), members=MEMBERS)
    beside = computed(own(tmp_path, part__A=f'"{SPOILT}"'), *month())
    query = "SELECT * FROM value WHERE indicator <> 'G90' ORDER BY ALL"
    assert beside.execute(query).fetchall() == plain.execute(query).fetchall()


def test_a_ratio_stops_where_its_whole_does(tmp_path):
    given = {"part__A": '"sum(balance)"', "whole__A": f'"{SPOILT}"', "scale": "100"}
    connection = computed(own(tmp_path, **given), *month())
    assert ("G90", "BJ") not in figures(connection, PERIOD)
    assert set(stopped(connection)) >= {(PERIOD, "city", "BJ"), (PERIOD, "bank", "B002")}
    assert figures(connection, PERIOD)["G90", "B001"] == Figure(Decimal(300), Decimal(30), 1000.0)


def test_a_sum_over_two_sets_is_not_told_by_half(tmp_path):
    """As G18: the balance alone would be taken for the whole sum."""
    connection = computed(own(tmp_path, part__A='"sum(balance)"', part__Y=f'"{SPOILT}"'), *month())
    assert ("G90", "BJ") not in figures(connection, PERIOD)
    assert stopped(connection)[PERIOD, "city", "BJ"] == ("值无法换算", [2])


def test_a_growth_stops_where_the_period_that_it_looks_back_to_does(tmp_path):
    """A year later all numbers are numbers."""
    mended = LOANS["B002"].replace("N7", "40")
    later = [report("B001", "2026-01", B1=LOANS["B001"]), report("B002", "2026-01", B1=mended)]
    plain = own(tmp_path, part__A=f'"{SPOILT}"')
    growth = '\n[[indicator]]\ncode = "G91"\nname = "试"\nname_en = "Trial"\ngroup = "规模与质量"\nunit = "%"\n'
    growth += 'better = "higher"\nclause = "试"\nscopes = "cb"\ndecimals = 2\ndefinition = "试。"\n'
    growth += 'growth = { of = "G90", since = "year_before" }\n'
    path = tmp_path / "indicators.toml"
    path.write_text(path.read_text(encoding="utf-8") + growth, encoding="utf-8")
    both = list(read_catalogue(path, relations()).values())
    assert len(both) == len(plain) + 1
    connection = computed(both, *month(), *later, last="2026-01")
    assert figures(connection, "2026-01")["G90", "BJ"].part == 100
    assert stopped(connection, "G91") == {
        ("2025-01", "bank", "B002"): ("值无法换算", [2]),
        ("2025-01", "city", "BJ"): ("值无法换算", [2]),
        ("2026-01", "bank", "B002"): ("值无法换算", [2]),
        ("2026-01", "city", "BJ"): ("值无法换算", [2]),
    }
    assert figures(connection, "2026-01")["G91", "B001"].value == 0


def test_other_periods_of_the_same_indicator_stand(tmp_path):
    mended = LOANS["B002"].replace("N7", "40")
    later = [report("B001", "2025-02", B1=LOANS["B001"]), report("B002", "2025-02", B1=mended)]
    connection = computed(own(tmp_path, part__A=f'"{SPOILT}"'), *month(), *later)
    assert {period for period, _, _ in stopped(connection)} == {"2025-01"}
    assert figures(connection, "2025-02")["G90", "BJ"].part == 100


def test_a_distinct_count_stops_likewise(tmp_path):
    counted = "count(DISTINCT firm_key) FILTER (WHERE CAST(registration_no AS INTEGER) > 0)"
    connection = computed(own(tmp_path, part__A=f'"{counted}"'), *month())
    assert {(scope, entity) for _, scope, entity in stopped(connection)} == {
        ("city", "BJ"), ("bank", "B002"), ("bank_type", "city"), ("district", "110105"),
    }  # fmt: skip
    assert figures(connection, PERIOD)["G90", "B001"].part == 2


def test_what_stops_only_when_added_up_names_all_that_are_added(tmp_path, monkeypatch):
    """As if a width had been reckoned wrong: two such numbers the database can add, three it cannot."""
    monkeypatch.setattr("metrics.indicators.catalogue._check_widths", lambda *given: None)
    monkeypatch.setattr("metrics.indicators.compute.aggregate", lambda relation, expression: (expression, None))
    number = "4" + "0" * 25
    loans = {
        "B001": f"loan_no registration_no\na1 {number}\na2 {number}",
        "B002": f"loan_no registration_no\nb1 {number}",
    }
    reports = [report(bank, PERIOD, B1=rows) for bank, rows in loans.items()]
    connection = computed(
        own(tmp_path, "G90", "cb", part__A='"sum(CAST(registration_no AS DECIMAL(38, 12)))"'), *reports
    )
    assert stopped(connection) == {(PERIOD, "city", "BJ"): ("数值超出范围", [1, 2])}
    assert figures(connection, PERIOD)["G90", "B002"].part == 4 * Decimal(10) ** 25


# --- where the set itself stops ---


OWN_SET = """
[[relation]]
code = "own_set"
title = "试"
form = "B1"
scopes = ["city", "bank"]
own = ["bank"]
reach = "month"
stored = {stored}
sql = "SELECT a.*, CAST(a.registration_no AS INTEGER) AS serial FROM set_A a"
"""


@pytest.mark.parametrize("stored", ["false", "true"])
def test_a_set_whose_own_sql_stops_spoils_its_figures_alone(tmp_path, stored):
    path = tmp_path / "relations.toml"
    declared_sets = (DECLARATIONS / "relations.toml").read_text(encoding="utf-8")
    path.write_text(declared_sets + OWN_SET.format(stored=stored), encoding="utf-8")
    declared = read_relations(path)
    indicators = own(tmp_path, "G90", "cb", declared, part__own_set='"sum(serial)"')
    connection = make(*month(), members=MEMBERS)
    create_sets(connection, declared)
    carry.prepare(connection)
    compute(connection, indicators, declared)
    assert set(stopped(connection)) == {(PERIOD, "city", "BJ"), (PERIOD, "bank", "B002")}
    assert figures(connection, PERIOD)["G90", "B001"].part == 30
    assert figures(connection, PERIOD)["G01", "BJ"].part == 1000


# --- how they live on ---


def test_a_snapshot_takes_over_that_a_figure_is_not_computable(tmp_path):
    """While nothing within reach changes it is not tried again, and is still told."""
    first = tmp_path / "first.duckdb"
    indicators = own(tmp_path, part__A=f'"{SPOILT}"')
    with duckdb.connect(str(first)) as connection:
        computed(indicators, *month(), connection=connection)
        before = stopped(connection)
    with duckdb.connect(str(tmp_path / "second.duckdb")) as connection:
        connection.execute(f"ATTACH '{first}' AS {PREVIOUS} (READ_ONLY)")
        make(*month(), report("B001", "2025-02", B1=LOANS["B001"]), members=MEMBERS, connection=connection)
        carry.prepare(connection)
        compute(connection, indicators, relations())
        took = "SELECT period FROM basis WHERE part = 'measure A' AND taken_over"
        assert (PERIOD,) in connection.execute(took).fetchall()
        assert stopped(connection) == before != {}


def test_disclosure_structure_and_movement_go_on(tmp_path):
    connection = computed(own(tmp_path, part__A=f'"{SPOILT}"'), *month())
    for step in (disclosure, structure, movement):
        step.build(connection, None)
    assert connection.execute("SELECT sum(balance) FROM structure WHERE scope = 'city' AND trait = 'tech'").fetchall()


def test_a_part_worked_out_by_period_names_the_period_that_stops(monkeypatch):
    traits = structure.TRAITS | {"tech": "CAST(CAST(registration_no AS INTEGER) AS TEXT)"}
    monkeypatch.setattr(structure, "TRAITS", traits)
    monkeypatch.setattr(structure, "KEYS", structure.KEYS | {"code": ", ".join(traits.values())})
    mended = [report(bank, "2025-02", B1=loans.replace("N7", "40")) for bank, loans in LOANS.items()]
    connection = make(*month(), *mended, members=MEMBERS)
    structure.build(connection, None)
    assert stopped(connection, "structure") == {(PERIOD, "city", "BJ"): ("值无法换算", [])}
    assert connection.execute("SELECT DISTINCT period FROM structure").fetchall() == [("2025-02",)]


# --- what else still stops a build ---


def test_a_declaration_that_may_get_too_large_is_refused_and_not_tried(tmp_path):
    with pytest.raises(DeclarationError, match="indicators.toml的指标G90.*可能超过.*请"):
        own(tmp_path, part__A='"sum(amount * valuation * rate)"')
    with pytest.raises(DeclarationError, match="indicators.toml的指标G90的part.*DECIMAL"):
        own(tmp_path, part__A='"sum(ip_count * ip_count)"')


def test_an_error_that_is_not_of_the_data_stops_the_build(tmp_path):
    connection = make(*month(), members=MEMBERS)
    connection.execute("DROP VIEW set_A")
    with pytest.raises(duckdb.CatalogException):
        compute(connection, own(tmp_path, part__A=f'"{SPOILT}"'), relations())


def tried(bad: set[int]) -> tuple[Callable[[list[int]], None], list[list[int]]]:
    done: list[list[int]] = []

    def work(numbers: list[int]) -> None:
        if bad & set(numbers):
            raise duckdb.ConversionException("Conversion Error: 试")
        done.append(numbers)

    return work, done


@pytest.mark.parametrize("bad", [set(), {0}, {6}, {2, 3}, set(range(7))])
def test_each_thing_is_worked_once_but_for_those_that_stop(bad):
    work, done = tried(bad)
    assert [number for number, _ in spared(work, range(7))] == sorted(bad)
    assert sorted(chain.from_iterable(done)) == sorted(set(range(7)) - bad)


def test_without_things_there_is_no_work():
    work, done = tried(set())
    assert spared(work, []) == [] and done == []


# --- where its absence is told ---


@pytest.fixture
def told(tmp_path) -> duckdb.DuckDBPyConnection:
    """S01 of B002 and of all is not computable, as if B002's data had stopped the database."""
    connection = make(*month(), members=MEMBERS)
    connection.execute("DELETE FROM value WHERE indicator = 'S01' AND entity IN ('B002', 'BJ')")
    for scope, entity in (("bank", "B002"), ("city", "BJ")):
        connection.execute(
            "INSERT INTO not_computable VALUES (?, ?, ?, 'S01', '数值超出范围', [2])", [PERIOD, scope, entity]
        )
    return connection


def test_its_absence_is_a_kind_of_its_own(told):
    missing = absence(told, catalogue()["S01"], PERIOD, "bank", "B002")
    assert (missing.kind, missing.submissions) == (NOT_COMPUTABLE, (2,))
    assert missing.words == "不可计算：数值超出范围，待更正所列报送后重新计算"


def test_an_explanation_names_the_submissions(told):
    explanation = explain(told, catalogue()["S01"], PERIOD, "city", "BJ")
    assert explanation.value is None and [source.submitter for source in explanation.sources] == ["B002"]
    assert "没有值——不可计算：数值超出范围" in as_people_read(explanation)


def test_a_command_says_it_in_one_line(told):
    line = not_computable_line(told)
    assert line == "不可计算  2个数（S01，2025-01）：数值超出范围，因B002 2025-01第1版的报送；其余照常计算"
    told.execute("DELETE FROM not_computable")
    assert not_computable_line(told) == ""


def test_an_item_of_a_scorecard_does_not_apply_and_says_why():
    """Its weight is shared out as that of any item without a value."""
    pilot = Board("2026-01", "2026-03", NOW)
    for bank in ("B001", "B002"):
        pilot.member(bank)
        pilot.figure(bank, "D08", {"2026-03": 90})
    pilot.figure("B002", "S18", {"2026-03": 4.5})
    pilot.connection.execute(
        "INSERT INTO not_computable VALUES ('2026-03', 'bank', 'B001', 'S18', '数值超出范围', [1])"
    )
    found = pilot.evaluated()
    rows = found.execute(
        "SELECT subject, applicable, reason FROM score_item WHERE period = '2026-03' AND item = 'S18' ORDER BY subject"
    ).fetchall()
    assert rows == [("B001", False, "不可计算：数值超出范围"), ("B002", True, None)]
    weights = "SELECT effective_weight FROM score_item WHERE subject = 'B001' AND period = '2026-03' AND item = 'D08'"
    assert found.execute(weights).fetchall() == [(Decimal("100.000000"),)]


@pytest.mark.parametrize(("indicator", "item"), [("G02", "G02_yoy"), ("S10", "S10_pace")])
def test_an_item_derived_from_it_says_so_too(indicator, item):
    pilot = Board("2025-01", "2026-03", NOW)
    pilot.member("B001")
    pilot.figure("B001", "D08", {"2026-03": 90})
    at = "2025-03" if indicator == "G02" else "2026-03"
    pilot.row("not_computable", period=at, scope="bank", entity="B001", indicator=indicator, reason="值无法换算")
    found = pilot.evaluated()
    query = "SELECT applicable, reason FROM score_item WHERE period = '2026-03' AND item = ?"
    assert found.execute(query, [item]).fetchall() == [(False, "不可计算：值无法换算")]


def test_a_trigger_rule_sees_no_value_where_its_arithmetic_stops():
    """A rule of the test's own that takes a member's code for a number: a district's is one, a bank's is not."""
    pilot = Board("2026-01", "2026-03", NOW)
    pilot.member("B001")
    pilot.member("110108", group="core")
    found = pilot.evaluated()
    declared = rule_of("X06")
    levels = tuple(replace(level, condition="CAST(frame.subject AS INTEGER) > 0") for level in declared.levels)
    rule = replace(declared, subject="both", levels=levels, value=None, threshold=None, facts=())
    prepare(found, policies_by_period(found, declared_parameters()))
    seen = observe(found, rule)
    assert seen["110108", "2026-03"].holds == (True,) * len(levels) and seen["110108", "2026-03"].stopped is None
    assert seen["B001", "2026-03"].holds == (None,) * len(levels)
    assert isinstance(seen["B001", "2026-03"].stopped, duckdb.ConversionException)
