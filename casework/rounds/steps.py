"""The steps of an evaluation round: each in order, once, dated and signed; figures are frozen at the first review."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta

import duckdb

from casework.decisions.steps import Desk, desk
from contract.calendar import deadline, is_quarter_end, period_bounds
from contract.errors import CallError
from contract.round_steps import ANSWERS, DOCUMENT_NO, FIGURES, FINAL, Step, steps, uses
from contract.settings import Home
from etl.snapshot.opened import Snapshot, connect, current
from etl.snapshot.publish import is_behind
from etl.warehouse.snapshot_files import published
from ledger.archive import keep
from ledger.events import Ledger
from ledger.people import PROPOSERS, check_person, same_person
from ledger.proposals import Paper
from ledger.rounds import EVENTS, Round, rounds
from metrics.evaluation import exact
from metrics.evaluation.round_scores import FrozenRound, Sheet, frozen_rounds

REBUILT = "当前数据版本由旧版程序生成，请先执行python -m etl publish"


def known_rounds(ledger: Ledger) -> dict[str, Round]:
    """Period → round, of all that have been opened."""
    return rounds(ledger.events(*EVENTS))


def round_of(ledger: Ledger, period: str) -> Round:
    """A round that has been opened. Raises CallError where there is none, or can be none."""
    check_period(period)
    found = known_rounds(ledger).get(period)
    if found is None:
        raise CallError(f"{period}轮次尚未开启（round {period} open）")
    return found


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
    by: str,
    on: date | None = None,
    document_no: str = "",
    note: str = "",
    paper: Paper | None = None,
) -> Round:
    """Takes a round one step on; gives it as it stands then. `on` is today unless told otherwise.

    Raises:
        CallError: it is not this step's turn, the day cannot be, or something lacks that the step needs.
        AccessDenied: the user's role does not sign this step.
    """
    check_period(period)
    with desk(home) as found:
        known = known_rounds(found.ledger).get(period, Round(period))
        _check_turn(known, step)
        actor = check_person(found.ledger, by, step.roles, f"办理{step.name}")
        day = checked_day(found, on, known.signed[-1].on if known.signed else _day_after(period), step.name)
        _check_needs(known, step, document_no, actor)
        frozen = _freeze(home, found, period) if FIGURES in step.needs else {}
        facts = {"step": step.code, "on": day.isoformat(), "document_no": document_no.strip(), "note": note.strip()}
        found.append("round", actor, period, period=period, **facts, **named(paper), **frozen)
        return known_rounds(found.ledger)[period]


def use(
    home: Home,
    period: str,
    kind: str,
    subject: str,
    document_no: str,
    by: str,
    on: date | None = None,
    note: str = "",
    paper: Paper | None = None,
) -> Round:
    """Records what a round's results were used for; `subject` is empty where that concerns the whole round.

    Raises CallError before the final review, without a document number, or for one who was not in the round.
    """
    with desk(home) as found:
        known = round_of(found.ledger, period)
        actor = check_person(found.ledger, by, PROPOSERS, "登记结果运用")
        final = known.signed_at(FINAL)
        if final is None:
            raise CallError(f"{period}轮次尚未定评，结果不能运用")
        if not document_no.strip():
            raise CallError(f"登记“{uses()[kind]}”须写明文号（--doc-no）")
        if subject and frozen_round(home, known).sheet.score(subject) is None:
            raise CallError(f"{subject}不在{period}轮次中")
        day = checked_day(found, on, final.on, uses()[kind])
        facts = {"use": kind, "on": day.isoformat(), "document_no": document_no.strip(), "note": note.strip()}
        found.append("score_use", actor, subject or period, period=period, **facts, **named(paper))
        return known_rounds(found.ledger)[period]


def frozen_round(home: Home, known: Round) -> FrozenRound:
    """A round's frozen scores. Raises CallError where its figures are not frozen yet."""
    if not known.freeze:
        raise CallError(f"{known.period}轮次尚未初评，得分没有冻结")
    return frozen_rounds({known.period: known}, home.archive)[known.period]


def sheet_in(snapshot: Snapshot, period: str) -> bytes:
    """The sheet of a round that is not frozen, as a data version holds it. Raises CallError where it holds none."""
    try:
        with closing(connect(snapshot.path)) as connection:
            row = connection.execute("SELECT sheet FROM round_sheet WHERE period = ?", [period]).fetchone()
    except duckdb.CatalogException:
        raise CallError(REBUILT) from None
    if row is None:
        raise CallError(f"数据版本第{snapshot.number}版没有{period}轮次的得分")
    return row[0].encode()


def current_sheet(home: Home, period: str) -> Sheet:
    """The sheet of a round that is not frozen, by the current data version."""
    return exact.read(Sheet, sheet_in(current(home), period))


def named(paper: Paper | None) -> dict[str, str]:
    """How an event of a round names a file handed in, as `etl.snapshot.verify` looks for it."""
    return {"file_name": paper.name, "content_hash": paper.sha256} if paper else {}


def checked_day(found: Desk, on: date | None, first: date, name: str) -> date:
    """The day of an act: today unless told otherwise. Raises CallError before `first` and after today."""
    day = on or found.today
    if not first <= day <= found.today:
        span = f"应在{first}至{found.today}之间" if first <= found.today else f"最早为{first}"
        raise CallError(f"{name}日{day}{span}")
    return day


def _check_turn(known: Round, step: Step) -> None:
    done, turn = known.signed_at(step.code), known.next_step
    if done:
        raise CallError(f"{known.period}轮次已于{done.on}由{done.by}办理“{step.name}”")
    if turn != step:
        raise CallError(f"{known.period}轮次的下一步是“{turn.name}”（{turn.code}），不能先办理“{step.name}”")


def _check_needs(known: Round, step: Step, document_no: str, actor: str) -> None:
    if DOCUMENT_NO in step.needs and not document_no.strip():
        raise CallError(f"“{step.name}”须写明文号（--doc-no）")
    if ANSWERS in step.needs and known.unanswered:
        numbers = "、".join(f"第{one.id}号（{one.subject} {one.item}）" for one in known.unanswered)
        raise CallError(f"{known.period}轮次还有异议没有答复：{numbers}，不能{step.name}")
    if step.not_by:
        earlier = known.signed_at(step.not_by)
        if same_person(earlier.by, actor):
            name = steps()[step.not_by].name
            raise CallError(f"“{name}”由{earlier.by}办理，“{step.name}”须由另一人签署，换用其他角色也不可")


def _freeze(home: Home, found: Desk, period: str) -> Mapping[str, object]:
    due = deadline(period, found.parameters)
    if found.now < due:
        raise CallError(f"{period}的报送期限为{due - timedelta(days=1):%Y-%m-%d}，期限届满后才能初评")
    if is_behind(found.ledger):
        raise CallError("有报送还没有发布，请先执行python -m etl publish，再冻结得分")
    snapshot = current(home)
    sheet_hash = keep(home.archive, sheet_in(snapshot, period))
    sha256 = published(found.ledger.events("publication"))[snapshot.number]
    return {"snapshot": [snapshot.number, sha256], "sheet_hash": sheet_hash}


def _day_after(period: str) -> date:
    """The first day on which a round can be opened: its period has ended."""
    return period_bounds(period)[1] + timedelta(days=1)
