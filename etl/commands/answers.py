"""The commands by which findings are explained, contested and answered, and the list of what is still open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from contract.console.output import FORMATS
from contract.console.running import DONE, NEEDS_USER, actor, command
from contract.settings import home
from etl.commands.submissions import format_option
from etl.feedback.answers import Question, answers, chosen, questions_of, said, version_answered
from etl.feedback.explanations import KINDS, STATES, answered
from etl.snapshot.opened import connect
from etl.snapshot.publish import publish
from etl.warehouse.staging import writing
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
        click.echo(f"已登记：{submitter} {period} 第{version}版 {check}，{STATES[act]}")
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


QUESTION_COLUMNS = (
    "submitter", "period", "version", "finding", "key", "level", "check", "form", "row", "column", "value", "expected",
    "message", "state", "reason", "said_by", "said_at", "answer", "answered_by", "answered_at",
)  # fmt: skip
WORK_LIST = """
    SELECT s.submitter, s.period, s.version, f.finding_no AS finding, x.key, f.level, f.check_id AS "check", f.form,
        f.row_no AS row, f.column_code AS "column", f.value, f.expected, f.message, x.state, x.reason, x.said_by,
        x.said_at, x.answer, x.answered_by, x.answered_at
    FROM explanation x JOIN finding f USING (submission_id, finding_no) JOIN submission s USING (submission_id)
    WHERE (s.in_force OR s.version = (
            SELECT max(version) FROM submission o WHERE o.submitter = s.submitter AND o.period = s.period))
        AND (CAST($period AS TEXT) IS NULL OR s.period = $period)
        AND (CAST($submitter AS TEXT) IS NULL OR s.submitter = $submitter)
        AND CASE WHEN CAST($state AS TEXT) IS NULL THEN x.is_open OR x.state = 'contested' ELSE x.state = $state END
    ORDER BY s.period, s.submitter, s.version, f.finding_no"""


@click.command("questions", help="各机构待说明、待确认的问题和异议")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@click.option("--submitter", help="报送机构编码；不给则列出全部")
@click.option("--state", type=click.Choice(list(STATES)), help="只列这一状态的，如upheld（异议成立）")
@format_option
@command
def questions_command(period: str | None, submitter: str | None, state: str | None, shape: str) -> int:
    given = {"period": period, "submitter": submitter, "state": state}
    with connect(home().current_snapshot()) as connection:
        result = connection.execute(WORK_LIST, given)
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    click.echo(FORMATS[shape](rows, QUESTION_COLUMNS), nl=False)
    return NEEDS_USER if rows and state is None else DONE
