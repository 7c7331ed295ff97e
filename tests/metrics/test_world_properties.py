"""What holds of a whole small world: parts add up, order never matters, a change reaches what it should and no more.

Three banks (one with history, one whose ceiling and group change) and two districts (one with history), nineteen
months, with late, missing, returned and corrected submissions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from metrics.indicators.catalogue import catalogue
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.loans import kind_of
from tests.oracle.packs import PROFILES, pack
from tests.oracle.world import Version, World, earlier, year_to

MEMBERS = ("B002", "B004", "B006", "110108", "110115403")
LATE_COMERS = ("B004", "110115403")  # those with history
CHANGED, CHANGED_IN, SAME, SAME_IN = "B002", "2024-03", "110108", "2024-05"
# Not sums: distinct counts, products of sums, a difference of ratios.
NO_SUMS = {"G02", "G05", "G14", "S08", "S18"}
FILING = {"M01", "M02", "M03", "M04", "M05"}
BY_BALANCE = {"G01", "G08", "G09", "G10", "G12", "G13", "G14", "G15", "G16", "G17", "G18"}
BY_BALANCE |= {"S01", "S03", "S04", "S18", "S20", "S22", "C05", "C10"}

Key = tuple[str, str, str, str]  # period, scope, entity, indicator


@dataclass(frozen=True)
class Made:
    """What a build makes of a world."""

    values: Mapping[Key, tuple]
    restated: Mapping[Key, tuple]  # part, whole and value as first accepted
    scores: frozenset[tuple]
    triggers: frozenset[tuple]


def made(world: World, home: Path) -> Made:
    with snapshot_of(world, home) as connection:
        values = connection.execute("SELECT period, scope, entity, indicator, part, whole, value FROM value").fetchall()
        restated = connection.execute(
            "SELECT period, scope, entity, indicator, part_before, whole_before, value_before FROM restated "
            "SEMI JOIN restated_by USING (period, scope, entity, indicator)"
        ).fetchall()
        scores = connection.execute("SELECT * FROM score").fetchall()
        triggers = connection.execute("SELECT id, period, level, value FROM trigger").fetchall()
    return Made(
        *({row[:4]: row[4:] for row in rows} for rows in (values, restated)), frozenset(scores), frozenset(triggers)
    )


def changed(before: Made, after: Made) -> set[Key]:
    return {key for key in before.values | after.values if before.values.get(key) != after.values.get(key)}


@pytest.fixture(scope="module")
def world() -> World:
    return pack(7, deadlines(), [profile for profile in PROFILES if profile.code in MEMBERS])


@pytest.fixture(scope="module")
def base(world, tmp_path_factory) -> Made:
    return made(world, tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize("scope", ["bank_type", "district", "ip"])
def test_groups_districts_and_types_of_right_add_up_to_the_city(base, scope):
    # A district has figures of its own forms too; the loans' are those that a bank has as well.
    added = {code for code, declared in catalogue().items() if {scope, "bank", "city"} <= set(declared.scopes)}
    added -= NO_SUMS | FILING | {"C09"}
    sums: dict[str, dict[tuple[str, str, str], Decimal]] = {scope: defaultdict(Decimal), "city": defaultdict(Decimal)}
    for (period, at, _, code), (part, whole, _) in base.values.items():
        if at in sums and code in added:
            sums[at][period, code, "part"] += part
            # What stood a year ago is the whole of a growth: its group may have no bank any more.
            if whole is not None and catalogue()[code].kind != "growth":
                sums[at][period, code, "whole"] += whole
    assert {code for _, code, _ in sums[scope]} == added
    # A type of right without a loan has no row, so that the city's 0 may stand alone.
    assert {key: sums[scope][key] for key in sums["city"]} == sums["city"]


def test_the_order_of_rows_and_of_arrival_never_matters(world, base, tmp_path):
    rng = Random(1)
    turned = [
        replace(version, forms={form: rng.sample(rows, len(rows)) for form, rows in version.forms.items()})
        for version in world.versions
    ]
    rng.shuffle(turned)
    assert made(replace(world, versions=turned), tmp_path) == base


def later(version: Version, forms: Mapping | None = None) -> Version:
    """The next version of a submission: as before, or with other forms."""
    return replace(
        version,
        number=version.number + 1,
        received_at=version.received_at + timedelta(minutes=5),
        forms=version.forms if forms is None else forms,
    )


def test_a_later_version_changes_exactly_what_it_touches(world, base, tmp_path):
    """One bank's version changes one balance; one district's repeats what it had said."""
    before, repeated = world.in_force[CHANGED, CHANGED_IN], world.in_force[SAME, SAME_IN]
    number, loan = next((at, row) for at, row in enumerate(before.forms["B1"]) if row["status"] == "active")
    loans = [*before.forms["B1"]]
    loans[number] = loan | {"balance": loan["balance"] + 7}
    versions = [*world.versions, later(before, dict(before.forms) | {"B1": loans}), later(repeated)]
    after = made(replace(world, versions=versions), tmp_path)

    touched = changed(base, after)
    group = world.members[CHANGED].group_in(CHANGED_IN)
    entities = {("bank", CHANGED), ("bank_type", group), ("city", "BJ"), ("district", loan["district"])}
    entities.add(("ip", kind_of(loan)))
    a_year_later = earlier(CHANGED_IN, -12)
    figures = {key for key in touched if key[3] not in FILING}
    assert {(period, scope, entity) for period, scope, entity, code in figures if code == "G01"} == {
        (CHANGED_IN, *entity) for entity in entities
    }
    assert {(scope, entity) for _, scope, entity, code in figures if code != "C10"} == entities
    assert {code for period, *_, code in figures if period == CHANGED_IN} <= BY_BALANCE
    assert {code for period, *_, code in figures if period == a_year_later} == {"G12", "G17"}
    assert {period for period, *_ in figures} == {CHANGED_IN, a_year_later}
    assert after.restated.keys() - base.restated.keys() <= figures <= after.restated.keys()
    # Versions and their rows are counted for the rest of the year.
    rest = {CHANGED: CHANGED_IN, SAME: SAME_IN, "BJ": CHANGED_IN}
    assert {(period, entity, code) for period, _, entity, code in touched - figures} == {
        (period, entity, "M04") for entity, since in rest.items() for period in year_to("2024-12") if period >= since
    }


def test_what_was_restated_is_what_a_world_without_later_versions_tells_otherwise(world, base, tmp_path):
    firsts = {
        key: [version for version in versions if version.taken][:1] for key, versions in world.by_submission.items()
    }
    assert sum(len(versions) for versions in world.by_submission.values()) > len(firsts)
    only = replace(
        world,
        versions=[
            version
            for version in world.versions
            if not version.taken or version in firsts[version.submitter, version.period]
        ],
    )
    before = made(only, tmp_path)
    assert before.restated == {}
    touched = {key for key in changed(base, before) if key[3] not in FILING}
    assert len(touched) > 50
    assert base.restated == {key: before.values.get(key, (None, None, None)) for key in touched}


def test_another_bank_changes_no_banks_figures(world, base, tmp_path):
    rest = {code: member for code, member in world.members.items() if code != "B006"}
    without = replace(
        world,
        members=rest,
        versions=[version for version in world.versions if version.submitter in rest],
        decisions=[decision for decision in world.decisions if decision.subject in rest],
        recognised=frozenset(row for row in world.recognised if row[0] in rest),
    )
    touched = changed(base, made(without, tmp_path))
    assert {entity for _, scope, entity, _ in touched if scope == "bank"} == {"B006"}
    assert {scope for _, scope, *_ in touched} == {"bank", "bank_type", "city", "district", "ip"}


def test_history_changes_a_members_own_figures_and_growth_on_the_same_banks(world, base, tmp_path):
    admitted = {code: member.admission for code, member in world.members.items()}
    without = replace(
        world, versions=[version for version in world.versions if version.period >= admitted[version.submitter]]
    )
    touched = changed(base, made(without, tmp_path))
    assert {entity for _, scope, entity, code in touched if scope == "bank"} == {"B004"}
    others = {(scope, code) for _, scope, entity, code in touched if entity not in LATE_COMERS}
    assert {code for scope, code in others} == {"G17"}
    assert {scope for scope, _ in others} == {"city", "bank_type", "district"}
