"""Saying something about findings: a submitter explains or contests, the Bureau answers; each is a ledger event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import duckdb

from contract.errors import CallError
from etl.checks.across import cross_checks
from etl.feedback.explanations import SAID, keys_of
from etl.reading.remarks import MOST_CHARACTERS, OBJECTION, Remark
from ledger.events import Entry, Event

BLOCKING = ("S", "V")
CLOSED = ("confirmed", "upheld")
OBJECTIONS = ("contested", "upheld", "dismissed")


@dataclass(frozen=True)
class Question:
    """A finding that something can be said about, and where it stands: `state` is a key of `ANSWER_STATES`."""

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
    SELECT submission_id FROM submission
    WHERE submitter = $submitter AND period = $period AND coalesce(version = $version, true)
    ORDER BY in_force DESC, version DESC LIMIT 1"""


def version_answered(
    connection: duckdb.DuckDBPyConnection, submitter: str, period: str, version: int | None = None
) -> int:
    """The submission_id of the version that is talked about: unless one is named, that in force, else the latest.

    Raises CallError where there is none.
    """
    given = {"submitter": submitter, "period": period, "version": version}
    found = connection.execute(VERSION, given).fetchall()
    if not found:
        raise CallError(f"没有{submitter}在{period}的报送" + (f"第{version}版" if version else ""))
    return found[0][0]


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
    # Numbers of findings across submissions change with every publication, so an event names none.
    about = {name: value for name, value in asdict(question).items() if name not in ("finding_no", "state", "said_by")}
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


def questions_in_workbook(
    submitter: str, period: str, version: int, findings: Sequence[dict], remarks: Sequence[Remark]
) -> dict[str, Question]:
    """Stable key → what the reasons in a version's workbook may be about: its findings, and those across submissions.

    The latter are found only when a snapshot is built: there the row of the workbook tells, where its key bears it out.
    """
    cross = {check.id: check for check in cross_checks()}
    told = [
        {**vars(remark), "level": check.level, "form": check.form, "column": check.column}
        for remark in remarks
        if (check := cross.get(remark.check))
    ]
    found = [(finding, key) for finding, key in zip(findings, keys_of(findings), strict=True)]
    found += [(row, row["key"]) for row, key in zip(told, keys_of(told), strict=True) if row["key"] == key]
    names = ("level", "check", "form", "column", "record", "value", "expected")
    return {
        key: Question(submitter, period, version, 0, key, *(row[name] or None for name in names), "open", None)
        for row, key in found
    }


def _of_workbook(remark: Remark, question: Question) -> tuple[str, str]:
    """(act, reason): what must be corrected can only be contested; the rest is, where the reason begins with 异议."""
    objection = remark.reason.startswith(OBJECTION)
    reason = (objection and remark.reason.removeprefix(OBJECTION).lstrip("：:，, ")) or remark.reason
    if len(reason) > MOST_CHARACTERS:
        reason = reason[:MOST_CHARACTERS] + "…（余下见报送文件）"
    return ("contested" if objection or question.level in BLOCKING else "explained"), reason


def said_in_workbook(
    remarks: Sequence[Remark], questions: Mapping[str, Question], earlier: Sequence[Event], by: str, actor: str
) -> list[Entry]:
    """The events of reasons that came in a workbook; `questions`: findings by key; `earlier`: events, oldest first.

    No event are: a reason that belongs to no finding, one that only repeats what was said last, and one about what the
    Bureau has closed.
    """
    last = {event.payload["key"]: event.payload["act"] for event in earlier}
    words = {
        event.payload["key"]: (event.payload["act"], event.payload["reason"])
        for event in earlier
        if event.payload["act"] in SAID
    }
    entries = []
    for remark in remarks:
        question = questions.get(remark.key)
        if question is None or last.get(remark.key) in CLOSED:
            continue
        act, reason = _of_workbook(remark, question)
        if words.get(remark.key) != (act, reason):
            entries.append(Entry("explanation", actor, question.submitter, _payload(question, act, reason, by)))
    return entries
