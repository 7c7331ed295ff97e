"""The commands that ask the current data version: who has filed what, what was found, what is still open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from contract.console.options import existing, text_option
from contract.console.output import FORMATS
from contract.console.program import later
from contract.console.running import DONE, NEEDS_USER, command
from contract.errors import CallError
from contract.settings import home
from contract.standing import ANSWER_STATES
from etl.checks.findings import FINDING_FIELDS
from etl.snapshot.opened import current, reading, select
from etl.snapshot.status import ANSWER_FIELDS, COLUMNS, finding_rows, latest_version, receipt_of, status_rows
from etl.upkeep.records import lines as upkeep_lines

version_answered = later("etl.feedback.answers:version_answered")  # with the ledger's database, for `findings` alone
# For a marked workbook, which most calls do not ask for.
as_filed, write_report = later("etl.warehouse.version:as_filed"), later("etl.feedback.report:write_report")

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


@click.command("status", help="谁报了什么、何时、结果如何")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@text_option
@command
def status_command(period: str | None, shape: str) -> int:
    with reading(current(home())) as connection:
        rows = status_rows(connection, period)
    if period and not rows:
        raise CallError(f"没有报送期{period}的记录；报送期应如2026-10")
    click.echo(FORMATS[shape](rows, COLUMNS), nl=False)
    if shape == "text" and not period:
        for line in upkeep_lines(home()):
            click.echo(line)
    return DONE


@click.command("findings", help="某次报送的校验结果")
@click.argument("submitter")
@click.argument("period")
@click.option("--version", type=int, help="第几版，默认为最近一版")
@click.option("--report", type=existing, help="另写出标注了问题的工作簿，附已有的说明和答复")
@text_option
@command
def findings_command(submitter: str, period: str, version: int | None, report: Path | None, shape: str) -> int:
    with reading(current(home())) as connection:
        latest = latest_version(connection, submitter, period)
        if latest is None or (version or latest) > latest or (version or latest) < 1:
            which = f"第{version}版" if version else ""
            raise CallError(f"没有{submitter}在{period}的报送{which}")
        submission_id = version_answered(connection, submitter, period, version or latest)
        rows = finding_rows(connection, submission_id)
        receipt = receipt_of(connection, submission_id)
    if report:
        write_report(report, replace(as_filed(home(), submission_id), findings=rows), receipt)
    click.echo(FORMATS[shape](rows, (*FINDING_FIELDS, *ANSWER_FIELDS)), nl=False)
    return DONE


@click.command("questions", help="各机构待说明、待确认的问题和异议")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@click.option("--submitter", help="报送机构编码；不给则列出全部")
@click.option("--state", type=click.Choice(list(ANSWER_STATES)), help="只列这一状态的，如upheld（异议成立）")
@text_option
@command
def questions_command(period: str | None, submitter: str | None, state: str | None, shape: str) -> int:
    given = {"period": period, "submitter": submitter, "state": state}
    with reading(current(home())) as connection:
        rows = select(connection, WORK_LIST, given)
    click.echo(FORMATS[shape](rows, QUESTION_COLUMNS), nl=False)
    return NEEDS_USER if rows and state is None else DONE
