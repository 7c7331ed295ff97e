"""The life of a check: in force from and to, level changed or switched off by dated entries; a book for each period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import etl.snapshot.consistency
import etl.snapshot.publish
from contract.errors import DeclarationError
from etl.checks.rule_changes import Changes, catalogue, declared_changes, read_changes, with_events
from etl.checks.rulebook import structure_checks
from etl.snapshot import consistency, facts, rules
from ledger.events import Entry
from tests.etl.conftest import NOW, Pilot
from tests.etl.submissions import BANK, change, state, submission

BALANCE = "V-B1-115"  # balance ≤ amount
ACROSS = "M-B2-303"  # number of loans as in B1


@dataclass(frozen=True)
class Event:
    payload: dict
    seq: int = 7


def entry(check_id: str = BALANCE, period_from: str = "2026-09", level: str = "Q", **fields: str) -> dict[str, str]:
    return {
        "check_id": check_id,
        "period_from": period_from,
        "level": level,
        "document_no": "演示〔2026〕9号",
        "note": "",
    } | fields


def changed(*entries: dict[str, str]) -> Changes:
    return with_events(declared_changes(), [Event(change) for change in entries])


def record(pilot: Pilot, *entries: dict[str, str]) -> None:
    pilot.ledger.append(NOW, [Entry("rule", "复核人", change["check_id"], change) for change in entries])


def filed(period: str, note: str = "") -> dict:
    """A submission whose last loan has more balance than was lent: found by V-B1-115 alone, until explained."""
    sheets = change(submission(BANK, period), "B1", {"balance": "1000.5"})
    return state(change(sheets, "B2", {"ip_balance": "1800.5"}), "说明", note)


def levels_of(changes: Changes, check_id: str, *periods: str) -> list[str]:
    return [changes.level(catalogue()[check_id], period) for period in periods]


def test_a_change_holds_from_its_period_until_the_next():
    changes = changed(
        entry(level="Q"), entry(period_from="2026-12", level="off"), entry(period_from="2027-03", level="V")
    )
    periods = ("2026-08", "2026-09", "2026-11", "2026-12", "2027-02", "2027-03")
    assert levels_of(changes, BALANCE, *periods) == ["V", "Q", "Q", "off", "off", "V"]


def test_of_two_changes_from_one_period_the_later_event_counts():
    assert levels_of(changed(entry(level="Q"), entry(level="off")), BALANCE, "2026-09") == ["off"]


def test_a_check_is_in_force_from_its_first_period_to_its_last():
    check = replace(catalogue()[BALANCE], effective_from="2026-03", effective_to="2026-09")
    levels = [declared_changes().level(check, period) for period in ("2026-02", "2026-03", "2026-09", "2026-10")]
    assert levels == ["off", "V", "V", "off"]


def test_a_book_is_known_by_what_is_in_force_and_not_by_when_it_was_decided():
    before, after = (changes.book("2026-08") for changes in (declared_changes(), changed(entry())))
    assert before == after
    books = [changed(entry()).book(period) for period in ("2026-08", "2026-09", "2026-10")]
    assert books[0].version != books[1].version == books[2].version
    assert changed(entry(level="off")).book("2026-09").levels.keys() == before.levels.keys() - {BALANCE}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entry("V-B1-999"), "台账第7号事件：没有校验规则“V-B1-999”"),
        (entry(level="X"), "级别“X”应为S、V、Q、M、off之一"),
        (entry(ACROSS, level="V"), "级别“V”应为Q、M、off之一"),
        (entry("S-B1-005", level="Q"), "S-B1-005不能停用或改变级别"),
        (entry("S-FORM-006", level="off"), "S-FORM-006不能停用或改变级别"),
        (entry(period_from="2026-13"), "起始报送期“2026-13”应形如2026-11"),
        (entry(document_no=" "), "须有文号"),
    ],
)
def test_what_is_no_change_is_refused(wrong: dict, message: str):
    with pytest.raises(DeclarationError, match=message):
        changed(wrong)


def test_a_declared_change_stands_once(tmp_path: Path):
    path = tmp_path / "changes.csv"
    row = f"{BALANCE},2026-09,Q,演示〔2026〕9号,试行期提示\n"
    path.write_text("check_id,period_from,level,document_no,note\n" + row, encoding="utf-8")
    assert levels_of(read_changes(path), BALANCE, "2026-08", "2026-09") == ["V", "Q"]
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    with pytest.raises(DeclarationError, match="changes.csv第3行：校验规则V-B1-115自2026-09起的变更重复"):
        read_changes(path)


def test_what_cannot_be_read_is_always_told():
    assert {check.id for check in catalogue().values() if check.kind == "type"} <= {
        check.id for check in catalogue().values() if check.fixed
    }
    assert not structure_checks()["rows_differ"].fixed


def test_two_books_judge_two_periods_in_one_batch(pilot: Pilot):
    record(pilot, entry())
    paths = [pilot.put(f"{period}_{BANK}.xlsx", filed(period)) for period in ("2026-08", "2026-09")]
    returned, taken = pilot.load(*paths)
    assert (returned.status, taken.status) == ("returned", "accepted")
    receipts = [event.payload for event in pilot.events("submission")]
    assert [receipt["verdict"] for receipt in receipts] == ["returned", "questions"]
    books = [changed(entry()).book(period).version for period in ("2026-08", "2026-09")]
    assert [receipt["rule_book"] for receipt in receipts] == books
    pilot.publish()
    rows = pilot.ask(
        "SELECT period, level FROM finding JOIN submission USING (submission_id) WHERE check_id = ? ORDER BY period",
        [BALANCE],
    )
    assert rows == [("2026-08", "V"), ("2026-09", "Q")]


def test_what_is_switched_off_finds_nothing(pilot: Pilot):
    record(pilot, entry(level="off"), entry("S-COVER-007", level="off"))
    wrong = state(filed("2026-09"), "行数 B1", "9")
    outcome = pilot.send(f"2026-09_{BANK}.xlsx", wrong)
    assert (outcome.status, set(outcome.counts.values())) == ("accepted", {0})


def test_an_old_version_keeps_the_findings_it_was_given(pilot: Pilot):
    path = pilot.put(f"2026-09_{BANK}.xlsx", filed("2026-09"))
    before = declared_changes().book("2026-09").version
    assert pilot.load(path)[0].status == "returned"
    record(pilot, entry())
    pilot.send(f"2026-09_{BANK}_2.xlsx", filed("2026-09", note="含利息转本金"))
    pilot.publish()
    rows = pilot.ask(
        "SELECT version, verdict, rule_book = ?, level FROM submission JOIN finding USING (submission_id) ORDER BY 1",
        [before],
    )
    assert rows == [(1, "returned", True, "V"), (2, "accepted", False, "Q")]


@pytest.mark.parametrize(("level", "kept"), [("Q", [("Q", 1, 0)]), ("off", [])])
def test_a_check_across_submissions_follows_its_changes(
    level: str, kept: list, pilot: Pilot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(etl.snapshot.consistency, "cross_checks", lambda: (catalogue()[ACROSS],))
    modules = (facts, rules, consistency)
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {module.__name__: module.build for module in modules})
    pilot.send(f"2026-09_{BANK}.xlsx", change(submission(), "B2", {"ip_loans": "3"}))
    query = (
        "SELECT f.level, q_count, m_count - (SELECT count(*) FROM finding x WHERE x.level = 'M') "
        f"FROM finding f JOIN submission USING (submission_id) WHERE check_id = '{ACROSS}'"
    )
    pilot.publish()
    assert pilot.ask(query) == [("M", 0, 0)]
    record(pilot, entry(ACROSS, level=level))
    pilot.publish()
    assert pilot.ask(query) == kept
    assert pilot.ask("SELECT check_id, period_from, level FROM rule_change") == [(ACROSS, "2026-09", level)]
    assert pilot.ask(f"SELECT period FROM rule_level WHERE check_id = '{ACROSS}' AND period < '2026-03'") == [
        ("2026-01",),
        ("2026-02",),
    ]
