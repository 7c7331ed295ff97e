"""Events that rest on figures or on letters as they were then: judged by the rules that can be asked again.

What a snapshot said at the time (a finding, a trigger, a scorecard, a row of a report) is not asked again, since old
snapshots are removed. Persons, order, days and states are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casework.month import batches, firm_answers, firm_notes, followups, reminders
from casework.month import tie_out as ties
from casework.papers.letters import templates
from casework.replay.past import Before
from casework.rounds import judgements, objections, steps
from casework.sharing import saved_views as views
from contract.calendar import day_of, deadline, is_quarter_end, period_bounds
from contract.errors import CallError
from contract.month_work import check_work_code
from contract.round_steps import FIGURES, SELF_ASSESS
from contract.round_steps import steps as round_steps
from contract.viewer import Viewer
from etl.snapshot.publish import is_behind
from etl.warehouse.snapshot_files import published
from ledger.events import Event
from ledger.month.batches import EVENT as BATCH
from ledger.month.followups import MEMBER, ROLE
from ledger.month.meetings import EVENT as MEETING
from ledger.month.meetings import meetings
from ledger.people import check_person, same_person, second_person
from ledger.proposals import APPROVED
from ledger.sharing.saved_views import EVENTS as VIEWS
from ledger.sharing.saved_views import saved_views
from metrics.evaluation.judgements import RECOGNISE, recognised_rows
from metrics.queries.work.saved_views import circle_of

BATCH_FIELDS = {"on", "deadline", "expected", "notice"}


def _demand(holds: object, words: str) -> None:
    if not holds:
        raise CallError(words)


def _day(facts: dict[str, Any], name: str = "on") -> date:
    return date.fromisoformat(facts[name])


def _person(before: Before, area: str, act: str, subject: str = "") -> None:
    check_person(before.ledger, before.actor, area, act, subject)


def _not_after_today(before: Before, day: date, first: date | None = None) -> None:
    today = before.now.date()
    _demand((first or day) <= day <= today, f"日期{day}应在{first or '开始'}至{today}之间")


def frozen_step(before: Before, event: Event) -> None:
    """The step at which figures are frozen: to a data version that was published, with nothing waiting for another."""
    facts, (number, sha256) = event.payload, event.payload["snapshot"]
    stated = published(before.ledger.events("publication"))
    _demand(number in stated and number == max(stated), f"冻结的数据版本第{number}版不是当时的数据版本")
    _demand(stated[number] == sha256, f"冻结的数据版本第{number}版与发布记录不符")
    _demand(facts["sheet_hash"], "没有冻结的得分表")
    _demand(not is_behind(before.ledger), "有报送还没有发布")
    _demand(before.now >= deadline(event.subject, before.parameters), "报送期限未满")
    _demand(set(facts) <= {"content_hash", "document_no", "file_name", "note", "on", "period", "sheet_hash",
                           "snapshot", "step"}, "所载内容不是这一步骤的")  # fmt: skip
    step = round_steps()[facts["step"]]
    _demand(FIGURES in step.needs and facts["period"] == event.subject, "步骤或轮次不符")
    steps.check_period(event.subject)
    earlier = steps.signed_before(before.held, event.subject, step)
    second_person(before.ledger, before.actor, step.area, "签署", step.name, earlier)
    known = steps.round_of(before.ledger, event.subject)
    steps.checked_day(before.held, _day(facts), known.signed[-1].on, step.name)


def self_assessment(before: Before, event: Event) -> None:
    facts = event.payload
    area = steps.SPEAKS if isinstance(before.actor, Viewer) else objections.LODGES
    _person(before, area, "登记自评", event.subject)
    known = steps.round_of(before.ledger, facts["period"])
    _demand(known.signed[-1].step.code == SELF_ASSESS, f"轮次现处“{known.signed[-1].step.name}”")
    steps.checked_day(before.held, _day(facts), known.signed[-1].on, "自评")
    codes = [row["item"] for row in facts["items"]]
    _demand(codes and len(set(codes)) == len(codes), "自评没有评分项，或评分项重复")
    _demand(facts["content_hash"], "没有自评表")


def recognition(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, judgements.AREA, "认可创新举措")
    row = tuple(facts[name] for name in ("submitter", "period", "title"))
    standing = row in before.ledger.told_by(recognised_rows, RECOGNISE)
    if facts.get("revoked"):
        _demand(standing and facts["reason"].strip(), "没有认可可以撤销，或没有理由")
    else:
        _demand(not standing, "已经认可")
        _demand(row[:2] in _filed(before), f"{row[0]}在{row[1]}没有受理的报送")
    _demand(event.subject == facts["submitter"], "对象不符")


def assessment(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, judgements.AREA, "评定定性项")
    _demand(facts["reason"].strip() and facts["paper"]["sha256"] and facts["item"], "没有理由、依据或评分项")
    judgements.given_score(facts["score"])
    _demand(event.subject in before.listed, f"{event.subject}不在名单上")


def batch(before: Before, event: Event) -> None:
    facts, period = event.payload, event.subject
    _person(before, batches.AREA, "布置报送")
    _demand(all(known.subject != period for known in before.ledger.events(BATCH)), "已经布置")
    _demand(set(facts) == BATCH_FIELDS and facts["notice"]["sha256"], "没有报送通知，或所载内容不符")
    _demand(_day(facts) == before.now.date() > period_bounds(period)[1], "布置日不符，或报送期尚未结束")
    _demand(facts["deadline"] == deadline(period, before.parameters).isoformat(), "截止时间与参数不符")
    asked = {member.code for member in before.listed.values() if member.expected_in(period)}
    _demand(set(facts["expected"]) == asked and asked, "应报成员与名单不符")


def reminder(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, reminders.AREA, "登记催报")
    check_work_code("reminder_means", facts["means"], "催报方式")
    _demand(facts["to"].strip(), "没有催报的对象")
    member = before.listed.get(event.subject)
    _demand(member and member.expected_in(facts["period"]), f"{event.subject}无须报送")
    _demand((event.subject, facts["period"]) not in _filed(before), "报送已受理")
    first = day_of(facts["period"], "calendar_day_remind_from", before.parameters)
    _not_after_today(before, _day(facts), first)
    _demand(facts["papers"] or facts["means"] != reminders.LETTER, "没有催报函")


def followup(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, followups.DIRECTS, "交办督办事项")
    source = check_work_code("followup_source", facts["source"], "来源")
    met_on = None
    if source == "meeting":
        _demand(facts["source_id"] in meetings(before.ledger.events(MEETING)), "没有登记这次会商")
        met_on = date.fromisoformat(facts["source_id"])
    if source == "decision":
        _demand(facts["source_id"].isdecimal() and int(facts["source_id"]) in before.cases, "没有这项名单决定")
    given = (facts["source"], facts["source_id"], facts["what"], facts["owner"], _day(facts, "due_on"), met_on)
    made = followups.entry(before.held, event.actor, *given)
    _demand(made.subject == event.subject and facts["owner"] == made.payload["owner"], "责任人不符")
    if facts["owner_kind"] in (MEMBER, ROLE) or made.payload["owner_kind"] in (MEMBER, ROLE):
        _demand(facts["owner_kind"] == made.payload["owner_kind"], "责任人的类别不符")
    _demand(_day(facts) == before.now.date(), "交办日不符")


def meeting(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, followups.DIRECTS, "登记会商")
    _not_after_today(before, _day(facts, "held_on"))
    _demand(event.subject == facts["held_on"], "会商日不符")
    _demand(event.subject not in meetings(before.ledger.events(MEETING)), "这一日的会商已经登记")
    _demand(facts["minutes"]["sha256"], "没有会商纪要")


def firm_answer(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, firm_answers.AREA, "登记对接答复")
    check_work_code("firm_answer", facts["answer"], "答复")
    bank, district = (before.listed.get(facts[name]) for name in ("bank", "district"))
    _demand(bank and bank.kind == "bank" and district and district.kind == "district", "机构或地区不在名单上")
    _demand(facts["reason"].strip(), "没有原因")
    _not_after_today(before, _day(facts))


def firm_note(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, firm_notes.AREA, "登记对接记录", facts["district"])
    district = before.listed.get(facts["district"])
    _demand(district and district.kind == "district", "地区不在名单上")
    _demand(0 < len(facts["text"].strip()) <= firm_notes.LONGEST, "没有对接情况，或过长")
    _not_after_today(before, _day(facts))


def tie_out(before: Before, event: Event) -> None:
    facts = event.payload
    _person(before, ties.AREA, "登记对数")
    _demand(is_quarter_end(event.subject), f"{event.subject}不是季末")
    _demand(facts["compared"] >= max(1, len(facts["differences"])), "比较的处数不符")
    _demand(all(apart["reason"].strip() for apart in facts["differences"]), "有差异没有原因")
    _demand(facts["snapshot"] in published(before.ledger.events("publication")), "没有所依据的数据版本")
    _demand(facts["paper"]["sha256"], "没有S70填报数")
    _demand(_day(facts) == before.now.date(), "登记日不符")


def saved_view(before: Before, event: Event) -> None:
    """A view under a name; the role by which somebody not registered kept it is not on record."""
    facts = event.payload
    _person(before, views.AREA, "保存视图", before.actor.scope if isinstance(before.actor, Viewer) else "")
    _demand(event.subject and len(event.subject) <= views.MOST_NAME, "没有名称，或过长")
    _demand(views.ADDRESS.fullmatch(facts["page"]), "不是本系统的页面")
    if facts["circle"] and isinstance(before.actor, Viewer):
        _demand(facts["circle"] == circle_of(before.actor), "共享的范围不符")


def saved_view_removal(before: Before, event: Event) -> None:
    _person(before, views.AREA, "删除视图", before.actor.scope if isinstance(before.actor, Viewer) else "")
    view = saved_views(before.ledger.events(*VIEWS)).get(event.payload["view"])
    _demand(view and same_person(view.owner, event.actor), "没有这一视图，或不是本人保存的")


def letter(before: Before, event: Event) -> None:
    """A letter of a case, once it has come to it. An early release noted its hash alone."""
    facts = event.payload
    _person(before, "propose", "制作文书")
    case = before.cases.get(facts["proposal"])
    _demand(case and case.subject == event.subject, f"没有第{facts['proposal']}号事项")
    template = templates().letters.get(facts["kind"])
    _demand(template and case.kind.code in template.decisions, "这种决定没有这种文书")
    reached = {"noticed": case.noticed_on, "approved": case.decided_on if case.status == APPROVED else None}
    _demand(reached.get(template.stage), "事项还没有到制作这种文书的步骤")
    _demand(facts["paper"]["sha256"] if "paper" in facts else facts["sha256"], "没有文书")
    _demand(_day(facts) == before.now.date(), "制作日不符")


def _filed(before: Before) -> set[tuple[str, str]]:
    """Member and period of what was accepted so far."""
    return before.ledger.told_by(_accepted, "submission")


def _accepted(events: Sequence[Event]) -> set[tuple[str, str]]:
    taken = (event.payload for event in events if event.payload["verdict"] != "returned")
    return {(facts["submitter"], facts["period"]) for facts in taken}
