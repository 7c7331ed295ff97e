"""Files handed in through the screen: under whose name, whose files, and what comes back."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest

from casework.filing import intake
from casework.filing.intake import Intake, Upload, findings_given, hand_in, marked_workbook, template
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from etl.snapshot.publish import publish
from ledger.archive import fetch
from ledger.audit import NOT_TAKEN, looks
from ledger.events import Entry, Ledger
from tests.casework.filing.conftest import OTHER
from tests.etl.submissions import BANK, PERIOD, change, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
OWNER = Viewer("yinhang", "乙", "institution", BANK)
STRANGER = Viewer("tahang", "丙", "institution", OTHER)
GOOD = Upload(f"{PERIOD}_{BANK}.xlsx", workbook(submission()))
BROKEN = Upload(f"{PERIOD}_{BANK}.xlsx", "这不是工作簿".encode())
FAULTY = Upload(f"{PERIOD}_{BANK}.xlsx", workbook(change(submission(), "B1", {"disbursed_on": "2026-13-40"})))


def sent(place: Home, viewer: Viewer, *uploads: Upload, again: bool = False) -> Intake:
    """Handed in, and published where that has to follow."""
    taken = hand_in(viewer, place, uploads, lambda text, share: None, again)
    if taken.to_publish:
        publish(place, Ledger(place.ledger), viewer.user)
    return taken


def statuses(taken: Intake) -> list[str]:
    return [outcome.status for outcome in taken.outcomes]


def test_each_file_has_its_outcome_in_the_order_given(place):
    taken = sent(place, ANALYST, BROKEN, GOOD, GOOD)
    assert statuses(taken) == ["refused", "accepted", "unchanged"]
    assert taken.to_publish and current(place).number == 1


def test_the_receipt_names_who_handed_in(place):
    sent(place, OWNER, GOOD)
    assert [event.actor for event in Ledger(place.ledger).events("submission")] == [OWNER.user]


def test_nothing_new_makes_no_data_version(place):
    sent(place, ANALYST, GOOD)
    assert not sent(place, ANALYST, GOOD).to_publish


def test_the_bytes_of_an_earlier_version_count_again_where_that_is_meant(place):
    corrected = Upload(GOOD.name, workbook(change(submission(), "B1", {"amount": "900"})))
    sent(place, OWNER, GOOD)
    sent(place, OWNER, corrected)
    (outcome,) = sent(place, OWNER, GOOD).outcomes
    assert outcome.may_count_again and "现行有效的是第2版" in outcome.message
    taken = sent(place, OWNER, GOOD, again=True)
    assert [(one.status, one.version) for one in taken.outcomes] == [("accepted", 3)]
    assert taken.to_publish
    assert statuses(sent(place, STRANGER, GOOD, again=True)) == ["refused"]


@pytest.mark.parametrize("name", [GOOD.name, "报送.xlsx"], ids=["named by the file", "named by the cover"])
def test_an_institution_hands_in_its_own_files_only(place, name):
    taken = sent(place, STRANGER, Upload(name, GOOD.content))
    assert statuses(taken) == ["refused"]
    assert "只能报送本机构" in taken.outcomes[0].message
    sent(place, STRANGER, Upload(name, GOOD.content))
    (refusal,) = Ledger(place.ledger).events("submission", "refusal")
    assert (refusal.kind, refusal.actor, refusal.subject) == ("refusal", STRANGER.user, name)
    assert f"文件的报送机构是{BANK}" in refusal.payload["reason"]
    assert fetch(place.archive, refusal.payload["content_hash"]) == GOOD.content
    told = [(look.kind, look.user, look.scope, look.sha256) for look in looks(place)]
    assert told == [(NOT_TAKEN, STRANGER.user, STRANGER.scope, refusal.payload["content_hash"])] * 2  # each time


@pytest.mark.parametrize(("limit", "most"), [("MOST_FILES", 2), ("MOST_BYTES", len(BROKEN.content) * 2 + 1)])
def test_a_user_hands_in_so_much_a_day(place, monkeypatch, limit, most):
    monkeypatch.setattr(intake, limit, most)
    bad = [Upload(f"{number}.xlsx", BROKEN.content) for number in range(4)]
    assert len(Ledger(place.ledger).events("refusal")) == 0
    first = sent(place, ANALYST, *bad[:3])
    assert ["上限" in outcome.message for outcome in first.outcomes] == [False, False, True]
    (again,) = sent(place, ANALYST, bad[3]).outcomes
    assert "上限" in again.message
    (other,) = sent(place, Viewer("lingyi", "己", "analyst"), bad[3]).outcomes
    assert "上限" not in other.message
    assert len(Ledger(place.ledger).events("refusal")) == 3


def test_a_role_without_the_right_hands_in_nothing(place):
    with pytest.raises(AccessDenied):
        sent(place, Viewer("xiezuo", "丁", "authority"), GOOD)


def test_a_name_cannot_lead_out_of_its_folder(place):
    taken = sent(place, ANALYST, Upload(f"../../{GOOD.name}", GOOD.content))
    assert taken.outcomes[0].delivery.path.name == GOOD.name


def test_the_marked_workbook_is_the_own_file_with_the_findings(place):
    (outcome,) = sent(place, OWNER, FAULTY).outcomes
    book = openpyxl.load_workbook(io.BytesIO(marked_workbook(OWNER, current(place), place, outcome.submission_id)))
    assert book.sheetnames[:4] == ["须改正", "校验汇总", "校验结果", "校验规则"]
    assert "2026-13-40" in [cell.value for row in book["校验结果"] for cell in row]
    (loans,) = (sheet for sheet in book if sheet.title.startswith("B1"))
    assert [cell.value for row in loans for cell in row if cell.comment] == ["2026-13-40"]


def test_the_marked_workbook_is_for_its_submitter_alone(place):
    (outcome,) = sent(place, OWNER, FAULTY).outcomes
    with pytest.raises(AccessDenied):
        marked_workbook(STRANGER, current(place), place, outcome.submission_id)


def test_the_template_brings_along_what_its_member_reported(place):
    facts = {"name": "deadline_day_month", "value": "12", "effective_from": "2026-10-01", "document_no": "试1号"}
    Ledger(place.ledger).append(datetime(2026, 10, 1), [Entry("parameter", "乙", "deadline_day_month", facts)])
    sent(place, ANALYST, GOOD)
    book = openpyxl.load_workbook(io.BytesIO(template(OWNER, current(place), BANK, "2026-10")))
    assert any("本期（2026-10）截止日为2026-11-12。" in row[0] for row in book["填报说明"].values)
    cover = {row[0].value: row[1].value for row in book["封面"].iter_rows(max_col=2)}
    assert (cover["报送机构编码"], cover["报送期"]) == (BANK, "2026-10")
    assert [cell.value for cell in book["B1 质押贷款明细"]["A"][3:]] == ["L-0001", "L-0002"]
    with pytest.raises(AccessDenied):
        template(STRANGER, current(place), BANK, "2026-10")


def test_progress_is_told_up_to_the_end_of_loading(place):
    told: list[float] = []
    hand_in(ANALYST, place, [GOOD], lambda text, share: told.append(share))
    assert told == [0.0, 1.0]


def test_findings_are_at_hand_before_a_data_version_has_them(place):
    (outcome,) = hand_in(OWNER, place, [FAULTY], lambda text, share: None).outcomes
    assert not place.is_published
    (finding,) = [found for found in findings_given(OWNER, place, outcome.submission_id) if found["level"] in "SV"]
    assert finding["value"] == "2026-13-40"
    with pytest.raises(AccessDenied):
        findings_given(STRANGER, place, outcome.submission_id)
    with pytest.raises(CallError, match="没有第999号报送"):
        findings_given(OWNER, place, 999)
