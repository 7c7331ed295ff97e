"""What a list decision is made of, as a person puts it, and whether it can be taken for that member on that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from contract.calendar import after_months
from contract.decision_kinds import FIELDS, NEVER_LISTED, ON_LIST, STATES, DecisionKind, decision_kinds
from contract.declarations import code_lists, districts, only_in_a_region
from contract.errors import CallError
from contract.parameters import Parameters
from ledger.proposals import Paper
from ledger.roster import LARGEST, Member
from metrics.warnings.rules import rules


@dataclass(frozen=True)
class Draft:
    """One decision as it is put forward; `sets` holds what it sets beside the state, by `FIELDS`, as text."""

    kind: DecisionKind
    subject: str
    reason: str
    document_no: str
    effective_on: date
    batch: str = ""
    recommended_by: str = ""
    publicity: tuple[str, str] = ("", "")
    triggers: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    sets: Mapping[str, str] = field(default_factory=dict)


def completed(draft: Draft, listed: Mapping[str, Member], parameters: Parameters) -> Draft:
    """The draft with what follows from the register and from policy filled in.

    A district's name and usual group, a member's kind, and the day by which things have to be put right.
    """
    sets = {name: value.strip() for name, value in draft.sets.items() if value and value.strip()}
    if draft.kind.code == "admit":
        unit = districts().get(draft.subject)
        sets.setdefault("member_kind", "district" if unit else "bank")
        if unit:
            sets = {"name": unit.name, "group": unit.group} | sets
    if draft.kind.target == "rectify" and "rectify_due" not in sets:
        months = int(parameters.at(draft.effective_on)["rectification_months"])
        sets["rectify_due"] = after_months(draft.effective_on, months).isoformat()
    words = {"reason": draft.reason.strip(), "document_no": draft.document_no.strip()}
    return replace(draft, **words, sets=sets, subject=draft.subject.strip().upper())


def check(draft: Draft, listed: Mapping[str, Member], parameters: Parameters) -> None:
    """Raises CallError where the decision cannot be taken; `listed` is the list with all decisions so far."""
    if not draft.reason or not draft.document_no:
        raise CallError("须写明事由（--reason）和文号（--doc-no）")
    member = listed.get(draft.subject)
    _check_state(draft, member)
    _check_fields(draft, member)
    if member:
        _check_days(draft, member, parameters)
    if draft.kind.code == "succeed":
        _check_successor(draft, listed)
    known = {rule.id for rule in rules()}
    for trigger in draft.triggers:
        if trigger.split("-")[:2] not in [[rule, draft.subject] for rule in known]:
            raise CallError(f"“{trigger}”不是{draft.subject}的预警线索编号")


def _check_state(draft: Draft, member: Member | None) -> None:
    state = member.states[-1].value if member else NEVER_LISTED
    if state in draft.kind.source and not (member and member.successor):
        return
    if member is None:
        raise CallError(f"试点名单上没有{draft.subject}，不能{draft.kind.name}；应先纳入名单（admit）")
    if member.successor:
        raise CallError(f"{draft.subject}已由{member.successor}承继，不能再作“{draft.kind.name}”的决定")
    possible = "、".join(f"{kind.name}（{kind.code}）" for kind in decision_kinds().values() if state in kind.source)
    raise CallError(f"{draft.subject}的状态为{STATES[state]}，不能作“{draft.kind.name}”的决定；可作：{possible}")


def _check_days(draft: Draft, member: Member, parameters: Parameters) -> None:
    if draft.effective_on < member.decided_on:
        raise CallError(f"生效日{draft.effective_on}早于{draft.subject}上一项决定的生效日{member.decided_on}")
    if draft.kind.code == "readmit":
        months = int(parameters.at(draft.effective_on)["readmission_months"])
        earliest = after_months(member.states[-1].since, months)
        if draft.effective_on < earliest:
            raise CallError(f"{draft.subject}退出未满{months}个月，{earliest}起方可重新纳入")
    due = draft.sets.get("rectify_due")
    if due and _day(due) <= draft.effective_on:
        raise CallError(f"整改期限{due}应晚于生效日{draft.effective_on}")
    if due and draft.kind.code == "amend" and member.states[-1].value != "rectify":
        raise CallError(f"{draft.subject}不在限期整改，不能变更整改期限")


def _check_fields(draft: Draft, member: Member | None) -> None:
    kind = draft.kind
    foreign = [FIELDS[name] for name in draft.sets if name not in kind.fields]
    if foreign:
        raise CallError(f"“{kind.name}”的决定不能设定{'、'.join(foreign)}")
    if kind.required and not any(draft.sets.get(name) for name in kind.required):
        raise CallError(f"“{kind.name}”须至少设定{'、'.join(FIELDS[name] for name in kind.required)}之一")
    member_kind = member.kind if member else draft.sets.get("member_kind")
    if member is None:
        _check_new(draft)
    group, ceiling, due = (draft.sets.get(name) for name in ("group", "ceiling", "rectify_due"))
    groups = code_lists()["district_group" if member_kind == "district" else "peer_group"]
    if group and group not in groups:
        raise CallError(f"组别“{group}”应为{'、'.join(groups)}之一")
    if ceiling:
        if member_kind != "bank":
            raise CallError("内部评估上限只对试点机构设定")
        try:
            if not 0 < Decimal(ceiling) < LARGEST:
                raise InvalidOperation
        except InvalidOperation:
            raise CallError(f"内部评估上限“{ceiling}”应为大于0的数字，单位万元") from None
    if due:
        _day(due)


def _check_new(draft: Draft) -> None:
    """What a member that was never listed needs."""
    only_in_a_region("名单决定")
    kind, is_unit = draft.sets.get("member_kind"), draft.subject in districts() and draft.subject != "000000"
    if kind not in ("bank", "district"):
        raise CallError(f"类别“{kind}”应为bank或district")
    if kind == "district" and not is_unit:
        raise CallError(f"地区代码{draft.subject}不在{len(districts()) - 1}个地区之内")
    if kind == "bank" and is_unit:
        raise CallError(f"{draft.subject}是地区代码，类别应为district")
    for name in ("name", "group"):
        if not draft.sets.get(name):
            raise CallError(f"纳入{draft.subject}须写明{FIELDS[name]}（--{name}）")


def _check_successor(draft: Draft, listed: Mapping[str, Member]) -> None:
    successor, heir = draft.sets.get("successor"), listed.get(draft.sets.get("successor", ""))
    if listed[draft.subject].kind != "bank":
        raise CallError("承继只用于试点机构的合并和更名")
    if successor == draft.subject:
        raise CallError("承继机构不能是本机构；更名只须写明新名称（--name）")
    if heir and (heir.kind != "bank" or heir.states[-1].value not in ON_LIST):
        raise CallError(f"{successor}是地区或已退出，不能承继")
    if heir and draft.effective_on < heir.decided_on:
        raise CallError(f"生效日{draft.effective_on}早于承继机构{successor}上一项决定的生效日{heir.decided_on}")
    if successor and heir is None and (not draft.sets.get("name") or successor in districts()):
        raise CallError(f"承继机构{successor}不在名单上，须是新的机构编码并写明名称（--name）")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"日期“{text}”应如2026-10-31") from None
