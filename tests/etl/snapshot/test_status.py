"""Who has reported what: a row a member and period, and the findings of a version."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from etl.feedback.answers import version_answered
from etl.snapshot.status import finding_rows, latest_version, status_rows
from ledger.events import Entry
from ledger.roster import admissions
from tests.etl.conftest import Pilot, roster
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, submission, workbook

EARLY, LATE = datetime(2026, 10, 12, 10), datetime(2026, 10, 20, 0, 0, 1)


def status(pilot: Pilot, period: str | None = None) -> dict[tuple[str, str], dict]:
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        return {(row["submitter"], row["period"]): row for row in status_rows(connection, period)}


def good(amount: str) -> bytes:
    return workbook(change(submission(), "B1", {"amount": amount}))


def require_filing(pilot: Pilot, since: str, value: str = "1") -> None:
    """The policy by which reports are required from a day on."""
    facts = {"name": "filing_in_force", "value": value, "effective_from": since, "document_no": "京金〔2026〕1号"}
    pilot.ledger.append(EARLY, [Entry("parameter", "王", "filing_in_force", facts | {"proposer": "李"})])


def test_every_member_is_expected_in_every_period_since_admission(pilot: Pilot):
    require_filing(pilot, "2026-07-01")
    pilot.publish()
    rows = status(pilot)
    assert set(rows) == {
        (code, period) for code in (BANK, "B002", DISTRICT) for period in ("2026-07", "2026-08", "2026-09", "2026-10")
    }
    assert {row["verdict"] for row in rows.values()} == {"missing"}
    assert rows[BANK, "2026-09"]["on_time"] is None and rows[BANK, "2026-09"]["versions"] == 0


def test_before_the_deadline_a_report_is_due_and_after_it_missing(pilot: Pilot, monkeypatch: pytest.MonkeyPatch):
    require_filing(pilot, "2026-07-01")
    verdicts = {}
    for moment in ("2026-11-10T23:59:59", "2026-11-11T00:00:00"):
        monkeypatch.setenv("PILOT_NOW", moment)
        pilot.publish()
        verdicts[moment] = status(pilot, "2026-10")[BANK, "2026-10"]["verdict"]
    assert list(verdicts.values()) == ["due", "missing"]


def verdicts_of(pilot: Pilot, member: str) -> dict[str, str]:
    return {period: row["verdict"] for (code, period), row in status(pilot).items() if code == member}


def test_nothing_is_missing_before_the_day_on_which_filing_was_required(pilot: Pilot):
    """Deadlines: July's 10 August, August's 10 September, September's (a quarter's end) 19 October, October's 10
    November. Required from 10 September: July is exempt, August with its last day on that very day is not."""
    require_filing(pilot, "2026-09-10")
    pilot.publish()
    after = dict.fromkeys(("2026-08", "2026-09", "2026-10"), "missing")
    assert verdicts_of(pilot, "B002") == {"2026-07": "exempt"} | after
    require_filing(pilot, "2026-10-20", "0")  # suspended again after September's deadline
    pilot.publish()
    assert verdicts_of(pilot, "B002") == {"2026-07": "exempt"} | after | {"2026-10": "exempt"}


def test_undecided_every_deadline_counts_or_those_from_the_day_named_with_the_first_list(pilot: Pilot):
    pilot.publish()
    periods = ("2026-07", "2026-08", "2026-09", "2026-10")
    assert verdicts_of(pilot, "B002") == dict.fromkeys(periods, "missing")
    named = admissions(roster("B003", admitted_on="2026-07-01"), [], "测试", date(2026, 9, 11))
    pilot.ledger.append(EARLY, named)  # the day after August's deadline
    pilot.publish()
    exempt = dict.fromkeys(periods[:2], "exempt")
    assert verdicts_of(pilot, "B003") == exempt | dict.fromkeys(periods[2:], "missing")


def test_what_came_after_a_deadline_before_filing_was_required_is_not_late(pilot: Pilot):
    require_filing(pilot, "2026-11-01")
    pilot.send(f"{PERIOD}_{BANK}.xlsx", good("一千"), at=LATE)
    pilot.publish()
    row = status(pilot, PERIOD)[BANK, PERIOD]
    assert (row["state"], row["on_time"]) == ("已退回", False)
    counted = "late, missing, due, exempt, binding, returned_late"
    assert pilot.ask(f"SELECT {counted} FROM filing WHERE submitter = ? AND period = ?", [BANK, PERIOD]) == [
        (False, False, False, False, False, 0)
    ]


def test_the_version_in_force_is_shown_with_what_went_before(pilot: Pilot):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", good("一千"), at=EARLY)
    pilot.send(f"{PERIOD}_{BANK}_2.xlsx", good("900"), at=LATE)
    pilot.send(f"{PERIOD}_{BANK}_3.xlsx", good("二千"), at=LATE)
    pilot.send(f"{PERIOD}_B002.xlsx", b"", at=EARLY)
    pilot.publish()
    row = status(pilot, PERIOD)[BANK, PERIOD]
    expected = dict.fromkeys("SVQM", 0) | {
        "submitter": BANK,
        "period": PERIOD,
        "version": 2,
        "received_at": LATE.isoformat(),
        "on_time": True,
        "verdict": "accepted",
        "versions": 3,
        "returned": 2,
        "state": "已受理",
        "next_step": "数据已计入指标，无须处理",
        "open": 0,
        "deadline": "2026-10-20T00:00:00",
        "explain_by": "2026-10-23T00:00:00",
        "closed_at": "2026-10-27T00:00:00",
    }
    assert {name: row[name] for name in expected} == expected
    (version,) = (event for event in pilot.events("submission") if event.payload["version"] == 2)
    assert (row["content_hash"], row["rule_book"]) == (version.payload["content_hash"], version.payload["rule_book"])
    assert status(pilot)["B002", PERIOD]["verdict"] == "missing"


def test_where_none_is_in_force_the_latest_is_shown(pilot: Pilot):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", good("一千"), at=LATE)
    pilot.send(f"{PERIOD}_{BANK}_2.xlsx", workbook(change(submission(), "B1", {"amount": "-1", "rate": "25"})), at=LATE)
    pilot.publish()
    row = status(pilot, PERIOD)[BANK, PERIOD]
    assert (row["version"], row["verdict"], row["on_time"]) == (2, "returned", False)
    assert (row["S"], row["V"]) == (1, 1)


def test_findings_of_any_version_are_kept_in_stable_names(pilot: Pilot):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", good("一千"))
    pilot.send(f"{PERIOD}_{BANK}_2.xlsx", good("900"))
    pilot.publish()
    with duckdb.connect(str(pilot.home.current_snapshot()), read_only=True) as connection:
        assert latest_version(connection, BANK, PERIOD) == 2
        first, second = (version_answered(connection, BANK, PERIOD, version) for version in (1, 2))
        assert finding_rows(connection, second) == []
        (finding,) = finding_rows(connection, first)
        assert latest_version(connection, "B002", PERIOD) is None
    names = ("form", "sheet", "row", "column", "value", "level", "check", "message", "advice")
    assert set(names) <= set(finding)
    assert [finding[name] for name in names[:7]] == ["B1", "B1", 5, "amount", "一千", "S", "S-B1-024"]


def test_on_time_until_24_hours_and_late_a_second_after(pilot: Pilot):
    end = datetime(2026, 10, 20)  # 24:00 of Monday 2026-10-19
    paths = {
        BANK: pilot.put(f"{PERIOD}_{BANK}.xlsx", submission()),
        "B002": pilot.put(f"{PERIOD}_B002.xlsx", workbook(submission("B002"))),
    }
    pilot.load(paths[BANK], at=end)
    pilot.load(paths["B002"], at=end.replace(second=1))
    pilot.publish()
    assert pilot.ask("SELECT submitter, deadline, on_time FROM submission ORDER BY 1") == [
        (BANK, end, True),
        ("B002", end, False),
    ]
