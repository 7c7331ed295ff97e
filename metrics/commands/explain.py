"""The command `explain`: where one figure comes from."""

from __future__ import annotations

import click

from contract.console.running import command
from etl.snapshot.opened import open_period
from metrics.commands.values import check_scope
from metrics.explaining.explanation import explain
from metrics.explaining.explanation_text import WRITERS
from metrics.indicators.catalogue import indicator as indicator_of
from metrics.indicators.relations import SCOPES

ROWS_SHOWN = 50


@click.command("explain", help="一个指标值的来历：定义、公式、分子、分母、来自哪些报送、背后的数据行")
@click.argument("indicator")
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--scope", required=True, help=f"范围：{'、'.join(SCOPES)}之一")
@click.option("--entity", required=True, help="对象编码，合计为BJ")
@click.option("--rows", type=click.IntRange(min=0), help=f"每项最多列出的行数；默认文本{ROWS_SHOWN}行，json全部")
@click.option(
    "--format", "shape", type=click.Choice(tuple(WRITERS)), default="text", show_default=True, help="输出格式"
)
@command
def explain_command(indicator: str, period: str, scope: str, entity: str, rows: int | None, shape: str) -> None:
    declared = indicator_of(indicator)
    check_scope(scope)
    limit = ROWS_SHOWN if rows is None and shape == "text" else rows
    explanation = explain(open_period(period), declared, period, scope, entity, limit)
    click.echo(WRITERS[shape](explanation), nl=False)
