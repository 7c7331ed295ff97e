"""The commands `task remind`, `remind-answer`, `reminders`: who was asked for a missing report, and what it said."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import called, file_of, number_of
from casework.month.reminders import LETTER, record_answer, remind
from contract.console.options import by_option, csv_option, files_option, on_option, parse_optional
from contract.console.output import Row, print_rows
from contract.console.running import caller, command
from contract.month_work import work_codes
from contract.settings import home
from ledger.archive import fetch
from ledger.month.batches import Reminder
from metrics.queries.work.batches import reminded

COLUMNS = ("id", "period", "submitter", "on", "means", "to", "by", "answer", "answered_on", "answered_by", "files")


def row_of(reminder: Reminder) -> Row:
    """A reminder as a row of `COLUMNS`."""
    return vars(reminder) | {"files": " ".join(paper.sha256[:12] for paper in reminder.papers)}


def sentence(reminder: Reminder) -> str:
    """`2026年第7号催报（台账编号981）：B024 2026-10，2026-11-12电话催报张三；答复：……`."""
    means = work_codes("reminder_means")[reminder.means]
    said = f"；{reminder.answered_on}答复：{reminder.answer}" if reminder.answer else "；尚无答复"
    whom = f"{reminder.submitter} {reminder.period}，{reminder.on}以{means}联系{reminder.to}"
    return f"{called(reminder, '催报')}：{whom}{said}"


@click.command("remind", help="登记一次催报：向谁、以何方式、何时、如何答复；已受理、不应报或未到催报日的不予登记")
@click.argument("submitter")
@click.argument("period")
@click.option("--means", required=True, type=click.Choice(tuple(work_codes("reminder_means"))), help="方式")
@click.option("--to", required=True, help="联系的人")
@on_option
@click.option("--answer", default="", help="答复；可以后用remind-answer登记")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="方式为letter时，催报函写到哪个文件夹")
@files_option
@by_option
@command
def remind_command(
    submitter: str, period: str, means: str, to: str, on: str | None, answer: str, out: Path | None,
    files: tuple[Path, ...], by: str,
) -> None:  # fmt: skip
    facts = (submitter.strip().upper(), period.strip(), means, to, by, parse_optional(on), answer)
    reminder = remind(home(), *facts, [file_of(path) for path in files])
    click.echo(sentence(reminder))
    if out and means == LETTER:
        out.mkdir(parents=True, exist_ok=True)
        letter = reminder.papers[len(files)]
        (out / letter.name).write_bytes(fetch(home().archive, letter.sha256))
        click.echo(out / letter.name)


@click.command("remind-answer", help="登记对一次催报的答复")
@number_of("催报")
@click.option("--answer", required=True, help="答复")
@on_option
@files_option
@by_option
@command
def remind_answer_command(number: int, answer: str, on: str | None, files: tuple[Path, ...], by: str) -> None:
    evidence = [file_of(path) for path in files]
    click.echo(sentence(record_answer(home(), number, answer, by, parse_optional(on), evidence)))


@click.command("reminders", help="催报记录")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@click.option("--submitter", help="机构或地区编码；不给则列出全部")
@csv_option
@command
def reminders_command(period: str | None, submitter: str | None, shape: str) -> None:
    print_rows([row_of(reminder) for reminder in reminded(caller(), home(), period, submitter)], COLUMNS, shape)
