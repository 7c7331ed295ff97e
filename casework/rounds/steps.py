"""The steps of an evaluation round: each in order, once, dated and signed; figures are frozen at the first review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import duckdb

from casework.held import File, Held, holding
from contract.calendar import deadline, is_quarter_end, period_bounds
from contract.errors import CallError
from contract.round_steps import ANSWERS, DOCUMENT_NO, FEEDBACK, FIGURES, FINAL, SELF_ASSESS, Step, uses
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, current, reading
from etl.snapshot.publish import is_behind
from etl.warehouse.snapshot_files import published
from ledger.archive import keep
from ledger.events import Ledger
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.rounds import EVENTS, Round, rounds
from metrics.evaluation import exact
from metrics.evaluation.round_scores import FrozenRound, Sheet, frozen_rounds

HOLDS, SPEAKS = "rounds", "objections"  # areas of `data/access.csv`
REBUILT = "当前数据版本由旧版程序生成，请先执行python -m etl publish"


def known_rounds(ledger: Ledger) -> dict[str, Round]:
    """Period → round, of all that have been opened."""
    return rounds(ledger.events(*EVENTS))


def round_of(ledger: Ledger, period: str) -> Round:
    """A round that has been opened. Raises CallError where there is none, or can be none."""
    check_period(period)
    known = known_rounds(ledger).get(period)
    if known is None:
        raise CallError(f"{period}轮次尚未开启（round {period} open）")
    return known


def known_round(viewer: Viewer, home: Home, period: str) -> Round | None:
    """A round as the ledger has it now; None where it is not opened, or a member has no part in it yet.

    A member takes part while it may assess itself and from the hearing on, and sees what it said itself alone.
    """
    own = own_only(viewer, HOLDS if viewer.bureau else SPEAKS)
    known = known_rounds(Ledger(home.ledger)).get(period)
    if viewer.bureau or known is None:
        return known
    if not known.signed_at(FEEDBACK) and not _assesses(known):
        return None
    return replace(
        known,
        signed=tuple(replace(signed, by="", note="") for signed in known.signed),
        assessments=tuple(assessment for assessment in known.assessments if assessment.subject == own),
        objections=tuple(objection for objection in known.objections if objection.subject == own),
        uses=tuple(used for used in known.uses if used.subject == own),
    )


def assessable(viewer: Viewer, home: Home) -> tuple[str, ...]:
    """The rounds in which members may assess themselves now, the latest first."""
    own_only(viewer, SPEAKS)
    every = known_rounds(Ledger(home.ledger)).values()
    return tuple(sorted((known.period for known in every if _assesses(known)), reverse=True))


def _assesses(known: Round) -> bool:
    return known.signed[-1].step.code == SELF_ASSESS


def check_period(period: str) -> None:
    """Raises CallError for a text that is no quarter end."""
    try:
        period_bounds(period)
    except ValueError:
        raise CallError(f"轮次“{period}”应为报告期，如2026-09") from None
    if not is_quarter_end(period):
        raise CallError(f"{period}不是评价轮次：轮次只在3、6、9、12月")


def take(
    home: Home,
    period: str,
    step: Step,
    by: Actor,
    on: date | None = None,
    document_no: str = "",
    note: str = "",
    file: File | None = None,
) -> Round:
    """Takes a round one step on; gives it as it stands then. `on` is today unless told otherwise.

    Raises:
        CallError: it is not this step's turn, the day cannot be, or something lacks that the step needs.
        AccessDenied: the user's role does not sign this step.
    """
    check_period(period)
    with holding(home) as held:
        actor = second_person(held.ledger, by, step.area, "签署", step.name, signed_before(held, period, step))
        known = known_rounds(held.ledger).get(period, Round(period))
        day = checked_day(held, on, known.signed[-1].on if known.signed else _day_after(period), step.name)
        _check_needs(known, step, document_no)
        frozen = _freeze(held, period) if FIGURES in step.needs else {}
        facts = {"step": step.code, "on": day.isoformat(), "document_no": document_no.strip(), "note": note.strip()}
        held.append("round", actor, period, period=period, **facts, **kept(held, file), **frozen)
        return known_rounds(held.ledger)[period]


def use(
    home: Home,
    period: str,
    kind: str,
    subject: str,
    document_no: str,
    by: Actor,
    on: date | None = None,
    note: str = "",
    file: File | None = None,
) -> Round:
    """Records what a round's results were used for; `subject` is empty where that concerns the whole round.

    Raises CallError before the final review, without a document number, or for one who was not in the round.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, HOLDS, "登记结果运用")
        known = round_of(held.ledger, period)
        final = known.signed_at(FINAL)
        if final is None:
            raise CallError(f"{period}轮次尚未定评，结果不能运用")
        if not document_no.strip():
            raise CallError(f"登记“{uses()[kind]}”须写明文号（--doc-no）")
        if subject and frozen_round(home, known).sheet.score(subject) is None:
            raise CallError(f"{subject}不在{period}轮次中")
        day = checked_day(held, on, final.on, uses()[kind])
        facts = {"use": kind, "on": day.isoformat(), "document_no": document_no.strip(), "note": note.strip()}
        held.append("score_use", actor, subject or period, period=period, **facts, **kept(held, file))
        return known_rounds(held.ledger)[period]


