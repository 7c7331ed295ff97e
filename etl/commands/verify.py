"""The command `verify`: whether archive, ledger and snapshots are whole and agree."""

from __future__ import annotations

import click

from contract.console.running import DONE, NEEDS_USER, command, progress
from contract.settings import home
from etl.snapshot.verify import report_lines, verify


@click.command("verify", help="核对台账、档案和数据版本是否完整相符")
@command
def verify_command() -> int:
    report = verify(home(), progress("核对"))
    for line in report_lines(report):
        click.echo(line)
    return NEEDS_USER if report.faults else DONE
