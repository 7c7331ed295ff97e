"""Rows of several regions in one set, and who is left behind a sum without a region: hand-worked."""

from __future__ import annotations

import duckdb
import pytest

from contract.declarations import regions
from contract.errors import DeclarationError
from metrics.indicators import behind
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import relations
from metrics.nation.others import leave_others
from metrics.nation.sets import SCOPES, _number_firms, _rows, indicators_of_country, of_country


def test_a_borrower_of_two_regions_is_one_and_banks_of_one_code_are_two():
    with duckdb.connect() as connection:
        for region, firms in (("110000", "(1, 'X'), (2, 'Y')"), ("120000", "(1, 'Z'), (2, 'X')")):
            connection.execute(f"CREATE SCHEMA region_{region}")
            connection.execute(f"USE memory.region_{region}")
            connection.execute(f"CREATE TABLE B1 AS SELECT * FROM (VALUES {firms}) AS t (firm_key, uscc)")
            connection.execute("CREATE VIEW set_A AS SELECT 'B001' AS bank, firm_key, uscc FROM B1")
        connection.execute("USE memory.main")
        _number_firms(connection, ("110000", "120000"))
        relation = relations()["A"]
        rows = " UNION ALL BY NAME ".join(_rows(region, relation) for region in ("110000", "120000"))
        found = connection.execute(
            f"SELECT region, bank, firm_key, uscc FROM ({rows}) ORDER BY region, uscc"
        ).fetchall()
    assert found == [
        ("110000", "110000/B001", 1, "X"),
        ("110000", "110000/B001", 2, "Y"),
        ("120000", "120000/B001", 1, "X"),
        ("120000", "120000/B001", 3, "Z"),
    ]


def number_left(*of_regions: int, together: int) -> tuple[int, str]:
    """How many banks count behind the country's sum, and which are named, of regions with so many each."""
    with duckdb.connect() as connection:
        behind.prepare(connection)
        rows = [("city", "BJ", "bank", together, "a b c"), ("city", "BJ", "region", len(of_regions), "1 2 3")]
        rows += [("region", str(place), "bank", number, "") for place, number in enumerate(of_regions)]
        connection.executemany("INSERT INTO behind VALUES ('A', 'true', '2025-07', ?, ?, ?, ?, ?)", rows)
        leave_others(connection)
        assert connection.execute("SELECT number FROM behind WHERE kind = 'region'").fetchall() == [(len(of_regions),)]
        assert connection.execute("SELECT sum(number) FROM behind WHERE scope = 'region'").fetchall()[0][0] == sum(
            of_regions
        )
        return connection.execute("SELECT number, first FROM behind WHERE scope = 'city' AND kind = 'bank'").fetchall()[
            0
        ]


def test_behind_the_country_count_those_whom_the_largest_region_leaves():
    assert number_left(5, 2, 1, together=8) == (3, "a b c")
    assert number_left(5, 1, 1, together=7) == (2, "")
    assert number_left(7, together=7) == (1, "")
    assert number_left(4, 4, 4, together=6) == (2, "")  # borrowers of several regions: no more than are surely left


def test_every_figure_of_a_whole_region_is_one_of_the_country():
    declared = of_country(relations())
    found = indicators_of_country(catalogue().values(), declared)
    assert {one.code for one in found} == {one.code for one in catalogue().values() if "city" in one.scopes}
    for one in found:
        before = catalogue()[one.code]
        roles = {term.role for term in before.terms}
        assert {term.role for term in one.terms} == roles and one.scopes == SCOPES, one.code
    counted = [relation.code for relation in declared.values() if relation.scopes and "region" not in relation.counted]
    assert counted == []


def test_the_sets_of_beijing_know_no_region():
    for relation in relations().values():
        assert "region" not in relation.columns and "region" not in relation.scopes
        assert "region" not in relation.counted


def test_wrong_declarations_of_regions_are_told(tmp_path, monkeypatch):
    (tmp_path / "regions.csv").write_text("code,name,short_name\n11,北京市,北京\n", encoding="utf-8")
    monkeypatch.setenv("PILOT_REGIONS", str(tmp_path))
    with pytest.raises(DeclarationError, match="六位数字"):
        regions()
