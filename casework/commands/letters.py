"""The command `letter`: the letters of a case, or the reminder to a member whose report is missing."""

from __future__ import annotations

from pathlib import Path

import click

from casework.papers.made_letters import case_letters, reminder_letter
from contract.console.options import by_or_caller, folder_option, parse_period
from contract.console.running import actor, command
from contract.errors import CallError
from contract.settings import home


@click.command("letter", help="制作文书（Word）：ID为事项编号；给出--period时ID为成员编码，制作催报函")
@click.argument("what", metavar="ID")
@folder_option
@click.option("--period", help="催报的报送期，如2026-10")
@by_or_caller
@command
def letter_command(what: str, out: Path, period: str | None, by: str | None) -> None:
    maker = by or actor()
    if period:
        letters = [reminder_letter(home(), what.strip().upper(), parse_period(period), maker)]
    elif what.isdecimal():
        letters = case_letters(home(), int(what), maker)
    else:
        raise CallError(f"事项编号“{what}”应为数字；催报函须用--period写明报送期")
    out.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        (out / letter.file_name).write_bytes(letter.content)
        click.echo(out / letter.file_name)
