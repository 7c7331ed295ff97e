"""The commands `parameter`, `parameters`, `what-if FILE --adopt`: propose a value or a trial; read both."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import called
from casework.commands.decisions import COLUMNS
from casework.policy.changes import adopt, book_of, propose_value, recalculated
from contract.console.options import by_option, csv_option, parse_day, sentence_option
from contract.console.output import FORMATS, Row, plain, print_rows
from contract.console.running import command
from contract.errors import CallError
from contract.parameter_rules import group_of
from contract.parameters import DEMONSTRATION, Parameter
from contract.settings import home
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.proposals import PROPOSED, REJECTED, STATUS
from metrics.evaluation.policy_proposals import PolicyProposal, parsed_value

PARAMETER_COLUMNS = (
    "name", "value", "unit", "effective_from", "document_no", "demonstration", "set_by", "proposer", "approver",
    "reason", "group", "note",
)  # fmt: skip


def policy_row(proposal: PolicyProposal) -> Row:
    """A policy proposal as a row of those of list decisions, and `changes`."""
    row = {name: getattr(proposal, name, None) for name in COLUMNS}
    draft = proposal.draft
    return row | {
        "kind": "policy",
        "subject": draft.subject,
        "effective_on": draft.effective_from,
        "document_no": draft.document_no,
        "reason": draft.reason,
        "changes": "；".join(proposal.changes),
    }


def show_policy(proposal: PolicyProposal, shape: str | None) -> None:
    """Prints a policy proposal: a sentence with what it does to past rounds, or a row in one of `FORMATS`."""
    if shape:
        click.echo(FORMATS[shape]([policy_row(proposal)], (*COLUMNS, "changes")), nl=False)
        return
    effective = proposal.draft.effective_from
    said = f"{called(proposal, '政策提议')}：{'；'.join(proposal.changes)}，自{effective}起，{STATUS[proposal.status]}"
    if proposal.status == PROPOSED:
        said += f"；须由另一人批准：python -m casework approve {proposal.id} --by 姓名"
    click.echo(said)
    rounds = recalculated(home(), effective, reference_time(Ledger(home().ledger)).date())
    if rounds and proposal.status != REJECTED:
        click.echo(f"生效日在已结束的轮次之前：{'、'.join(rounds)}的结果将按新值重算，已冻结的轮次不变", err=True)


@click.command("parameter", help="提议自某日起改变一项政策参数；须由另一人用approve批准，批准后登记并发布")
@click.argument("name")
@click.argument("value")
@click.option("--effective", required=True, help="生效日，如2027-01-01")
@click.option("--doc-no", "document_no", required=True, help="依据的文号")
@by_option
@click.option("--note", "reason", default="", help="说明")
@sentence_option
@command
def parameter_command(
    name: str, value: str, effective: str, document_no: str, by: str, reason: str, shape: str | None
) -> None:
    number = parsed_value(book_of(Ledger(home().ledger)), name, value)
    show_policy(propose_value(home(), name, number, parse_day(effective), document_no, reason, by), shape)


@click.command("parameters", help="政策参数：值、单位、生效日、文号、由谁提议和批准；演示参数须由政策另行确定")
@click.option("--as-of", "day", help="日期，如2026-10-31；默认为今天")
@click.option("--name", help="只列一项参数，或名称以此开头的")
@click.option("--history", is_flag=True, help="列出历次的值，含尚未到生效日的")
@csv_option
@command
def parameters_command(day: str | None, name: str | None, history: bool, shape: str) -> None:
    ledger = Ledger(home().ledger)
    parameters = book_of(ledger).parameters
    on = parse_day(day) if day else reference_time(ledger).date()
    entries = (
        [value for values in parameters.history.values() for value in values if not day or value.effective_from <= on]
        if history
        else list(parameters.at(on).entries.values())
    )
    if name:
        exact = [entry for entry in entries if entry.name == name]
        entries = exact or [entry for entry in entries if entry.name.startswith(name)]
        if not entries:
            parsed_value(book_of(ledger), name, "0")
    print_rows([parameter_row(entry) for entry in entries], PARAMETER_COLUMNS, shape)


def parameter_row(entry: Parameter) -> Row:
    """A value of a parameter as a row of `PARAMETER_COLUMNS`."""
    demonstration = entry.document_no == DEMONSTRATION
    told = {"value": plain(entry.value), "demonstration": demonstration, "set_by": entry.set_by}
    return vars(entry) | told | {"group": group_of(entry.name).name}


@click.command(
    "what-if",
    short_help="参数试算采用：把试算的改动作为一项政策提议",
    help="把试算文件的全部改动作为一项政策提议，由另一人批准；先用python -m metrics what-if看试算的结果",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--adopt", "adopts", is_flag=True, help="提议采用")
@click.option("--effective", help="采用的生效日，如2027-01-01")
@click.option("--doc-no", "document_no", help="采用依据的文号")
@click.option("--by", help="由谁提议采用")
@click.option("--reason", default="", help="采用的事由")
@command
def adopt_command(
    file: Path, adopts: bool, effective: str | None, document_no: str | None, by: str | None, reason: str
) -> None:
    if not adopts:
        raise CallError("看试算的结果用python -m metrics what-if；提议采用须加--adopt")
    if not effective or not document_no or not by:
        raise CallError("提议采用须写明--effective、--doc-no和--by")
    if not file.is_file():
        raise CallError(f"找不到试算文件{file}")
    show_policy(adopt(home(), (file.name, file.read_bytes()), parse_day(effective), document_no, reason, by), None)
