"""No call of the reading door gives a viewer another's rows, name or figure, whatever it asks for."""

from __future__ import annotations

from itertools import product

import pytest

from contract.errors import AccessDenied
from contract.viewer import ROLES, Viewer, areas, may_see
from metrics.queries.evaluation.scores import score_items, scores
from metrics.queries.figures.comparison import contributions, peers
from metrics.queries.figures.explanation import explanation
from metrics.queries.figures.free_table import free_table
from metrics.queries.figures.loans import composition
from metrics.queries.figures.values import headlines, values
from metrics.queries.filing.board import filing
from metrics.queries.filing.versions import receipt, submissions
from metrics.queries.members.roster import decisions, members, timeline
from metrics.queries.members.trigger_cases import triggers
from metrics.queries.work.waiting import waiting
from tests.published import (
    ADMIN,
    ANALYST,
    AUTHORITY,
    CHAOYANG,
    DISTRICT,
    HAIDIAN,
    INSTITUTION,
    PERIOD,
    SUPERVISOR,
    XICHENG,
)

VIEWERS = {viewer.role: viewer for viewer in (ANALYST, SUPERVISOR, DISTRICT, INSTITUTION, AUTHORITY, ADMIN)}


def seen(viewer, version, **asked) -> set[tuple[str, str]]:
    """Scopes and entities of the figures that a viewer gets."""
    frame = values(viewer, version, **asked)
    return set(zip(frame["scope"], frame["entity"], strict=True))


def test_the_roles_tested_are_all_there_are():
    assert VIEWERS.keys() == ROLES.keys()


def test_the_bureau_sees_every_scope(version):
    for viewer in (ANALYST, SUPERVISOR):
        assert {scope for scope, _ in seen(viewer, version)} == {"city", "bank", "bank_type", "district", "ip"}


def test_a_district_sees_itself_and_the_city(version):
    assert seen(DISTRICT, version) == {("district", HAIDIAN), ("city", "BJ")}


def test_an_institution_sees_itself(version):
    assert seen(INSTITUTION, version) == {("bank", "B001")}


def test_an_authority_sees_no_single_bank(version):
    assert {scope for scope, _ in seen(AUTHORITY, version)} == {"city", "bank_type", "district", "ip"}


@pytest.mark.parametrize(
    ("viewer", "scope", "entity"),
    [
        (DISTRICT, "district", XICHENG),
        (DISTRICT, "bank", "B001"),
        (DISTRICT, "bank_type", "state"),
        (DISTRICT, "ip", "patent"),
        (INSTITUTION, "bank", "B002"),
        (INSTITUTION, "city", "BJ"),
        (INSTITUTION, "district", HAIDIAN),
        (AUTHORITY, "bank", "B001"),
        (ADMIN, "city", "BJ"),
        (ADMIN, "bank", "B001"),
    ],
)
def test_a_figure_of_another_is_refused(version, viewer, scope, entity):
    for ask in (
        lambda: values(viewer, version, PERIOD, ("G01",), (scope,), (entity,)),
        lambda: headlines(viewer, version, PERIOD, ("G01",), scope, entity),
        lambda: free_table(viewer, version, ("G01",), ((scope, entity),), (PERIOD,)),
        lambda: explanation(viewer, version, PERIOD, "G01", scope, entity),
        lambda: composition(viewer, version, PERIOD, scope, entity),
    ):
        with pytest.raises(AccessDenied):
            ask()


def test_a_scope_without_an_entity_gives_the_own_one_only(version):
    assert seen(INSTITUTION, version, scopes=("bank",)) == {("bank", "B001")}
    assert seen(DISTRICT, version, scopes=("district",)) == {("district", HAIDIAN)}


@pytest.mark.parametrize(
    ("area", "ask"),
    [
        ("members", lambda viewer, version, code: members(viewer, version, code=code)),
        ("members", timeline),
        ("decisions", decisions),
        ("filing", lambda viewer, version, code: filing(viewer, version, submitter=code)),
        ("filing", lambda viewer, version, code: submissions(viewer, version, submitter=code)),
        ("scores", lambda viewer, version, code: scores(viewer, version, subject=code)),
        ("scores", lambda viewer, version, code: score_items(viewer, version, PERIOD, subject=code)),
        ("triggers", lambda viewer, version, code: triggers(viewer, version, subject=code)),
    ],
)
def test_rows_go_as_far_as_the_role(version, area, ask):
    """With no member named, a viewer held to itself gets its own rows; another's by name is refused."""
    for viewer, code in product(VIEWERS.values(), ("B002", XICHENG)):
        reach = areas()[area][viewer.role]
        if reach == "all":
            ask(viewer, version, code)
            continue
        with pytest.raises(AccessDenied):
            ask(viewer, version, code)
        if reach == "own":
            own = ask(viewer, version, None)
            column = {"code", "submitter", "subject"} & set(own.columns)
            assert set(own[column.pop()]) <= {viewer.scope}
        else:
            with pytest.raises(AccessDenied):
                ask(viewer, version, None)


