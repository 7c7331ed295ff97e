"""先校验，不报送: judged as when handed in, for whom, and nothing of it is kept."""

from __future__ import annotations

import io

import openpyxl
import pytest

from casework.filing.intake import Upload
from casework.filing.precheck import precheck
from contract.errors import AccessDenied
from contract.viewer import Viewer
from ledger.events import Ledger
from tests.casework.filing.test_intake import ANALYST, BROKEN, FAULTY, GOOD, OWNER, STRANGER, sent
from tests.etl.submissions import PERIOD


def kept(home) -> tuple[list, bool, bool]:
    """What a file leaves behind: its events, and whether archive and warehouse are there."""
    return Ledger(home.ledger).events("submission", "refusal", "rule_fault"), home.archive.exists(), home.is_published


@pytest.mark.parametrize("upload", [GOOD, FAULTY, BROKEN], ids=["good", "faulty", "broken"])
def test_nothing_of_a_file_is_kept(place, upload):
    precheck(OWNER, place, upload)
    assert kept(place) == ([], False, False)


def test_a_file_without_fault_passes(place):
    result = precheck(OWNER, place, GOOD)
    assert (result.refusal, result.checked.verdict, result.checked.findings, result.same_as) == ("", "accepted", [], 0)


def test_what_is_found_is_what_handing_in_finds(place):
    before = precheck(OWNER, place, FAULTY).checked
    (outcome,) = sent(place, OWNER, FAULTY).outcomes
    assert (before.verdict, outcome.status) == ("returned", "returned")
    levels = [finding["level"] for finding in before.findings]
    assert {level: levels.count(level) for level in "SVQM"} == outcome.counts
    assert outcome.version == 1


def test_the_marked_workbook_says_that_nothing_was_handed_in(place):
    book = openpyxl.load_workbook(io.BytesIO(precheck(OWNER, place, FAULTY).marked_workbook()))
    lines = [str(row[0].value) for row in book["须改正"].iter_rows(max_row=4)]
    assert any("预先校验，未报送" in line for line in lines)
    (loans,) = (sheet for sheet in book if sheet.title.startswith("B1"))
    assert [cell.value for row in loans for cell in row if cell.comment] == ["2026-13-40"]


def test_bytes_handed_in_before_are_recognised(place):
    sent(place, OWNER, GOOD)
    assert precheck(OWNER, place, GOOD).same_as == 1


def test_what_would_be_refused_says_why(place):
    assert "无法读取" in precheck(ANALYST, place, BROKEN).refusal
    unknown = Upload(f"{PERIOD}_B099.xlsx", GOOD.content)
    assert "B099不在试点名单上" in precheck(ANALYST, place, unknown).refusal


@pytest.mark.parametrize("name", [GOOD.name, "报送.xlsx"], ids=["named by the file", "named by the cover"])
def test_an_institution_checks_its_own_files_only(place, name):
    result = precheck(STRANGER, place, Upload(name, GOOD.content))
    assert result.checked is None and "只能报送本机构" in result.refusal


def test_a_role_that_hands_in_nothing_checks_nothing(place):
    with pytest.raises(AccessDenied):
        precheck(Viewer("xiezuo", "丁", "authority"), place, GOOD)
