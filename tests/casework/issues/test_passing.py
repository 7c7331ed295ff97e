"""An issue on its way: submitted, returned, released by another person, sent, corrected; who sees what of it."""

from __future__ import annotations

import pytest

from briefing.issued.figures import shown_words
from briefing.issued.making import drafted, from_version, worded
from briefing.issued.told import differences
from briefing.issued.verifying import verify
from casework.issues import drafts, passing
from casework.replay.replay import strange_events
from contract.errors import AccessDenied, CallError, SnapshotError
from contract.viewer import Viewer
from etl.snapshot.opened import current, numbered
from ledger.archive import digest, fetch
from ledger.events import Entry
from ledger.issues import RELEASED, SUBMITTED, WITHDRAWN, Issue
from metrics.queries.work.issues import known_issues
from metrics.queries.work.month import month
from metrics.queries.work.waiting import waiting_issues
from tests.casework.issues.desk_world import (
    ANALYST,
    BANK,
    BUREAU,
    DISTRICT,
    HAIDIAN,
    OTHER,
    OTHER_DISTRICT,
    PERIOD,
    SUPERVISOR,
    Desk,
)

WHERE = "overall.figures"


def edited(desk: Desk, issue: Issue, words: str, by: str = ANALYST) -> Issue:
    plain = from_version(numbered(desk.home, issue.snapshot), issue.period, issue.part)
    seen = shown_words(worded(issue, plain)[WHERE])
    return drafts.edit(desk.home, issue.id, WHERE, seen, words, by)


@pytest.fixture
def released(desk: Desk) -> Issue:
    issue = edited(desk, desk.draft(), "余额{质押贷款余额}。")
    return passing.release(desk.home, passing.submit(desk.home, issue.id, ANALYST).id, SUPERVISOR)


def test_a_release_is_kept_whole_and_made_again_byte_for_byte(desk: Desk, released: Issue):
    assert (released.state, released.name) == (RELEASED, "2026年第1期")
    assert [paper.name.rpartition(".")[2] for paper in released.files] == ["docx", "pdf", "xlsx"]
    document = drafted(desk.home, released)
    assert document.version_name == "2026年第1期　数据版本第1版"
    for paper in (*released.files, released.content):
        assert digest(fetch(desk.home.archive, paper.sha256)) == paper.sha256
    desk.show(2)  # a newer data version changes nothing
    (verified,) = verify(desk.home)
    assert verified.same and not verified.rebuilt
    desk.pilot.ledger.verify()


def test_what_was_changed_since_is_told_file_by_file(desk: Desk, released: Issue, monkeypatch: pytest.MonkeyPatch):
    """As if a later release of the program printed the text differently."""
    monkeypatch.setattr("briefing.issued.verifying.content_of", lambda _: b"other")
    (verified,) = verify(desk.home)
    assert not verified.same and verified.differs == ("内容.json",)


def test_a_data_version_that_is_built_again_otherwise_is_told(desk: Desk, released: Issue):
    """The ledger of this home has no submission, so that the version built again has no figures."""
    desk.show(2)
    desk.thin(1)
    (verified,) = verify(desk.home)
    assert verified.rebuilt and not verified.same and "{质押贷款余额}不是本期的数" in verified.fault


