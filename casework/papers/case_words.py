"""A list decision in words: every step, the triggers and incidents that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time

from briefing.paper.documents import Printed, Section, table
from casework.decisions.steps import OUTCOMES
from casework.papers.letters import templates
from contract.decision_kinds import FIELDS, LEVELS
from etl.snapshot.opened import Snapshot
from ledger.incidents import Incident
from ledger.proposals import APPROVED, STATUS, Proposal
from metrics.warnings.rules import rule_of
from metrics.warnings.triggers import Trigger

TRIGGER_COLUMNS = {
    "id": "编号", "rule_name": "规则", "period": "报送期", "level": "级别", "value": "值", "threshold": "界限",
    "since": "起始期", "said": "规则内容",
}  # fmt: skip


def case_words(
    proposal: Proposal,
    name: str,
    triggers: Mapping[str, Trigger | None],
    told: Mapping[int, Incident],
    snapshot: Snapshot,
) -> Printed:
    """A case as a document to print: its steps, the triggers and the incidents that it rests on; `name` the member's.

    A trigger is None where the figures raise it no more.
    """
    sections = [Section("一、事项", tuple(f"{label}：{text}" for label, text in _facts(proposal, name) if text))]
    if triggers:
        rows = [_trigger_row(number, one) for number, one in triggers.items()]
        sections.append(table("二、预警线索", TRIGGER_COLUMNS, rows))
    if told:
        lines = tuple(
            f"第{one.id}号：{one.kind.name}，{one.happened_on}发生，{one.entered_on}由{one.entered_by}登记"
            + (f"，{one.confirmation.on}由{one.confirmation.by}确认" if one.confirmation else "")
            + (f"（{one.note}）" if one.note else "")
            for one in told.values()
        )
        sections.append(Section("三、登记的事件", lines))
    warning = templates().demonstration.replace("本函", "本件") if snapshot.demonstration else ""
    notes = (f"数据版本第{snapshot.number}版",)
    title = f"{name}{proposal.kind.name}事项（第{proposal.id}号）"
    dated = datetime.combine(proposal.decided_on or proposal.proposed_on, time.min)
    return Printed(title, notes, tuple(sections), dated, warning)


def _facts(one: Proposal, name: str) -> Iterator[tuple[str, str]]:
    yield "对象", f"{name}（{one.subject}）"
    yield "决定", f"{one.kind.name}，{one.effective_on}生效，{STATUS[one.status]}"
    yield "事由", one.reason
    yield "文号", one.document_no
    yield "批次", one.batch
    yield "推荐单位", one.recommended_by
    yield "公示", "至".join(filter(None, one.publicity))
    yield from ((FIELDS[field], value) for field, value in one.sets.items())
    yield "提出", f"{one.proposed_on}，{one.proposer}"
    if one.noticed_on:
        yield "告知", f"{one.noticed_on}，陈述申辩期限{one.answer_due}"
        yield "陈述申辩", f"{one.answered_on}，{one.answer.name}" if one.answer else "未提出"
    yield "会商", OUTCOMES.get(one.consulted, "")
    if one.decided_on:
        yield ("批准" if one.status == APPROVED else "驳回"), f"{one.decided_on}，{one.approver}"
    yield "驳回理由", one.rejected_because
    if one.plan:
        yield "整改方案", f"{one.plan.on}，{one.plan.paper.name}，{one.plan.by}登记"
    if one.acceptance:
        outcome = "整改到位" if one.acceptance.passed else "整改不到位"
        yield "整改验收", f"{one.acceptance.on}，{outcome}：{one.acceptance.reason}，{one.acceptance.by}"
    yield "预警线索", "、".join(one.triggers)


def _trigger_row(number: str, one: Trigger | None) -> dict[str, object]:
    rule = rule_of(number.split("-")[0])
    if one is None:
        return {"id": number, "rule_name": rule.name, "said": "按当前数据版本的数据已不再提示"}
    policy = {name: used["value"] for name, used in one.parameters.items()}
    own = {"id": one.id, "rule_name": rule.name, "period": one.period, "level": LEVELS[one.level]}
    numbers = {"value": f"{one.value:.6g}", "threshold": f"{one.threshold:.6g}", "since": one.since}
    return {**own, **numbers, "said": rule.text.format_map(policy)}
