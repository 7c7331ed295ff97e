"""The command `targets`: where each figure stands against its target, and how far it is."""

from __future__ import annotations

import click

from contract.console.options import several
from contract.console.output import FORMATS, print_rows
from contract.console.running import command
from etl.snapshot.opened import open_period, select
from metrics.commands.values import check_entities, check_scope
from metrics.indicators.catalogue import indicator as indicator_of
from metrics.indicators.relations import SCOPES

COLUMNS = (
    "target", "period", "scope", "entity", "indicator", "shape", "level", "value", "gap", "met", "goal", "progress",
    "base", "series", "series_period", "path", "base_period", "target_period", "effective_from", "document_no",
    "set_by", "reason",
)  # fmt: skip
ROWS = f"""
    SELECT {", ".join(COLUMNS)} FROM target
    WHERE period = $period AND ($indicators IS NULL OR list_contains($indicators, indicator))
        AND ($scopes IS NULL OR list_contains($scopes, scope))
        AND ($entities IS NULL OR list_contains($entities, entity))
    ORDER BY target, list_position($scope_order, scope), entity
"""


@click.command(
    "targets",
    help="各项目标某期的水平、实际值、差距、完成度（实际值÷目标期水平，%）。形式：growth增速不低于参照，"
    "coverage全覆盖，multiple基期的倍数",
)
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--indicator", "indicators", multiple=True, help="指标编码，可重复或以逗号分隔；默认全部")
@click.option("--scope", "scopes", multiple=True, help=f"范围：{'、'.join(SCOPES)}，可重复；默认全部")
@click.option("--entity", "entities", multiple=True, help="对象编码，可重复或以逗号分隔；默认全部")
@click.option("--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式")
@command
def targets_command(
    period: str, indicators: tuple[str, ...], scopes: tuple[str, ...], entities: tuple[str, ...], shape: str
) -> None:
    wanted = {"indicators": several(indicators), "scopes": several(scopes), "entities": several(entities)}
    for code in wanted["indicators"] or ():
        indicator_of(code)
    for scope in wanted["scopes"] or ():
        check_scope(scope)
    connection = open_period(period)
    check_entities(connection, wanted["entities"] or ())
    print_rows(select(connection, ROWS, {"period": period, "scope_order": list(SCOPES), **wanted}), COLUMNS, shape)
