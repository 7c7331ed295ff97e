"""Explaining and answering: what may be said about a finding, and reasons that come back in the marked workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pytest

import etl.feedback.answers
import etl.feedback.report
import etl.snapshot.publish
from contract.errors import CallError
from etl.feedback.answers import (
    Question,
    answers,
    chosen,
    questions_in_workbook,
    said,
    said_in_workbook,
    version_answered,
)
from etl.feedback.explanations import answered, keys_of
from etl.feedback.marked_book import as_bytes
from etl.feedback.report import COLUMNS, report
from etl.reading.remarks import RESULT, Remark
from etl.snapshot import consistency, facts, rules, verdicts
from etl.snapshot.publish import rebuild
from etl.snapshot.status import finding_rows, receipt_of, status_rows
from etl.warehouse.version import as_filed
from ledger.events import Event, Ledger
from tests.etl.conftest import NOW, Pilot
from tests.etl.submissions import BANK, PERIOD, change, submission

OPEN = Question("B001", PERIOD, 1, 3, "0123456789ab", "Q", "Q-B1-201", "B1", "rate", "L-1", "20", "3", "open", None)
WRONG = replace(OPEN, finding_no=1, key="ba9876543210", level="V", check="V-B1-101", state="correct")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger in which nothing has been said and no user is registered."""
    return Ledger(tmp_path / "ledger.db")


def test_findings_are_named_by_number_or_key():
    assert chosen([WRONG, OPEN], ["3", WRONG.key, "1"]) == [OPEN, WRONG]
    with pytest.raises(CallError, match="没有问题“2”"):
        chosen([WRONG, OPEN], ["2"])


@pytest.mark.parametrize(
    ("question", "contest", "act"), [(OPEN, False, "explained"), (OPEN, True, "contested"), (WRONG, True, "contested")]
)
def test_a_submitter_explains_or_contests(ledger: Ledger, question: Question, contest: bool, act: str):
    (entry,) = said(ledger, [question], " 合同利率 ", "张三", contest)
    assert (entry.kind, entry.actor, entry.subject) == ("explanation", "张三", "B001")
    about = {name: entry.payload[name] for name in ("act", "reason", "key", "period", "version", "value")}
    expected = {"act": act, "reason": "合同利率", "key": question.key, "period": PERIOD, "version": 1, "value": "20"}
    assert about == expected


@pytest.mark.parametrize(
    ("question", "reason", "by", "message"),
    [
        (WRONG, "属实", "张三", "须改正，不能以说明代替"),
        (replace(OPEN, state="confirmed"), "再说", "张三", "已获认可"),
        (OPEN, " ", "张三", "原因不能为空"),
        (OPEN, "字" * 501, "张三", "限500字，现有501字"),
        (OPEN, "属实", " ", "须写明经办人"),
    ],
)
def test_what_a_submitter_cannot_say(ledger: Ledger, question: Question, reason: str, by: str, message: str):
    with pytest.raises(CallError, match=message):
        said(ledger, [question], reason, by)


@pytest.mark.parametrize(
    ("question", "accept", "act"),
    [
        (replace(OPEN, state="explained", said_by="张三"), True, "confirmed"),
        (replace(OPEN, state="explained", said_by="张三"), False, "rejected"),
        (OPEN, True, "confirmed"),
        (replace(OPEN, state="noted"), False, "rejected"),
        (replace(OPEN, state="confirmed"), False, "rejected"),
        (replace(WRONG, state="contested", said_by="张三"), True, "upheld"),
        (replace(WRONG, state="upheld", said_by="张三"), False, "dismissed"),
    ],
)
def test_the_bureau_answers(ledger: Ledger, question: Question, accept: bool, act: str):
    (entry,) = answers(ledger, [question], "已核", "李四", accept)
    assert (entry.kind, entry.payload["act"]) == ("confirmation", act)


@pytest.mark.parametrize(
    ("question", "accept", "message"),
    [
        (WRONG, True, "未提异议，不能确认"),
        (OPEN, False, "还没有说明，无可退回"),
        (replace(OPEN, state="explained", said_by="李四"), True, "须由另一人"),
    ],
)
def test_what_the_bureau_cannot_answer(ledger: Ledger, question: Question, accept: bool, message: str):
    with pytest.raises(CallError, match=message):
        answers(ledger, [question], "已核", "李四", accept)


@pytest.fixture
def answering(pilot: Pilot, monkeypatch: pytest.MonkeyPatch) -> Pilot:
    """A pilot that is judged across submissions and gives marked workbooks, all in this process."""
    modules = (facts, rules, consistency, verdicts)
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {module.__name__: module.build for module in modules})
    monkeypatch.setattr(etl.feedback.report, "in_child", lambda function, marked, writes: as_bytes(marked))
    return pilot


def standing(pilot: Pilot) -> tuple[str, dict[str, tuple]]:
    """The verdict, and check → (state, reason, who said it) of the version that is talked about, as published."""
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        rows = finding_rows(connection, version_answered(connection, BANK, PERIOD))
        (row,) = (row for row in status_rows(connection, PERIOD) if row["submitter"] == BANK)
    return row["verdict"], {row["check"]: (row["state"], row["reason"], row["said_by"]) for row in rows}


def marked(pilot: Pilot) -> bytes:
    """The marked workbook of the version that is talked about."""
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        number = version_answered(connection, BANK, PERIOD)
        findings, receipt = finding_rows(connection, number), receipt_of(connection, number)
    return report(replace(as_filed(pilot.home, number), findings=findings), receipt)


