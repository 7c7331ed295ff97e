"""The command `letter`: the letters of a case, or the reminder to a member whose report is missing."""

from __future__ import annotations

import re
from pathlib import Path

import click

from casework.papers.made_letters import case_letters, reminder_letter
from contract.console.running import actor, command
from contract.errors import CallError
from contract.settings import home


@click.command("letter", help="制作文书（Word）：ID为事项编号；给出--period时ID为成员编码，制作催报函")
@click.argument("what", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到哪个文件夹")
@click.option("--period", help="催报的报送期，如2026-10")
@click.option("--by", help="经办人；默认为运行命令的用户")
@command
def letter_command(what: str, out: Path, period: str | None, by: str | None) -> None:
    maker = by or actor()
    if period:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
            raise CallError(f"报送期“{period}”应如2026-10")
        made = [reminder_letter(home(), what.strip().upper(), period, maker)]
    elif what.isdecimal():
        made = case_letters(home(), int(what), maker)
    else:
        raise CallError(f"事项编号“{what}”应为数字；催报函须用--period写明报送期")
    out.mkdir(parents=True, exist_ok=True)
    for letter in made:
        (out / letter.file_name).write_bytes(letter.content)
        click.echo(out / letter.file_name)
