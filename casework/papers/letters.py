"""Letters filled from a case or a missing report, by the templates of `data/letters.toml`."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from briefing.paper.letter import OfficialLetter
from contract.calendar import period_bounds
from contract.decision_kinds import decision_kinds
from contract.declarations import forms, in_region_words
from contract.errors import CallError, DeclarationError
from contract.parameters import Parameters
from contract.settings import DECLARATIONS
from contract.wording import chinese_day
from ledger.events import Ledger
from ledger.guard.chain import words
from ledger.proposals import APPROVED, Proposal
from metrics.warnings.rules import rule_of

CASE_FIELDS = (
    "name", "action", "reason", "document_no", "effective_on", "noticed_on", "answer_due", "answer_days",
    "rectify_due", "plan_days", "evidence", "answer", "readmission_months",
)  # fmt: skip
REMINDER_FIELDS = ("name", "period", "deadline", "forms", "received")
BATCH_FIELDS = ("period", "deadline", "banks", "districts", "bank_forms", "district_forms", "explain_by")
# Stage at which a letter can be made → what it may be filled with.
FIELDS = {"opened": BATCH_FIELDS, "missing": REMINDER_FIELDS, "noticed": CASE_FIELDS, "approved": CASE_FIELDS}
EVERYBODY = "各试点机构、试点地区"


@dataclass(frozen=True)
class Template:
    """One kind of letter as declared."""

    kind: str
    name: str
    title: str
    stage: str
    decisions: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Templates:
    """All kinds of letters, and who issues them."""

    issuer: str
    demonstration: str
    action: Mapping[str, str]
    letters: Mapping[str, Template]


def read_templates(path: Path) -> Templates:
    """The declared letters.

    Raises:
        DeclarationError: names the letter, and the field, stage or kind of decision that there is not.
    """
    declared = tomllib.loads(in_region_words(path.read_text(encoding="utf-8")))
    rows = declared.pop("letter")
    letters = {row["kind"]: _template(row, f"{path.name}的{row['kind']}") for row in rows}
    if len(letters) < len(rows) or set(declared["action"]) - set(decision_kinds()):
        raise DeclarationError(f"{path.name}：有重复的letter，或action有不认识的决定")
    return Templates(**declared, letters=letters)


def _template(row: Mapping, where: str) -> Template:
    template = Template(**{"decisions": (), **row} | {"paragraphs": tuple(row["paragraphs"])})
    if template.stage not in FIELDS:
        raise DeclarationError(f"{where}：不认识{template.stage}")
    known = FIELDS[template.stage]
    used = {name for text in (template.title, *template.paragraphs) for name in fields_of(text)}
    unknown = sorted(used - set(known)) + [kind for kind in template.decisions if kind not in decision_kinds()]
    if unknown:
        raise DeclarationError(f"{where}：不认识{'、'.join(unknown)}")
    return template


def fields_of(text: str) -> list[str]:
    """The names that a template's text is filled with."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


@cache
def templates() -> Templates:
    """The letters of `data/letters.toml`."""
    return read_templates(DECLARATIONS / "letters.toml")


def has_letters(kind: str) -> bool:
    """Whether a kind of decision has letters."""
    return any(kind in template.decisions for template in templates().letters.values())


def letters_of(
    proposal: Proposal, name: str, parameters: Parameters, demonstration: bool, witnesses: Mapping[str, str]
) -> list[OfficialLetter]:
    """The letters that a case has come to, in declared order; `name` is the member's.

    `witnesses`: stage → what is printed of the event by which the case came to it, so that a letter stays the same.

    Raises CallError where its kind of decision has none, or none is due yet.
    """
    fitting = [template for template in templates().letters.values() if proposal.kind.code in template.decisions]
    if not fitting:
        raise CallError(f"“{proposal.kind.name}”的决定没有对应的文书")
    reached = {"noticed": proposal.noticed_on, "approved": proposal.decided_on if proposal.status == APPROVED else None}
    due = [(template, reached[template.stage]) for template in fitting if reached[template.stage]]
    if not due:
        step = "告知" if proposal.kind.hearing else "批准"
        raise CallError(f"{proposal.number}事项尚未{step}，还没有可以制作的文书")
    facts = _case_facts(proposal, name, parameters)
    return [_filled(template, facts, name, dated, demonstration, witnesses[template.stage]) for template, dated in due]


