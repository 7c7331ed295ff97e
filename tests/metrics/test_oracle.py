"""Every figure, score and trigger of generated packs and of the demonstration is what the oracle makes of the rows."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from metrics.evaluation.scorecards import declared_scorecards
from metrics.indicators.catalogue import catalogue
from metrics.warnings.rules import rules
from tests.metrics.agreement import (
    Judged,
    judged_home,
    judged_pack,
    score_differences,
    trigger_differences,
    value_differences,
)
from tests.metrics.worlds import deadlines, snapshot_of
from tests.oracle.packs import PROFILES, pack

# More of them: `python -m tests.metrics.agreement --seeds 1 50`.
SEEDS = (33,)
# All of the demonstration: `python -m tests.metrics.agreement HOME`.
DEMONSTRATION = ("2025-12", "2026-10")


@pytest.fixture(scope="module")
def packs(tmp_path_factory) -> Iterator[list[Judged]]:
    judged = [judged_pack(seed, tmp_path_factory.mktemp(f"pack-{seed}")) for seed in SEEDS]
    yield judged
    for each in judged:
        each.connection.close()


def test_every_figure_is_the_oracles(packs):
    assert [line for each in packs for line in value_differences(each)] == []


def test_every_figure_is_the_oracles_where_forms_are_missing(tmp_path):
    """As when the check of absent forms is lowered: a report is accepted without some of its forms."""
    dice = Random(3)
    world = pack(3, deadlines(), PROFILES[:6])
    partly = [
        replace(version, forms={form: rows for form, rows in version.forms.items() if dice.random() < 0.85})
        for version in world.versions
    ]
    world = replace(world, versions=partly)
    with snapshot_of(world, tmp_path) as connection:
        assert [*value_differences(Judged(connection, world, tuple(world.periods)))] == []


def test_every_score_item_rank_and_grade_is_the_oracles(packs):
    assert [line for each in packs for line in score_differences(each)] == []


def test_every_trigger_is_the_oracles(packs):
    assert [line for each in packs for line in trigger_differences(each)] == []


def test_every_indicator_is_compared_with_a_value_in_each_of_its_scopes(packs):
    declared = {(code, scope) for code, indicator in catalogue().items() for scope in indicator.scopes}
    seen = {
        (code, scope)
        for each in packs
        for period in each.periods
        for (scope, _, code), (_, _, value) in each.stored(period).items()
        if value is not None
    }
    assert seen == declared


def test_every_item_applies_somewhere_and_not_everywhere(packs):
    declared = {item.code for card in declared_scorecards(frozenset(catalogue())) for item in card.items}
    applying = {
        (item, scored_item.score is not None)
        for each in packs
        for scores in each.scores.values()
        for score in scores.values()
        for item, scored_item in score.items.items()
    }
    assert {item for item, applies in applying if applies} == declared
    # A submission in force always holds I1, so that C09 always applies.
    assert {item for item, applies in applying if not applies} == declared - {"C09"}


def test_a_confirmed_falsification_gives_d_to_members_that_passed(packs):
    vetoed = {
        (code, period)
        for each in packs
        for period, scores in each.scores.items()
        for code, score in scores.items()
        if score.vetoed and score.total is not None and score.total >= 60
    }
    assert {code for code, _ in vetoed} & {"B001", "B003", "110108"}
    assert {period for _, period in vetoed} <= {"2023-12", "2024-12"}


def test_every_rule_fires_at_each_of_its_levels_and_stays_silent(packs):
    raised_by_figures = [rule for rule in rules() if not rule.dated]
    levels = {(rule.id, level.level) for rule in raised_by_figures for level in rule.levels}
    levels |= {(rule.id, "hint") for rule in raised_by_figures if rule.settling_in}
    assert {(trigger.rule, trigger.level) for each in packs for trigger in each.triggers} == levels
    for each in packs:
        scored = {(code, period) for period, scores in each.scores.items() for code in scores}
        for rule in raised_by_figures:
            assert scored - {
                (trigger.subject, trigger.period) for trigger in each.triggers if trigger.rule == rule.id
            }, rule.id


def test_the_demonstration_is_the_oracles(demo_home):
    judged = judged_home(demo_home, DEMONSTRATION)
    assert [*value_differences(judged), *score_differences(judged)] == []
