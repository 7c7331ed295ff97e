"""What viewers say about findings through the screen: who may, what shows at once, and what follows on publication."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

import etl.snapshot.publish
import etl.warehouse.identify
import etl.warehouse.version
from casework.filing.answering import answer, findings_by_now, say, unpublished, work_list
from contract.errors import AccessDenied, CallError
from contract.settings import Home
from contract.viewer import Viewer
from etl.feedback.explanations import KINDS
from etl.receiving.receive import Delivery
from etl.snapshot import facts, rules, verdicts
from etl.snapshot.opened import current
from etl.snapshot.publish import publish
from etl.warehouse.load import load
from ledger.events import Entry, Ledger
from ledger.roster import admissions
from metrics.queries.filing.board import filing_of
from metrics.queries.filing.versions import filing_forms, receipt, version
from tests.etl.conftest import read_here, roster
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, state, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
SUPERVISOR = Viewer("fuhe", "乙", "supervisor")
OWNER = Viewer("yinhang", "丙", "institution", BANK)
STRANGER = Viewer("tahang", "丁", "institution", "B002")
NOW = datetime(2026, 10, 14, 9)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """B001 has a question, B002 something to correct; the forms B4 of both are without rows."""
    folder = tmp_path_factory.mktemp("answering")
    unlikely = change(submission(), "B1", {"risk_share": "融资担保"})
    wrong = state(change(submission(), "B1", {"approved_on": "2026-02-28"}), "报送机构编码", "B002")
    for sheets in (unlikely, wrong):
        sheets["B4"] = sheets["B4"][:1]
        state(sheets, "行数 B4", "0")
    state(wrong, "行数 B4", "1")
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_NOW", NOW.isoformat())
        steps = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}
        patch.setattr(etl.snapshot.publish, "steps", lambda: steps)
        for module in (etl.warehouse.identify, etl.warehouse.version):
            patch.setattr(module, "read_all", read_here)
        ledger = Ledger(home.ledger)
        ledger.append(datetime(2026, 7, 6), admissions(roster(BANK, "B002", DISTRICT), [], "测试"))
        load(home, ledger, [delivery(folder, BANK, unlikely), delivery(folder, "B002", wrong)], NOW, "测试")
        publish(home, ledger, "测试")
        yield home


def delivery(folder: Path, submitter: str, sheets: dict) -> Delivery:
    path = folder / f"{PERIOD}_{submitter}.xlsx"
    path.write_bytes(workbook(sheets))
    return Delivery(path, NOW)


def filed(place: Home, submitter: str) -> int:
    return int(filing_of(ANALYST, current(place), submitter, PERIOD)["submission_id"])


def states(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["submitter"], frame["state"], strict=True))


def test_forms_without_business_without_rows_and_missing_are_three(place: Home):
    def brought(submitter: str) -> dict[str, str]:
        frame = filing_forms(ANALYST, current(place), filed(place, submitter))
        return dict(zip(frame["form"], frame["state"], strict=True))

    assert brought(BANK) | brought("B002") == brought(BANK) | {"B4": "empty"}
    assert {brought(BANK)[form] for form in ("B1", "B2", "B3", "B5")} == {"filed"} and brought(BANK)["B4"] == "nil"
    with pytest.raises(AccessDenied):
        filing_forms(STRANGER, current(place), filed(place, BANK))


def test_who_may_say_and_answer_what(place: Home):
    snapshot, mine, theirs = current(place), filed(place, BANK), filed(place, "B002")
    for viewer, submission_id in ((STRANGER, mine), (ANALYST, mine), (OWNER, theirs)):
        with pytest.raises(AccessDenied):
            say(viewer, snapshot, place, [(submission_id, 1)], "属实", False)
    for viewer in (OWNER, Viewer("xiezuo", "戊", "authority")):
        with pytest.raises(AccessDenied):
            answer(viewer, snapshot, place, [(mine, 1)], "已核", True)
        with pytest.raises(AccessDenied):
            unpublished(viewer, snapshot, place)
    with pytest.raises(AccessDenied):
        findings_by_now(STRANGER, snapshot, place, mine)
    with pytest.raises(CallError, match="请刷新"):
        say(OWNER, snapshot, place, [(mine, 99)], "属实", False)
    assert {submitter for submitter, _ in states(work_list(STRANGER, snapshot, place, states=["correct"]))} == {"B002"}
    assert Ledger(place.ledger).events(*KINDS) == []


def test_a_word_shows_at_once_and_the_verdict_follows_on_publication(place: Home):
    snapshot, mine, theirs = current(place), filed(place, BANK), filed(place, "B002")
    assert states(work_list(ANALYST, snapshot, place)) == [(BANK, "open")]
    say(OWNER, snapshot, place, [(mine, 1)], "有保证金", False)
    say(STRANGER, snapshot, place, [(theirs, 2)], "先审批后补申请", True)
    assert unpublished(ANALYST, snapshot, place) == 2
    assert states(work_list(ANALYST, snapshot, place, period=PERIOD)) == [(BANK, "explained"), ("B002", "contested")]
    assert states(work_list(OWNER, snapshot, place)) == [(BANK, "explained")]
    (row,) = findings_by_now(OWNER, snapshot, place, mine).to_dict("records")
    assert (row["state"], row["reason"], row["said_by"]) == ("explained", "有保证金", OWNER.name)
    with pytest.raises(CallError, match="须由另一人"):  # the same user under another role and another name
        answer(Viewer(OWNER.user, "己", "analyst"), snapshot, place, [(mine, 1)], "已核", True)
    answer(ANALYST, snapshot, place, [(mine, 1), (theirs, 2)], "已核", True)
    assert work_list(ANALYST, snapshot, place).empty
    assert states(work_list(ANALYST, snapshot, place, states=["upheld"])) == [("B002", "upheld")]
    actors = [event.actor for event in Ledger(place.ledger).events(*KINDS)]
    assert actors == [OWNER.user, STRANGER.user, ANALYST.user, ANALYST.user]
    assert version(ANALYST, snapshot, mine)["verdict"] == "questions"
    publish(place, Ledger(place.ledger), ANALYST.user)
    after = current(place)
    assert unpublished(ANALYST, after, place) == 0
    assert [version(ANALYST, after, number)["verdict"] for number in (mine, theirs)] == ["accepted", "returned"]
    assert receipt(OWNER, after, mine).state == "已受理"

    # An explanation that the analyst has entered, as the submitter gave it by telephone, is for another to confirm.
    ledger, (first, *_) = Ledger(place.ledger), Ledger(place.ledger).events("explanation")
    ledger.append(NOW, [Entry("explanation", ANALYST.user, BANK, first.payload | {"said_by": ANALYST.name})])
    with pytest.raises(CallError, match="须由另一人"):
        answer(ANALYST, after, place, [(mine, 1)], "已核", True)
    assert answer(SUPERVISOR, after, place, [(mine, 1)], "已核", True) == 1
