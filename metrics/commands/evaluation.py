"""The commands `scores` and `triggers` of `python -m metrics`."""

from __future__ import annotations

import click

from contract.calendar import period_bounds
from contract.console.options import csv_option, period_option
from contract.console.output import print_rows
from contract.console.running import command
from etl.snapshot.opened import open_period, select

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


@click.command("scores", help="各试点机构、试点地区的评价得分、等级、位次和分项得分")
@period_option
@csv_option
@command
def scores_command(period: str, shape: str) -> None:
    connection = open_period(period)
    items = [item for (item,) in connection.execute(ITEMS, {"day": period_bounds(period)[1]}).fetchall()]
    scored: dict[str, dict[str, object]] = {}
    for subject, item, item_score in connection.execute(ITEM_SCORES, [period]).fetchall():
        scored.setdefault(subject, {})[item] = item_score
    rows = [{**row, **scored.get(row["subject"], {})} for row in select(connection, SCORES, [period])]
    print_rows(rows, (*SCORE_COLUMNS, *items), shape)


@click.command("triggers", help="某期末仍未关闭的预警线索")
@period_option
@csv_option
@command
def triggers_command(period: str, shape: str) -> None:
    print_rows(select(open_period(period), TRIGGERS, [period]), TRIGGER_COLUMNS, shape)
