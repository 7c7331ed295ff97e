"""The commands `scores`, `triggers` and `list` of `python -m metrics`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import click
import duckdb

from etl.calendar import period_bounds
from etl.console import command
from etl.errors import CallError
from etl.output import FORMATS, Row
from etl.settings import home
from metrics import snapshot
from metrics.commands import opened

SCORE_COLUMNS = ("subject", "kind", "total", "grade", "rank", "group_rank", "percentile", "group_percentile")
TRIGGER_COLUMNS = ("id", "rule", "subject", "period", "level", "value", "threshold", "since")
LIST_COLUMNS = ("code", "name", "kind", "state", "since", "ceiling")

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
LIST = """
    SELECT member.code, member.name, member.kind, member_state.state, member_state.from_date AS since, ceiling.ceiling
    FROM member
    JOIN member_state
        ON member_state.code = member.code AND member_state.from_date <= $day
        AND (member_state.to_date IS NULL OR member_state.to_date > $day)
    LEFT JOIN ceiling
        ON ceiling.code = member.code AND ceiling.from_date <= $day
        AND (ceiling.to_date IS NULL OR ceiling.to_date > $day)
    ORDER BY member.kind, member.code
"""

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
    rows = [{**row, **scored.get(row["subject"], {})} for row in _rows(connection, SCORES, [period])]
    _print(rows, (*SCORE_COLUMNS, *items), shape)


@click.command("triggers", help="某期末仍未关闭的预警线索")
@period_option
@format_option
@command
def triggers_command(period: str, shape: str) -> None:
    _print(_rows(opened(period), TRIGGERS, [period]), TRIGGER_COLUMNS, shape)


@click.command("list", help="某日的试点名单")
@click.option("--as-of", "as_of", help="日期，如2026-10-31；默认为数据版本的时点")
@format_option
@command
def list_command(as_of: str | None, shape: str) -> None:
    latest = snapshot.current(home())
    day = _day(as_of) if as_of else latest.now.date()
    _print(_rows(snapshot.connect(latest.path), LIST, {"day": day}), LIST_COLUMNS, shape)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallError(f"日期“{text}”应如2026-10-31") from None


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: list | dict) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _print(rows: list[Row], columns: tuple[str, ...], shape: str) -> None:
    if shape != "json":  # a float's shortest decimal, so that none prints with an exponent
        rows = [
            {name: Decimal(repr(one)) if isinstance(one, float) else one for name, one in row.items()} for row in rows
        ]
    click.echo(FORMATS[shape](rows, columns), nl=False)
