"""The command that holds the demonstration's evaluation rounds and passes its issues of the briefing: `demonstrate`."""

from __future__ import annotations

import click

from casework.commands.acting import publish_after
from casework.issues.demonstration import demonstrate_issues
from casework.rounds.demonstration import demonstrate
from contract.console.running import command
from contract.settings import home
from etl.demo.decisions import PROPOSER


@click.command("demonstrate", help="在演示数据上办理评价轮次并发布，再办理几期月报；已有的不再办理")
@command
def demonstrate_command() -> None:
    held = demonstrate(home())
    click.echo(f"演示评价轮次已办理{held}个" if held else "已有评价轮次，没有改动")
    publish_after(not held, PROPOSER)
    drafted = demonstrate_issues(home())
    click.echo(f"演示月报已办理{drafted}期" if drafted else "已有月报，没有改动")
