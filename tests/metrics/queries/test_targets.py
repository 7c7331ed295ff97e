"""Targets, references, outlook and S70 through the reading door: no further than the role, no thin figure told."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from contract.errors import AccessDenied
from contract.settings import Home
from etl.snapshot.opened import Snapshot, current
from metrics.queries.figures.targets import outlooks, reference_series, s70_view, targets
from metrics.targets.declared import Target
from metrics.targets.levels import add_targets
from metrics.targets.reference_series import add_references, declared_values
from tests.published import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    DISTRICT,
    HAIDIAN,
    INSTITUTION,
    PERIOD,
    SUPERVISOR,
    XICHENG,
)

TOLD = ["level", "value", "progress", "met", "gap", "goal", "base"]


def doubled(scope: str, code: str, entity: str = "all", base: str = "2025-01") -> Target:
    return Target(
        code=code, indicator="G01", scope=scope, entity=entity, shape="multiple", value=Decimal(2), series="",
        base_period=base, target_period="2025-03", path="straight", effective_from=date(2025, 1, 1), effective_to=None,
        document_no="试1号", set_by="演示设定", note="",
    )  # fmt: skip


@pytest.fixture(scope="module")
def aimed(version: Snapshot, tmp_path_factory) -> Snapshot:
    """The small version with targets for banks, districts and the city, and the declared references."""
    home = Home(tmp_path_factory.mktemp("aimed"))
    shutil.copytree(version.path.parent, home.warehouse)
    with duckdb.connect(str(home.current_snapshot())) as connection:
        add_references(connection, declared_values())
        add_targets(connection, [doubled("bank", "T01"), doubled("district", "T02"), doubled("city", "T03", "BJ")])
    return current(home)


def test_a_target_shows_where_its_figure_stands(aimed):
    """80 in January, 160 by March: 120 in February, and 330 is there."""
    (own,) = targets(ANALYST, aimed, PERIOD, ("G01",), ("bank",), ("B001",)).to_dict("records")
    assert [own[name] for name in TOLD] == [120, 330, pytest.approx(206.25), True, 210, 160, 80]
    course = targets(ANALYST, aimed, PERIOD, ("G01",), ("bank",), ("B001",), since="2025-01")
    assert course[["period", "level"]].values.tolist() == [["2025-01", 80], ["2025-02", 120]]


def test_targets_go_as_far_as_figures(aimed):
    def seen(viewer):
        frame = targets(viewer, aimed, PERIOD)
        return set(frame["scope"]), set(frame["entity"])

    assert seen(INSTITUTION) == ({"bank"}, {"B001"})
    assert seen(DISTRICT) == ({"city", "district"}, {"BJ", HAIDIAN})
    assert seen(AUTHORITY) == ({"city", "district"}, {"BJ", HAIDIAN, XICHENG})
    for viewer, scope, entity in (
        (INSTITUTION, "bank", "B002"),
        (DISTRICT, "district", XICHENG),
        (ADMIN, "city", "BJ"),
    ):
        with pytest.raises(AccessDenied):
            targets(viewer, aimed, PERIOD, scopes=(scope,), entities=(entity,))


def test_what_is_withheld_is_not_told_by_its_target(aimed):
    """西城 has one borrower in February; 海淀 has four, but one in January, from which its line would be drawn."""
    told = targets(AUTHORITY, aimed, PERIOD, scopes=("district",)).set_index("entity")
    assert told["withheld"].all()
    assert told[TOLD].isna().all(axis=None)
    bureau = targets(ANALYST, aimed, PERIOD, scopes=("district",)).set_index("entity")
    assert not bureau["withheld"].any()
    assert (bureau.loc[HAIDIAN, "value"], bureau.loc[HAIDIAN, "base"]) == (1000, 80)


@pytest.mark.parametrize("viewer", [ANALYST, SUPERVISOR])
def test_the_bureau_sees_outlook_and_s70(aimed, viewer):
    items = [target.item for target in outlooks(viewer, aimed, PERIOD, "city", "BJ")]
    assert items == ["lending", "plan", "T03"]
    lines = s70_view(viewer, aimed, PERIOD).set_index("entity")
    assert lines.loc["BJ", "D"] == lines.loc[["B001", "B002", "B003"], "D"].sum() == 1150


@pytest.mark.parametrize("viewer", [DISTRICT, INSTITUTION, AUTHORITY, ADMIN])
def test_nobody_else_sees_them(aimed, viewer):
    with pytest.raises(AccessDenied):
        outlooks(viewer, aimed, PERIOD, "city", "BJ")
    with pytest.raises(AccessDenied):
        s70_view(viewer, aimed, PERIOD)


def test_references_are_open_to_all_who_see_figures(aimed):
    for viewer in (ANALYST, DISTRICT, INSTITUTION, AUTHORITY):
        frame = reference_series(viewer, aimed, ("pledge_registered",), since="2023-01")
        assert frame[["period", "value", "basis"]].values.tolist() == [["2023-12", 8539.9, "registration"]]
    with pytest.raises(AccessDenied):
        reference_series(ADMIN, aimed)
