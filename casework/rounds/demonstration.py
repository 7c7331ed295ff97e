"""The evaluation rounds of the demonstration, taken step by step as people take them: files of `data/demo/`.

They freeze the scores of a published data version, so they follow `python -m etl demo --load`; papers are a line each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

from casework.held import File
from casework.rounds.assessment_form import line
from casework.rounds.objections import answer, assess, object_to
from casework.rounds.steps import take, use
from contract.declarations import read_rows
from contract.errors import CallError
from contract.round_steps import FEEDBACK, SELF_ASSESS, steps
from contract.settings import Home
from etl.demo.decisions import paper_text
from etl.demo.tables import FOLDER
from ledger.events import Ledger
from ledger.rounds import EVENTS, UPHELD

Row = dict[str, str]
STEP_COLUMNS = ("period", "step", "on", "by", "document_no", "note")
ASSESSMENT_COLUMNS = ("period", "subject", "item", "value", "score", "note", "on", "by")
OBJECTION_COLUMNS = (
    "period", "subject", "item", "reason", "on", "by", "outcome", "value", "answer", "answered_on", "answered_by",
)  # fmt: skip
USE_COLUMNS = ("period", "use", "subject", "document_no", "on", "by", "note")


def demonstrate(home: Home) -> int:
    """Takes the demonstration's rounds as far as its files say; gives how many, 0 where some were held already.

    Nothing is published: the rounds show from the next data version on.

    Raises CallError for a home that holds no demonstration, or an act that is refused.
    """
    ledger = Ledger(home.ledger)
    if not ledger.events("demonstration"):
        raise CallError("这里不是演示数据，不能登记演示的评价轮次")
    if ledger.events(*EVENTS):
        return 0
    by_period = groupby(read_rows(FOLDER / "rounds.csv", *STEP_COLUMNS), key=lambda row: row["period"])
    held = [_hold(home, period, list(rows)) for period, rows in by_period]
    for row in read_rows(FOLDER / "score_uses.csv", *USE_COLUMNS):
        names = ("period", "use", "subject", "document_no", "by")
        use(home, *(row[name] for name in names), _day(row["on"]), row["note"])
    return len(held)


def _hold(home: Home, period: str, rows: list[Row]) -> None:
    """One round as far as it has come, with what members said of it while they could."""
    for row in rows:
        step, signed = steps()[row["step"]], _day(row["on"])
        take(home, period, step, row["by"], signed, row["document_no"], row["note"])
        if step.code == SELF_ASSESS:
            _assess(home, period)
        if step.code == FEEDBACK:
            _object(home, period)


def _assess(home: Home, period: str) -> None:
    filed = _of("self_assessments", ASSESSMENT_COLUMNS, period)
    for (subject, on, by), rows in groupby(filed, key=lambda row: (row["subject"], row["on"], row["by"])):
        lines = [line(row["item"], row["value"], row["score"], row["note"]) for row in rows]
        assess(home, period, subject, lines, _file(period, subject, "自评表"), by, _day(on))


def _object(home: Home, period: str) -> None:
    for row in _of("objections", OBJECTION_COLUMNS, period):
        subject, said = row["subject"], (row["item"], row["reason"])
        letter = _file(period, subject, "异议书")
        objection = object_to(home, period, subject, *said, letter, row["by"], _day(row["on"]))
        if row["outcome"]:
            upheld = row["outcome"] == UPHELD
            entered = (Decimal(row["value"]), None, _file(period, subject, "核对记录")) if upheld else (None,) * 3
            answered = (row["outcome"], row["answer"], row["answered_by"])
            answer(home, objection.id, *answered, *entered, _day(row["answered_on"]))


def _of(name: str, columns: tuple[str, ...], period: str) -> Iterator[Row]:
    return (row for row in read_rows(FOLDER / f"{name}.csv", *columns) if row["period"] == period)


def _file(period: str, subject: str, what: str) -> File:
    name = f"演示_{period}_{subject}_{what}.txt"
    return name, paper_text(name)


def _day(text: str) -> date:
    return date.fromisoformat(text)