def case_witnesses(ledger: Ledger, number: int) -> dict[str, str]:
    """Stage of a letter → what is printed of the event by which a case came to it, where it has."""
    reached = {"notice": "noticed", "decision": "approved"}
    return {
        reached[event.kind]: words(event.seq, event.hash)
        for event in ledger.events(*reached)
        if event.payload.get("proposal", event.seq) == number
    }


def reminder(
    name: str, kind: str, period: str, deadline: datetime, returned: int, today: date, demonstration: bool, witness: str
) -> OfficialLetter:
    """The letter to a member (`kind` bank or district) whose report of a period is not in; `returned` versions were."""
    facts = {
        "name": name,
        "period": _chinese_period(period),
        "deadline": _chinese_midnight(deadline),
        "forms": _sheets(kind, period),
        "received": f"已报送{returned}版，均因存在差错被退回" if returned else "",
    }
    if period_bounds(period)[1] >= today:
        raise CallError(f"报送期{period}尚未结束，不必催报")
    return _filled(templates().letters["reminder"], facts, name, today, demonstration, witness)


def batch_notice(
    period: str,
    deadline: datetime,
    explain_by: datetime,
    kinds: Sequence[str],
    today: date,
    demonstration: bool,
    witness: str,
) -> OfficialLetter:
    """The notice that opens a period's batch; `kinds` (bank, district) are those of the members that are to file."""
    facts = {
        "period": _chinese_period(period),
        "deadline": _chinese_midnight(deadline),
        "explain_by": _chinese_midnight(explain_by),
        "banks": str(kinds.count("bank")),
        "districts": str(kinds.count("district")),
        "bank_forms": _sheets("bank", period),
        "district_forms": _sheets("district", period),
    }
    return _filled(templates().letters["batch"], facts, EVERYBODY, today, demonstration, witness)


def _sheets(kind: str, period: str) -> str:
    return "、".join(form.sheet for form in forms().values() if form.filed_by(kind) and form.due_in(period))


def _chinese_period(period: str) -> str:
    return f"{int(period[:4])}年{int(period[5:])}月"


def _chinese_midnight(moment: datetime) -> str:
    """The end of a day as people say it: `2026年11月10日24时` for the 11th at 00:00."""
    return f"{chinese_day((moment - timedelta(seconds=1)).date())}24时"


def _case_facts(proposal: Proposal, name: str, parameters: Parameters) -> dict[str, str]:
    policy = parameters.at(proposal.noticed_on or proposal.proposed_on)
    answered = f"你单位于{chinese_day(proposal.answered_on)}提出了陈述申辩" if proposal.answered_on else ""
    return {
        "name": name,
        "action": templates().action[proposal.kind.code],
        "reason": proposal.reason.rstrip("。；"),
        "document_no": proposal.document_no,
        "effective_on": chinese_day(proposal.effective_on),
        "noticed_on": chinese_day(proposal.noticed_on),
        "answer_due": chinese_day(proposal.answer_due),
        "answer_days": f"{policy['answer_working_days']:f}",
        "rectify_due": chinese_day(proposal.rectify_due),
        "plan_days": f"{policy['rectification_plan_days']:f}",
        "evidence": "；".join(_evidence(trigger, parameters, proposal.proposed_on) for trigger in proposal.triggers),
        "answer": answered or "你单位在期限内未提出陈述申辩",
        "readmission_months": f"{policy['readmission_months']:f}",
    }


def _evidence(trigger: str, parameters: Parameters, on: date) -> str:
    """A trigger in words, from its id: `连续未发放贷款（当月发放额连续6期为零，自2026年9月起）`."""
    rule_id, _, since = trigger.split("-", 2)
    rule = rule_of(rule_id)
    return f"{rule.name}（{rule.described(parameters.at(on))}，自{int(since[:4])}年{int(since[5:])}月起）"


def _filled(
    template: Template, facts: Mapping[str, str], name: str, dated: date, demonstration: bool, witness: str
) -> OfficialLetter:
    paragraphs = tuple(
        text.format_map(facts) for text in template.paragraphs if all(facts[field] for field in fields_of(text))
    )
    declared = templates()
    return OfficialLetter(
        template.kind,
        template.name,
        template.title.format_map(facts),
        name,
        paragraphs,
        declared.issuer,
        dated,
        declared.demonstration if demonstration else "",
        witness,
    )
