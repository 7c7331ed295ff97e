"""What members see of evaluation rounds: their own scorecard of disclosed rounds, their place, nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd
import pytest

from contract.errors import AccessDenied
from contract.parameters import declared_parameters
from contract.round_steps import steps
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current
from ledger.proposals import Paper
from ledger.rounds import Assessment, Objection, Round, Signed, Use
from metrics.evaluation.build import evaluate
from metrics.evaluation.round_tables import add_rounds
from metrics.indicators import disclosure
from metrics.queries.evaluation.rounds import (
    disclosed_rounds,
    objections,
    round_state,
    round_steps,
    score_uses,
)
from metrics.queries.evaluation.scorecard import movements, ranking, scorecard, spread
from metrics.queries.evaluation.scores import score_items, scores
from metrics.queries.figures.comparison import standings
from metrics.queries.members.trigger_cases import trigger_history, triggers
from metrics.warnings.build import warn
from tests.metrics.snapshots import publish, report

MARCH, JUNE = "2025-03", "2025-06"  # March has come to its hearing, June to its first review
BANK = Viewer("i", "丁", "institution", "B001")
DISTRICT = Viewer("d", "丙", "district", "110108")
BUREAU = Viewer("a", "甲", "analyst")
DAY, PAPER = date(2025, 7, 1), Paper("说明.pdf", "0" * 64)


def round_up_to(period: str, last: str) -> Round:
    declared = list(steps().values())
    taken = declared[: declared.index(steps()[last]) + 1]
    objected = tuple(
        Objection(n, period, code, "S18", "理由", DAY, code, PAPER) for n, code in ((1, "B001"), (2, "B002"))
    )
    assessed = tuple(Assessment(code, "S18", None, 90, "", DAY, code, PAPER) for code in ("B001", "B002"))
    used = (("award", "B001"), ("notify", ""), ("interview", "B002"))
    uses = tuple(Use(n, kind, code, "演示1号", "", DAY, "乙", None) for n, (kind, code) in enumerate(used, 10))
    signed = tuple(Signed(step, DAY, "甲", note="内部") for step in taken)
    return Round(period, signed, assessed, objected, uses if period == MARCH else ())


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Four banks and a district that report in both rounds and in the months between; one bank is in trouble."""
    home = tmp_path_factory.mktemp("rounds")
    cases = {code: f"loan_no balance risk_class\n{code}-1 100 1" for code in ("B001", "B002", "B003", "B004")}
    cases["B001"] = "loan_no balance risk_class\na1 100 1\na2 100 5"
    path = publish(
        home,
        *(
            report(code, period, B1=loans)
            for period in ("2025-03", "2025-04", "2025-05", "2025-06")
            for code, loans in cases.items()
        ),
        *(report("110108", period, R1="", R2="") for period in ("2025-03", "2025-06")),
    )
    known = {MARCH: round_up_to(MARCH, "feedback"), JUNE: round_up_to(JUNE, "first")}
    with duckdb.connect(str(path)) as connection:
        add_rounds(connection, known, {})
        evaluate(connection, declared_parameters())
        warn(connection, declared_parameters())
        disclosure.build(connection, None)
    return current(Home(home))


def periods(frame: pd.DataFrame) -> set[str]:
    return set(frame["period"])


def test_the_bureau_sees_every_month(version):
    assert len(periods(scores(BUREAU, version))) == 4
    assert periods(round_steps(BUREAU, version)) == {MARCH, JUNE}
    assert set(round_steps(BUREAU, version)["signed_by"]) == {"甲"}


