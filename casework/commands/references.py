"""The commands `reference` and `references`: values of reference series entered, and listed as of a day."""

from __future__ import annotations

import click

from casework.commands.acting import publish_after
from casework.policy.references import enter
from contract.console.options import by_option, csv_option, parse_day, parse_optional, publish_option
from contract.console.output import plain, print_rows
from contract.console.running import command
from contract.settings import home
from etl.snapshot import opened
from etl.snapshot.opened import select
from metrics.targets.reference_series import BASES, all_series, series_of

COLUMNS = (
    "series", "name", "unit", "frequency", "basis", "period", "value", "published_on", "source", "entered_on",
    "entered_by", "ledger_seq",
)  # fmt: skip
# What counted on a day: the latest entry by then of each series and period; declared values have no day of entry.
ROWS = """
    SELECT * FROM reference_series
    WHERE (entered_on IS NULL OR entered_on <= $day) AND (replaced_on IS NULL OR $day < replaced_on)
        AND ($series IS NULL OR series = $series)
    ORDER BY series, period
"""


@click.command(
    "reference",
    help="登记一个参照序列的值并发布。SERIES为序列编码，PERIOD形如2026-09（按季、按年的为其最后一个月），"
    "VALUE以序列的单位计；同一期再次登记即替换，两次都留存",
    context_settings={"ignore_unknown_options": True},  # a negative value is no option
)
@click.argument("series")
@click.argument("period")
@click.argument("value")
@click.option("--source", required=True, help="来源：发布机构和标题、网址或文件名")
@click.option("--published", help="发布日，如2026-10-20")
@by_option
@publish_option
@command
def reference_command(
    series: str, period: str, value: str, source: str, published: str | None, by: str, no_publish: bool
) -> None:
    declared = series_of(series)
    after, before = enter(home(), declared, period, value, source, by, parse_optional(published))
    instead = f"，替换{plain(before.value)}{declared.unit}" if before else ""
    click.echo(
        f"台账第{after.seq}号：{declared.name}（{BASES[declared.basis]}）{period}为"
        f"{plain(after.value)}{declared.unit}{instead}；来源：{after.source}"
    )
    publish_after(no_publish, by)


@click.command("references", help="参照序列及其各期的值、口径和来源；没有值的序列列为空，待登记")
@click.option("--series", help="序列编码；默认全部")
@click.option("--as-of", "day", help="截至这一日已登记的值，如2026-10-31；默认为数据版本的时点")
@csv_option
@command
def references_command(series: str | None, day: str | None, shape: str) -> None:
    asked = [series_of(series)] if series else list(all_series().values())
    latest = opened.current(home())
    on = parse_day(day) if day else latest.now.date()
    values = select(opened.connect(latest.path), ROWS, {"series": series, "day": on})
    rows = []
    for declared in asked:
        empty = {name: getattr(declared, name) for name in ("name", "unit", "frequency", "basis")}
        rows += [row for row in values if row["series"] == declared.code] or [{"series": declared.code} | empty]
    print_rows(rows, COLUMNS, shape)
