"""A list decision in words: every step, the triggers and incidents that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time

from briefing.paper.printed import Printed, Section, table
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
    grounds: Mapping[int, Incident],
    snapshot: Snapshot,
) -> Printed:
    """A case as a document to print: its steps, the triggers and the incidents that it rests on; `name` the member's.

    A trigger is None where the figures raise it no more.
    """
    sections = [Section("一、事项", tuple(f"{label}：{text}" for label, text in _facts(proposal, name) if text))]
    if triggers:
        rows = [_trigger_row(number, trigger) for number, trigger in triggers.items()]
        sections.append(table("二、预警线索", TRIGGER_COLUMNS, rows))
    if grounds:
        lines = tuple(
            f"{incident.number}：{incident.kind.name}，{incident.happened_on}发生，"
            f"{incident.entered_on}由{incident.entered_by}登记"
            + (f"，{incident.confirmation.on}由{incident.confirmation.by}确认" if incident.confirmation else "")
            + (f"（{incident.note}）" if incident.note else "")
            for incident in grounds.values()
        )
        sections.append(Section("三、登记的事件", lines))
    warning = templates().demonstration.replace("本函", "本件") if snapshot.demonstration else ""
    notes = (f"数据版本第{snapshot.number}版",)
    title = f"{name}{proposal.kind.name}事项（{proposal.number}）"
    dated = datetime.combine(proposal.decided_on or proposal.proposed_on, time.min)
    return Printed(title, notes, tuple(sections), dated, warning)


def _facts(proposal: Proposal, name: str) -> Iterator[tuple[str, str]]:
    yield "对象", f"{name}（{proposal.subject}）"
    yield "决定", f"{proposal.kind.name}，{proposal.effective_on}生效，{STATUS[proposal.status]}"
    yield "事由", proposal.reason
    yield "文号", proposal.document_no
    yield "批次", proposal.batch
    yield "推荐单位", proposal.recommended_by
    yield "公示", "至".join(filter(None, proposal.publicity))
    yield from ((FIELDS[field], value) for field, value in proposal.sets.items())
    yield "提出", f"{proposal.proposed_on}，{proposal.proposer}"
    if proposal.noticed_on:
        yield "告知", f"{proposal.noticed_on}，陈述申辩期限{proposal.answer_due}"
        yield "陈述申辩", f"{proposal.answered_on}，{proposal.answer.name}" if proposal.answer else "未提出"
    yield "会商", OUTCOMES.get(proposal.consulted, "")
    if proposal.decided_on:
        yield ("批准" if proposal.status == APPROVED else "驳回"), f"{proposal.decided_on}，{proposal.approver}"
    yield "驳回理由", proposal.rejected_because
    if proposal.plan:
        yield "整改方案", f"{proposal.plan.on}，{proposal.plan.paper.name}，{proposal.plan.by}登记"
    if proposal.acceptance:
        outcome = "整改到位" if proposal.acceptance.passed else "整改不到位"
        yield "整改验收", f"{proposal.acceptance.on}，{outcome}：{proposal.acceptance.reason}，{proposal.acceptance.by}"
    yield "预警线索", "、".join(proposal.triggers)


def _trigger_row(number: str, trigger: Trigger | None) -> dict[str, object]:
    rule = rule_of(number.split("-")[0])
    if trigger is None:
        return {"id": number, "rule_name": rule.name, "said": "按当前数据版本的数据已不再提示"}
    policy = {name: used["value"] for name, used in trigger.parameters.items()}
    own = {"id": trigger.id, "rule_name": rule.name, "period": trigger.period, "level": LEVELS[trigger.level]}
    numbers = {"value": f"{trigger.value:.6g}", "threshold": f"{trigger.threshold:.6g}", "since": trigger.since}
    return {**own, **numbers, "said": rule.text.format_map(policy)}