@pytest.mark.parametrize("viewer", [BANK, DISTRICT], ids=["bank", "district"])
def test_a_member_sees_its_own_of_disclosed_rounds_alone(version, viewer):
    own = scores(viewer, version)
    assert set(zip(own["subject"], own["period"], strict=True)) == {(viewer.scope, MARCH)}
    assert scores(viewer, version, periods=[JUNE]).empty
    assert score_items(viewer, version, JUNE).empty
    assert set(score_items(viewer, version, MARCH)["subject"]) == {viewer.scope}
    assert scorecard(viewer, version, JUNE, viewer.scope).empty
    assert scorecard(viewer, version, "2025-04", viewer.scope).empty
    assert not scorecard(viewer, version, MARCH, viewer.scope).empty
    assert disclosed_rounds(viewer, version) == (MARCH,)
    assert standings(viewer, version, JUNE, viewer.own_scope, ["G01"])["score"].isna().all()
    other = {"bank": "B002", "district": "110102"}[viewer.own_scope]
    for ask in (
        lambda: scores(viewer, version, subject=other),
        lambda: scorecard(viewer, version, MARCH, other),
        lambda: movements(viewer, version, MARCH, other),
        lambda: objections(viewer, version, subject=other),
    ):
        with pytest.raises(AccessDenied):
            ask()


def test_a_member_knows_its_place_and_how_its_peers_lie_but_no_name(version):
    mine = ranking(BANK, version, MARCH, "bank")
    assert mine[["subject", "peers"]].values.tolist() == [["B001", 4]]
    assert mine["rank"].notna().all() and mine["percentile"].notna().all()
    told, known = spread(BANK, version, MARCH, "bank"), spread(BUREAU, version, MARCH, "bank")
    assert told == replace(known, median=None) and known.median is not None  # of 4 peers the range alone
    assert spread(BANK, version, JUNE, "bank").scored == 0
    with pytest.raises(AccessDenied):
        spread(BANK, version, MARCH, "district")


def test_of_few_peers_a_member_learns_the_number_alone(version):
    assert spread(BUREAU, version, MARCH, "district").scored < 3
    told = spread(DISTRICT, version, MARCH, "district")
    assert (told.median, told.lowest, told.highest) == (None, None, None)


def test_a_member_sees_how_far_a_disclosed_round_is_but_not_who_signs(version):
    told = round_steps(BANK, version)
    assert periods(told) == {MARCH}
    assert told["signed_by"].isna().all() and told["note"].isna().all()
    state = round_state(BANK, version, MARCH)
    assert (state.step.name, state.since, state.next_step.name) == ("反馈异议", DAY, "复审")
    assert round_state(BANK, version, JUNE) is None
    june = round_state(BUREAU, version, JUNE)
    assert (june.step.name, june.unanswered) == ("初评", 2)


def test_what_members_say_is_their_own(version):
    assert set(objections(BUREAU, version)["subject"]) == {"B001", "B002"}
    mine = objections(BANK, version)
    assert set(zip(mine["subject"], mine["period"], strict=True)) == {("B001", MARCH)}
    shown = scorecard(BANK, version, MARCH, "B001").set_index("item")
    assert float(shown.loc["S18", "self_score"]) == 90 and pd.isna(shown.loc["G12", "self_score"])
    assert score_uses(BANK, version)["name"].tolist() == ["评优"]
    assert score_uses(BUREAU, version)["name"].tolist() == ["评优", "通报", "约谈"]


def test_a_trigger_of_the_score_follows_its_round(version):
    """B001 is below 60 in both rounds; X03 stands until the next quarter end."""
    district = replace(BANK, role="district", scope="B001")  # the one role that sees its own triggers
    raised = triggers(BUREAU, version, subject="B001", rule="X03")
    assert periods(raised) == {"2025-03", "2025-04", "2025-05", "2025-06"}
    assert periods(triggers(district, version, rule="X03")) == {"2025-03", "2025-04", "2025-05"}
    assert trigger_history(district, version, JUNE).query("rule == 'X03'")["last"].tolist() == ["2025-05"]


@pytest.mark.parametrize("role", ["authority", "admin"])
def test_others_have_no_part_in_scores(version, role):
    viewer = Viewer("x", "己", role)
    for ask in (
        lambda: round_steps(viewer, version),
        lambda: disclosed_rounds(viewer, version),
        lambda: objections(viewer, version),
        lambda: score_uses(viewer, version),
        lambda: spread(viewer, version, MARCH, "bank"),
    ):
        with pytest.raises(AccessDenied):
            ask()
