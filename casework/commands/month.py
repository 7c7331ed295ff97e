"""The commands of the month: `batch open`, `batch show`, `batch list`, and `calendar`."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import click

from casework.month.batches import open_batch
from contract.calendar import period_bounds
from contract.console.options import by_option, csv_option, parse_period, period_option
from contract.console.output import print_rows
from contract.console.running import DONE, NEEDS_USER, caller, command, progress
from contract.settings import home
from etl.snapshot import opened
from etl.template.workbook import expected_members, write_templates
from ledger.archive import fetch
from ledger.events import Ledger
from ledger.month.batches import EVENT, Batch, batches
from ledger.policy import parameters_at
from metrics.queries.work.batches import Asked, batch_members, batch_standings
from metrics.queries.work.month import OVERDUE, STATES, UNRECORDED, month

MEMBER_COLUMNS = tuple(field.name for field in fields(Asked))
BATCH_COLUMNS = (
    "period", "state", "opened_on", "opened_by", "deadline", "expected", "received", "missing", "returned",
)  # fmt: skip
STEP_COLUMNS = ("step", "name", "first", "last", "state", "done_on", "note")
out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="通知（Word）和各成员预填的模板写到哪个文件夹"
)


def _write(batch: Batch, out: Path | None) -> None:
    """The notice as it was kept, and a prefilled template for each member that the batch names."""
    if out is None:
        return
    place = home()
    out.mkdir(parents=True, exist_ok=True)
    (out / batch.notice.name).write_bytes(fetch(place.archive, batch.notice.sha256))
    click.echo(out / batch.notice.name, err=True)
    asked = [member for member in expected_members(place, batch.period) if member[0] in batch.expected]
    policy = parameters_at(place).at(period_bounds(batch.period)[1])
    # Before the first publication nothing is there to bring along.
    with closing(opened.connect(place.current_snapshot())) if place.is_published else nullcontext() as connection:
        for path in write_templates(connection, asked, batch.period, policy, out, progress("写出模板")):
            click.echo(path, err=True)


@click.group("batch", help="布置：某报送期谁应报什么、何时截止")
def batch_group() -> None:
    pass


@batch_group.command("open", help="布置一个报送期，只能布置一次；--out写出通知和预填的模板")
@click.argument("period")
@by_option
@out_option
@command
def open_command(period: str, by: str, out: Path | None) -> None:
    batch = open_batch(home(), parse_period(period), by)
    last_day = batch.deadline.date() - timedelta(days=1)
    click.echo(f"已布置{batch.period}：应报{len(batch.expected)}家，截止{last_day} 24:00")
    _write(batch, out)


@batch_group.command("show", help="某报送期的布置：各成员应报表式、报送状态和催报次数；--out再次写出通知和模板")
@click.argument("period")
@out_option
@csv_option
@command
def show_command(period: str, out: Path | None, shape: str) -> None:
    wanted = parse_period(period)
    members = batch_members(caller(), opened.current(home()), home(), wanted)
    print_rows([vars(member) | {"forms": " ".join(member.forms)} for member in members], MEMBER_COLUMNS, shape)
    _write(batches(Ledger(home().ledger).events(EVENT))[wanted], out)


@batch_group.command("list", help="各报送期的布置：报送中、已截止、已关闭，已受理、未报、已退回家数")
@csv_option
@command
def list_command(shape: str) -> None:
    names = ("period", "opened_on", "opened_by", "deadline")
    rows = [
        vars(standing) | {name: getattr(standing.batch, name) for name in names}
        for standing in batch_standings(caller(), opened.current(home()), home())
    ]
    print_rows(rows, BATCH_COLUMNS, shape)


@click.command("calendar", help="月历：某报送期各步骤的日期和状态；有逾期或未登记的，退出码为1")
@period_option
@csv_option
@command
def calendar_command(period: str, shape: str) -> int:
    standings = month(caller(), opened.current(home()), home(), parse_period(period))
    rows = [
        vars(standing) | {"step": standing.step.code, "name": standing.step.name, "state": STATES[standing.state]}
        for standing in standings
    ]
    print_rows(rows, STEP_COLUMNS, shape)
    return NEEDS_USER if any(standing.state in (OVERDUE, UNRECORDED) for standing in standings) else DONE
