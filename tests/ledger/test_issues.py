"""Issues of the briefing as a few events tell them: state, words, number by part and year, who had a hand in them."""

from __future__ import annotations

from datetime import datetime

from ledger.events import Event
from ledger.issues import DRAFTING, RELEASED, SUBMITTED, WITHDRAWN, Issue, corrections, issues, next_number

AT = datetime(2026, 11, 20, 9)
FILES = [{"name": "月报.pdf", "sha256": "f" * 64}]
CONTENT = {"name": "内容.json", "sha256": "c" * 64}


def event(seq: int, kind: str, actor: str, **payload: object) -> Event:
    return Event(seq, AT, kind, actor, str(payload.pop("period", "2026-10")), payload, "")


def opened(seq: int, actor: str = "甲", **more: object) -> Event:
    return event(seq, "issue", actor, part="city", snapshot=4, built_at="2026-11-16T09:00:00", **more)


def released(seq: int, issue: int, number: int) -> Event:
    return event(seq, "issue_release", "乙", issue=issue, number=number, content=CONTENT, files=FILES)


def of(*events: Event) -> Issue:
    """The first issue that the events tell of."""
    return next(iter(issues(events).values()))


def test_a_draft_keeps_the_last_words_of_each_paragraph():
    first = event(2, "issue_edit", "甲", issue=1, where="a", before="旧{数}", after="新{数}")
    second = event(3, "issue_edit", "丙", issue=1, where="a", before="新{数}", after="")
    draft = of(opened(1), first, second, event(4, "issue_remark", "甲", issue=1, before="", after="备注"))
    assert (draft.state, draft.words, draft.remark) == (DRAFTING, {"a": ""}, "备注")
    assert [(turn.by, turn.before, turn.after) for turn in draft.turns[1:3]] == [("甲", "旧{数}", "新{数}"),
                                                                                ("丙", "新{数}", "")]  # fmt: skip
    assert draft.name == "2026年第1号草稿"


def test_who_returned_it_had_no_hand_in_it():
    submitted = event(2, "issue_submit", "甲", issue=1, agreed="h")
    returned = event(3, "issue_return", "乙", issue=1, text="改写第一段")
    assert of(opened(1), submitted).state == SUBMITTED
    draft = of(opened(1), submitted, returned)
    assert (draft.state, draft.returned.text, draft.drafters) == (DRAFTING, "改写第一段", ("甲",))
    again = of(opened(1), submitted, returned, event(4, "issue_submit", "丙", issue=1, agreed="h2"))
    assert (again.returned, again.drafters, again.agreed) == (None, ("甲", "丙"), "h2")


def test_a_release_gives_number_files_and_hash():
    issue = of(opened(1), event(2, "issue_submit", "甲", issue=1, agreed="h"), released(3, 1, 10))
    assert (issue.state, issue.name, issue.content.sha256) == (RELEASED, "2026年第10期", "c" * 64)
    assert [file.name for file in issue.files] == ["月报.pdf"] and issue.released.by == "乙"


def test_numbers_run_by_part_and_year():
    known = issues([
        opened(1), released(2, 1, 1), opened(3), released(4, 3, 2), opened(5),
        event(6, "issue", "甲", part="110108", snapshot=4, built_at="2026-11-16T09:00:00"),
        event(7, "issue", "甲", period="2027-01", part="city", snapshot=9, built_at="2027-02-16T09:00:00"),
    ])  # fmt: skip
    assert [next_number(known, known[number]) for number in (5, 6, 7)] == [3, 1, 1]


def test_a_version_moves_the_figures_and_leaves_the_words():
    moved = event(3, "issue_version", "甲", issue=1, snapshot=5, built_at="2026-11-18T09:00:00", before="4", after="5")
    draft = of(opened(1), event(2, "issue_edit", "甲", issue=1, where="a", before="x", after="y"), moved)
    assert (draft.snapshot, draft.built_at, draft.words) == (5, datetime(2026, 11, 18, 9), {"a": "y"})


def test_a_correction_counts_once_it_is_released():
    events = [opened(1), released(2, 1, 1), opened(3, corrects=1, words={"a": "b"})]
    assert corrections(issues(events)) == {}
    assert issues(events)[3].words == {"a": "b"}
    assert corrections(issues([*events, released(4, 3, 2)]))[1].id == 3


def test_a_correction_keeps_the_number_of_what_it_corrects():
    events = [
        opened(1), released(2, 1, 4), opened(3, corrects=1), released(4, 3, 4), opened(5, corrects=3),
        released(6, 5, 4), opened(7, period="2026-11"),
    ]  # fmt: skip
    known = issues(events)
    assert [known[number].name for number in (1, 3, 5)] == [
        "2026年第4期", "2026年第4期（更正）", "2026年第4期（第2次更正）"
    ]  # fmt: skip
    assert [next_number(known, known[number]) for number in (3, 5, 7)] == [4, 4, 5]


def test_a_withdrawn_draft_keeps_its_words_and_counts_no_more():
    edit = event(2, "issue_edit", "甲", issue=1, where="a", before="旧", after="新")
    draft = of(opened(1), edit, event(3, "issue_withdraw", "丙", issue=1, text="数据有误"))
    assert (draft.state, draft.standing, draft.words) == (WITHDRAWN, False, {"a": "新"})
    assert (draft.withdrawn.by, draft.withdrawn.text, draft.drafters) == ("丙", "数据有误", ("甲",))
    assert of(opened(1)).standing and of(opened(1)).withdrawn is None


def test_sendings_stand_in_order():
    sent = [event(3 + at, "issue_send", "甲", issue=1, to=to, means="mail", on="2026-11-25", text=to)
            for at, to in enumerate(("市局办公室", "人民银行"))]  # fmt: skip
    issue = of(opened(1), released(2, 1, 1), *sent)
    assert [(sending.to, sending.by) for sending in issue.sent] == [("市局办公室", "甲"), ("人民银行", "甲")]
    assert issue.drafters == ("甲",)
