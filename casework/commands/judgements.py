"""The commands `recognise`, `initiatives` and `assess`: what analysts judge beside the figures."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import file_of, publish_after
from casework.rounds.judgements import assess, recognise, revoke
from contract.calendar import periods_between
from contract.console.options import by_option, csv_option, existing, publish_option
from contract.console.output import print_rows
from contract.console.running import caller, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened
from metrics.queries.door import records
from metrics.queries.evaluation.initiatives import initiatives

INITIATIVE_COLUMNS = (
    "submitter", "short_name", "kind", "period", "title", "category", "theme", "issued_on", "doc_no", "recognised",
    "recognised_on", "recognised_by", "points",
)  # fmt: skip


@click.command(
    "recognise", help="认可一项创新举措（试点机构每项加分，全年有上限），或用--revoke撤销认可；TITLE为填报的名称"
)
@click.argument("submitter")
@click.argument("period")
@click.argument("title")
@by_option
@click.option("--reason", default="", help="理由；撤销时必填")
@click.option("--revoke", "revoked", is_flag=True, help="撤销认可")
@publish_option
@command
def recognise_command(
    submitter: str, period: str, title: str, by: str, reason: str, revoked: bool, no_publish: bool
) -> None:
    row = (submitter.strip().upper(), period.strip(), title.strip())
    if revoked:
        revoke(home(), row, by, reason)
    else:
        recognise(home(), caller(), row, by, reason)
    click.echo(f"{'已撤销认可' if revoked else '已认可'}{row[0]}在{row[1]}的创新举措“{row[2]}”")
    publish_after(no_publish, by)


@click.command("initiatives", help="填报的创新举措：是否认可、由谁认可、加几分；默认列出全部期")
@click.option("--period", help="报送期，如2026-10")
@click.option("--year", help="年度，如2026")
@csv_option
@command
def initiatives_command(period: str | None, year: str | None, shape: str) -> None:
    if period and year:
        raise CallError("--period与--year只能给一个")
    if year and not (len(year) == 4 and year.isdecimal()):
        raise CallError(f"年度“{year}”应如2026")
    asked = periods_between(f"{year}-01", f"{year}-12") if year else [period] if period else None
    print_rows(records(initiatives(caller(), opened.current(home()), periods=asked)), INITIATIVE_COLUMNS, shape)


@click.command(
    "assess", help="评定一个定性项（评分表中来源为qualitative的项）：0至100分，须有理由和依据文件，以最后一次为准"
)
@click.argument("period")
@click.argument("subject")
@click.argument("item")
@click.argument("score")
@click.option("--reason", required=True, help="评定理由")
@click.option("--file", "path", type=existing, required=True, help="依据文件，存入原件库")
@by_option
@publish_option
@command
def assess_command(
    period: str, subject: str, item: str, score: str, reason: str, path: Path, by: str, no_publish: bool
) -> None:
    asked = (period.strip(), subject.strip().upper(), item.strip(), score.strip())
    given = assess(home(), caller(), *asked, reason, file_of(path), by)
    click.echo(f"{asked[1]}在{asked[0]}的{asked[2]}评定为{given:f}分")
    publish_after(no_publish, by)
