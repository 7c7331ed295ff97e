"""Loading: versions and what is in force, the same bytes again, and what is refused without harm to the rest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from ledger.archive import digest
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, state, submission, workbook, zipped

BANK_FILE, DISTRICT_FILE = f"{PERIOD}_{BANK}.xlsx", f"{PERIOD}_{DISTRICT}.xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def good(amount: str = "1000"):
    return change(submission(), "B1", {"amount": amount})


def bad():
    return change(submission(), "B1", {"amount": "一千"})


def in_force(pilot: Pilot) -> list[tuple]:
    return pilot.ask("SELECT submitter, period, version FROM submission WHERE in_force ORDER BY ALL")


def test_a_valid_submission_of_each_kind_is_accepted(pilot: Pilot):
    outcomes = pilot.load(
        pilot.put(BANK_FILE, submission()), pilot.put(f"{PERIOD}_{DISTRICT}", csv_files(submission(DISTRICT)))
    )
    assert [(o.status, o.submitter, o.period, o.version) for o in outcomes] == [
        ("accepted", BANK, PERIOD, 1),
        ("accepted", DISTRICT, PERIOD, 1),
    ]
    pilot.publish()
    assert pilot.ask("SELECT row_no, amount, balance FROM B1 ORDER BY row_no") == [
        (4, Decimal(1000), Decimal("800.5")),
        (5, Decimal(1000), Decimal("800.5")),
    ]
    assert pilot.ask("SELECT submitter, point_id FROM R1 ORDER BY ALL") == [
        (DISTRICT, "110108-01"),
        (DISTRICT, "110108-02"),
    ]


def test_versions_count_up_and_the_last_accepted_is_in_force(pilot: Pilot):
    first = pilot.send(BANK_FILE, good("1000"))
    returned = pilot.send(BANK_FILE, bad())
    pilot.publish()
    assert in_force(pilot) == [(BANK, PERIOD, 1)]
    corrected = pilot.send(BANK_FILE, good("1100"))
    pilot.publish()
    assert [(o.status, o.version) for o in (first, returned, corrected)] == [
        ("accepted", 1),
        ("returned", 2),
        ("accepted", 3),
    ]
    assert in_force(pilot) == [(BANK, PERIOD, 3)]
    assert pilot.ask("SELECT max(amount) FROM B1") == [(Decimal(1100),)]
    assert pilot.ask(
        "SELECT version, max(amount) FROM fact_B1 JOIN submission USING (submission_id) GROUP BY 1 ORDER BY 1"
    ) == [
        (1, Decimal(1000)),
        (3, Decimal(1100)),
    ]


def test_a_returned_submission_is_kept_with_its_findings_and_brings_no_rows(pilot: Pilot):
    outcome = pilot.send(BANK_FILE, bad())
    pilot.publish()
    assert (outcome.status, outcome.counts["S"]) == ("returned", 1)
    assert pilot.ask("SELECT count(*) FROM B1") == [(0,)]
    assert pilot.ask("SELECT form, row_no, column_code, value, level FROM finding") == [
        ("B1", 5, "amount", "一千", "S")
    ]


@pytest.mark.parametrize("content", [submission(), csv_files(submission()), zipped(csv_files(submission()))])
def test_the_same_bytes_twice_change_nothing(pilot: Pilot, content: object):
    name = f"{PERIOD}_{BANK}" if isinstance(content, dict) and "cover.csv" in content else BANK_FILE
    path = pilot.put(name, content)
    assert pilot.load(path)[0].status == "accepted"
    before = pilot.ledger.head()
    assert pilot.load(path)[0].status == "unchanged"
    assert pilot.ledger.head() == before


def test_the_same_bytes_twice_in_one_batch_are_one_version(pilot: Pilot):
    path = pilot.put(BANK_FILE, submission())
    assert [outcome.status for outcome in pilot.load(path, path)] == ["accepted", "unchanged"]


def test_a_folder_is_another_version_when_one_file_changes(pilot: Pilot):
    path = pilot.put(f"{PERIOD}_{BANK}", csv_files(submission()))
    pilot.load(path)
    (path / "I1.csv").write_bytes((path / "I1.csv").read_bytes().replace("演示举措二".encode(), "演示举措三".encode()))
    outcome = pilot.load(path)[0]
    assert (outcome.status, outcome.version) == ("accepted", 2)


def test_two_versions_in_one_batch_are_loaded_in_the_order_given(pilot: Pilot):
    original, revised = (
        pilot.put(f"{PERIOD}_{BANK}.xlsx", good("1000")),
        pilot.put(f"{PERIOD}_{BANK}_修订.xlsx", good("900")),
    )
    assert [outcome.version for outcome in pilot.load(revised, original)] == [1, 2]
    pilot.publish()
    assert pilot.ask("SELECT min(amount) FROM B1") == [(Decimal(1000),)]


def test_the_cover_identifies_a_file_whose_name_does_not(pilot: Pilot):
    outcome = pilot.send("报表终稿.xlsx", submission())
    assert (outcome.status, outcome.submitter, outcome.period) == ("accepted", BANK, PERIOD)


def test_where_name_and_cover_differ_the_name_books_it(pilot: Pilot):
    outcome = pilot.send(f"{PERIOD}_B002.xlsx", submission())
    assert (outcome.status, outcome.submitter) == ("returned", "B002")


REFUSALS = {
    "no workbook": ("2026-09_B001.xlsx", b"plain text, no workbook", "Excel工作簿"),
    "empty": ("2026-09_B001.xlsx", b"", "空的"),
    "old format": ("2026-09_B001.xls", OLE, "旧版"),
    "password": ("2026-09_B001.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "truncated": ("2026-09_B001.xlsx", workbook(submission())[:-3000], "损坏"),
    "a zip of pictures": ("2026-09_B001.zip", zipped({"a.png": b"x"}), "Excel工作簿"),
    "not on the list": ("2026-09_B009.xlsx", workbook(submission()), "不在试点名单上"),
    "period not ended": ("2026-11_B001.xlsx", workbook(submission()), "尚未结束"),
    "nobody's": ("报表.xlsx", workbook(state(submission(), "报送机构编码", "")), "看不出报送机构"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_one_line_kept_with_its_file_and_the_rest_loads(pilot: Pilot, case: str):
    name, content, words = REFUSALS[case]
    refused, loaded = pilot.load(pilot.put(name, content), pilot.put(DISTRICT_FILE, submission(DISTRICT)))
    assert (refused.status, loaded.status) == ("refused", "accepted")
    assert words in refused.message and "\n" not in refused.message
    (event,) = pilot.events("refusal")
    assert event.payload == {"content_hash": digest(content), "reason": refused.message}
    assert (pilot.home.archive / digest(content)[:2] / digest(content)).read_bytes() == content


def test_a_refused_file_loads_once_its_reason_is_gone(pilot: Pilot):
    path = pilot.put(BANK_FILE, submission())
    assert pilot.load(path, at=datetime(2026, 9, 30, 23, 59))[0].status == "refused"
    assert pilot.load(path, at=datetime(2026, 9, 30, 23, 59))[0].status == "refused"
    assert len(pilot.events("refusal")) == 1
    assert pilot.load(path, at=datetime(2026, 10, 1))[0].status == "accepted"


def test_a_file_that_vanished_is_refused(pilot: Pilot):
    outcome = pilot.load(pilot.inbox / "2026-09_B001.xlsx")[0]
    assert outcome.status == "refused" and "无法读取" in outcome.message


def test_a_period_before_admission_is_history(pilot: Pilot):
    sheets = state(submission(), "报送期", "2026-03")
    for form, columns in {"B1": ("disbursed_on",), "B5": (), "I1": ("issued_on",)}.items():
        for row in range(1, len(sheets[form])):
            change(sheets, form, dict.fromkeys(columns, "2026-03-20"), row)
    assert pilot.send(f"2026-03_{BANK}.xlsx", sheets).status == "accepted"
    pilot.publish()
    assert pilot.ask("SELECT history, in_force FROM submission") == [(True, True)]
    assert pilot.ask("SELECT period, on_list FROM presence") == [("2026-03", False)]
    assert pilot.ask("SELECT count(*) FROM expected WHERE period < '2026-07'") == [(0,)]
