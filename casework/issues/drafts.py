"""Drafts of the briefing: opened on a data version, worded, remarked on, charts picked, moved to another, withdrawn.

An edit says which words it replaces: of two who change the same paragraph the second is told what the first has
written, and nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from briefing.issue.content import Document, charts
from briefing.issue.rewording import reworded, tokens_of
from briefing.issued.figures import as_template, paragraph_of, shown_words
from briefing.issued.making import declared, from_version, part_names, without_charts, worded
from casework.held import Held, holding
from casework.issues.words import MOST_REASON, MOST_REMARK, MOST_WORDS, checked
from contract.errors import CallError, SnapshotError
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, current, numbered
from ledger.issues import CITY, EVENTS, RELEASED, STATES, SUBMITTED, WITHDRAWN, Issue, corrections, issues
from ledger.people import Actor, check_person
from metrics.queries.filing.board import filing

DRAFTS = "draft_issue"  # area of `data/access.csv`
READER = Viewer("briefing", "监管月报", "analyst")


def known(held: Held, number: int) -> Issue:
    """An issue with what has been appended about it so far. Raises CallError where there is none."""
    return held.known(issues, EVENTS, number, "月报草稿")


def open_issue(home: Home, period: str, by: Actor, part: str = CITY, corrects: int | None = None) -> Issue:
    """Opens a draft on the current data version; as a correction (更正) of a released issue, with that one's words.

    Raises:
        CallError: there is no such part, no accepted report for the period, a draft on its way or an issue released
            already, or what is to be corrected is not released, or was corrected already.
        AccessDenied: the user's role drafts none.
    """
    version = current(home)
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "起草月报")
        every = issues(held.ledger.events(*EVENTS))
        before = _to_correct(every, corrects) if corrects is not None else None
        if before:
            period, part = before.period, before.part
        plain = _says(version, period, part)
        name = f"{period}{part_names()[part]}"
        for issue in every.values():
            if (issue.period, issue.part) != (period, part) or not issue.standing:
                continue
            if issue.state != RELEASED:
                opened = issue.turns[0]
                raise CallError(
                    f"{name}已有{issue.name}（{STATES[issue.state]}，{opened.by}于{opened.at:%Y-%m-%d}起草）："
                    "请在其上办理"
                )
            if before is None:
                last = corrections(every).get(issue.id, issue)
                raise CallError(f"{name}已发布为{last.name}（第{last.id}号）：{_to_change(last)}")
        carried = _carried(before, plain) if before else {}
        facts = {"part": part, "snapshot": version.number, "built_at": version.built_at.isoformat()}
        return known(held, held.append("issue", actor, period, **facts, **carried))


def _to_change(released: Issue) -> str:
    return f"请起草更正（python -m casework issue correct {released.id}）"


def _to_correct(every: Mapping[int, Issue], number: int) -> Issue:
    """The released issue that is to be corrected, the last of its number: corrections follow one another."""
    issue = every.get(number)
    if issue is None:
        raise CallError(f"没有第{number}号月报")
    if issue.state != RELEASED:
        raise CallError(f"第{number}号月报{STATES[issue.state]}，只有已发布的才能更正")
    if later := corrections(every).get(number):
        raise CallError(f"{issue.name}已由{later.name}更正：{_to_change(later)}")
    return issue


def _says(version: Snapshot, period: str, part: str) -> Document:
    """What the data version says. Raises CallError where it has nothing to say, as no report was accepted."""
    plain = from_version(version, period, part)
    if not filing(READER, version, (period,))["in_force"].any():
        raise CallError(f"{period}没有已受理的报送，不能起草月报：请待有报送受理并发布数据版本后再起草")
    return plain


def _carried(before: Issue, plain: Document) -> dict[str, object]:
    """What a correction starts with: the words, remark and charts of the issue before, as far as they still apply."""
    words = {where: template for where, template in before.words.items() if not misfit(plain, where, template)}
    return {"corrects": before.id, "words": words, "remark": before.remark, "without": list(before.without)}


def misfit(plain: Document, where: str, template: str) -> str:
    """Why words cannot stand in a document: a paragraph or a figure that it has not; empty where they can."""
    try:
        reworded(plain, {where: template})
    except CallError as reason:
        return str(reason)
    return ""


def edit(home: Home, number: int, where: str, replaces: str, words: str, by: Actor) -> Issue:
    """Gives a paragraph other words; figures stand as 【figure】 or {name}, empty words leave the paragraph out.

    `replaces`: the words that whoever edits has seen.

    Raises:
        CallError: it is no draft any more, it has no such paragraph, another has changed it meanwhile, the words hold
            what they may not or no figure of the issue, or nothing changes.
        SnapshotError: the draft's data version is not kept any more.
        AccessDenied: the user's role drafts none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "改写月报")
        issue = in_draft(held, number)
        plain = declared(home, issue, version_of(home, issue))
        now = worded(issue, plain)
        if where not in now:
            raise CallError(f"本期没有段落“{where}”，没有保存：可改的段落为{'、'.join(now)}")
        paragraph, figures = now[where], tokens_of(plain)
        if _differs(replaces, shown_words(paragraph), paragraph.template):
            last = next(turn for turn in reversed(issue.turns) if turn.where == where or turn.kind == "issue_version")
            raise CallError(
                f"段落“{where}”已由{last.by}于{last.at:%m月%d日%H:%M}改动，您的文字没有保存；现为："
                f"“{shown_words(paragraph)}”。请在其上再改"
            )
        text = checked(words, "段落", MOST_WORDS)
        after = as_template(text, (paragraph_of(plain, where), paragraph), figures)
        if after == paragraph.template:
            raise CallError("文字没有变化，没有保存")
        if reason := misfit(plain, where, after):
            raise CallError(f"{reason}；没有保存")
        held.append(
            "issue_edit", actor, issue.period, issue=number, where=where, before=paragraph.template, after=after
        )
        return known(held, number)


