"""Versions side by side, through the reading door: for those who may see the filing's findings, and nobody else."""

from __future__ import annotations

from datetime import datetime

import pytest

import etl.publish
import etl.staging
from etl import facts
from etl.errors import AccessDenied, CallError
from etl.ledger import Ledger
from etl.roster import admissions
from etl.settings import home
from metrics.intake import Upload, hand_in
from metrics.queries.filing_versions import side_by_side
from metrics.snapshot import current
from metrics.viewer import Viewer
from tests.etl.conftest import read_here, roster
from tests.etl.submissions import BANK, PERIOD, change, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
OWNER = Viewer("yinhang", "乙", "institution", BANK)
OTHERS = (Viewer("tahang", "丙", "institution", "B002"), Viewer("qu", "丁", "district", "110108"))
NOBODY = Viewer("xiezuo", "戊", "authority")


def test_two_versions_for_those_who_may_see_them(own_home, monkeypatch):
    monkeypatch.setenv("PILOT_NOW", "2026-11-16T09:00:00")
    monkeypatch.setattr(etl.publish, "steps", lambda: {"facts": facts.build})
    monkeypatch.setattr(etl.staging, "read_all", read_here)
    Ledger(home().ledger).append(datetime(2026, 7, 6), admissions(roster(BANK, "B002"), [], "测试"))
    sheets = (submission(), change(submission(), "B1", {"balance": "700", "rate": "3.5"}), submission("B002"))
    names = (f"{PERIOD}_{BANK}.xlsx", f"{PERIOD}_{BANK}.xlsx", f"{PERIOD}_B002.xlsx")
    uploads = [Upload(name, workbook(content)) for name, content in zip(names, sheets, strict=True)]
    first, second, other = (
        outcome.submission_id for outcome in hand_in(ANALYST, home(), uploads, lambda text, share: None).outcomes
    )
    snapshot = current(home())

    for viewer in (ANALYST, OWNER):
        found = side_by_side(viewer, snapshot, home(), first, second, limit=1)
        assert found.total == 2
        assert found.changes[["column", "old", "new"]].values.tolist() == [["balance", "800.5", "700"]]
        assert found.forms.set_index("form").loc["B1", "cells"] == 2
    for viewer in (*OTHERS, NOBODY):
        with pytest.raises(AccessDenied):
            side_by_side(viewer, snapshot, home(), first, second, limit=1)
    with pytest.raises(AccessDenied):
        side_by_side(OWNER, snapshot, home(), first, other, limit=1)
    with pytest.raises(CallError, match="同一成员同一报送期"):
        side_by_side(ANALYST, snapshot, home(), first, other, limit=1)
