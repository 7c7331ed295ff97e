"""The commands `scores` and `triggers` of `python -m metrics`."""

from __future__ import annotations

from decimal import Decimal

import click
import duckdb

from etl.calendar import period_bounds
from etl.console import actor, command
from etl.output import FORMATS, Row
from metrics.commands import opened
from metrics.viewer import Viewer

SCORE_COLUMNS = ("subject", "kind", "total", "grade", "rank", "group_rank", "percentile", "group_percentile")
TRIGGER_COLUMNS = ("id", "rule", "subject", "period", "level", "value", "threshold", "since")

SCORES = f"""
    SELECT {", ".join(SCORE_COLUMNS).replace("total", "CAST(total AS DOUBLE) AS total")}
    FROM score
    WHERE period = ?
    ORDER BY kind, subject
"""
# A column an item of the scorecards in force on the last day of the period, in declared order.
ITEMS = """
    SELECT item
    FROM scorecard
    WHERE effective_from <= $day AND (effective_to IS NULL OR effective_to > $day)
    GROUP BY item ORDER BY min(rowid)
"""
ITEM_SCORES = "SELECT subject, item, CAST(item_score AS DOUBLE) FROM score_item WHERE period = ?"
TRIGGERS = f'SELECT {", ".join(TRIGGER_COLUMNS)} FROM "trigger" WHERE period = ? ORDER BY kind, subject, rule'
format_option = click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), default="csv", show_default=True, help="输出格式"
)
period_option = click.option("--period", required=True, help="报送期，如2026-10")


@click.command("scores", help="各试点机构、试点地区的评价得分、等级、位次和分项得分")
@period_option
@format_option
@command
def scores_command(period: str, shape: str) -> None:
    connection = opened(period)
    items = [item for (item,) in connection.execute(ITEMS, {"day": period_bounds(period)[1]}).fetchall()]
    scored: dict[str, dict[str, object]] = {}
    for subject, item, item_score in connection.execute(ITEM_SCORES, [period]).fetchall():
        scored.setdefault(subject, {})[item] = item_score
    rows = [{**row, **scored.get(row["subject"], {})} for row in select(connection, SCORES, [period])]
    print_rows(rows, (*SCORE_COLUMNS, *items), shape)


@click.command("triggers", help="某期末仍未关闭的预警线索")
@period_option
@format_option
@command
def triggers_command(period: str, shape: str) -> None:
    print_rows(select(opened(period), TRIGGERS, [period]), TRIGGER_COLUMNS, shape)


def caller() -> Viewer:
    """Who reads for a command: an analyst of the Bureau, at the machine."""
    return Viewer(actor(), "本机用户", "analyst")


def select(connection: duckdb.DuckDBPyConnection, query: str, values: list | dict) -> list[Row]:
    """What a query gives, a mapping a row."""
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def print_rows(rows: list[Row], columns: tuple[str, ...], shape: str) -> None:
    """Writes rows to the output, in one of `etl.output.FORMATS`."""
    if shape != "json":  # a float's shortest decimal, so that none prints with an exponent
        rows = [
            {name: Decimal(repr(one)) if isinstance(one, float) else one for name, one in row.items()} for row in rows
        ]
    click.echo(FORMATS[shape](rows, columns), nl=False)