def _differs(replaces: str, *spellings: str) -> bool:
    """Whether what was seen is none of the ways in which the words are shown."""
    return replaces.strip() not in {spelled.strip() for spelled in spellings}


def remark(home: Home, number: int, replaces: str, text: str, by: Actor) -> Issue:
    """Sets the remark at the end of the text, or takes it away (empty). Raises as `edit`."""
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "备注月报")
        issue = in_draft(held, number)
        if _differs(replaces, issue.remark):
            last = issue.last("issue_remark")
            who = f"由{last.by}于{last.at:%m月%d日%H:%M}" if last else ""
            raise CallError(f"备注已{who}改为“{issue.remark}”，您的文字没有保存。请在其上再改")
        after = checked(text, "备注", MOST_REMARK)
        if after == issue.remark:
            raise CallError("备注没有变化，没有保存")
        held.append("issue_remark", actor, issue.period, issue=number, before=issue.remark, after=after)
        return known(held, number)


def pick_charts(home: Home, number: int, without: Collection[str], by: Actor) -> Issue:
    """Says which charts are left out, by their keys. Raises CallError for one that the issue has not, and as `edit`."""
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "选图")
        issue = in_draft(held, number)
        plain = declared(home, issue, version_of(home, issue))
        keys = [chart.key for chart in charts(plain.sections)]
        if unknown := [key for key in without if key not in keys]:
            raise CallError(f"本期没有图“{'、'.join(unknown)}”：有{'、'.join(keys) or '（无图）'}")
        left_out = [key for key in keys if key in without]
        if left_out == list(issue.without):
            raise CallError("选图没有变化，没有保存")
        told = {"before": "、".join(issue.without), "after": "、".join(left_out)}
        held.append("issue_charts", actor, issue.period, issue=number, without=left_out, **told)
        return known(held, number)


def change_version(home: Home, number: int, by: Actor) -> Issue:
    """Moves a draft to the current data version; its figures become that one's, its words stay.

    Raises CallError where it is there already, or words name what the newer version has not; and as `edit`.
    """
    version = current(home)
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "换用数据版本")
        issue = in_draft(held, number)
        if issue.snapshot == version.number:
            raise CallError(f"{issue.name}已用当前的数据版本第{version.number}版")
        _says(version, issue.period, issue.part)
        plain = declared(home, issue, version)
        misfits = [reason for where, words in issue.words.items() if (reason := misfit(plain, where, words))]
        if misfits:
            raise CallError(f"数据版本第{version.number}版不合已改的文字，没有换版，文字未动：{'；'.join(misfits)}")
        told = {"before": f"第{issue.snapshot}版", "after": f"第{version.number}版"}
        facts = {"snapshot": version.number, "built_at": version.built_at.isoformat()}
        held.append("issue_version", actor, issue.period, issue=number, **facts, **told)
        return known(held, number)


def withdraw(home: Home, number: int, reason: str, by: Actor) -> Issue:
    """Throws a draft away; what was written in it stays on record, and the period can be drafted anew.

    Raises CallError where no reason is given; and as `edit`.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "撤稿")
        issue = in_draft(held, number)
        text = checked(reason, "撤稿原因", MOST_REASON)
        if not text:
            raise CallError("撤稿须写明原因（--reason）")
        held.append("issue_withdraw", actor, issue.period, issue=number, text=text)
        return known(held, number)


def in_draft(held: Held, number: int) -> Issue:
    """An issue that may still be changed. Raises CallError for one that is submitted, released or withdrawn."""
    issue = known(held, number)
    if issue.state == RELEASED:
        raise CallError(f"第{number}号月报已发布为{issue.name}，不能再改：{_to_change(issue)}")
    if issue.state == SUBMITTED:
        raise CallError(f"{issue.name}{STATES[SUBMITTED]}，须由复核人退回后才能再改")
    if issue.state == WITHDRAWN:
        gone = issue.withdrawn
        raise CallError(f"{issue.name}已由{gone.by}撤稿（{gone.text}），不能再改：请重新起草")
    return issue


def version_of(home: Home, issue: Issue) -> Snapshot:
    """The data version of an issue. Raises SnapshotError where it was thinned, with what to do."""
    try:
        return numbered(home, issue.snapshot)
    except SnapshotError as gone:
        raise SnapshotError(f"{issue.name}所用的{gone}：{_instead(issue, current(home).number)}") from None


def _instead(issue: Issue, latest: int) -> str:
    """What can be done about an issue whose data version is not kept any more."""
    if issue.state == RELEASED:
        return f"发布的文件照旧可取（python -m casework issue files {issue.id}）"
    if issue.state == WITHDRAWN:
        return "草稿已撤稿，改过的文字见办理经过"
    first = "请先退回起草人，再" if issue.state == SUBMITTED else "草稿请"
    return f"{first}换用当前的第{latest}版（python -m casework issue version {issue.id}）后再办理，文字和备注都在"


def chart_keys(document: Document, without: Collection[str] = ()) -> tuple[str, ...]:
    """Keys of the charts that a document has, those left out not among them."""
    return tuple(chart.key for chart in charts(without_charts(document, without).sections))