def test_a_version_is_told_as_far_as_its_findings(version):
    """A submitter reads its own versions alone; who has no part in findings reads none."""
    sent = submissions(ANALYST, version)
    assert set(sent["submitter"]) > {INSTITUTION.scope, DISTRICT.scope}
    for viewer, row in product(VIEWERS.values(), sent.itertuples()):
        reach = areas()["findings"][viewer.role]
        if reach == "all" or (reach == "own" and row.submitter == viewer.scope):
            assert receipt(viewer, version, row.submission_id).version == row.version
        else:
            with pytest.raises(AccessDenied):
                receipt(viewer, version, row.submission_id)


def test_a_place_among_peers_names_nobody(version):
    mine = peers(INSTITUTION, version, PERIOD, ("G01", "G14"), "bank", "B001")
    assert mine[["indicator", "ranked"]].values.tolist() == [["G01", True], ["G14", False]]
    assert mine.loc[0, ["rank", "peers"]].tolist() == [3, 3]
    assert mine.loc[0, "percentile"] == pytest.approx(100 / 3)
    assert not {"entity", "code", "name"} & set(mine.columns)
    for viewer, scope, entity in (
        (INSTITUTION, "bank", "B002"),
        (DISTRICT, "district", XICHENG),
        (ADMIN, "bank", "B001"),
    ):
        with pytest.raises(AccessDenied):
            peers(viewer, version, PERIOD, ("G01",), scope, entity)


def test_what_moved_a_sum_is_the_bureaus(version):
    moved = contributions(ANALYST, version, PERIOD)
    assert moved[["code", "change", "both"]].values.tolist() == [
        ["B003", 440.0, False],
        ["B002", 380.0, False],
        ["B001", 250.0, True],
    ]
    for viewer in (DISTRICT, INSTITUTION, AUTHORITY, ADMIN):
        with pytest.raises(AccessDenied):
            contributions(viewer, version, PERIOD)


def test_only_the_bureau_and_the_bank_itself_see_loans(version):
    """A district's own figure is explained without rows and without a bank's submission."""
    assert sum(len(term.rows) for term in explanation(ANALYST, version, PERIOD, "G01", "city", "BJ").terms) == 8
    own = explanation(INSTITUTION, version, PERIOD, "G01", "bank", "B001")
    assert len(own.terms[0].rows) == 3
    assert {source.submitter for source in own.sources} == {"B001"}
    district = explanation(DISTRICT, version, PERIOD, "G01", "district", HAIDIAN)
    assert [term.rows for term in district.terms] == [()]
    assert district.sources == ()


def test_thin_cells_are_withheld_outside_the_bureau(version):
    """西城 has one borrower; 朝阳 goes with it, else 西城 would be the city's sum less the others."""
    asked = {"period": PERIOD, "indicators": ("G01",), "scopes": ("district",)}
    everything = values(ANALYST, version, **asked).set_index("entity")
    assert not everything["withheld"].any()
    assert everything.loc[XICHENG, "value"] == 50
    told = values(AUTHORITY, version, **asked).set_index("entity")
    assert set(told.index[told["withheld"]]) == {XICHENG, CHAOYANG}
    assert told.loc[told["withheld"], ["part", "whole", "value"]].isna().all(axis=None)
    assert told.loc[HAIDIAN, "value"] == 1000
    with pytest.raises(AccessDenied):
        explanation(AUTHORITY, version, PERIOD, "G01", "district", XICHENG)


def test_thin_parts_of_a_district_are_withheld(version):
    """海淀 by 科技属性: two high_tech borrowers of one, one each of the others: nothing is left to show."""
    parts = composition(DISTRICT, version, PERIOD, "district", HAIDIAN)
    tech = parts[parts["trait"] == "tech"]
    assert tech["withheld"].all() and tech["balance"].isna().all()
    bureau = composition(ANALYST, version, PERIOD, "district", HAIDIAN)
    assert bureau[bureau["trait"] == "tech"].set_index("code")["balance"].to_dict() == {
        "little_giant": 400, "high_tech": 300, "none": 300,
    }  # fmt: skip


def test_what_waits_is_the_viewers_own(version):
    details = {item.kind: item.detail for item in waiting(ANALYST, version, PERIOD)}
    assert details["missing"] == "B004"
    assert "missing" not in {item.kind for item in waiting(INSTITUTION, version, PERIOD)}
    assert waiting(ADMIN, version, PERIOD) == ()


def test_every_area_is_declared_for_every_role():
    assert {area for area in areas() if not any(may_see(viewer, area) for viewer in VIEWERS.values())} == set()


@pytest.mark.parametrize(("role", "scope"), [("district", ""), ("institution", ""), ("analyst", "B001"), ("guest", "")])
def test_a_viewer_has_a_known_role_and_the_scope_it_needs(role, scope):
    with pytest.raises(AccessDenied):
        Viewer("u", "某人", role, scope)
