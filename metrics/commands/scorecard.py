"""The command `scorecard`: one member's items, themes, total and places, and what one unit more would bring."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.options import period_option
from contract.console.output import FORMATS, as_xlsx, print_rows
from contract.console.running import caller, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened as snapshot
from etl.snapshot.opened import open_period
from metrics.queries.evaluation.scorecard_sheet import sheet
from metrics.queries.evaluation.scorecard_text import COLUMNS, WRITERS, rows_of
from metrics.queries.members.roster import members

SHAPES = (*FORMATS, "xlsx")


@click.command(
    "scorecard", help="一个成员的评分表：各项的值、权重、得分、再进一单位可得的分，主题得分，加减分，总分与位次"
)
@click.argument("subject")
@period_option
@click.option("--format", "shape", type=click.Choice(SHAPES), default="text", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="xlsx写到的文件")
@command
def scorecard_command(subject: str, period: str, shape: str, out: Path | None) -> None:
    if (shape == "xlsx") != (out is not None):
        raise CallError("xlsx须用--out写明文件；其他格式写到标准输出，不用--out")
    open_period(period)
    latest, code = snapshot.current(home()), subject.strip().upper()
    known = members(caller(), latest, code=code)
    if known.empty:
        raise CallError(f"试点名单上没有{subject}")
    card = sheet(caller(), latest, period, code, known.iloc[0]["kind"])
    if shape == "xlsx":
        notes = ("内部资料 注意保存", *(("演示数据，不得作为真实情况使用",) if latest.demonstration else ()))
        out.write_bytes(as_xlsx(rows_of(card), COLUMNS, f"{card.name}评分表（{period}）", notes))
        click.echo(out)
    elif shape == "csv":
        print_rows(rows_of(card), tuple(COLUMNS), shape)
    else:
        click.echo(WRITERS[shape](card), nl=False)
