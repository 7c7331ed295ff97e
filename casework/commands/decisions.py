"""The commands of list decisions and incidents: `propose`, `notice`, `answer`, `event`, `plan`, `acceptance`.

Decisions are taken in `approvals`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from casework.commands.acting import called, file_of, number_of, place_of, publish_after
from casework.decisions import incidents, steps
from casework.decisions.drafts import Draft
from casework.decisions.rectification import accept, plan
from contract.console.options import (
    by_option,
    by_or_caller,
    existing,
    files_option,
    on_option,
    parse_day,
    parse_optional,
    publish_option,
    sentence_option,
)
from contract.console.output import FORMATS, Row
from contract.console.running import actor, command
from contract.decision_kinds import FIELDS, decision_kind
from contract.errors import CallError
from contract.settings import home
from ledger.incidents import incident_kind
from ledger.proposals import PROPOSED, STATUS, Proposal

COLUMNS = (
    "id", "kind", "subject", "status", "proposed_on", "proposer", "effective_on", "document_no", "reason",
    "noticed_on", "answer_due", "answered_on", "decided_on", "approver", "rejected_because", "rectify_due", "triggers",
)  # fmt: skip
CONSULTATION, CONFIRMATION, ANNULMENT = "consultation", "confirmation", "annulment"
ACCEPTANCE = {"passed": True, "failed": False}


def row_of(proposal: Proposal) -> Row:
    """A proposal as a row of `COLUMNS`."""
    row = {name: getattr(proposal, name) for name in COLUMNS}
    return row | {"kind": proposal.kind.code, "triggers": " ".join(proposal.triggers)}


def sentence(proposal: Proposal) -> str:
    """`2026年第7号事项（台账编号937）：B016列入关注，2026-11-20生效，待复核`."""
    decision = f"{proposal.subject}{proposal.kind.name}，{proposal.effective_on}生效"
    said = f"{called(proposal, '事项')}：{decision}，{STATUS[proposal.status]}"
    if proposal.status == PROPOSED and proposal.kind.hearing:
        heard = f"已于{proposal.answered_on}答复" if proposal.answered_on else f"期限{proposal.answer_due}"
        said += f"；陈述申辩{heard}" if proposal.noticed_on else "；尚未告知"
    return said


def show(proposal: Proposal, shape: str | None) -> None:
    """Prints a proposal: a sentence, or a row in one of `FORMATS`."""
    click.echo(FORMATS[shape]([row_of(proposal)], COLUMNS) if shape else sentence(proposal) + "\n", nl=False)


def _field_options(function: Callable) -> Callable:
    """An option for each of `FIELDS`: what a decision may set beside the state."""
    helps = {
        "member_kind": "bank或district；默认按编码判断",
        "ceiling": "万元",
        "group": "同类机构或地区分组的编码",
        "rectify_due": "日期；默认按参数rectification_months推算",
        "successor": "机构编码",
    }
    for name, label in reversed(FIELDS.items()):
        text = f"{label}：{helps[name]}" if name in helps else label
        function = click.option(f"--{name.replace('_', '-')}", name, help=text)(function)
    return function


@click.command("propose", help="提出一项名单决定，由另一人批准。KIND为决定种类，SUBJECT为机构或地区编码")
@click.argument("kind")
@click.argument("subject")
@click.option("--reason", required=True, help="事由")
@click.option("--doc-no", "document_no", required=True, help="文号")
@click.option("--effective", required=True, help="生效日，如2026-11-20")
@by_option
@click.option("--batch", default="", help="批次，如第二批")
@click.option("--recommended-by", default="", help="推荐单位")
@click.option("--publicity-from", default="", help="公示首日")
@click.option("--publicity-to", default="", help="公示末日")
@click.option("--trigger", "triggers", multiple=True, help="所依据的预警线索编号，可重复")
@files_option
@_field_options
@sentence_option
@command
def propose_command(
    kind: str, subject: str, reason: str, document_no: str, effective: str, by: str, batch: str, recommended_by: str,
    publicity_from: str, publicity_to: str, triggers: tuple[str, ...], files: tuple[Path, ...], shape: str | None,
    **sets: str | None,
) -> None:  # fmt: skip
    shown = tuple(day and parse_day(day).isoformat() for day in (publicity_from, publicity_to))
    facts = (decision_kind(kind), subject, reason, document_no, parse_day(effective), batch, recommended_by, shown)
    show(steps.propose(home(), Draft(*facts, triggers, sets=sets), by, [file_of(path) for path in files]), shape)


@click.command("notice", help="登记限期整改、退出前的告知，算出陈述申辩期限")
@number_of("名单决定")
@on_option
@by_or_caller
@sentence_option
@command
def notice_command(number: int, on: str | None, by: str | None, shape: str | None) -> None:
    show(steps.notice(home(), number, by or actor(), parse_optional(on)), shape)


@click.command("answer", help="登记陈述申辩，文件存入原件库")
@number_of("名单决定")
@click.option("--file", "path", type=existing, required=True, help="陈述申辩的文件")
@on_option
@by_or_caller
@sentence_option
@command
def answer_command(number: int, path: Path, on: str | None, by: str | None, shape: str | None) -> None:
    show(steps.answer(home(), number, file_of(path), by or actor(), parse_optional(on)), shape)


@click.command(
    "event",
    short_help="登记报表看不出的事件，或确认、撤销事件，或登记会商结果",
    help="登记有据可查而报表看不出的事件并发布：弄虚作假、重大违法违规、案件、处罚、重大风险、自愿退出；"
    "confirmation由另一人确认弄虚作假、重大违法违规（年度等级一票否决）；"
    "consultation登记试点地区退出的会商结果，annulment撤销登记有误的事件",
)
@click.argument("kind")
@click.argument("subject")
@click.option("--file", "path", type=existing, required=True, help="依据文件，存入原件库")
@by_option
@click.option("--on", help="发生日，如2026-10-31；默认为今天")
@click.option("--note", default="", help="说明")
@click.option("--outcome", type=click.Choice(tuple(steps.OUTCOMES)), help="会商结果：同意或不同意退出")
@click.option("--of", "number", help="会商的事项编号，或被确认、被撤销的事件编号")
@publish_option
@command
def event_command(
    kind: str, subject: str, path: Path, by: str, on: str | None, note: str, outcome: str | None, number: str | None,
    no_publish: bool,
) -> None:  # fmt: skip
    if kind == CONSULTATION:
        proposal = steps.consult(home(), _of(number, "会商的事项", "名单决定"), outcome or "", file_of(path), by)
        click.echo(f"{called(proposal, '事项')}的会商结果：{steps.OUTCOMES[proposal.consulted]}")
        return
    if kind == ANNULMENT:
        place = _of(number, "被撤销的事件", "事件")
        click.echo(f"已撤销{called(incidents.annul(home(), place, subject, file_of(path), by), '事件')}")
    elif kind == CONFIRMATION:
        incident = incidents.confirm(home(), _of(number, "被确认的事件", "事件"), subject, file_of(path), by)
        confirmed = f"{incident.confirmation.on}由{incident.confirmation.by}确认"
        click.echo(f"{called(incident, '事件')}：{subject}{incident.kind.name}，{confirmed}")
    else:
        incident = incidents.record(home(), incident_kind(kind), subject, file_of(path), by, parse_optional(on), note)
        click.echo(f"{called(incident, '事件')}：{subject}{incident.kind.name}，{incident.happened_on}")
    publish_after(no_publish, by)


def _of(number: str | None, what: str, kind: str) -> int:
    if number is None:
        raise CallError(f"须写明{what}编号（--of）")
    return place_of(number, kind)


@click.command("plan", help="登记限期整改成员报送的整改方案，文件存入原件库；再次登记的代替前一份，前一份保留")
@number_of("名单决定")
@click.option("--file", "path", type=existing, required=True, help="整改方案")
@by_option
@on_option
@command
def plan_command(number: int, path: Path, by: str, on: str | None) -> None:
    decision = plan(home(), number, file_of(path), by, parse_optional(on))
    click.echo(
        f"{called(decision, '事项')}：{decision.subject}于{decision.plan.on}报送整改方案（{decision.plan.paper.name}）"
    )


@click.command("acceptance", help="登记整改验收：passed整改到位，failed不到位；验收人不能是登记整改方案的人")
@number_of("名单决定")
@click.argument("outcome", type=click.Choice(tuple(ACCEPTANCE)))
@click.option("--reason", required=True, help="验收情况")
@click.option("--file", "path", type=existing, required=True, help="验收材料，如整改报告、核查记录")
@by_option
@on_option
@command
def acceptance_command(number: int, outcome: str, reason: str, path: Path, by: str, on: str | None) -> None:
    decision = accept(home(), number, ACCEPTANCE[outcome], reason, file_of(path), by, parse_optional(on))
    said = "整改到位，可提出解除（release）" if decision.acceptance.passed else "整改不到位"
    click.echo(f"{called(decision, '事项')}：{decision.subject}于{decision.acceptance.on}验收，{said}")
