"""The command `evidence`: the evidence of a decision as one folder, or one zip."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import number_of
from casework.papers.case_file import case_file
from casework.zips import as_zip
from contract.console.options import folder_option
from contract.console.running import caller, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened


@click.command(
    "evidence",
    short_help="一项名单决定的全部依据，写成一个文件夹或zip",
    help="一项名单决定的全部依据：事项全过程（文本、Word）、名单摘录、预警线索及其指标的来历、依据材料、文书、台账记录、"
    "清单与校验值；ID为事项编号",
)
@number_of("名单决定")
@folder_option
@click.option("--zip", "zipped", is_flag=True, help="写成一个zip文件")
@command
def evidence_command(number: int, out: Path, zipped: bool) -> None:
    name, pieces = case_file(home(), caller(), opened.current(home()), number)
    target = out / (f"{name}.zip" if zipped else name)
    if target.exists() and not zipped:
        raise CallError(f"{target}已存在，请换一个文件夹或先移走")
    out.mkdir(parents=True, exist_ok=True)
    if zipped:
        target.write_bytes(as_zip(name, ((piece.path, piece.content) for piece in pieces)))
    else:
        for piece in pieces:
            path = target / piece.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(piece.content)
    click.echo(f"{target}（{len(pieces)}个文件）")
