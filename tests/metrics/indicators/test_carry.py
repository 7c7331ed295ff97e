"""What a snapshot takes over from the one before: never anything that would come out otherwise if worked out anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from contract.calendar import periods_between
from etl.snapshot.context import PREVIOUS
from metrics.indicators import ceiling_cases, disclosure, key_firms, spread, structure
from tests.metrics.snapshots import Member, Report, make, report

PERIODS = periods_between("2024-12", "2026-01")
BANKS, DISTRICTS = ("B001", "B002"), ("110108",)
MEMBERS = [Member("B001"), Member("B002", "city", admitted="2025-02-10"), Member("110108")]
TABLES = (
    "value", "measure", "behind", "withheld", "structure", "set_loan_gone", "set_loan_left", "restated", "restated_by",
    "spread", "spread_quartile", "ceiling_case", "key_firm",
)  # fmt: skip


def table(header: str, rows: list[tuple]) -> str:
    return "\n".join([header, *(" ".join(map(str, row)) for row in rows)])


def filed(dice: random.Random, submitter: str, period: str) -> Report:
    """One month of a member, with whatever forms fell due; some are empty, some are missing."""
    if submitter in DISTRICTS:
        points = [(f"{submitter}P{n}", dice.choice(["是", "否"]) == "是", dice.randint(0, 9)) for n in range(2)]
        firms = [(f"F{n}", dice.randint(10, 400), "key_tech") for n in range(dice.randint(0, 4))]
        forms = {"R1": table("point_id one_stop consultations", points)}
        forms |= {"R4": table("uscc demand category", firms)} if dice.random() < 0.4 else {}
        return report(submitter, period, **forms)
    loans = []
    for number in dice.sample(range(9), dice.randint(0, 7)):
        day = f"{dice.choice(['2024-12', '2025-02', '2025-11', period])}-01"
        district = dice.choice(["110108", "110105", "000000"])
        loans.append(
            (f"{submitter}L{number}", f"F{number % 5}", dice.randint(1, 2000), day, district, dice.randint(1, 5))
        )
    forms = {
        "B1": table("loan_no uscc amount disbursed_on district risk_class", loans),
        "B2": table("total_loans", [(9,)]),
    }
    forms |= {"B3": table("credit_plan", [(dice.choice([0, 500]),)])} if dice.random() < 0.4 else {}
    cases = [(f"C{n}", dice.choice(["open", "stopped"])) for n in range(dice.randint(0, 2))]
    return report(submitter, period, **forms, B4=table("case_no status", cases))


def built(
    path: Path, reports: list[Report], before: Path | None, members: list[Member] = MEMBERS, **settings
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path))
    if before is not None:
        connection.execute(f"ATTACH '{before}' AS {PREVIOUS} (READ_ONLY)")
    make(*reports, members=members, connection=connection, **{"last": PERIODS[-1]} | settings)
    disclosure.build(connection, None)
    for part in (structure, spread, ceiling_cases, key_firms):
        part.build(connection, None)
    return connection


def rows_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[list[Report], Path]:
    """A year and more of reports with gaps, and the snapshot built of them."""
    dice = random.Random(7)
    reports = [filed(dice, code, period) for period in PERIODS for code in (*BANKS, *DISTRICTS) if dice.random() < 0.9]
    corrected = filed(random.Random(8), "B002", "2025-04")
    reports += [replace(corrected, version=2), replace(filed(random.Random(9), "B002", "2025-04"), version=3)]
    path = tmp_path_factory.mktemp("carry") / "before.duckdb"
    built(path, reports, None).close()
    return reports, path


def corrected(world: tuple[list[Report], Path], submitter: str, period: str) -> list[Report]:
    """The world's reports, and a later one of a member for a period."""
    later = filed(random.Random(f"{submitter}{period}"), submitter, period)
    return [*world[0], replace(later, version=9)]


@pytest.fixture(scope="module")
def january(world, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """B001's January corrected, upon the snapshot before; for reading."""
    path = tmp_path_factory.mktemp("carry") / "carried.duckdb"
    with built(path, corrected(world, "B001", "2025-01"), world[1]) as connection:
        yield connection


def taken_over(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("SELECT count(*) FROM basis WHERE taken_over").fetchall()[0][0]


def worked_out(connection: duckdb.DuckDBPyConnection, part: str) -> list[str]:
    query = "SELECT period FROM basis WHERE part = ? AND NOT taken_over ORDER BY period"
    return [row[0] for row in connection.execute(query, [part]).fetchall()]


def check_taken_over(carried: duckdb.DuckDBPyConnection, anew: duckdb.DuckDBPyConnection, before: Path) -> None:
    assert taken_over(carried) > 100 and taken_over(anew) == 0
    worked = rows_of(anew)
    with duckdb.connect(str(before), read_only=True) as connection:
        assert rows_of(connection)["value"] != worked["value"]
    assert rows_of(carried) == worked


def test_what_is_taken_over_is_what_would_be_worked_out_for_a_bank(world, january, tmp_path):
    with built(tmp_path / "anew.duckdb", corrected(world, "B001", "2025-01"), None) as anew:
        check_taken_over(january, anew, world[1])


def test_what_is_taken_over_is_what_would_be_worked_out_for_a_district(world, tmp_path):
    reports = corrected(world, "110108", "2025-09")
    with (
        built(tmp_path / "carried.duckdb", reports, world[1]) as carried,
        built(tmp_path / "anew.duckdb", reports, None) as anew,
    ):
        check_taken_over(carried, anew, world[1])


def test_only_periods_within_reach_are_worked_out_again(january):
    assert worked_out(january, "measure A") == ["2025-01"]
    assert worked_out(january, "measure Y") == periods_between("2025-01", "2025-12")
    assert worked_out(january, "measure A_before") == ["2025-01", "2026-01"]
    assert worked_out(january, "measure K") == periods_between("2025-01", "2026-01")
    assert worked_out(january, "structure") == ["2025-01"]
    assert worked_out(january, "spread") == periods_between("2025-01", "2025-12")
    assert worked_out(january, "ceiling_case") == periods_between("2025-01", "2025-12")
    assert worked_out(january, "key_firm") == periods_between("2025-01", "2026-01")


def test_what_earlier_corrections_changed_is_not_worked_out_again(world, tmp_path):
    with built(tmp_path / "carried.duckdb", corrected(world, "B001", "2026-01"), world[1]) as connection:
        assert worked_out(connection, "restated") == ["2026-01"]
        assert connection.execute("SELECT count(*) > 0 FROM restated WHERE period = '2025-04'").fetchall() == [(True,)]


OTHER_CEILING = [replace(MEMBERS[0], ceiling="800"), *MEMBERS[1:]]


def test_another_register_and_facts_that_other_code_has_typed_are_worked_out_again(world, tmp_path):
    """One month is enough to tell: as it was before, all of it is taken over."""
    month = {"last": "2025-01"}
    reports = [each for each in world[0] if each.period == "2025-01"]
    before = tmp_path / "before.duckdb"
    built(before, reports, None, **month).close()
    for name, given in (("same", {}), ("register", {"members": OTHER_CEILING}), ("typed", {"typed_by": "another"})):
        with built(tmp_path / f"{name}.duckdb", reports, before, **month | given) as connection:
            assert (taken_over(connection) > 0) is (name == "same"), name
