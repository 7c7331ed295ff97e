"""Acts of an analyst beside the figures: recognising an initiative, taking that back, assessing a qualitative item."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from decimal import Decimal, InvalidOperation

import pandas as pd

from casework.held import File, Held, holding
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from ledger.people import Actor, check_person
from metrics.evaluation.judgements import ASSESSMENT, RECOGNISE, I1Row, recognised_rows
from metrics.queries.evaluation.initiatives import initiatives
from metrics.queries.evaluation.scorecard import qualitative_items

AREA = "judge"  # of `data/access.csv`
NEAREST = 3  # titles offered where none is the one asked for
PLACES = 2  # decimals of an assessed score


def recognise(home: Home, viewer: Viewer, row: I1Row, by: Actor, reason: str = "") -> None:
    """Recognises an initiative of a submission in force, as the current snapshot has it.

    Raises:
        CallError: there is no such row (the nearest titles are named), or it is recognised already.
        AccessDenied: the user's role recognises no initiatives.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "认可创新举措")
        submitter, period, title = row
        reported = initiatives(viewer, current(home), periods=[period], submitter=submitter)
        if title not in set(reported["title"]):
            raise CallError(f"{submitter}在{period}受理的报送中没有创新举措“{title}”{_near(title, reported)}")
        if standing := recognised_rows(held.ledger.events(RECOGNISE)).get(row):
            raise CallError(f"“{title}”已于{standing.at.date()}由{standing.actor}认可")
        _append(held, actor, row, reason)


def revoke(home: Home, row: I1Row, by: Actor, reason: str) -> None:
    """Takes a recognition back, with the reason.

    Raises:
        CallError: it stands not recognised, or there is no reason.
        AccessDenied: the user's role recognises no initiatives.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "撤销认可")
        if row not in recognised_rows(held.ledger.events(RECOGNISE)):
            raise CallError(f"{row[0]}在{row[1]}的“{row[2]}”没有认可，无可撤销")
        if not reason.strip():
            raise CallError("撤销认可须写明理由（--reason）")
        _append(held, actor, row, reason, revoked=True)


def assess(
    home: Home, viewer: Viewer, period: str, subject: str, item: str, score: str, reason: str, file: File, by: Actor
) -> Decimal:
    """Scores a qualitative item of a member's scorecard, 0…100 with evidence; the latest counts. Gives the score.

    Raises:
        CallError: the member was not expected to report in the period, its scorecard has no such qualitative item then,
            the score is no number from 0 to 100, or the reason is missing.
        AccessDenied: the user's role assesses no items.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "评定定性项")
        items = qualitative_items(viewer, current(home), period, subject)
        if item not in items:
            offered = "、".join(f"{code}（{name}）" for code, name in items.items())
            raise CallError(f"{subject}在{period}的评分表没有定性项“{item}”" + (f"，只有{offered}" if offered else ""))
        if not reason.strip():
            raise CallError("评定须写明理由（--reason）")
        given = given_score(score)
        facts = {"period": period, "item": item, "score": f"{given:f}", "reason": reason.strip()}
        paper = held.keep(file)
        held.append(ASSESSMENT, actor, subject, **facts, paper=asdict(paper), content_hash=paper.sha256)
        return given


def _append(held: Held, actor: str, row: I1Row, reason: str, **more: bool) -> None:
    submitter, period, title = row
    facts = {"submitter": submitter, "period": period, "title": title, "reason": reason.strip()}
    held.append(RECOGNISE, actor, submitter, **facts, **more)


def _near(title: str, reported: pd.DataFrame) -> str:
    titles = reported["title"].tolist()
    nearest = difflib.get_close_matches(title, titles, NEAREST, cutoff=0.3) or titles[:NEAREST]
    return f"；相近的有：{'、'.join(f'“{near}”' for near in nearest)}" if nearest else "，该期没有填报创新举措"


def given_score(text: str) -> Decimal:
    """A score as a person writes it. Raises CallError for none from 0 to 100, or one of too many decimals."""
    try:
        score = Decimal(text)
        if not 0 <= score <= 100 or score != round(score, PLACES):
            raise InvalidOperation
    except InvalidOperation:
        raise CallError(f"分数“{text}”应为0至100之间的数，至多{PLACES}位小数") from None
    return score
