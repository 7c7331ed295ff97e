"""Where members stand in a task, what its figures aim at, and who stands out: worked out by hand."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from contract.errors import DeclarationError
from contract.parameters import declared_parameters
from contract.settings import Home
from etl.snapshot.opened import current
from metrics.evaluation.build import evaluate
from metrics.evaluation.round_tables import add_rounds
from metrics.indicators import disclosure
from metrics.queries.tasks import standouts as reasons
from metrics.queries.tasks.figures import task_figures
from metrics.queries.tasks.standing import standing, ways
from metrics.queries.tasks.standouts import PREDICATES, declared_standouts, read_standouts, standouts
from metrics.targets import declared, levels, reference_series
from tests.metrics.queries.tasks.world import (
    ANALYST,
    AUTHORITY,
    CITY,
    DISTRICT,
    HAIDIAN,
    INSTITUTION,
    PERIOD,
)
from tests.metrics.snapshots import Member, publish, report


def test_banks_side_by_side_with_group_city_and_last_month(version):
    """Days: B001 5, 1, 14; B002 5, 7; B003 5, 7. State banks together 32 / 5, all 44 / 7; B001 a month before 5.

    Fewer is better: B002 and B003 share the first place. B004 has not filed.
    """
    frame = standing(ANALYST, version, PERIOD, ("S06",), "bank").set_index("entity")
    assert frame.index.tolist() == ["B002", "B003", "B001", "B004"]
    assert frame["value"].tolist()[:3] == [6, 6, pytest.approx(20 / 3)]
    assert frame["rank"].tolist()[:3] == [1, 1, 3]
    assert frame["peers"].tolist()[:3] == [3, 3, 3]
    assert frame.loc["B001", ["group_value", "city_value", "last_month"]].tolist() == [6.4, pytest.approx(44 / 7), 5]
    assert frame.loc["B003", "group_value"] == 6
    assert pd.isna(frame.loc["B004", "value"]) and frame.loc["B004", "listed"]
    assert frame["small"].tolist() == [True, True, True, False]  # the scorecard asks for 20 loans


def test_without_a_better_direction_there_are_no_places(version):
    frame = standing(ANALYST, version, PERIOD, ("V04",), "bank")
    assert frame["rank"].isna().all()


def test_units_that_are_no_pilots_have_no_place(version):
    """丰台 is no pilot and has no loan here: not there. Both pilots are, with a place each."""
    frame = standing(ANALYST, version, PERIOD, ("D07",), "district")
    assert frame[["name", "value", "rank", "peers"]].values.tolist() == [["110102", 50, 1, 2], [HAIDIAN, 25, 2, 2]]


def test_targets_stand_beside_members(version):
    frame = standing(ANALYST, version, PERIOD, ("D08",), "bank").set_index("entity")
    assert frame.loc["B001", ["value", "level", "met"]].tolist() == [90, 100, False]


def test_ways_to_lay_an_indicator_out(version):
    assert ways(ANALYST, "V01") == ("bank", "bank_type", "district")
    assert ways(ANALYST, "D01") == ("district",)
    assert ways(AUTHORITY, "V01") == ("bank_type", "district")
    assert ways(DISTRICT, "V01") == ("district",)
    assert ways(DISTRICT, "S05") == ()
    assert ways(INSTITUTION, "V01") == ("bank",)


def figures(viewer, version, codes, scope, entity):
    return {one.figure.indicator: one for one in task_figures(viewer, version, PERIOD, codes, scope, entity)}


def test_a_figure_aims_at_its_target_else_the_pace_else_the_full_mark(version):
    told = figures(ANALYST, version, ("D08", "S10", "V01", "S06", "P02"), *CITY)
    aims = {code: one.aim and (one.aim.name, one.aim.level, one.aim.met) for code, one in told.items()}
    assert aims == {
        "D08": ("目标", 100, False),  # 90%
        "S10": ("序时进度", 22.5, False),  # 2,500 of 21,000
        "V01": ("参照", 80, False),  # 3 of 6
        "S06": ("参照", 5, False),  # 6.3 days, fewer are better
        "P02": None,
    }
    assert told["D08"].city is None


def test_a_district_is_held_to_its_own_card_and_sees_the_city_beside(version):
    told = figures(DISTRICT, version, ("D03", "D07", "D08"), "district", HAIDIAN)
    assert (told["D07"].figure.value, told["D07"].city.value) == (25, pytest.approx(2000 / 70))
    assert (told["D07"].aim.level, told["D07"].aim.name) == (30, "参照")
    assert (told["D08"].figure.scope, told["D08"].city, told["D08"].aim) == ("city", None, None)


def test_an_institution_sees_its_own_and_the_citys_sums(version):
    told = figures(INSTITUTION, version, ("S06",), "bank", "B001")["S06"]
    assert (told.figure.value, told.city.value) == (pytest.approx(20 / 3), pytest.approx(44 / 7))
    alone = figures(INSTITUTION, version, ("S06",), *CITY)["S06"]
    assert (alone.figure.value, alone.city) == (pytest.approx(44 / 7), None)


@pytest.mark.parametrize(
    ("predicate", "columns", "marked"),
    [
        ("is_first", {"merit": [3, 2, 1]}, [True, False, False]),
        ("is_first", {"merit": [3, 3, 1]}, [False, False, False]),
        ("is_last", {"merit": [3, 2, 1]}, [False, False, True]),
        ("is_last", {"merit": [3, 1, 1]}, [False, False, False]),
        ("gained_most", {"gain": [2, 1, None]}, [True, False, False]),
        ("gained_most", {"gain": [-2, -1, None]}, [False, False, False]),
        ("lost_most", {"gain": [-2, -1, None]}, [True, False, False]),
        ("lost_most", {"gain": [2, 1, None]}, [False, False, False]),
        ("reached_with_few", {"met": [True, False, False, None]}, [True, False, False, False]),
        ("reached_with_few", {"met": [True, False, None]}, [False, False, False]),
        ("short_of_target", {"met": [True, False, None]}, [False, True, False]),
        ("short_of_target", {"met": [True, False, False, None]}, [False, False, False, False]),
    ],
)
def test_each_reason_is_seen_to_hold_and_not_to(predicate, columns, marked):
    assert PREDICATES[predicate](reasons.Compared(**columns)) == marked


def test_every_reason_is_declared():
    assert {one.predicate for one in declared_standouts().values()} == PREDICATES.keys()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("first,is_best,good,x", "第2行的predicate“is_best”不认识"),
        ("first,is_first,fine,x", "第2行的tone“fine”不认识"),
    ],
)
def test_an_unknown_reason_is_told(tmp_path, row, told):
    path = tmp_path / "standouts.csv"
    path.write_text(f"standout,predicate,tone,words\n{row}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_standouts(path)


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """Five banks with 10, 8, 6, 6 and 5 of 10 branches online; the first all, so at its target, as one of five."""
    home = tmp_path_factory.mktemp("five")
    online = {"B001": 10, "B002": 8, "B003": 6, "B004": 6, "B005": 5}
    reports = [
        report(code, PERIOD, B1="", B2=f"total_loans branches online_branches\n9000 10 {number}")
        for code, number in online.items()
    ]
    path = publish(home, *reports, members=[Member(code) for code in online])
    with duckdb.connect(str(path)) as connection:
        add_rounds(connection, {}, {})
        evaluate(connection, declared_parameters())
        disclosure.build(connection, None)
        reference_series.add_references(connection, ())
        levels.add_targets(connection, declared.targets())
    return current(Home(home))


def test_who_stands_out_among_five_banks(five):
    found = standouts(ANALYST, five, PERIOD, ("D08",))
    assert found[["entity", "standout", "value", "level", "peers"]].values.tolist() == [
        ["B001", "first", 100, 100, 5],
        ["B005", "last", 50, 100, 5],
        ["B001", "reached", 100, 100, 5],
    ]


def test_too_few_members_have_no_places(version):
    """Three banks: fewer than the five from which places are given."""
    assert standouts(ANALYST, version, PERIOD, ("D08",)).empty


def test_banks_that_stand_out_are_named_to_the_bureau_alone(five):
    for viewer in (AUTHORITY, INSTITUTION, DISTRICT):
        assert standouts(viewer, five, PERIOD, ("D08",)).empty
    assert list(standouts(AUTHORITY, five, PERIOD, ("D08",)).columns) == list(reasons.COLUMNS)
