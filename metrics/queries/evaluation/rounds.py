"""Evaluation rounds: how far each has come, what members said of themselves and objected to, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from contract.round_steps import Step, steps
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.evaluation.disclosed import DISCLOSED, open_scores


@dataclass(frozen=True)
class RoundState:
    """How far a round has come: the step signed last and when, the data version it is frozen to, what is open."""

    period: str
    step: Step
    since: date
    frozen: int | None
    unanswered: int

    @property
    def next_step(self) -> Step | None:
        """What is to be done next; None once all is done."""
        declared = list(steps().values())
        later = declared[declared.index(self.step) + 1 :]
        return later[0] if later else None


def round_steps(viewer: Viewer, snapshot: Snapshot, period: str | None = None) -> pd.DataFrame:
    """One row a round and step signed: period, step, name, signed_on, document_no, snapshot; signed_by, note for the
    Bureau alone. A member sees the rounds that are disclosed to it.
    """
    held_to_own(viewer, "scores", None)
    where, parameters = conditions(period=period)
    signer = "signed_by, note" if viewer.bureau else "NULL AS signed_by, NULL AS note"
    return rows(
        snapshot,
        f"""
        SELECT period, step_no, step, name, signed_on, document_no, snapshot, {signer}
        FROM {open_scores(viewer, '"round"')} AS signed {where} ORDER BY period, step_no
        """,
        parameters,
    )


def round_state(viewer: Viewer, snapshot: Snapshot, period: str) -> RoundState | None:
    """How far a round has come; None where it is not open, or not disclosed to the viewer."""
    signed = round_steps(viewer, snapshot, period)
    if signed.empty:
        return None
    last, frozen = signed.iloc[-1], signed["snapshot"].dropna()
    open_objections = objections(viewer, snapshot, period)["outcome"].isna().sum()
    return RoundState(
        period,
        steps()[last["step"]],
        last["signed_on"].date(),
        None if frozen.empty else int(frozen.iloc[0]),
        int(open_objections),
    )


def disclosed_rounds(viewer: Viewer, snapshot: Snapshot) -> tuple[str, ...]:
    """The rounds whose scorecards members may see, those in which the viewer was evaluated, the latest first."""
    where, parameters = conditions(subject=held_to_own(viewer, "scores", None))
    frame = rows(
        snapshot,
        f"SELECT DISTINCT period FROM (SELECT * FROM score {where}) WHERE period IN {DISCLOSED} ORDER BY period DESC",
        parameters,
    )
    return tuple(frame["period"])


def objections(
    viewer: Viewer, snapshot: Snapshot, period: str | None = None, subject: str | None = None
) -> pd.DataFrame:
    """One row an objection, with the item's value and score as computed and as counted where one was entered.

    objection_id, period, subject, short_name, item, reason, entered_on, entered_by, file_name, outcome (absent: no
    answer yet), answer, answered_on, answered_by, computed_value, value, computed_score, item_score, computed_total,
    total.
    """
    where, parameters = conditions(period=period, subject=held_to_own(viewer, "scores", subject))
    return rows(
        snapshot,
        f"""
        SELECT objection.* EXCLUDE (content_hash, answer_content_hash), member.short_name, computed_value, value,
            computed_score, item_score, computed_total, total
        FROM (SELECT * FROM {open_scores(viewer, "objection")} AS objection {where}) AS objection
        JOIN member ON member.code = objection.subject
        LEFT JOIN score_override USING (objection_id)
        ORDER BY objection_id
        """,
        parameters,
    )


def score_uses(viewer: Viewer, snapshot: Snapshot, period: str | None = None) -> pd.DataFrame:
    """One row a use of a round's results: use_id, period, subject (absent: the whole round), short_name, name (what
    for), document_no, note, used_on, recorded_by.
    """
    where, parameters = conditions(period=period, subject=held_to_own(viewer, "scores", None))
    return rows(
        snapshot,
        f"""
        SELECT used.* EXCLUDE (kind, content_hash), member.short_name
        FROM (SELECT * FROM {open_scores(viewer, "score_use")} AS used {where}) AS used
        LEFT JOIN member ON member.code = used.subject
        ORDER BY use_id
        """,
        parameters,
    )