def test_a_whole_way_passes_the_replay_and_each_step_out_of_order_is_named(desk: Desk, released: Issue):
    passing.send(desk.home, released.id, "办公室", "mail", ANALYST)
    correction = drafts.open_issue(desk.home, "", OTHER, corrects=released.id)
    drafts.remark(desk.home, correction.id, "", "更正说明", OTHER)
    drafts.pick_charts(desk.home, correction.id, drafts.chart_keys(drafted(desk.home, correction))[:1], OTHER)
    desk.show(2)
    drafts.change_version(desk.home, correction.id, OTHER)
    passing.give_back(desk.home, passing.submit(desk.home, correction.id, OTHER).id, "再核", SUPERVISOR)
    ledger = desk.pilot.ledger
    assert strange_events(desk.home, ledger.events()) == []
    names = {
        "issue_edit": ("不能再改", {"where": WHERE, "before": "a", "after": "b"}, released.id, ANALYST),
        "issue_submit": ("不能再改", {"agreed": "a" * 64}, released.id, ANALYST),
        "issue_release": ("没有送审", {"number": 2, "snapshot": 1}, correction.id, SUPERVISOR),
        "issue_remark": ("所改的备注与当时不符", {"before": "别的", "after": "新的"}, correction.id, ANALYST),
        "issue_send": ("发布后才能分送", {"to": "办公室", "means": "mail", "on": "2026-03-20"}, correction.id, ANALYST),
    }
    for kind, (words, facts, number, actor) in names.items():
        (event,) = ledger.append(desk.NOW, [Entry(kind, actor, PERIOD, {"issue": number} | facts)])
        lines = strange_events(desk.home, ledger.events())
        assert lines[-1].startswith(f"台账第{event.seq}号事件") and words in lines[-1]


def test_submitted_words_rest_until_they_are_returned_with_a_reason(desk: Desk):
    issue = passing.submit(desk.home, desk.draft().id, ANALYST)
    assert issue.state == SUBMITTED
    with pytest.raises(CallError, match="待复核，须由复核人退回后才能再改"):
        edited(desk, issue, "好。")
    with pytest.raises(CallError, match="退回须写明原因"):
        passing.give_back(desk.home, issue.id, " ", SUPERVISOR)
    returned = passing.give_back(desk.home, issue.id, "第一段请改写", SUPERVISOR)
    assert (returned.state, returned.returned.text, returned.returned.by) == ("drafting", "第一段请改写", SUPERVISOR)
    edited(desk, returned, "余额{质押贷款余额}。")
    # Who returned it had no hand in it, and may release it.
    passing.submit(desk.home, issue.id, OTHER)
    assert passing.release(desk.home, issue.id, SUPERVISOR).drafters == (ANALYST, OTHER)


def test_everyone_who_changed_it_counts_among_the_first(desk: Desk):
    issue = edited(desk, desk.draft(), "余额{质押贷款余额}。", by=OTHER)
    passing.submit(desk.home, issue.id, ANALYST)
    for person in (ANALYST, OTHER):
        with pytest.raises(CallError, match=f"由{person}起草或改动，须由另一人发布"):
            passing.release(desk.home, issue.id, person)


def test_what_is_not_submitted_is_not_released_nor_sent(desk: Desk):
    issue = desk.draft()
    with pytest.raises(CallError, match="起草中，只有送审的才能发布或退回"):
        passing.release(desk.home, issue.id, SUPERVISOR)
    with pytest.raises(CallError, match="发布后才能分送"):
        passing.send(desk.home, issue.id, "办公室", "mail", ANALYST)


def test_the_release_of_an_issue_whose_data_version_was_thinned(desk: Desk):
    issue = desk.submitted()
    desk.show(2)
    desk.thin(1)
    with pytest.raises(SnapshotError, match="数据版本第1版已清理.*先退回起草人，再换用当前的第2版.*文字和备注都在"):
        passing.release(desk.home, issue.id, SUPERVISOR)
    assert known_issues(BUREAU, desk.home)[0].state == SUBMITTED
    # What the sentence asks for leads to the release.
    passing.give_back(desk.home, issue.id, "换用新版", SUPERVISOR)
    drafts.change_version(desk.home, issue.id, ANALYST)
    passing.submit(desk.home, issue.id, ANALYST)
    assert passing.release(desk.home, issue.id, SUPERVISOR).snapshot == 2


