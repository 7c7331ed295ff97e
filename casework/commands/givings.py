"""The commands `give ask`, `give take`, `give list`: files that are given to others; `approve` and `reject` decide."""

from __future__ import annotations

from pathlib import Path

import click

from casework.commands.acting import called, file_of, number_of
from casework.giving.given import taken_out
from casework.giving.requests import request
from contract.console.options import by_option, csv_option, sentence_option
from contract.console.output import FORMATS, Row, print_rows
from contract.console.running import command
from contract.errors import CallError
from contract.levels import levels
from contract.settings import home
from ledger.events import Ledger
from ledger.givings import EVENTS, Giving, GivingDraft, givings
from ledger.proposals import APPROVED, PROPOSED, STATUS

COLUMNS = (
    "id", "number", "recipient", "purpose", "what", "level", "rows", "version", "status", "proposer", "proposed_on",
    "approver", "decided_on", "rejected_because", "given_by", "given_on", "file", "sha256",
)  # fmt: skip


def giving_row(giving: Giving) -> Row:
    """A request as a row of `COLUMNS`."""
    return vars(giving) | vars(giving.draft) | {"file": giving.paper.name, "sha256": giving.paper.sha256}


def show_giving(giving: Giving, shape: str | None) -> None:
    """Prints a request: a sentence, or a row in one of `FORMATS`."""
    if shape:
        click.echo(FORMATS[shape]([giving_row(giving)], COLUMNS), nl=False)
        return
    said = f"{called(giving, '对外提供')}：{giving.draft.what}，提供给{giving.draft.recipient}，{STATUS[giving.status]}"
    if giving.status == PROPOSED:
        said += f"；须由另一人批准：python -m casework approve {giving.id} --by 姓名"
    elif giving.status == APPROVED and not giving.given_on:
        said += f"；领出（只给出一次）：python -m casework give take {giving.id} --out 目录 --by 姓名"
    click.echo(said)


@click.command("ask", help="申请把一个文件提供给外单位；须由另一人用approve批准，批准后用take领出")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", "recipient", required=True, help="接收单位")
@click.option("--purpose", required=True, help="用途和依据")
@click.option("--what", required=True, help="文件内容")
@click.option("--level", required=True, type=click.Choice(tuple(levels())), help="文件所含数据的最高级别")
@click.option("--rows", default=0, help="明细行数，不是明细的为0")
@click.option("--number", "version", default=0, help="取自第几版数据，不是取自数据版本的为0")
@by_option
@sentence_option
@command
def ask_command(path: Path, by: str, shape: str | None, **said) -> None:
    show_giving(request(home(), GivingDraft(**said), file_of(path), by), shape)


@click.command("take", help="领出已批准提供的文件，写到目录中；只给出一次，记入台账和查阅记录")
@number_of("对外提供")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到这个目录")
@by_option
@command
def take_command(number: int, out: Path, by: str) -> None:
    if not out.is_dir():
        raise CallError(f"没有目录{out}")
    name, content = taken_out(home(), number, by)
    target = out / Path(name).name
    target.write_bytes(content)
    click.echo(f"已写到{target}")


@click.command("list", help="对外提供的申请：给谁、为何、什么级别、谁批准、何时领出、文件的校验值")
@csv_option
@command
def list_command(shape: str) -> None:
    print_rows([giving_row(one) for one in givings(Ledger(home().ledger).events(*EVENTS)).values()], COLUMNS, shape)
