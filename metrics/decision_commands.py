"""The commands of list decisions: `propose`, `notice`, `answer`, `event`; they are decided in `approval_commands`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from etl.console import actor, command
from etl.decisionkinds import FIELDS, decision_kind
from etl.errors import CallError
from etl.incidents import incident_kind
from etl.ledger import Ledger
from etl.output import FORMATS, Row
from etl.proposals import PROPOSED, STATUS, Paper, Proposal
from etl.publish import publish
from etl.settings import home
from metrics import deciding, incident_desk
from metrics.drafts import Draft

COLUMNS = (
    "id", "kind", "subject", "status", "proposed_on", "proposer", "effective_on", "document_no", "reason",
    "noticed_on", "answer_due", "answered_on", "decided_on", "approver", "rejected_because", "rectify_due", "triggers",
)  # fmt: skip
CONSULTATION, CONFIRMATION, ANNULMENT = "consultation", "confirmation", "annulment"

existing = click.Path(path_type=Path)
number_argument = click.argument("number", metavar="ID", type=int)
by_option = click.option("--by", required=True, help="经办人")
by_or_caller = click.option("--by", help="经办人；默认为运行命令的用户")
on_option = click.option("--on", help="日期，如2026-10-31；默认为今天")
format_option = click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), help="输出格式；不给则输出一句话")
publish_option = click.option("--no-publish", is_flag=True, help="只登记，不发布新的数据版本")


def parse_day(text: str) -> date:
    """A day as a user writes it. Raises CallError for one that cannot be."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"日期“{text}”应如2026-10-31") from None


def parse_optional(text: str | None) -> date | None:
    return parse_day(text) if text else None


def paper_of(path: Path) -> Paper:
    """A file put into the archive as evidence. Raises CallError where it is none."""
    if not path.is_file():
        raise CallError(f"找不到文件{path}")
    return deciding.archived(home(), path.name, path.read_bytes())


def row_of(one: Proposal) -> Row:
    """A proposal as a row of `COLUMNS`."""
    return {name: getattr(one, name) for name in COLUMNS} | {"kind": one.kind.code, "triggers": " ".join(one.triggers)}


def sentence(one: Proposal) -> str:
    """`第937号事项：B016列入关注，2026-11-20生效，待复核`."""
    said = f"第{one.id}号事项：{one.subject}{one.kind.name}，{one.effective_on}生效，{STATUS[one.status]}"
    if one.status == PROPOSED and one.kind.hearing:
        heard = f"已于{one.answered_on}答复" if one.answered_on else f"期限{one.answer_due}"
        said += f"；陈述申辩{heard}" if one.noticed_on else "；尚未告知"
    return said


def show(one: Proposal, shape: str | None) -> None:
    """Prints a proposal: a sentence, or a row in one of `FORMATS`."""
    click.echo(FORMATS[shape]([row_of(one)], COLUMNS) if shape else sentence(one) + "\n", nl=False)


def publish_after(no_publish: bool, by: str) -> None:
    """The list and what hangs on it, anew. On the error stream: the output is the decision's."""
    if not no_publish:
        click.echo(f"已发布数据版本第{publish(home(), Ledger(home().ledger), by)}版", err=True)


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
@click.option("--file", "files", multiple=True, type=existing, help="依据文件，存入原件库，可重复")
@_field_options
@format_option
@command
def propose_command(
    kind: str, subject: str, reason: str, document_no: str, effective: str, by: str, batch: str, recommended_by: str,
    publicity_from: str, publicity_to: str, triggers: tuple[str, ...], files: tuple[Path, ...], shape: str | None,
    **sets: str | None,
) -> None:  # fmt: skip
    shown = tuple(day and parse_day(day).isoformat() for day in (publicity_from, publicity_to))
    facts = (decision_kind(kind), subject, reason, document_no, parse_day(effective), batch, recommended_by, shown)
    papers = tuple(paper_of(file) for file in files)
    show(deciding.propose(home(), Draft(*facts, triggers, papers, sets), by), shape)


@click.command("notice", help="登记限期整改、退出前的告知，算出陈述申辩期限")
@number_argument
@on_option
@by_or_caller
@format_option
@command
def notice_command(number: int, on: str | None, by: str | None, shape: str | None) -> None:
    show(deciding.notice(home(), number, by or actor(), parse_optional(on)), shape)


@click.command("answer", help="登记陈述申辩，文件存入原件库")
@number_argument
@click.option("--file", "path", type=existing, required=True, help="陈述申辩的文件")
@on_option
@by_or_caller
@format_option
@command
def answer_command(number: int, path: Path, on: str | None, by: str | None, shape: str | None) -> None:
    show(deciding.answer(home(), number, paper_of(path), by or actor(), parse_optional(on)), shape)


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
@click.option("--outcome", type=click.Choice(tuple(deciding.OUTCOMES)), help="会商结果：同意或不同意退出")
@click.option("--of", "number", type=int, help="会商的事项编号，或被确认、被撤销的事件编号")
@publish_option
@command
def event_command(
    kind: str, subject: str, path: Path, by: str, on: str | None, note: str, outcome: str | None, number: int | None,
    no_publish: bool,
) -> None:  # fmt: skip
    if kind == CONSULTATION:
        found = deciding.consult(home(), _of(number, "会商的事项"), outcome or "", paper_of(path), by)
        click.echo(f"第{found.id}号事项的会商结果：{deciding.OUTCOMES[found.consulted]}")
        return
    if kind == ANNULMENT:
        incident_desk.annul(home(), _of(number, "被撤销的事件"), subject, paper_of(path), by)
        click.echo(f"已撤销第{number}号事件")
    elif kind == CONFIRMATION:
        sure = incident_desk.confirm(home(), _of(number, "被确认的事件"), subject, paper_of(path), by)
        click.echo(f"第{number}号事件：{subject}{sure.kind.name}，{sure.confirmation.on}由{sure.confirmation.by}确认")
    else:
        recorded = incident_desk.record(
            home(), incident_kind(kind), subject, paper_of(path), by, parse_optional(on), note
        )
        click.echo(f"第{recorded.id}号事件：{subject}{recorded.kind.name}，{recorded.happened_on}")
    publish_after(no_publish, by)


def _of(number: int | None, what: str) -> int:
    if number is None:
        raise CallError(f"须写明{what}编号（--of）")
    return number
