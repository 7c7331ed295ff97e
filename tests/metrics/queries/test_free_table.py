"""A free table holds what its viewer reaches: every combination asked for, what is withheld marked, others' refused."""

from __future__ import annotations

import pytest

from contract.errors import AccessDenied, CallError
from metrics.queries.figures.free_table import MOST_CELLS, free_table, subjects
from tests.published import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    CHAOYANG,
    DISTRICT,
    HAIDIAN,
    INSTITUTION,
    PERIOD,
    XICHENG,
)

CITY, B001, B002 = ("city", "BJ"), ("bank", "B001"), ("bank", "B002")
JANUARY = "2025-01"


def cells(viewer, version, indicators, asked, periods, moved="") -> list[tuple]:
    frame = free_table(viewer, version, indicators, asked, periods, moved)
    told = frame.astype(object).where(frame.notna(), None)
    return list(told[["indicator", "entity", "period", "value"]].itertuples(index=False, name=None))


def test_every_combination_is_a_cell_also_where_there_is_no_figure(version):
    assert cells(ANALYST, version, ("G01",), (CITY, B001, B002), (JANUARY, PERIOD)) == [
        ("G01", "BJ", JANUARY, 80),
        ("G01", "BJ", PERIOD, 1150),
        ("G01", "B001", JANUARY, 80),
        ("G01", "B001", PERIOD, 330),
        ("G01", "B002", JANUARY, None),
        ("G01", "B002", PERIOD, 380),
    ]


def test_a_change_is_the_difference_and_absent_where_either_is(version):
    assert cells(ANALYST, version, ("G01",), (B001, B002), (PERIOD,), "month") == [
        ("G01", "B001", PERIOD, 250),
        ("G01", "B002", PERIOD, None),
    ]
    assert cells(ANALYST, version, ("G01",), (B001,), (PERIOD,), "year") == [("G01", "B001", PERIOD, None)]


def test_an_indicator_that_a_subject_does_not_have_is_told_apart(version):
    frame = free_table(ANALYST, version, ("G01", "D01"), (B001, ("district", HAIDIAN)), (PERIOD,))
    assert frame.set_index(["indicator", "entity"])["defined"].to_dict() == {
        ("G01", "B001"): True, ("G01", HAIDIAN): True, ("D01", "B001"): False, ("D01", HAIDIAN): True,
    }  # fmt: skip


def test_thin_cells_are_withheld_and_a_change_over_them_too(version):
    asked = tuple(("district", code) for code in (HAIDIAN, XICHENG, CHAOYANG))
    frame = free_table(AUTHORITY, version, ("G01",), asked, (PERIOD,)).set_index("entity")
    assert frame["withheld"].to_dict() == {HAIDIAN: False, XICHENG: True, CHAOYANG: True}
    assert frame["value"].isna().to_dict() == {HAIDIAN: False, XICHENG: True, CHAOYANG: True}
    moved = free_table(AUTHORITY, version, ("G01",), asked, (PERIOD,), "month").set_index("entity")
    assert moved.loc[XICHENG, "withheld"]


@pytest.mark.parametrize(
    ("viewer", "asked"),
    [
        (DISTRICT, (("district", XICHENG),)),
        (DISTRICT, (("district", HAIDIAN), B001)),
        (INSTITUTION, (B001, B002)),
        (INSTITUTION, (CITY,)),
        (AUTHORITY, (CITY, B001)),
        (ADMIN, (CITY,)),
    ],
)
def test_a_table_with_anothers_figures_is_refused_whole(version, viewer, asked):
    with pytest.raises(AccessDenied):
        free_table(viewer, version, ("G01",), asked, (PERIOD,))


def test_whom_a_table_can_be_about_is_what_the_role_reaches(version):
    everyone = {one.code for one in subjects(ANALYST, version, PERIOD)}
    assert {"city-BJ", "bank-B001", "bank-B003", f"district-{XICHENG}"} <= everyone
    assert [one.code for one in subjects(DISTRICT, version, PERIOD)] == ["city-BJ", f"district-{HAIDIAN}"]
    assert [one.code for one in subjects(INSTITUTION, version, PERIOD)] == ["bank-B001"]
    assert not [one for one in subjects(AUTHORITY, version, PERIOD) if one.scope == "bank"]
    with pytest.raises(AccessDenied):
        subjects(ADMIN, version, PERIOD)


def test_a_table_too_large_to_read_is_refused(version):
    periods = tuple(f"2025-{month:02}" for month in range(1, 13))
    asked = tuple(("bank", f"B{number:03}") for number in range(MOST_CELLS // 12 + 1))
    with pytest.raises(CallError, match="超过一张表"):
        free_table(ANALYST, version, ("G01",), asked, periods)
