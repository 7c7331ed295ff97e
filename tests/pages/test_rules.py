"""The rule book on its page: open to all, with counts and broken rules for the Bureau alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

import etl.snapshot.consistency
import etl.snapshot.publish
import etl.warehouse.version
from casework.filing.intake import Upload, hand_in
from contract.settings import home
from contract.viewer import Viewer
from etl.checks.across import cross_checks
from etl.snapshot import consistency, facts, rules
from etl.snapshot.opened import Snapshot, current
from etl.snapshot.publish import publish
from ledger.events import Entry, Ledger
from ledger.roster import admissions
from metrics.queries.filing.rulebook import rule_book, rule_changes, rule_faults
from pages.results.rules.rule_book import columns, export_columns, matching, worded
from pages.results.rules.rule_book import facts as facts_of
from tests.etl.conftest import read_here, roster
from tests.etl.submissions import BANK, PERIOD, change, submission, workbook

ANALYST = Viewer("fenxi", "甲", "analyst")
OWNER = Viewer("yinhang", "乙", "institution", BANK)
CHANGED, BROKEN, FOUND = "V-B1-118", "M-B2-301", "V-B1-115"
CHANGE = {"check_id": CHANGED, "period_from": PERIOD, "level": "off", "document_no": "演示〔2026〕9号", "note": ""}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two banks with the same finding twice each, a check switched off, and one across submissions that breaks."""
    broken = [replace(check, rule="SELECT no_such") for check in cross_checks() if check.id == BROKEN]
    modules = (facts, rules, consistency)
    wrong = workbook(change(change(submission(), "B1", {"balance": "1000.5"}), "B1", {"balance": "2000"}, 1))
    with pytest.MonkeyPatch.context() as own:
        own.setenv("PILOT_HOME", str(tmp_path_factory.mktemp("rules") / "home"))
        own.setenv("PILOT_NOW", "2026-11-16T09:00:00")
        own.setattr(etl.warehouse.version, "read_all", read_here)
        own.setattr(etl.snapshot.publish, "steps", lambda: {module.__name__: module.build for module in modules})
        own.setattr(etl.snapshot.consistency, "cross_checks", lambda: broken)
        ledger = Ledger(home().ledger)
        ledger.append(datetime(2026, 7, 6), admissions(roster(BANK, "B002"), [], "测试"))
        ledger.append(datetime(2026, 8, 6), [Entry("rule", "乙", CHANGED, CHANGE)])
        uploads = [Upload(f"{PERIOD}_{code}.xlsx", wrong) for code in (BANK, "B002")]
        hand_in(ANALYST, home(), uploads, lambda text, share: None)
        publish(home(), ledger, "测试")
        return current(home())


def test_how_often_a_check_failed_is_for_the_bureau(published: Snapshot):
    book = rule_book(ANALYST, published, PERIOD).set_index("check")
    assert tuple(book.loc[FOUND, ["findings", "members"]]) == (4, 2)
    assert tuple(book.loc[CHANGED, ["findings", "members"]]) == (0, 0)
    own = rule_book(OWNER, published, PERIOD)
    assert not {"findings", "members"} & set(own.columns)
    assert set(columns(OWNER)) | set(export_columns(OWNER)) <= set(worded(own).columns)
    assert "本期发现" not in facts_of(OWNER, worded(own).iloc[0])


def test_a_change_holds_from_its_period_for_every_reader(published: Snapshot):
    for viewer in (ANALYST, OWNER):
        levels = [rule_book(viewer, published, period).set_index("check").loc[CHANGED, "level"]
                  for period in ("2026-08", PERIOD)]  # fmt: skip
        assert levels == ["V", "off"]
        assert rule_changes(viewer, published)["document_no"].tolist() == ["演示〔2026〕9号"]


def test_rules_that_broke_are_told_to_the_bureau(published: Snapshot):
    broken = rule_faults(ANALYST, published)
    assert broken[["check_id", "form", "reason", "is_across"]].values.tolist() == [
        [BROKEN, "B2", "规则与表结构不符", True]
    ]
    assert rule_faults(OWNER, published).empty


def test_the_book_is_searched_by_words_level_and_form(published: Snapshot):
    book = worded(rule_book(OWNER, published, PERIOD))
    assert matching(book, "期末余额 贷款金额", "有效性", "B1 质押贷款明细")["check"].tolist() == [FOUND]
    assert matching(book, "", "停用", "")["check"].tolist() == [CHANGED]
    assert set(matching(book, "监管实务·单位", "", "")["check"]) == set()
    assert set(matching(book, "风险分类办法", "合理性", "")["check"]) == {"Q-B1-217", "Q-B1-218"}