def test_only_what_was_submitted_is_released(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    issue = desk.submitted()
    with monkeypatch.context() as changed:
        changed.setattr("briefing.issued.making.CAPTION", None)
        changed.setattr("casework.issues.passing.content_of", lambda _: b"other")
        with pytest.raises(CallError, match="内容与送审时不同，没有发布"):
            passing.release(desk.home, issue.id, SUPERVISOR)


def test_sending_is_recorded(desk: Desk, released: Issue):
    sent = passing.send(desk.home, released.id, "市金融监管局办公室", "mail", ANALYST)
    assert [(each.to, each.means, each.by, f"{each.on}") for each in sent.sent] == [
        ("市金融监管局办公室", "mail", ANALYST, "2026-03-20")
    ]
    with pytest.raises(CallError, match="分送方式“信鸽”应为exchange（机要交换）"):
        passing.send(desk.home, released.id, "办公室", "信鸽", ANALYST)
    with pytest.raises(CallError, match="须写明送给谁"):
        passing.send(desk.home, released.id, "", "mail", ANALYST)


def test_a_correction_is_a_new_issue_that_names_the_old_and_shows_the_difference(desk: Desk, released: Issue):
    with pytest.raises(CallError, match=f"已发布为2026年第1期.*issue correct {released.id}"):
        desk.draft()
    with pytest.raises(CallError, match="不能再改：请起草更正"):
        edited(desk, released, "好。")
    desk.show(2)
    correction = drafts.open_issue(desk.home, "", OTHER, corrects=released.id)
    assert (correction.corrects, correction.snapshot, correction.words) == (released.id, 2, dict(released.words))
    passing.submit(desk.home, correction.id, OTHER)
    out = passing.release(desk.home, correction.id, SUPERVISOR)
    assert out.name == "2026年第1期（更正）"
    with pytest.raises(CallError, match=f"2026年第1期已由2026年第1期（更正）更正.*issue correct {out.id}"):
        drafts.open_issue(desk.home, "", ANALYST, corrects=released.id)
    document = drafted(desk.home, out)
    assert document.title.endswith("（更正）")
    assert document.sections[0].text.startswith("更正：本期更正2026年第1期（数据版本第1版），共")
    rows = [row for row in document.annexes[-1].rows if row[0] == "正文"]
    assert ("正文", "余额1.50亿元。", "余额1.60亿元。") in rows
    cells = {row[0]: row[1:] for row in document.annexes[-1].rows}
    assert cells["主要指标：质押贷款余额，本期"] == ("1.50", "1.60")
    contents = [fetch(desk.home.archive, each.content.sha256) for each in (released, out)]
    told = {(each.where, each.before, each.after) for each in differences(*contents)}
    assert ("正文", "余额1.50亿元。", "余额1.60亿元。") in told
    assert all(verified.same for verified in verify(desk.home))


def test_a_draft_is_thrown_away_with_a_reason_and_the_period_drafted_anew(desk: Desk):
    issue = edited(desk, desk.draft(), "余额{质押贷款余额}。")
    with pytest.raises(CallError, match="撤稿须写明原因"):
        drafts.withdraw(desk.home, issue.id, " ", OTHER)
    gone = drafts.withdraw(desk.home, issue.id, "数据版本有误", OTHER)
    assert (gone.state, gone.withdrawn.by, gone.words) == (WITHDRAWN, OTHER, issue.words)
    told = f"{issue.name}已由{OTHER}撤稿（数据版本有误），不能再改：请重新起草"
    for act in (passing.submit, drafts.change_version):
        with pytest.raises(CallError, match=told):
            act(desk.home, issue.id, ANALYST)
    again = desk.draft()
    assert again.words == {} and again.id != issue.id
    passing.submit(desk.home, again.id, ANALYST)
    with pytest.raises(CallError, match="待复核，须由复核人退回后"):
        drafts.withdraw(desk.home, again.id, "不发了", ANALYST)
    released = passing.release(desk.home, again.id, SUPERVISOR)
    with pytest.raises(CallError, match="已发布为2026年第1期，不能再改"):
        drafts.withdraw(desk.home, again.id, "不发了", ANALYST)
    # A correction that was withdrawn leaves the way free for another.
    first = drafts.open_issue(desk.home, "", ANALYST, corrects=released.id)
    drafts.withdraw(desk.home, first.id, "无须更正", ANALYST)
    assert drafts.open_issue(desk.home, "", ANALYST, corrects=released.id).correction == 1
    assert strange_events(desk.home, desk.pilot.ledger.events()) == []


def test_only_a_released_issue_is_corrected(desk: Desk):
    issue = desk.draft()
    with pytest.raises(CallError, match="起草中，只有已发布的才能更正"):
        drafts.open_issue(desk.home, "", ANALYST, corrects=issue.id)
    with pytest.raises(CallError, match="没有第9999号月报"):
        drafts.open_issue(desk.home, "", ANALYST, corrects=9999)


def test_a_district_sees_its_own_released_part_alone(desk: Desk, released: Issue):
    draft = desk.draft(HAIDIAN)
    assert known_issues(DISTRICT, desk.home) == ()
    with pytest.raises(CallError, match="没有"):
        passing.file_of(DISTRICT, desk.home, released.id, "pdf")
    passing.submit(desk.home, draft.id, ANALYST)
    own = passing.release(desk.home, draft.id, SUPERVISOR)
    (seen,) = known_issues(DISTRICT, desk.home)
    assert (seen.id, seen.part, [turn.kind for turn in seen.turns]) == (own.id, HAIDIAN, ["issue_release"])
    assert passing.file_of(DISTRICT, desk.home, own.id, "pdf").startswith(b"%PDF")
    assert known_issues(OTHER_DISTRICT, desk.home) == ()
    with pytest.raises(AccessDenied):
        known_issues(BANK, desk.home)


def test_a_part_whose_edited_words_name_a_bank_is_not_submitted(desk: Desk):
    """What a district's reader may not see does not come in by hand either."""
    issue = desk.draft(HAIDIAN)
    plain = from_version(numbered(desk.home, 1), PERIOD, HAIDIAN)
    seen = shown_words(worded(issue, plain)["district.overall"])
    drafts.edit(desk.home, issue.id, "district.overall", seen, "以演示机构B001为主。", ANALYST)
    with pytest.raises(CallError, match="中有不应有的“.*B001”"):
        passing.submit(desk.home, issue.id, ANALYST)


def test_the_calendar_and_what_waits_follow_the_issue(desk: Desk):
    def brief() -> tuple[str, str]:
        (step,) = [step for step in month(BUREAU, current(desk.home), desk.home, PERIOD) if step.step.code == "brief"]
        return step.state, step.note

    def waits(user: str, role: str) -> dict[str, int]:
        viewer = Viewer(user, user, role)
        return {item.kind: item.count for item in waiting_issues(viewer, current(desk.home), desk.home)}

    desk.pilot.at("2026-03-26")  # the briefing is issued on Wednesday the 25th
    assert brief() == ("unrecorded", "未登记")
    drafts.withdraw(desk.home, desk.draft().id, "重来", ANALYST)
    assert brief() == ("unrecorded", "未登记")
    issue = desk.draft()
    assert brief() == ("overdue", "起草中")
    passing.submit(desk.home, issue.id, ANALYST)
    assert brief() == ("overdue", "待复核")
    assert waits(SUPERVISOR, "supervisor") == {"issues": 1}
    assert waits(ANALYST, "supervisor") == waits(OTHER, "analyst") == {}  # its drafter may not release it
    passing.give_back(desk.home, issue.id, "改写", SUPERVISOR)
    assert waits(OTHER, "analyst") == {"returned_issues": 1}
    passing.submit(desk.home, issue.id, ANALYST)
    passing.release(desk.home, issue.id, SUPERVISOR)
    assert brief() == ("done", "2026年第1期")
    assert waits(SUPERVISOR, "supervisor") == {} and waiting_issues(DISTRICT, current(desk.home), desk.home) == ()
