"""The state that events leave a finding in: small tables of findings and events, with the states worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from contract.standing import ANSWER_STATES
from etl.feedback.explanations import keys_of
from etl.snapshot.consistency import cross_checks
from etl.snapshot.verdicts import settle
from ledger.events import Event

AT = datetime(2026, 11, 16, 9)
RATE, MOVED = "Q-B1-201", "M-B2-308"  # within a submission, and across


class Case:
    """Versions with findings, and what was said about them; numbers are those of the ledger, in order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self.events, self.seq = connection, [], 0
        connection.execute("""CREATE TABLE submission (submission_id INTEGER, submitter TEXT, period TEXT,
            version INTEGER, verdict TEXT, note TEXT)""")
        connection.execute("""CREATE TABLE finding (submission_id INTEGER, finding_no INTEGER, form TEXT,
            column_code TEXT, value TEXT, level TEXT, check_id TEXT, expected TEXT, record TEXT)""")
        connection.execute("CREATE TABLE faulty_version (submission_id INTEGER)")

    def version(
        self, place: str, *findings: tuple, verdict: str = "accepted", note: str | None = None, submitter: str = "B001"
    ) -> int:
        """A version `2026-09/1` with findings (check, record, value, expected)."""
        self.seq += 1
        period, _, number = place.partition("/")
        row = (self.seq, submitter, period, int(number), verdict, note)
        self.connection.execute("INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?)", row)
        for no, (check, record, value, expected) in enumerate(findings, 1):
            cells = (self.seq, no, check[2:4], "rate", value, check[0], check, expected, record)
            self.connection.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", cells)
        return self.seq

    def say(self, act: str, place: str, finding: tuple, reason: str = "原因", submitter: str = "B001") -> None:
        self.seq += 1
        check, record, value, expected = finding
        (key,) = keys_of([{"check": check, "form": check[2:4], "column": "rate", "record": record, "value": value}])
        period, _, number = place.partition("/")
        about = {"submitter": submitter, "period": period, "version": int(number), "key": key, "expected": expected}
        words = {"act": act, "reason": reason, "said_by": "甲"}
        self.events.append(Event(self.seq, AT, "explanation", "甲", submitter, about | words, ""))

    def state(self, place: str, finding: int = 1, submitter: str = "B001") -> str:
        settle(self.connection, self.events)
        query = """SELECT state FROM explanation JOIN submission s USING (submission_id)
            WHERE s.submitter = ? AND s.period || '/' || s.version = ? AND finding_no = ?"""
        return self.connection.execute(query, [submitter, place, finding]).fetchall()[0][0]

    def verdict(self, place: str) -> str:
        settle(self.connection, self.events)
        query = "SELECT verdict FROM submission WHERE period || '/' || version = ?"
        return self.connection.execute(query, [place]).fetchall()[0][0]


@pytest.fixture
def case() -> Iterator[Case]:
    with duckdb.connect() as connection:
        yield Case(connection)


HIGH = (RATE, "L-1", "9.8", "3.45")
OTHER = (RATE, "L-2", "9.9", "3.45")
WRONG = ("V-B1-101", "L-1", "91", None)


def test_a_question_is_open_until_each_is_confirmed(case: Case):
    case.version("2026-09/1", HIGH, OTHER)
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("open", "questions")
    case.say("explained", "2026-09/1", HIGH)
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("explained", "questions")
    case.say("confirmed", "2026-09/1", HIGH)
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("confirmed", "questions")
    case.say("confirmed", "2026-09/1", OTHER)
    assert case.verdict("2026-09/1") == "accepted"
    case.say("rejected", "2026-09/1", HIGH)
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("rejected", "questions")


def test_an_explanation_holds_for_later_versions_and_periods_while_the_value_stays(case: Case):
    case.version("2026-08/1", HIGH)
    case.version("2026-09/1", HIGH)
    case.say("explained", "2026-09/1", HIGH)
    case.say("confirmed", "2026-09/1", HIGH)
    case.version("2026-09/2", HIGH)
    case.version("2026-10/1", (RATE, "L-1", "9.80", "3.60"))  # the same number; the median of the month is another
    assert [case.state(place) for place in ("2026-08/1", "2026-09/1", "2026-09/2", "2026-10/1")] == [
        "open", "confirmed", "confirmed", "confirmed",
    ]  # fmt: skip


