"""评价参数 for a reader: the Bureau alone, values with their standing, and what the page says of a trial."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from casework.policy.changes import adopt, approve_policy, propose_value, reject_policy
from casework.policy.users import approve_user, propose_user, reject_user
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from ledger.users import UserDraft
from metrics.evaluation.trial import template
from metrics.queries.evaluation.policy import (
    beside_today,
    book_then,
    card_history,
    known_policy,
    parameter_history,
    policy_on,
)
from metrics.queries.work.waiting import Waiting, user_changes, waiting_changes
from pages.overview.waiting import KINDS
from pages.results.policy.proposals import worded
from pages.results.policy.trial_results import frame_of, title_of
from pages.shell.selections import Policy
from tests.published import ADMIN, ANALYST, AUTHORITY, DISTRICT, INSTITUTION, PERIOD, SUPERVISOR

OTHERS = (DISTRICT, INSTITUTION, AUTHORITY, ADMIN)


@pytest.fixture
def home(own_home: Path) -> Home:
    return Home(own_home)


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: viewer.role)
def test_policy_is_the_bureaus(version, home, viewer):
    asked = (
        lambda: parameter_history(viewer, version),
        lambda: card_history(viewer, version),
        lambda: known_policy(viewer, version, home),
        lambda: book_then(viewer, version, home),
        lambda: beside_today(viewer, version, home, ""),
        lambda: adopt(home, ("试算.toml", b""), date(2026, 1, 1), "试1号", "", viewer),
        lambda: propose_value(home, "x03_score", Decimal(55), date(2026, 1, 1), "试1号", "", viewer),
        lambda: approve_policy(home, 1, by=viewer),
        lambda: reject_policy(home, 1, viewer, "理由"),
    )
    for ask in asked:
        with pytest.raises(AccessDenied):
            ask()


def test_an_analyst_proposes_and_does_not_approve(home):
    proposal = propose_value(home, "x03_score", Decimal(55), date(2026, 1, 1), "试1号", "", ANALYST)
    with pytest.raises(AccessDenied):
        approve_policy(home, proposal.id, ANALYST)
    assert reject_policy(home, proposal.id, SUPERVISOR, "再议").status == "rejected"


def user(home: Home, name: str, by: str) -> int:
    """The number of a proposal to register a supervisor."""
    return propose_user(home, UserDraft(name, "supervisor", reason="首次登记"), by).id


def test_changes_of_users_are_read_by_supervisors_and_administrators_and_decided_by_supervisors(version, home):
    number = user(home, "李", "甲")
    for viewer in (SUPERVISOR, ADMIN):
        assert [proposal.draft.name for proposal in user_changes(viewer, version, home)] == ["李"]
    for viewer in (ANALYST, DISTRICT, INSTITUTION, AUTHORITY):
        with pytest.raises(AccessDenied):
            user_changes(viewer, version, home)
    for viewer in (ANALYST, *OTHERS):
        for act in (
            lambda who: approve_user(home, number, who),
            lambda who: reject_user(home, number, who, "x"),
        ):
            with pytest.raises(AccessDenied):
                act(viewer)
    assert reject_user(home, user(home, "周", "甲"), SUPERVISOR, "再议").status == "rejected"
    assert approve_user(home, number, SUPERVISOR).status == "approved"


def test_what_waits_for_a_supervisor_is_what_it_may_decide(version, home):
    """Not what it proposed itself, under whatever capitals, nor what is about itself: SUPERVISOR is the user `s`."""
    assert waiting_changes(SUPERVISOR, version, home) == ()
    numbers = [
        propose_value(home, "x03_score", Decimal(score), date(2026, 1, 1), f"试{score}号", "", viewer).id
        for viewer, score in ((ANALYST, 55), (ANALYST, 56), (SUPERVISOR, 57))
    ]
    own, others = user(home, "李", " S "), [user(home, name, "甲") for name in ("S", "周", "吴")]
    assert waiting_changes(SUPERVISOR, version, home) == (
        Waiting("policy", 2, "试55号、试56号"),
        Waiting("users", 2, "周、吴"),
    )
    assert waiting_changes(ANALYST, version, home) == waiting_changes(ADMIN, version, home) == ()
    for number in numbers[:2]:
        reject_policy(home, number, SUPERVISOR, "再议")
    for number in others[1:]:
        reject_user(home, number, SUPERVISOR, "再议")
    assert waiting_changes(SUPERVISOR, version, home) == ()
    assert {
        proposal.status for proposal in user_changes(SUPERVISOR, version, home) if proposal.id in (own, others[0])
    } == {"proposed"}


def test_all_that_waits_is_worded_and_leads_to_a_page():
    for kind in ("policy", "users"):
        says, _, selection = KINDS[kind]
        assert selection == Policy(part="proposals")
        assert says.format(2).startswith("2件") and says.endswith("待复核")


def test_parameters_are_listed_by_group_with_their_standing(version):
    frame = parameter_history(ANALYST, version)
    assert set(frame["standing"]) == {"present"} and frame["demonstration"].all()
    assert frame.groupby("group", sort=False).ngroups == frame["group"].ne(frame["group"].shift()).sum()
    assert frame["group"].iloc[0] == "报送与月度安排"
    assert policy_on(DISTRICT, version, date(2025, 2, 28))["x03_score"] == 60


def test_cards_come_in_their_order(version):
    frame = card_history(ANALYST, version)
    assert frame.loc[frame["kind"] == "bank", "item"].tolist()[:3] == ["G12", "G02_yoy", "S10_pace"]
    assert frame.groupby("kind")["weight"].sum().tolist() == [100, 100]


def test_a_trial_goes_by_its_file(version, home):
    book = book_then(ANALYST, version, home)
    text = template(book, version.now.date())
    with pytest.raises(CallError, match="不必提议"):
        adopt(home, ("试算.toml", text.encode()), date(2026, 1, 1), "试1号", "", ANALYST)
    compared = beside_today(ANALYST, version, home, text, PERIOD)
    assert title_of(compared) == "试算使0家得分上升、0家下降，位次都不变"
    assert len(frame_of(compared)) == 6
    changed = text.replace("x03_score = 60", "x03_score = 55").encode()
    proposal = adopt(home, ("参数试算.toml", changed), date(2026, 1, 1), "试1号", "", ANALYST)
    assert known_policy(SUPERVISOR, version, home) == (proposal,)
    assert proposal.draft.paper.name == "参数试算.toml"


def test_a_change_is_said_as_the_parameter_is_called():
    notes = {"x03_score": "X03：轮次得分低于此分"}
    assert worded("x03_score 60→55分", notes) == "X03：轮次得分低于此分 60→55分"
    assert worded("试点机构评分表（S18权重12→15）", notes) == "试点机构评分表（S18权重12→15）"
