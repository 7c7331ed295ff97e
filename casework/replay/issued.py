"""Events of the briefing's issues: what a data version said at the time is not asked again, persons and order are."""

from __future__ import annotations

from casework.issues import drafts, passing
from casework.replay.past import Before
from contract.errors import CallError
from etl.warehouse.snapshot_files import published
from ledger.events import Event
from ledger.issues import EVENTS, RELEASED, SUBMITTED, Issue, corrections, issues, next_number
from ledger.people import check_person, second_person


def _demand(holds: object, words: str) -> None:
    if not holds:
        raise CallError(words)


def _every(before: Before) -> dict[int, Issue]:
    return issues(before.ledger.events(*EVENTS))


def opened(before: Before, event: Event) -> None:
    facts = event.payload
    check_person(before.ledger, before.actor, drafts.DRAFTS, "起草月报")
    _demand(facts["snapshot"] in published(before.ledger.events("publication")), "没有所依据的数据版本")
    corrects = facts.get("corrects")
    for issue in _every(before).values():
        if (issue.period, issue.part) == (event.subject, facts["part"]) and issue.standing:
            _demand(issue.state == RELEASED, f"已有第{issue.id}号草稿")
            _demand(corrects is not None, f"已发布为{issue.name}，只能起草更正")
    if corrects is not None:
        every = _every(before)
        known = every.get(corrects)
        _demand(known and known.state == RELEASED, "所更正的月报没有发布")
        _demand(corrects not in corrections(every), "所更正的月报已有更正")
        _demand((known.period, known.part) == (event.subject, facts["part"]), "所更正的是另一期月报")


def changed(before: Before, event: Event) -> None:
    """Words, remark, charts or data version of a draft."""
    facts = event.payload
    check_person(before.ledger, before.actor, drafts.DRAFTS, "改写月报")
    issue = drafts.in_draft(before.held, facts["issue"])
    _demand(issue.period == event.subject, "报送期不符")
    if event.kind == "issue_edit":
        _demand(issue.words.get(facts["where"], facts["before"]) == facts["before"], "所改的文字与当时不符")
    if event.kind == "issue_remark":
        _demand(issue.remark == facts["before"], "所改的备注与当时不符")
    if event.kind == "issue_version":
        _demand(facts["snapshot"] in published(before.ledger.events("publication")), "没有所换用的数据版本")


def submitted(before: Before, event: Event) -> None:
    check_person(before.ledger, before.actor, drafts.DRAFTS, "送审月报")
    issue = drafts.in_draft(before.held, event.payload["issue"])
    _demand(issue.period == event.subject and event.payload["agreed"], "报送期不符，或没有送审的内容")


def given_back(before: Before, event: Event) -> None:
    passing.give_back(before.home, event.payload["issue"], event.payload["text"], before.actor)


def released(before: Before, event: Event) -> None:
    facts = event.payload
    issue = drafts.known(before.held, facts["issue"])
    _demand(issue.state == SUBMITTED, f"第{issue.id}号月报没有送审")
    earlier = [(drafter, f"第{issue.id}号草稿由{drafter}起草或改动") for drafter in issue.drafters]
    second_person(before.ledger, before.actor, passing.RELEASES, "发布", "月报", earlier)
    number = next_number(_every(before), issue)
    _demand(facts["number"] == number, f"应为第{number}期，却为第{facts['number']}期")
    _demand(facts["snapshot"] == issue.snapshot and event.subject == issue.period, "数据版本或报送期不符")
    _demand(facts["content"]["sha256"] and facts["files"], "没有发布的文件")


def sent(before: Before, event: Event) -> None:
    facts = event.payload
    passing.send(before.home, facts["issue"], facts["to"], facts["means"], before.actor)


def withdrawn(before: Before, event: Event) -> None:
    drafts.withdraw(before.home, event.payload["issue"], event.payload["text"], before.actor)
