"""The command `outlook`: where the year's plan and the targets end at the present pace."""

from __future__ import annotations

import click

from contract.console.output import FORMATS, print_rows
from contract.console.running import command
from contract.errors import CallError
from etl.snapshot.opened import open_period
from metrics.targets.outlook import SCOPES, outlook

COLUMNS = (
    "period", "scope", "entity", "item", "name", "indicator", "unit", "method", "horizon", "now", "projected",
    "against", "difference", "ratio", "formula", "inputs", "reason", "document_no",
)  # fmt: skip


@click.command(
    "outlook",
    help="按目前进度，全年发放额、单列信贷计划和各项目标将到多少，附每个数的来历。全年数=本年累计÷至本月末应完成的进度；"
    "余额和占比=本期值+近12个月月均变动×剩余月数（合计和各组的余额按两期均报送的机构）；增速只与参照相比，不作推算",
)
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--scope", type=click.Choice(SCOPES), default="city", show_default=True, help="范围")
@click.option("--entity", help="对象编码；默认为该范围内全部对象")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def outlook_command(period: str, scope: str, entity: str | None, shape: str) -> None:
    connection = open_period(period)
    query = "SELECT DISTINCT entity FROM value WHERE period = ? AND scope = ? AND indicator = 'G01' ORDER BY entity"
    everyone = [code for (code,) in connection.execute(query, [period, scope]).fetchall()]
    rows = [
        {"period": period, "scope": scope, "entity": each} | {name: getattr(figure, name) for name in COLUMNS[3:]}
        for each in ([entity] if entity else everyone)
        for figure in outlook(connection, period, scope, each)
    ]
    if not rows:
        raise CallError(f"没有{scope} {entity or ''}在{period}的数据：未报送，或没有这个对象")
    print_rows(rows, COLUMNS, shape)
