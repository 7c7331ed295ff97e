"""Versions side by side and the page to seal: for those who may see the filing's findings, and nobody else."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

import etl.snapshot.publish
import etl.warehouse.version
from casework.filing.intake import Upload, hand_in
from contract.errors import AccessDenied, CallError
from contract.settings import home
from contract.viewer import Viewer
from etl.snapshot import facts, rules
from etl.snapshot.opened import current
from etl.snapshot.publish import publish
from ledger.events import Ledger
from ledger.roster import admissions
from metrics.queries.filing.seal import seal_page
from metrics.queries.filing.versions import side_by_side
from tests.etl.conftest import read_here, roster
from tests.etl.submissions import BANK, PERIOD, change, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
OWNER = Viewer("yinhang", "乙", "institution", BANK)
OTHERS = (Viewer("tahang", "丙", "institution", "B002"), Viewer("qu", "丁", "district", "110108"))
NOBODY = Viewer("xiezuo", "戊", "authority")


def test_versions_for_those_who_may_see_them(own_home, monkeypatch):
    monkeypatch.setenv("PILOT_NOW", "2026-11-16T09:00:00")
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: {"facts": facts.build, "rules": rules.build})
    monkeypatch.setattr(etl.warehouse.version, "read_all", read_here)
    Ledger(home().ledger).append(datetime(2026, 7, 6), admissions(roster(BANK, "B002"), [], "测试"))
    sheets = (
        submission(),
        change(submission(), "B1", {"balance": "700", "rate": "3.5"}),
        submission("B002"),
        change(submission(), "B1", {"amount": "一千"}),
    )
    names = [f"{PERIOD}_{code}.xlsx" for code in (BANK, BANK, "B002", BANK)]
    uploads = [Upload(name, workbook(content)) for name, content in zip(names, sheets, strict=True)]
    first, second, other, returned = (
        outcome.submission_id for outcome in hand_in(ANALYST, home(), uploads, lambda text, share: None).outcomes
    )
    publish(home(), Ledger(home().ledger), "测试")
    snapshot = current(home())

    for viewer in (ANALYST, OWNER):
        compared = side_by_side(viewer, snapshot, home(), first, second, limit=1)
        assert compared.total == 2
        assert compared.changes[["column", "old", "new"]].values.tolist() == [["balance", "800.5", "700"]]
        assert compared.forms.set_index("form").loc["B1", "cells"] == 2
    for viewer in (*OTHERS, NOBODY):
        with pytest.raises(AccessDenied):
            side_by_side(viewer, snapshot, home(), first, second, limit=1)
    with pytest.raises(AccessDenied):
        side_by_side(OWNER, snapshot, home(), first, other, limit=1)
    with pytest.raises(CallError, match="同一成员同一报送期"):
        side_by_side(ANALYST, snapshot, home(), first, other, limit=1)

    page = seal_page(OWNER, snapshot, second)
    assert (page.version, page.preparer, page.balance) == (2, "张三", Decimal("1500.5"))
    assert page.forms[:2] == (("B1 质押贷款明细", 2), ("B2 机构汇总", 1))
    receipt = next(event for event in Ledger(home().ledger).events("submission") if event.seq == second)
    assert page.check_code.replace("-", "") == receipt.hash[:16].upper()
    for viewer in (*OTHERS, NOBODY):
        with pytest.raises(AccessDenied):
            seal_page(viewer, snapshot, second)
    with pytest.raises(CallError, match="已退回"):
        seal_page(ANALYST, snapshot, returned)
