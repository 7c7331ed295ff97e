"""The commands `publish` and `rebuild`, and what is said of a data version once it is there."""

from __future__ import annotations

import click

from contract.console.running import DONE, NEEDS_USER, actor, command, progress
from contract.settings import home
from etl.snapshot.opened import connect
from etl.snapshot.publish import publish, rebuild
from etl.snapshot.status import fault_rows, not_computable_line
from ledger.events import Ledger


@click.command("publish", help="生成并切换到新的数据版本")
@command
def publish_command() -> int:
    place = home()
    number = publish(place, Ledger(place.ledger), actor(), progress("补装"))
    return tell_published(f"已发布数据版本第{number}版")


@click.command("rebuild", help="只凭档案和台账重建数据仓库")
@command
def rebuild_command() -> int:
    place = home()
    number = rebuild(place, Ledger(place.ledger), actor(), progress("重建"))
    return tell_published(f"已重建并发布数据版本第{number}版")


def tell_published(words: str) -> int:
    """Says that a data version is there, which rules broke on it and what could not be worked out; the exit code that
    follows."""
    click.echo(words)
    with connect(home().current_snapshot()) as connection:
        faults, stopped = fault_rows(connection), not_computable_line(connection)
    for fault in faults:
        whose = f"{fault['submitter']} {fault['period']}" if fault["submitter"] else "跨机构、跨期"
        click.echo(f"规则故障  {fault['check']}（{whose}）未能执行：{fault['reason']}（{fault['message']}）")
    if stopped:
        click.echo(stopped)
    return NEEDS_USER if faults or stopped else DONE
