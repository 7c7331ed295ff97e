"""A draft: words change and figures do not; of two who edit the second is told; each bad text gets its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from briefing.issue.content import Column, Document, Section, Table
from briefing.issued.figures import overtaken, shown_words, stale, written_figures
from briefing.issued.making import drafted, from_version, worded
from briefing.issued.moved import moved_charts, moved_tables
from casework.issues import drafts
from casework.issues.words import MOST_WORDS
from contract.errors import AccessDenied, CallError, SnapshotError
from etl.snapshot.opened import numbered
from ledger.issues import Issue
from metrics.queries.work.issues import known_issues
from tests.briefing.samples import document
from tests.casework.issues.desk_world import ANALYST, BANK, BUREAU, DISTRICT, OTHER, PERIOD, Desk

WHERE = "overall.figures"


def plain(desk: Desk, issue: Issue):
    return from_version(numbered(desk.home, issue.snapshot), issue.period, issue.part)


def words(desk: Desk, issue: Issue, where: str = WHERE) -> str:
    """A paragraph of a draft as whoever edits it sees it."""
    return shown_words(worded(now(desk, issue), plain(desk, issue))[where])


def now(desk: Desk, issue: Issue) -> Issue:
    return next(known for known in known_issues(BUREAU, desk.home) if known.id == issue.id)


def text(desk: Desk, issue: Issue, where: str = WHERE) -> str:
    """A paragraph as it would be printed."""
    document = drafted(desk.home, now(desk, issue))
    return next(block.text for section in document.sections for block in section.blocks if getattr(block, "id", "") ==
                where)  # fmt: skip


def test_words_change_and_the_figure_stays_a_figure(desk: Desk):
    issue = desk.draft()
    seen = words(desk, issue)
    assert "余额【1.50亿元】" in seen
    drafts.edit(desk.home, issue.id, WHERE, seen, "总体平稳，余额为【1.50亿元】。", ANALYST)
    assert text(desk, issue) == "总体平稳，余额为1.50亿元。"
    turn = now(desk, issue).turns[-1]
    assert (turn.by, turn.where, turn.after) == (ANALYST, WHERE, "总体平稳，余额为{质押贷款余额}。")
    assert "{质押贷款余额}" in turn.before


def test_a_figure_follows_the_newer_data_version_and_the_words_stay(desk: Desk):
    issue = desk.draft()
    drafts.edit(desk.home, issue.id, WHERE, words(desk, issue), "余额为{质押贷款余额}。", ANALYST)
    desk.show(2)
    latest = from_version(numbered(desk.home, 2), PERIOD, "city")
    figures = [(old.token, old.then, old.now) for old in stale(drafted(desk.home, now(desk, issue)), latest)
               if old.paragraph == WHERE]  # fmt: skip
    assert figures == [("质押贷款余额", "1.50亿元", "1.60亿元")]
    drafts.change_version(desk.home, issue.id, ANALYST)
    assert text(desk, issue) == "余额为1.60亿元。"
    assert stale(drafted(desk.home, now(desk, issue)), latest) == ()
    with pytest.raises(CallError, match="已用当前的数据版本第2版"):
        drafts.change_version(desk.home, issue.id, ANALYST)


def test_cells_and_charts_that_a_newer_version_says_otherwise_are_told(desk: Desk):
    """B002 lends 6,000 and not 5,000: the city has 1.60 亿元, and its share of the two banks moves with it."""
    issue = desk.draft()
    draft = drafted(desk.home, issue)
    assert moved_tables(draft, draft) == () and moved_charts(draft, draft) == ()
    desk.show(2)
    latest = from_version(numbered(desk.home, 2), PERIOD, "city")
    moved = {table.table.key: table for table in moved_tables(draft, latest)}
    told = set(moved["主要指标"].told)
    assert "质押贷款余额，本期：1.50→1.60" in told
    assert "B002，余额（万元）：5,000.00→6,000.00" in set(moved["试点机构表"].told)
    assert not [line for line in moved["试点机构表"].told if line.startswith("B001，余额")]
    assert "余额与增速" in moved_charts(draft, latest)


def test_rows_that_come_and_go_with_a_newer_version_are_told():
    def version(*rows: tuple[str, str]) -> Document:
        columns = (Column("指标", 5, numeric=False), Column("本期", 4))
        return replace(document(), sections=(Section("一", 1, (Table("表", "表", columns, rows),)),), annexes=())

    (moved,) = moved_tables(
        version(("甲", "1"), ("乙", "2"), ("甲", "3")), version(("甲", "1"), ("丙", "4"), ("甲", "5"))
    )
    assert moved.cells == {(1, 0): "", (2, 1): "5"} and moved.come == (("丙", "4"),) and moved.places == 3
    assert list(moved.told) == ["乙，指标：乙→已无", "甲，本期：3→5", "新增：丙　4"]


def test_of_two_who_edit_the_second_is_told_and_nothing_is_lost(desk: Desk):
    issue = desk.draft()
    seen = words(desk, issue)
    drafts.edit(desk.home, issue.id, WHERE, seen, "甲的话，【1.50亿元】。", ANALYST)
    with pytest.raises(CallError, match="已由甲于03月20日09:00改动，您的文字没有保存；现为：“甲的话，【1.50亿元】。”"):
        drafts.edit(desk.home, issue.id, WHERE, seen, "丙的话，【1.50亿元】。", OTHER)
    drafts.edit(desk.home, issue.id, WHERE, "甲的话，【1.50亿元】。", "丙的话，【1.50亿元】。", OTHER)
    assert text(desk, issue) == "丙的话，1.50亿元。"
    # Another paragraph is nobody's loss.
    drafts.edit(desk.home, issue.id, "features.lending", words(desk, issue, "features.lending"), "略。", ANALYST)


BAD = {
    "too long": ("好" * 50000, "最多2000字，现有50000字"),
    "markup": ("余额<b>好</b>", "有标记“<b>”"),
    "markdown": ("见[链接](a)", "有标记"),
    "formula": ("=SUM(A1)", "像是公式"),
    "formula in full width": ("＋cmd", "像是公式"),
    "unseen": ("余额\u200b好", r"第3字处（“余额”之后）有看不见的字符（U\+200B）"),
    "direction": ("余额\u202e好", r"看不见的字符（U\+202E）"),
    "lines": ("一\n二", "有换行"),
    "no glyph": ("好😀", "“😀”没有可印的字形"),
    "brace": ("余额{好", "不成对的花括号"),
    "another figure": ("余额【9.99亿元】", "不是本期的数：改文字不能改数"),
    "no such figure": ("余额{没有的数}", "不是本期的数"),
    "which figure": ("占【0.00%】", "请写明是哪个数"),
}


@pytest.mark.parametrize(("pasted", "said"), BAD.values(), ids=BAD)
def test_what_words_may_not_hold_is_one_clear_sentence(desk: Desk, pasted: str, said: str):
    issue = desk.draft()
    where = "overall.figures" if "0.00%" not in pasted else "overall.no_year"
    head = desk.pilot.ledger.head()
    with pytest.raises(CallError, match=said) as refused:
        drafts.edit(desk.home, issue.id, where, words(desk, issue, where), pasted, ANALYST)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400
    assert desk.pilot.ledger.head() == head


def test_words_of_the_greatest_length_are_kept(desk: Desk):
    issue = desk.draft()
    drafts.edit(desk.home, issue.id, WHERE, words(desk, issue), "好" * MOST_WORDS, ANALYST)
    assert len(text(desk, issue)) == MOST_WORDS


def test_empty_words_leave_the_paragraph_out_and_bring_it_back(desk: Desk):
    issue = desk.draft()
    seen = words(desk, issue)
    drafts.edit(desk.home, issue.id, WHERE, seen, "", ANALYST)
    with pytest.raises(StopIteration):
        text(desk, issue)
    drafts.edit(desk.home, issue.id, WHERE, "", seen, ANALYST)
    assert "1.50亿元" in text(desk, issue)


def test_where_the_figures_come_from_is_nobodys_to_word(desk: Desk):
    issue = desk.draft()
    with pytest.raises(CallError, match="没有段落“quality.seal”"):
        drafts.edit(desk.home, issue.id, "quality.seal", "", "数据无误。", ANALYST)


def test_a_figure_typed_by_hand_is_told_apart():
    assert written_figures("余额{质押贷款余额}，其中200亿元为转贷，占12.5%；10月新政。") == ["200亿元", "12.5%"]
    assert written_figures("余额{质押贷款余额}。") == []


def test_words_whose_sentence_the_newer_version_says_otherwise_are_marked(desk: Desk):
    issue = desk.draft()
    drafts.edit(desk.home, issue.id, "overall.no_year", words(desk, issue, "overall.no_year"), "不作比较。", ANALYST)
    edited = now(desk, issue)
    assert overtaken(edited, plain(desk, issue)) == {}
    other = plain(desk, issue)
    first = worded(issue, other)["overall.no_year"].template
    turned = edited.turns[-1].__class__(**(vars(edited.turns[-1]) | {"before": f"{first}另一判断。"}))
    assert set(overtaken(edited.__class__(**(vars(edited) | {"turns": (turned,)})), other)) == {"overall.no_year"}


def test_remark_and_charts(desk: Desk):
    issue = desk.draft()
    drafts.remark(desk.home, issue.id, "", "本期按新口径。", ANALYST)
    with pytest.raises(CallError, match="备注已由甲于03月20日09:00改为“本期按新口径。”，您的文字没有保存"):
        drafts.remark(desk.home, issue.id, "", "丙的备注", OTHER)
    keys = drafts.chart_keys(plain(desk, issue))
    drafts.pick_charts(desk.home, issue.id, keys[:1], ANALYST)
    document = drafted(desk.home, now(desk, issue))
    assert drafts.chart_keys(document) == keys[1:] and document.sections[-1].text == "备注：本期按新口径。"
    with pytest.raises(CallError, match=f"没有图“饼图”：有{keys[0]}"):
        drafts.pick_charts(desk.home, issue.id, ["饼图"], ANALYST)
    with pytest.raises(CallError, match="没有变化"):
        drafts.pick_charts(desk.home, issue.id, keys[:1], ANALYST)


def test_charts_that_stay_are_numbered_without_gaps(desk: Desk):
    issue = desk.draft()
    keys = drafts.chart_keys(plain(desk, issue))
    assert len(keys) > 1
    drafts.pick_charts(desk.home, issue.id, keys[:1], ANALYST)
    captions = [chart.caption[:2] for chart in drafts.charts(drafted(desk.home, now(desk, issue)).sections)]
    assert captions == [f"图{at}" for at in range(1, len(keys))]


def test_one_draft_for_a_part_and_none_beside_a_released_issue(desk: Desk):
    issue = desk.draft()
    with pytest.raises(CallError, match=f"已有{issue.name}（起草中，甲于2026-03-20起草）"):
        desk.draft(by=OTHER)
    desk.draft("110108", by=OTHER)  # another part is another issue


@pytest.mark.parametrize("period", ["2026-03", "2019-01", "昨天"])
def test_a_period_without_figures_is_told(desk: Desk, period: str):
    with pytest.raises(CallError, match=f"没有{period}的数据"):
        drafts.open_issue(desk.home, period, ANALYST)


def test_a_period_without_an_accepted_report_is_told(desk: Desk):
    desk.show(3)
    with pytest.raises(CallError, match="2026-02没有已受理的报送，不能起草月报"):
        desk.draft()


def test_a_draft_whose_data_version_was_thinned_is_told_what_to_do(desk: Desk):
    issue = desk.draft()
    seen = words(desk, issue)
    desk.show(2)
    desk.thin(1)
    with pytest.raises(
        SnapshotError,
        match=f"数据版本第1版已清理.*换用当前的第2版（python -m casework issue version {issue.id}）.*文字和备注都在",
    ):
        drafts.edit(desk.home, issue.id, WHERE, seen, "余额【1.50亿元】。", ANALYST)
    drafts.change_version(desk.home, issue.id, ANALYST)
    assert "1.60亿元" in text(desk, issue)


def test_a_token_that_no_longer_exists_keeps_the_draft_where_it_is(desk: Desk):
    issue = desk.draft()
    drafts.edit(desk.home, issue.id, WHERE, words(desk, issue), "余额{质押贷款余额}。", ANALYST)
    # B002's second version was returned as well: the newer data version has no balance at all.
    desk.show(3)
    with pytest.raises(CallError, match="没有已受理的报送"):
        drafts.change_version(desk.home, issue.id, ANALYST)
    assert now(desk, issue).snapshot == 1
    gone = from_version(numbered(desk.home, 3), PERIOD, "city")
    assert "{质押贷款余额}不是本期的数" in drafts.misfit(gone, WHERE, "余额{质押贷款余额}。")


def test_only_the_bureau_drafts(desk: Desk):
    for viewer in (DISTRICT, BANK):
        with pytest.raises(AccessDenied, match="不能起草月报"):
            drafts.open_issue(desk.home, PERIOD, viewer)
    with pytest.raises(CallError, match="须写明经办人"):
        drafts.open_issue(desk.home, PERIOD, " ")


def test_unknown_things_are_told(desk: Desk):
    issue = desk.draft()
    with pytest.raises(CallError, match="没有第9999号"):
        drafts.edit(desk.home, 9999, WHERE, "", "好", ANALYST)
    with pytest.raises(CallError, match="没有段落“没有的段落”.*overall.figures"):
        drafts.edit(desk.home, issue.id, "没有的段落", "", "好", ANALYST)
    with pytest.raises(CallError, match="没有分送件“月球”"):
        desk.draft("月球")
    with pytest.raises(CallError, match="文字没有变化"):
        drafts.edit(desk.home, issue.id, WHERE, words(desk, issue), words(desk, issue), ANALYST)
