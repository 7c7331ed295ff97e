"""The commands by which findings are explained, contested and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from contract.console.running import DONE, actor, command
from contract.settings import home
from contract.standing import ANSWER_STATES
from etl.feedback.answers import Question, answers, chosen, questions_of, said, version_answered
from etl.feedback.explanations import KINDS, answered
from etl.snapshot.opened import connect
from etl.snapshot.publish import publish
from etl.warehouse.lock import writing
from ledger.clock import reference_time
from ledger.events import Entry, Ledger

Says = Callable[[Ledger, Sequence[Question]], list[Entry]]


def _about_findings(function: Callable) -> Callable:
    """What every command takes that says something about findings."""
    parts = (
        click.argument("submitter"),
        click.argument("period"),
        click.argument("findings", nargs=-1, required=True, metavar="FINDING…"),
        click.option("--reason", required=True, help="原因或依据"),
        click.option("--by", required=True, help="由谁办理"),
        click.option("--version", type=int, help="第几版，默认为现行版本，没有则为最近一版"),
        click.option("--no-publish", is_flag=True, help="只登记，不发布新的数据版本"),
    )
    for part in reversed(parts):
        function = part(function)
    return function


def _record(
    submitter: str, period: str, version: int | None, findings: tuple[str, ...], says: Says, no_publish: bool
) -> int:
    """Appends what is said about the findings, as they stand with all that the ledger knows, and publishes.

    Read and appended under the one lock between processes, so that of two answers at once the second sees the first.
    """
    place = home()
    with writing(place):
        ledger = Ledger(place.ledger)
        with connect(place.current_snapshot()) as connection:
            submission_id = version_answered(connection, submitter, period, version)
            answered(connection, ledger.events(*KINDS), [submitter], "TEMP TABLE answered")
            entries = says(ledger, chosen(questions_of(connection, submission_id, "answered"), findings))
        ledger.append(reference_time(ledger), entries)
    for entry in entries:
        version, check, act = (entry.payload[name] for name in ("version", "check", "act"))
        click.echo(f"已登记：{submitter} {period} 第{version}版 {check}，{ANSWER_STATES[act]}")
    if no_publish:
        click.echo("下次发布（python -m etl publish）后计入报送状态")
    else:
        click.echo(f"已发布数据版本第{publish(place, ledger, actor())}版")
    return DONE


@click.command("explain", help="报送机构说明问题的原因，或提出异议；FINDING为问题序号或问题标识，见findings")
@_about_findings
@click.option("--contest", is_flag=True, help="认为校验有误，提出异议（须改正的问题也可以）")
@command
def explain_command(
    submitter: str,
    period: str,
    findings: tuple[str, ...],
    reason: str,
    by: str,
    contest: bool,
    version: int | None,
    no_publish: bool,
) -> int:
    return _record(
        submitter, period, version, findings,
        lambda ledger, questions: said(ledger, questions, reason, by, contest), no_publish,
    )  # fmt: skip


@click.command("confirm", help="监管人员确认说明、认可异议，--reject则退回；FINDING为问题序号或问题标识，见findings")
@_about_findings
@click.option("--reject", is_flag=True, help="退回说明，或不认可异议")
@command
def confirm_command(
    submitter: str,
    period: str,
    findings: tuple[str, ...],
    reason: str,
    by: str,
    reject: bool,
    version: int | None,
    no_publish: bool,
) -> int:
    return _record(
        submitter, period, version, findings,
        lambda ledger, questions: answers(ledger, questions, reason, by, not reject), no_publish,
    )  # fmt: skip
