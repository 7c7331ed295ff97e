"""The command `s70`: the pledge loans in the columns of the national form S70, alone or beside that form's figures."""

from __future__ import annotations

from pathlib import Path

import click

from contract.calendar import is_quarter_end
from contract.console.output import FORMATS, Row, as_xlsx, print_rows
from contract.console.running import DONE, NEEDS_USER, command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot import opened as snapshot
from etl.snapshot.opened import open_period
from metrics.targets.s70 import HOUSEHOLDS, TIED, Comparison, Line, columns, compare, missing, read_national, s70

WHOSE = ("period", "scope", "entity", "name")

COMPARISON_NAMES = {
    "period": "报送期", "bank": "机构", "column": "列", "name": "名称", "s70": "S70", "pilot": "本系统",
    "difference": "差额（本系统－S70）", "outcome": "结果", "reason": "差异原因",
}  # fmt: skip
SCOPE_NAMES = {"city": "合计", "bank_type": "机构类别", "bank": "机构"}
SHAPES = (*FORMATS, "xlsx")


def headers() -> dict[str, str]:
    """Column of the output → its Chinese name, in order."""
    return {
        "period": "报送期", "scope": "范围", "entity": "编码", "name": "名称",
        **{column.code: f"{column.code} {column.name}（{column.unit}）" for column in columns().values()},
        "rate": "加权利率 H÷B（%）",
        **{HOUSEHOLDS[code]: f"{columns()[code].name}（跨机构去重）" for code in HOUSEHOLDS},
        "in_total": "计入合计",
    }  # fmt: skip


def row_of(period: str, line: Line) -> Row:
    whose = dict(zip(WHOSE, (period, line.scope, line.entity, line.name), strict=True))
    return {**whose, **line.figures, "rate": line.rate, **line.distinct, "in_total": line.in_total}


def comparison_row(period: str, compared: Comparison) -> Row:
    return {"period": period, "difference": compared.difference, **vars(compared)}


@click.command(
    "s70",
    help="质押贷款按1104报表S70《科技金融情况表》的列列示（万元、户），各机构、各类机构及合计；合计为各机构之和。"
    "S70为季报，季末对数；--compare与S70填报数逐格比较，差异原因留待填写，有差异时退出码为1",
)
@click.option("--period", required=True, help="报送期，如2026-09")
@click.option("--entity", help="只列一个对象：机构编码、机构类别编码或BJ")
@click.option(
    "--compare", "path", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="S70填报数的CSV，首行为“机构编码,列,数值”或“bank,column,value”，列为A至H",
)  # fmt: skip
@click.option("--format", "shape", type=click.Choice(SHAPES), default="csv", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="xlsx写到的文件")
@command
def s70_command(period: str, entity: str | None, path: Path | None, shape: str, out: Path | None) -> int:
    if (shape == "xlsx") != (out is not None):
        raise CallError("xlsx须用--out写明文件，其他格式写到标准输出")
    connection = open_period(period)
    if path:
        lines = compare(connection, period, read_national(path))
        lines = [compared for compared in lines if entity in (None, compared.bank)]
        rows, names = [comparison_row(period, compared) for compared in lines], COMPARISON_NAMES
        title = f"质押贷款与1104报表S70对数（{period}）"
    else:
        lines = [line for line in s70(connection, period) if entity in (None, line.entity)]
        rows, names = [row_of(period, line) for line in lines], headers()
        title = f"质押贷款按1104报表S70各列列示（{period}）"
    if not lines:
        raise CallError(f"{entity or '各机构'}在{period}没有可列示的数据：未报送，或没有这个对象")
    notes = [_due(period), *_absent(missing(connection, period))]
    if shape == "xlsx":
        out.write_bytes(as_xlsx(_in_words(rows), names, title, (*notes, *_marks())))
        click.echo(out)
    else:
        print_rows(rows, tuple(names), shape)
    for note in notes:
        click.echo(note, err=True)
    return NEEDS_USER if path and any(compared.outcome != TIED for compared in lines) else DONE


def _due(period: str) -> str:
    if is_quarter_end(period):
        return f"S70为季报，{period}为季末，应与各机构填报的S70对数"
    return f"S70为季报，{period}不是季末，本期不须对数，仅供参考"


def _absent(codes: list[str]) -> list[str]:
    return [f"本期应报未报、未列入也不在合计内的机构：{'、'.join(codes)}"] if codes else []


def _marks() -> tuple[str, ...]:
    demonstration = snapshot.current(home()).demonstration
    return ("内部资料 注意保存", *(("演示数据，不得作为真实情况使用",) if demonstration else ()))


def _in_words(rows: list[Row]) -> list[Row]:
    """Rows with codes by name, for a sheet that people read."""
    words = {True: "是", False: "否"}
    return [
        {**row, "scope": SCOPE_NAMES[row["scope"]], "in_total": words[row["in_total"]]} if "scope" in row else row
        for row in rows
    ]