def test_another_value_record_or_submitter_asks_anew(case: Case):
    case.version("2026-09/1", HIGH)
    case.say("confirmed", "2026-09/1", HIGH)
    case.version("2026-09/2", (RATE, "L-1", "9.9", "3.45"), (RATE, "L-2", "9.8", "3.45"))
    case.version("2026-09/1", HIGH, submitter="B002")
    assert [case.state("2026-09/2", no) for no in (1, 2)] == ["open", "open"]
    assert case.state("2026-09/1", submitter="B002") == "open"


@pytest.mark.parametrize(("between", "state"), [("accepted", "open"), ("returned", "confirmed")])
def test_a_value_that_changes_and_comes_back_is_asked_again(case: Case, between: str, state: str):
    case.version("2026-09/1", HIGH)
    case.say("confirmed", "2026-09/1", HIGH)
    case.version("2026-09/2", (RATE, "L-1", "10.5", "3.45"), verdict=between)
    case.version("2026-09/3", HIGH)
    assert case.state("2026-09/3") == state


def test_across_submissions_the_other_side_is_part_of_the_question(case: Case):
    assert MOVED in {check.id for check in cross_checks()} and RATE not in {check.id for check in cross_checks()}
    case.version("2026-09/1", (MOVED, "", "900", "100"))
    case.say("confirmed", "2026-09/1", (MOVED, "", "900", "100"))
    case.version("2026-10/1", (MOVED, "", "900", "100"))
    case.version("2026-11/1", (MOVED, "", "900", "300"))
    assert (case.state("2026-10/1"), case.state("2026-11/1")) == ("confirmed", "open")


def test_the_note_on_the_cover_explains_what_was_not_sent_back_since(case: Case):
    case.version("2026-09/1", HIGH, OTHER, note="属实")
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("noted", "accepted")
    case.say("rejected", "2026-09/1", HIGH)
    assert (case.state("2026-09/1"), case.verdict("2026-09/1")) == ("rejected", "questions")
    case.version("2026-09/2", HIGH, OTHER, note="属实，附合同")
    assert (case.state("2026-09/2"), case.verdict("2026-09/2")) == ("noted", "accepted")


def test_what_must_be_corrected_stays_returned_whatever_becomes_of_its_objection(case: Case):
    case.version("2026-09/1", WRONG, verdict="returned")
    states = [case.state("2026-09/1")]
    for act in ("contested", "upheld", "dismissed"):
        case.say(act, "2026-09/1", WRONG)
        states.append(case.state("2026-09/1"))
        assert case.verdict("2026-09/1") == "returned"
    assert states == ["correct", "contested", "upheld", "dismissed"]


def test_an_upheld_objection_closes_a_question_and_a_dismissed_one_leaves_it_open(case: Case):
    case.version("2026-09/1", HIGH)
    case.say("contested", "2026-09/1", HIGH)
    assert case.verdict("2026-09/1") == "questions"
    case.say("upheld", "2026-09/1", HIGH)
    assert case.verdict("2026-09/1") == "accepted"
    case.say("dismissed", "2026-09/1", HIGH)
    assert case.verdict("2026-09/1") == "questions"


def test_who_said_what_and_the_answer_to_the_last_word_alone_stand_beside_it(case: Case):
    case.version("2026-09/1", HIGH)
    for act, reason in (("explained", "一"), ("rejected", "不足"), ("explained", "二")):
        case.say(act, "2026-09/1", HIGH, reason)
    query = "SELECT state, reason, said_by, answer FROM explanation"
    settle(case.connection, case.events)
    assert case.connection.execute(query).fetchall() == [("explained", "二", "甲", None)]
    case.say("confirmed", "2026-09/1", HIGH, "合同已核")
    settle(case.connection, case.events)
    assert case.connection.execute(query).fetchall() == [("confirmed", "二", "甲", "合同已核")]


def test_a_key_tells_place_and_value_and_not_how_a_number_is_written():
    def key(**changes: str | None) -> str:
        finding = {"check": RATE, "form": "B1", "column": "rate", "record": "L-1", "value": "1000"}
        return keys_of([finding | changes])[0]

    assert key() == key(value="1,000") == key(value="1000.00") == key(value=" 1000 ")
    others = [{"check": "Q-B1-202"}, {"form": "B2"}, {"column": "amount"}, {"column": None}, {"record": "L-2"}]
    others += [{"value": text} for text in ("100", "1000.01", "一千", None, "-1000")]
    assert len({key(), *(key(**change) for change in others)}) == 1 + len(others)
    assert keys_of([]) == []


def test_every_state_has_a_word():
    assert len(set(ANSWER_STATES.values())) == len(ANSWER_STATES)
