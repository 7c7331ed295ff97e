"""The command `movement`: what moved a balance from last month to this one, and the loans that moved it most."""

from __future__ import annotations

import click

from contract.console.output import FORMATS
from contract.console.running import command
from contract.errors import CallError
from etl.snapshot.opened import open_period
from metrics.indicators.movement import MEASURES, SCOPES, components

COLUMNS = ("period", "scope", "entity", "measure", "component", "name", "amount", "loans")
ROWS = """
    SELECT period, scope, entity, measure, component, amount, loans FROM movement
    WHERE period = $period AND scope = $scope AND entity = $entity AND list_contains($measures, measure)
"""


@click.command("movement", help="余额、不良余额从上月到本月的变动：各项原因的金额（万元）和笔数")
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--scope", type=click.Choice(SCOPES), default="city", show_default=True, help="范围")
@click.option("--entity", default="BJ", show_default=True, help="对象编码，合计为BJ")
@click.option("--of", "measure", type=click.Choice(MEASURES), help="只看余额（balance）或不良余额（npl）")
@click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), default="text", show_default=True, help="输出格式"
)
@command
def movement_command(period: str, scope: str, entity: str, measure: str | None, shape: str) -> None:
    measures = [measure] if measure else list(MEASURES)
    place = {"period": period, "scope": scope, "entity": entity, "measures": measures}
    amounts = {(row[3], row[4]): row for row in open_period(period).execute(ROWS, place).fetchall()}
    if not amounts:
        raise CallError(f"没有{scope} {entity}在{period}的变动：上月没有可比的报送，或没有这个对象")
    rows = []
    for component in components():
        if (component.measure, component.code) in amounts:
            *key, amount, loans = amounts[component.measure, component.code]
            rows.append(dict(zip(COLUMNS, (*key, component.name, amount, loans), strict=True)))
    click.echo(FORMATS[shape](rows, COLUMNS), nl=False)
