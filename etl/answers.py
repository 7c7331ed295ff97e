"""Saying something about findings: a submitter explains or contests, the Bureau answers; each becomes a ledger event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import duckdb

from etl.errors import CallError
from etl.explanations import SAID, keys_of
from etl.ledger import Entry, Event
from etl.remarks import MOST_CHARACTERS, OBJECTION, Remark

BLOCKING = ("S", "V")
CLOSED = ("confirmed", "upheld")
OBJECTIONS = ("contested", "upheld", "dismissed")


@dataclass(frozen=True)
class Question:
    """A finding that something can be said about, and where it stands: `state` is a key of `explanations.STATES`."""

    submitter: str
    period: str
    version: int
    finding_no: int
    key: str
    level: str
    check: str
    form: str
    column: str | None
    record: str | None
    value: str | None
    expected: str | None
    state: str
    said_by: str | None

    @property
    def name(self) -> str:
        return f"{self.submitter} {self.period} 第{self.finding_no}号（{self.check}）"


QUESTIONS = """
    SELECT s.submitter, s.period, s.version, f.finding_no, x.key, f.level, f.check_id, f.form, f.column_code, f.record,
        f.value, f.expected, x.state, x.said_by
    FROM finding f JOIN submission s USING (submission_id) JOIN {answers} x USING (submission_id, finding_no)
    WHERE s.submission_id = $submission_id ORDER BY f.finding_no"""
VERSION = """
    SELECT submission_id FROM submission WHERE submitter = $submitter AND period = $period
    ORDER BY in_force DESC, version DESC LIMIT 1"""


def version_answered(connection: duckdb.DuckDBPyConnection, submitter: str, period: str) -> int:
    """The version that is talked about: the one in force, else the latest. Raises CallError where there is none."""
    found = connection.execute(VERSION, {"submitter": submitter, "period": period}).fetchone()
    if found is None:
        raise CallError(f"没有{submitter}在{period}的报送")
    return found[0]


def questions_of(
    connection: duckdb.DuckDBPyConnection, submission_id: int, answers: str = "explanation"
) -> list[Question]:
    """The findings of a version in their order, as the table `answers` has their states."""
    statement = QUESTIONS.format(answers=answers)
    return [Question(*row) for row in connection.execute(statement, {"submission_id": submission_id}).fetchall()]


def chosen(questions: Sequence[Question], names: Iterable[str]) -> list[Question]:
    """The findings that numbers or stable keys name. Raises CallError for a name that none bears."""
    found = []
    for name in names:
        named = [one for one in questions if name in (str(one.finding_no), one.key)]
        if not named:
            raise CallError(f"这一版报送没有问题“{name}”；序号和标识见python -m etl findings")
        found += named
    return list(dict.fromkeys(found))


def _payload(question: Question, act: str, reason: str, by: str) -> dict:
    about = {name: value for name, value in asdict(question).items() if name not in ("state", "said_by")}
    return about | {"act": act, "reason": reason, "said_by": by}


def _checked_words(reason: str, by: str) -> tuple[str, str]:
    reason, by = reason.strip(), by.strip()
    if not reason:
        raise CallError("原因不能为空")
    if len(reason) > MOST_CHARACTERS:
        raise CallError(f"原因限{MOST_CHARACTERS}字，现有{len(reason)}字")
    if not by:
        raise CallError("没有写明由谁办理")
    return reason, by


def said(questions: Sequence[Question], reason: str, by: str, contest: bool = False) -> list[Entry]:
    """A submitter's reason for findings, or its objection to them.

    Raises CallError: what must be corrected (S, V) can be contested, never explained; what the Bureau has confirmed is
    closed; a reason is needed.
    """
    reason, by = _checked_words(reason, by)
    for one in questions:
        if one.level in BLOCKING and not contest:
            raise CallError(f"{one.name}须改正，不能以说明代替；认为校验有误的请提出异议")
        if one.state in CLOSED:
            raise CallError(f"{one.name}的说明或异议已获认可，不必再说明")
    act = "contested" if contest else "explained"
    return [Entry("explanation", by, one.submitter, _payload(one, act, reason, by)) for one in questions]


def answers(questions: Sequence[Question], reason: str, by: str, accept: bool) -> list[Entry]:
    """The Bureau's answer: an explanation confirmed or sent back, an objection upheld or dismissed.

    Raises CallError: what must be corrected and was not contested needs no answer; nobody answers himself; there is
    nothing to send back where nothing was said.
    """
    reason, by = _checked_words(reason, by)
    entries = []
    for one in questions:
        objection = one.state in OBJECTIONS
        if one.level in BLOCKING and not objection:
            raise CallError(f"{one.name}须改正，未提异议，不能确认")
        if not accept and one.state == "open":
            raise CallError(f"{one.name}还没有说明，无可退回")
        if one.said_by == by:
            raise CallError(f"{one.name}由{by}说明，须由另一人确认或退回")
        acts = ("upheld", "dismissed") if objection else ("confirmed", "rejected")
        entries.append(Entry("confirmation", by, one.submitter, _payload(one, acts[not accept], reason, by)))
    return entries


def _of_workbook(remark: Remark, question: Question) -> tuple[str, str]:
    """(act, reason): what must be corrected can only be contested; the rest is, where the reason begins with 异议."""
    objection = remark.reason.startswith(OBJECTION)
    words = remark.reason.removeprefix(OBJECTION).lstrip("：:，, ") or remark.reason if objection else remark.reason
    return ("contested" if objection or question.level in BLOCKING else "explained"), words


def said_in_workbook(
    remarks: Sequence[Remark],
    questions: Mapping[str, Question],
    earlier: Sequence[Event],
    by: str,
    actor: str,
) -> tuple[list[Entry], int]:
    """The events of reasons that came in a workbook, and how many reasons belong to no finding of the version.

    `questions`: by stable key; `earlier`: the events about this submitter, oldest first. What only repeats the last
    word, or speaks to what the Bureau has closed, is no event.
    """
    last: dict[str, dict] = {}
    for event in earlier:
        last[event.payload["key"]] = event.payload
        if event.payload["act"] in SAID:
            last[event.payload["key"], "said"] = event.payload
    entries, unmatched = [], 0
    for remark in remarks:
        question = questions.get(remark.key)
        if question is None:
            unmatched += 1
            continue
        act, reason = _of_workbook(remark, question)
        before = last.get((remark.key, "said"))
        repeated = before is not None and (before["act"], before["reason"]) == (act, reason)
        if repeated or last.get(remark.key, {}).get("act") in CLOSED:
            continue
        entries.append(Entry("explanation", actor, question.submitter, _payload(question, act, reason, by)))
    return entries, unmatched
