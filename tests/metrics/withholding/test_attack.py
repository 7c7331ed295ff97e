"""Nothing that is withheld from an authority follows from all that it is told; without what goes along, it does."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from metrics.indicators import disclosure
from metrics.indicators.catalogue import catalogue
from metrics.queries.figures.values import OPEN_SCOPES, values
from tests.metrics.snapshots import Member, make, report
from tests.metrics.withholding.attack import figures_told, found

AUTHORITY = Viewer("z", "戊", "authority")
PERIOD = "2025-01"
# Types: state B001 to B003, city B004 to B006. 西城 has one borrower, 朝阳 three of three banks, 海淀 the others.
LOANS = {
    "B001": "a1 110108 100 1 none\na2 110102 50 1 none",
    "B002": "b1 110108 300 1 none\nb2 110105 30 1 none",
    "B003": "c1 110108 400 3 none\nc2 110105 40 1 none",
    "B004": "d1 110108 150 1 high_tech\nd2 110105 60 1 high_tech",
    "B005": "e1 110108 250 3 high_tech",
    "B006": "f1 110108 350 3 high_tech",
}
HEAD = "loan_no district balance risk_class tech\n"
MEMBERS = [Member(code, group="state" if code < "B004" else "city") for code in LOANS]
TOLD = """
    SELECT value.*, withheld.indicator IS NOT NULL AS withheld
    FROM value LEFT JOIN withheld USING (period, scope, entity, indicator) WHERE scope <> 'bank'
"""


def built(**more: str) -> duckdb.DuckDBPyConnection:
    """The month of the six banks; `B007="…"` adds the loans of another."""
    filed = LOANS | more
    return make(*(report(code, PERIOD, B1=HEAD + loans) for code, loans in filed.items()), members=MEMBERS)


def told(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    disclosure.build(connection, None)
    return connection.execute(TOLD).df()


def withheld(frame: pd.DataFrame, indicator: str) -> set[str]:
    return set(frame[frame["withheld"] & (frame["indicator"] == indicator)]["entity"])


def test_every_indicator_that_reads_a_withheld_sum_is_withheld_with_it():
    """西城 has one borrower; 朝阳 with three is the next thinnest. What G01 hides, no other indicator shows."""
    frame = told(built())
    for code in ("G01", "G02", "G03", "G14", "G12", "G13", "S04"):
        there = set(frame[(frame["indicator"] == code) & (frame["scope"] == "district")]["entity"])
        assert withheld(frame, code) == there & {"110102", "110105"}, code
    assert found(figures_told(frame), frame) == []


def test_the_part_counts_by_itself_and_not_by_its_set():
    """Non-performing are one borrower of type state and two of type city, all in 海淀: neither type's sum is told,
    the city's and 海淀's of three are. 西城 and 朝阳 have none, and are withheld as everything drawn from there."""
    frame = told(built())
    assert withheld(frame, "G08") == {"state", "city", "110102", "110105"}
    assert withheld(frame, "G01") == {"110102", "110105"}


def test_what_is_left_of_a_whole_counts_too():
    """With one more bank without a technology loan in its district, technology's share tells of it: whole less part."""
    frame = told(built(B007="g1 110106 70 1 high_tech\ng2 110106 20 1 high_tech\ng3 110106 20 1 none"))
    shares = frame[(frame["indicator"] == "G16") & (frame["entity"] == "110106")]
    assert shares["withheld"].all()


@pytest.mark.parametrize("code", ["G01", "G08"])
def test_without_what_goes_along_the_thin_ones_are_had_by_subtraction(monkeypatch, code):
    monkeypatch.setattr(disclosure, "covered", lambda cells, start, elsewhere=frozenset(): set(start))
    frame = told(built())
    caught = found(figures_told(frame), frame)
    assert any(cell[3] == code for cell in caught)
    alone = frame[frame["withheld"] & (frame["indicator"] == "G01")]
    shown = frame[~frame["withheld"] & (frame["indicator"] == "G01") & (frame["scope"] == "district")]
    city = frame[(frame["indicator"] == "G01") & (frame["scope"] == "city")]
    assert city["part"].iat[0] - shown["part"].sum() == alone["part"].sum() == 50


def test_a_months_sum_is_not_had_from_two_years_so_far():
    """朝阳 lends to one in March: without March's G04, March's G06 is G04 less February's."""
    reports = []
    for month in ("01", "02", "03", "04"):
        for bank in ("B001", "B002", "B003"):
            days = [day for day in ("01", "02", "03", "04") if day <= month]
            lent = [f"{bank}h{day} 110108 9 2025-{day}-10" for day in days]
            lent += [f"{bank}c{day} 110105 5 2025-{day}-11" for day in days if day != "03" or bank == "B001"]
            reports.append(
                report(bank, f"2025-{month}", B1="\n".join(["loan_no district balance disbursed_on", *lent]))
            )
    frame = told(make(*reports))
    of_place = frame[frame["withheld"] & (frame["entity"] == "110105")]
    assert set(of_place[of_place["indicator"] == "G06"]["period"]) == {"2025-03", "2025-04"}
    assert set(of_place[of_place["indicator"] == "G04"]["period"]) == {"2025-03"}
    assert found(figures_told(frame), frame) == []


def test_a_share_over_the_same_rows_as_a_withheld_sum_is_withheld_with_it():
    frame = told(built())
    read = {code for code, one in catalogue().items() if any(t.measure == "A: sum(balance)" for t in one.terms)}
    for code in read & set(frame[frame["entity"] == "110102"]["indicator"]):
        assert "110102" in withheld(frame, code), code


def test_the_demonstration_gives_an_authority_nothing_that_is_withheld(demo_home):
    version = current(Home(demo_home))
    frame = values(AUTHORITY, version, scopes=OPEN_SCOPES["authority"])
    assert frame["withheld"].sum() > 1000
    assert found(figures_told(frame), frame) == []
