"""What a viewer may do with evaluation rounds through the screen: the Bureau takes steps and answers, members speak."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from casework.decisions.steps import archived
from casework.rounds import objections, steps
from casework.rounds.assessment_form import parse_number, read_form
from contract.errors import CallError
from contract.round_steps import FEEDBACK, SELF_ASSESS, Step
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.publish import publish
from ledger.events import Ledger
from ledger.rounds import Objection, Round

STEPS, SAY = "rounds", "objections"  # areas of `data/access.csv`


def known_round(viewer: Viewer, home: Home, period: str) -> Round | None:
    """A round as the ledger has it now; None where it is not opened, or a member has no part in it yet.

    A member takes part while it may assess itself and from the hearing on, and sees what it said itself alone.
    """
    found = steps.known_rounds(Ledger(home.ledger)).get(period)
    if viewer.bureau or found is None:
        own_only(viewer, STEPS if viewer.bureau else SAY)
        return found
    own = own_only(viewer, SAY)
    if not found.signed_at(FEEDBACK) and found.signed[-1].step.code != SELF_ASSESS:
        return None
    return replace(
        found,
        signed=tuple(replace(one, by="", note="") for one in found.signed),
        assessments=tuple(one for one in found.assessments if one.subject == own),
        objections=tuple(one for one in found.objections if one.subject == own),
        uses=tuple(one for one in found.uses if one.subject == own),
    )


def assessable(viewer: Viewer, home: Home) -> tuple[str, ...]:
    """The rounds in which members may assess themselves now, the latest first."""
    own_only(viewer, SAY)
    found = steps.known_rounds(Ledger(home.ledger)).values()
    return tuple(sorted((one.period for one in found if one.signed[-1].step.code == SELF_ASSESS), reverse=True))


def take(viewer: Viewer, home: Home, period: str, step: Step, on: date, document_no: str, note: str) -> int:
    """Takes a round one step on under the viewer's name and publishes; gives the number of the data version."""
    own_only(viewer, STEPS)
    steps.take(home, period, step, viewer.user, on, document_no, note)
    return publish(home, Ledger(home.ledger), viewer.user)


def answer(
    viewer: Viewer,
    home: Home,
    number: int,
    outcome: str,
    reason: str,
    value: str = "",
    whole: str = "",
    file: tuple[str, bytes] | None = None,
) -> int:
    """Answers an objection under the viewer's name and publishes; gives the number of the data version."""
    own_only(viewer, STEPS)
    entered: tuple[Decimal | None, Decimal | None] = (parse_number(value, "更正后的值"), parse_number(whole, "分母"))
    paper = archived(home, *file) if file else None
    objections.answer(home, number, outcome, reason, viewer.user, *entered, paper)
    return publish(home, Ledger(home.ledger), viewer.user)


def object_to(viewer: Viewer, home: Home, period: str, item: str, reason: str, file: tuple[str, bytes]) -> Objection:
    """Enters the viewer's own objection to one item of its scorecard."""
    return objections.object_to(home, period, _own(viewer), item, reason, archived(home, *file), viewer.user)


def assess(viewer: Viewer, home: Home, period: str, file: tuple[str, bytes]) -> int:
    """Files the list in which the viewer's member assesses itself; gives how many items it names."""
    own, lines = _own(viewer), read_form(*file)
    objections.assess(home, period, own, lines, archived(home, *file), viewer.user)
    return len(lines)


def _own(viewer: Viewer) -> str:
    own = own_only(viewer, SAY)
    if own is None:
        raise CallError("须由试点机构或试点地区本单位提出")
    return own