def frozen_round(home: Home, known: Round) -> FrozenRound:
    """A round's frozen scores. Raises CallError where its figures are not frozen yet."""
    if not known.freeze:
        raise CallError(f"{known.period}轮次尚未初评，得分没有冻结")
    return frozen_rounds({known.period: known}, home.archive)[known.period]


def sheet_in(snapshot: Snapshot, period: str) -> bytes:
    """The sheet of a round that is not frozen, as a data version holds it. Raises CallError where it holds none."""
    try:
        with reading(snapshot) as connection:
            row = connection.execute("SELECT sheet FROM round_sheet WHERE period = ?", [period]).fetchone()
    except duckdb.CatalogException:
        raise CallError(REBUILT) from None
    if row is None:
        raise CallError(f"数据版本第{snapshot.number}版没有{period}轮次的得分")
    return row[0].encode()


def current_sheet(home: Home, period: str) -> Sheet:
    """The sheet of a round that is not frozen, by the current data version."""
    return exact.read(Sheet, sheet_in(current(home), period))


def kept(held: Held, file: File | None) -> dict[str, str]:
    """Keeps a file handed in; how an event of a round names it, as `etl.snapshot.verify` looks for it."""
    paper = held.keep(file) if file else None
    return {"file_name": paper.name, "content_hash": paper.sha256} if paper else {}


def checked_day(held: Held, on: date | None, first: date, name: str) -> date:
    """The day of an act: today unless told otherwise. Raises CallError before `first` and after today."""
    day = on or held.today
    if not first <= day <= held.today:
        span = f"应在{first}至{held.today}之间" if first <= held.today else f"最早为{first}"
        raise CallError(f"{name}日{day}{span}")
    return day


def signed_before(held: Held, period: str, step: Step) -> Iterator[Earlier]:
    """Who signed the step that another person must have signed, once it is sure that it is this one's turn."""
    known = known_rounds(held.ledger).get(period, Round(period))
    _check_turn(known, step)
    if step.not_by:
        signed = known.signed_at(step.not_by)
        yield signed.by, f"“{step.name}”之前的“{signed.step.name}”由{signed.by}办理"


def _check_turn(known: Round, step: Step) -> None:
    done, turn = known.signed_at(step.code), known.next_step
    if done:
        raise CallError(f"{known.period}轮次已于{done.on}由{done.by}办理“{step.name}”")
    if turn != step:
        raise CallError(f"{known.period}轮次的下一步是“{turn.name}”（{turn.code}），不能先办理“{step.name}”")


def _check_needs(known: Round, step: Step, document_no: str) -> None:
    if DOCUMENT_NO in step.needs and not document_no.strip():
        raise CallError(f"“{step.name}”须写明文号（--doc-no）")
    if ANSWERS in step.needs and known.unanswered:
        numbers = "、".join(
            f"{objection.number}（{objection.subject} {objection.item}）" for objection in known.unanswered
        )
        raise CallError(f"{known.period}轮次还有异议没有答复：{numbers}，不能{step.name}")


def _freeze(held: Held, period: str) -> Mapping[str, object]:
    due = deadline(period, held.parameters)
    if held.now < due:
        raise CallError(f"{period}的报送期限为{due - timedelta(days=1):%Y-%m-%d}，期限届满后才能初评")
    if is_behind(held.ledger):
        raise CallError("有报送还没有发布，请先执行python -m etl publish，再冻结得分")
    snapshot = current(held.home)
    sheet_hash = keep(held.home.archive, sheet_in(snapshot, period))
    sha256 = published(held.ledger.events("publication"))[snapshot.number]
    return {"snapshot": [snapshot.number, sha256], "sheet_hash": sheet_hash}


def _day_after(period: str) -> date:
    """The first day on which a round can be opened: its period has ended."""
    return period_bounds(period)[1] + timedelta(days=1)
