"""The command `what-if FILE --adopt`: a trial that was looked at becomes one policy proposal."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.policy import show_policy
from casework.policy.changes import adopt
from contract.console.options import parse_day
from contract.console.running import command
from contract.errors import CallError
from contract.settings import home


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
