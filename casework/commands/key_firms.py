"""The commands `key-firms` and `task firm-answer`: which firms of a district wait for a loan, and what banks said."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from casework.commands.acting import called, file_of
from casework.month.firm_answers import record_answer
from contract.console.options import by_option, csv_option, files_option, on_option, parse_optional, period_option
from contract.console.output import print_rows
from contract.console.running import caller, command
from contract.month_work import work_codes
from contract.settings import home
from etl.snapshot import opened
from ledger.month.firm_answers import FirmAnswer
from metrics.queries.work.key_firms import KeyFirm, key_firms

COLUMNS = tuple(field.name for field in fields(KeyFirm))


@click.command("key-firms", help="重点企业对接：各区重点企业有无贷款、等待天数、机构的答复和原因")
@period_option
@click.option("--district", help="地区代码；不给则列出全部")
@csv_option
@command
def key_firms_command(period: str, district: str | None, shape: str) -> None:
    opened.open_period(period)
    firms = key_firms(caller(), opened.current(home()), home(), period, district)
    print_rows([vars(firm) for firm in firms], COLUMNS, shape)


@click.command("firm-answer", help="登记机构对某区重点企业融资需求的答复和原因；原因会给区级用户看，不写机构名称")
@click.argument("district")
@click.argument("uscc")
@click.option("--bank", required=True, help="机构编码")
@click.option("--answer", required=True, type=click.Choice(tuple(work_codes("firm_answer"))), help="答复")
@click.option("--reason", required=True, help="原因")
@on_option
@files_option
@by_option
@command
def firm_answer_command(
    district: str, uscc: str, bank: str, answer: str, reason: str, on: str | None, files: tuple[Path, ...], by: str
) -> None:
    about = (district.strip(), uscc.strip().upper(), bank.strip().upper())
    evidence = [file_of(path) for path in files]
    click.echo(sentence(record_answer(home(), *about, answer, reason, by, parse_optional(on), evidence)))


def sentence(given: FirmAnswer) -> str:
    """`2026年第7号对接答复（台账编号981）：110108 9111…，B001不予支持（……）`."""
    answer = work_codes("firm_answer")[given.answer]
    return f"{called(given, '对接答复')}：{given.district} {given.uscc}，{given.bank}{answer}（{given.reason}）"
