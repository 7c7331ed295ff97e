"""Saying something about findings: a submitter explains or contests, the Bureau answers; each is a ledger event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import duckdb

from contract.errors import CallError
from contract.standing import BLOCKING
from contract.viewer import Viewer
from etl.checks.across import cross_checks
from etl.feedback.explanations import KINDS, SAID, keys_of
from etl.reading.remarks import MOST_CHARACTERS, OBJECTION, Remark
from ledger.events import Entry, Event, Ledger
from ledger.people import Actor, Earlier, check_person, name_of, second_person

CLOSED = ("confirmed", "upheld")
OBJECTIONS = ("contested", "upheld", "dismissed")
# Areas of `data/access.csv`: who explains on the screen, who enters an explanation by command (the Bureau, too, for
# what a member has said to it), who answers.
EXPLAINS, LODGES, ANSWERS = "explain", "lodge", "confirm"


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
    versions = connection.execute(VERSION, given).fetchall()
    if not versions:
        raise CallError(f"没有{submitter}在{period}的报送" + (f"第{version}版" if version else ""))
    return versions[0][0]


def questions_of(
    connection: duckdb.DuckDBPyConnection, submission_id: int, answers: str = "explanation"
) -> list[Question]:
    """The findings of a version in their order, as the table `answers` has their states."""
    statement = QUESTIONS.format(answers=answers)
    return [Question(*row) for row in connection.execute(statement, {"submission_id": submission_id}).fetchall()]


def chosen(questions: Sequence[Question], names: Iterable[str]) -> list[Question]:
    """The findings that numbers or stable keys name. Raises CallError for a name that none bears."""
    picked = []
    for name in names:
        named = [question for question in questions if name in (str(question.finding_no), question.key)]
        if not named:
            raise CallError(f"这一版报送没有问题“{name}”；序号和标识见python -m etl findings")
        picked += named
    return list(dict.fromkeys(picked))


def _payload(question: Question, act: str, reason: str, by: str) -> dict:
    # Numbers of findings across submissions change with every publication, so an event names none.
    about = {name: value for name, value in asdict(question).items() if name not in ("finding_no", "state", "said_by")}
    return about | {"act": act, "reason": reason, "said_by": by}


def _entry(kind: str, question: Question, act: str, reason: str, by: Actor) -> Entry:
    """What a person says; beside the name that is shown stands whose act it was, for who answers must be another."""
    actor, shown = name_of(by), by.name if isinstance(by, Viewer) else name_of(by)
    return Entry(kind, actor, question.submitter, _payload(question, act, reason, shown) | {"entered_by": actor})


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise CallError("原因不能为空")
    if len(reason) > MOST_CHARACTERS:
        raise CallError(f"原因限{MOST_CHARACTERS}字，现有{len(reason)}字")
    return reason


def said(ledger: Ledger, questions: Sequence[Question], reason: str, by: Actor, contest: bool = False) -> list[Entry]:
    """A submitter's reason for findings, or its objection to them; the caller holds the lock and appends.

    Raises:
        CallError: what must be corrected (S, V) can be contested, never explained; what the Bureau has confirmed is
            closed; a reason is needed.
        AccessDenied: the findings are another's, or the user's role says nothing about them.
    """
    area = EXPLAINS if isinstance(by, Viewer) else LODGES
    for submitter in {question.submitter for question in questions}:
        check_person(ledger, by, area, "说明问题", submitter)
    reason = _checked_reason(reason)
    for question in questions:
        if question.level in BLOCKING and not contest:
            raise CallError(f"{question.name}须改正，不能以说明代替；认为校验有误的请提出异议")
        if question.state in CLOSED:
            raise CallError(f"{question.name}的说明或异议已获认可，不必再说明")
    act = "contested" if contest else "explained"
    return [_entry("explanation", question, act, reason, by) for question in questions]


def answers(ledger: Ledger, questions: Sequence[Question], reason: str, by: Actor, accept: bool) -> list[Entry]:
    """The Bureau's answer: an explanation confirmed or sent back, an objection upheld or dismissed.

    By another person than who said it, or entered it for the submitter. The caller holds the lock and appends.

    Raises:
        CallError: what must be corrected and was not contested needs no answer; nobody answers himself; there is
            nothing to send back where nothing was said; a reason is needed.
        AccessDenied: the user's role answers none.
    """
    second_person(ledger, by, ANSWERS, "确认或退回", "说明", _speakers(ledger, questions))
    reason = _checked_reason(reason)
    entries = []
    for question in questions:
        objection = question.state in OBJECTIONS
        if question.level in BLOCKING and not objection:
            raise CallError(f"{question.name}须改正，未提异议，不能确认")
        if not accept and question.state == "open":
            raise CallError(f"{question.name}还没有说明，无可退回")
        acts = ("upheld", "dismissed") if objection else ("confirmed", "rejected")
        entries.append(_entry("confirmation", question, acts[not accept], reason, by))
    return entries


def _speakers(ledger: Ledger, questions: Sequence[Question]) -> Iterator[Earlier]:
    """Who said what is to be answered, and who entered it: of what was said of a finding, the last counts."""
    last = {
        (event.subject, event.payload["key"]): event.payload
        for event in ledger.events(*KINDS)
        if event.payload["act"] in SAID
    }
    for question in questions:
        entered = last.get((question.submitter, question.key), {}).get("entered_by")
        for person in filter(None, (question.said_by, entered)):
            yield person, f"{question.name}由{person}说明"


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
    keyed = [(finding, key) for finding, key in zip(findings, keys_of(findings), strict=True)]
    keyed += [(row, row["key"]) for row, key in zip(told, keys_of(told), strict=True) if row["key"] == key]
    names = ("level", "check", "form", "column", "record", "value", "expected")
    return {
        key: Question(submitter, period, version, 0, key, *(row[name] or None for name in names), "open", None)
        for row, key in keyed
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
