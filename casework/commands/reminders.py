"""The commands `task remind`, `remind-answer`, `reminders`, `firm-answer`: what was asked of whom, and the answers."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import paper_of
from casework.commands.tasks import caller, file_option
from casework.month import firm_answers, reminders
from contract.console.options import by_option, csv_option, number_argument, on_option, parse_optional
from contract.console.output import Row, print_rows
from contract.console.running import command
from contract.settings import home
from contract.work_codes import work_codes
from ledger.archive import fetch
from ledger.firm_answers import FirmAnswer
from ledger.reminders import Reminder
from metrics.queries.work.batches import reminded

COLUMNS = ("id", "period", "submitter", "on", "means", "to", "by", "answer", "answered_on", "answered_by", "files")


def row_of(one: Reminder) -> Row:
    """A reminder as a row of `COLUMNS`."""
    return vars(one) | {"files": " ".join(paper.sha256[:12] for paper in one.papers)}


def sentence(one: Reminder) -> str:
    """`第981号催报：B024 2026-10，2026-11-12电话催报张三；答复：……`."""
    means = work_codes("reminder_means")[one.means]
    said = f"；{one.answered_on}答复：{one.answer}" if one.answer else "；尚无答复"
    return f"第{one.id}号催报：{one.submitter} {one.period}，{one.on}以{means}联系{one.to}{said}"


@click.command("remind", help="登记一次催报：向谁、以何方式、何时、如何答复；已受理、不应报或未到催报日的不予登记")
@click.argument("submitter")
@click.argument("period")
@click.option("--means", required=True, type=click.Choice(tuple(work_codes("reminder_means"))), help="方式")
@click.option("--to", required=True, help="联系的人")
@on_option
@click.option("--answer", default="", help="答复；可以后用remind-answer登记")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="方式为letter时，催报函写到哪个文件夹")
@file_option
@by_option
@command
def remind_command(
    submitter: str, period: str, means: str, to: str, on: str | None, answer: str, out: Path | None,
    files: tuple[Path, ...], by: str,
) -> None:  # fmt: skip
    papers = tuple(paper_of(file) for file in files)
    facts = (submitter.strip().upper(), period.strip(), means, to, by, parse_optional(on), answer, papers)
    one = reminders.remind(home(), *facts)
    click.echo(sentence(one))
    if out and means == reminders.LETTER:
        out.mkdir(parents=True, exist_ok=True)
        letter = one.papers[len(papers)]
        (out / letter.name).write_bytes(fetch(home().archive, letter.sha256))
        click.echo(out / letter.name)


@click.command("remind-answer", help="登记对一次催报的答复")
@number_argument
@click.option("--answer", required=True, help="答复")
@on_option
@file_option
@by_option
@command
def remind_answer_command(number: int, answer: str, on: str | None, files: tuple[Path, ...], by: str) -> None:
    papers = tuple(paper_of(file) for file in files)
    click.echo(sentence(reminders.record_answer(home(), number, answer, by, parse_optional(on), papers)))


@click.command("reminders", help="催报记录")
@click.option("--period", help="报送期，如2026-10；不给则列出全部")
@click.option("--submitter", help="机构或地区编码；不给则列出全部")
@csv_option
@command
def reminders_command(period: str | None, submitter: str | None, shape: str) -> None:
    print_rows([row_of(one) for one in reminded(caller(), home(), period, submitter)], COLUMNS, shape)


@click.command("firm-answer", help="登记机构对某区重点企业融资需求的答复和原因；原因会给区级用户看，不写机构名称")
@click.argument("district")
@click.argument("uscc")
@click.option("--bank", required=True, help="机构编码")
@click.option("--answer", required=True, type=click.Choice(tuple(work_codes("firm_answer"))), help="答复")
@click.option("--reason", required=True, help="原因")
@on_option
@file_option
@by_option
@command
def firm_answer_command(
    district: str, uscc: str, bank: str, answer: str, reason: str, on: str | None, files: tuple[Path, ...], by: str
) -> None:
    papers = tuple(paper_of(file) for file in files)
    about = (district.strip(), uscc.strip().upper(), bank.strip().upper())
    one = firm_answers.record_answer(home(), *about, answer, reason, by, parse_optional(on), papers)
    click.echo(firm_sentence(one))


def firm_sentence(one: FirmAnswer) -> str:
    """`第981号对接答复：110108 9111…，B001不予支持（……）`."""
    answer = work_codes("firm_answer")[one.answer]
    return f"第{one.id}号对接答复：{one.district} {one.uscc}，{one.bank}{answer}（{one.reason}）"