def filled(content: bytes, reasons: dict[str, str]) -> bytes:
    """The workbook with reasons written beside the findings of these checks."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book[RESULT].iter_rows():
        check = row[COLUMNS.index("校验编号")].value
        if check in reasons:
            row[COLUMNS.index("说明原因")].value = reasons[check]
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def test_reasons_in_the_workbook_that_comes_back_are_taken_and_carried_in_again(answering: Pilot):
    sheets = change(submission(), "B1", {"risk_share": "融资担保"})
    change(sheets, "B2", {"ip_loans": "3", "ip_borrowers": "5"})
    answering.send(f"{PERIOD}_{BANK}.xlsx", sheets)
    answering.publish()
    verdict, before = standing(answering)
    assert verdict == "questions" and set(before) >= {"Q-B1-214", "M-B2-303", "M-B2-302"}
    reasons = {"Q-B1-214": "有保证金", "M-B2-303": "含已批未放一笔", "M-B2-302": "异议：口径为企业"}
    second = answering.send(f"{PERIOD}_{BANK}_2.xlsx", filled(marked(answering), reasons))
    answering.publish()
    assert (second.status, second.reasons, second.version) == ("accepted", 3, 2)
    verdict, after = standing(answering)
    assert verdict == "questions"
    assert {check: after[check] for check in reasons} == {
        "Q-B1-214": ("explained", "有保证金", "张三"),
        "M-B2-303": ("explained", "含已批未放一笔", "张三"),
        "M-B2-302": ("contested", "口径为企业", "张三"),
    }
    again = answering.send(f"{PERIOD}_{BANK}_3.xlsx", filled(marked(answering), {"M-B2-303": "含已批未放两笔"}))
    assert again.reasons == 1
    answering.ledger.append(answering.events("submission")[0].at, confirmed(answering))
    answering.publish()
    verdict, closed = standing(answering)
    assert verdict == "accepted"
    assert {state for state, _, _ in closed.values()} <= {"confirmed", "upheld"}
    rebuild(answering.home, answering.ledger, "测试")
    assert standing(answering) == (verdict, closed)


def confirmed(pilot: Pilot) -> list:
    """The Bureau's confirmation of every finding of the version."""
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        number = version_answered(connection, BANK, PERIOD)
        answered(connection, pilot.events("explanation"), None, "TEMP TABLE answered")
        questions = etl.feedback.answers.questions_of(connection, number, "answered")
        return answers(pilot.ledger, questions, "已核", "李四", True)


RATE = {
    "level": "Q",
    "check": "Q-B1-201",
    "form": "B1",
    "column": "rate",
    "record": "L-1",
    "value": "20",
    "expected": "3",
}
CODE = {
    "level": "V",
    "check": "V-B1-101",
    "form": "B1",
    "column": "uscc",
    "record": "L-1",
    "value": "9",
    "expected": None,
}
MOVED = {"check": "M-B2-308", "form": "B2", "column": "ip_balance", "record": "", "value": "900", "expected": "100"}


def remark(finding: dict, reason: str, **changes: str) -> Remark:
    """What stands in a row of the results sheet that comes back."""
    (key,) = keys_of([finding])
    told = {name: finding[name] or "" for name in ("check", "record", "value", "expected")}
    return Remark(**({"key": key, "reason": reason} | told | changes))


def taken(*remarks: Remark, earlier: Sequence[Event] = ()) -> list[tuple[str, str, str]]:
    """(check, act, reason) of what is taken from a workbook whose version has the findings RATE and CODE."""
    questions = questions_in_workbook(BANK, PERIOD, 2, [RATE, CODE], remarks)
    entries = said_in_workbook(remarks, questions, earlier, "张三", "操作员")
    return [(entry.payload["check"], entry.payload["act"], entry.payload["reason"]) for entry in entries]


def test_what_must_be_corrected_can_only_be_contested_in_the_workbook():
    assert taken(remark(RATE, "合同利率"), remark(CODE, "境外企业")) == [
        ("Q-B1-201", "explained", "合同利率"),
        ("V-B1-101", "contested", "境外企业"),
    ]
    assert taken(remark(RATE, "异议： 中位数不适用"), remark(CODE, "异议")) == [
        ("Q-B1-201", "contested", "中位数不适用"),
        ("V-B1-101", "contested", "异议"),
    ]


def test_a_finding_across_submissions_is_known_by_its_row_where_the_key_bears_it_out():
    assert taken(remark(MOVED, "新发放")) == [("M-B2-308", "explained", "新发放")]
    assert taken(remark(MOVED, "新发放", value="901")) == []
    assert taken(remark(MOVED, "新发放", key="0123456789ab")) == []
    assert taken(remark(RATE | {"value": "21"}, "合同利率")) == []


def test_what_only_repeats_or_speaks_to_what_is_closed_is_not_taken():
    def event(seq: int, finding: dict, act: str, reason: str) -> Event:
        payload = {"key": keys_of([finding])[0], "act": act, "reason": reason}
        return Event(seq, NOW, "explanation", "张三", BANK, payload, "")

    first = event(1, RATE, "explained", "合同利率")
    assert taken(remark(RATE, "合同利率"), earlier=[first]) == []
    assert taken(remark(RATE, "合同利率，已附"), earlier=[first]) == [("Q-B1-201", "explained", "合同利率，已附")]
    sent_back, closed = event(2, RATE, "rejected", "不足"), event(2, RATE, "confirmed", "已核")
    assert taken(remark(RATE, "补充材料"), earlier=[first, sent_back]) == [("Q-B1-201", "explained", "补充材料")]
    assert taken(remark(RATE, "补充材料"), earlier=[first, closed]) == []


def test_a_reason_that_is_too_long_says_that_it_goes_on():
    ((_, _, reason),) = taken(remark(RATE, "字" * 501))
    assert reason == "字" * 500 + "…（余下见报送文件）"
