"""The command `nation`: figures of the country and of its regions."""

from __future__ import annotations

import click

from contract.console.options import csv_option, period_option, several
from contract.console.output import print_rows
from contract.console.running import caller, command
from contract.declarations import regions
from contract.errors import CallError
from contract.settings import country_home
from etl.snapshot.opened import current
from metrics.indicators.catalogue import indicator as indicator_of
from metrics.queries.door import records
from metrics.queries.figures.nation import figures
from metrics.queries.figures.values import periods

COLUMNS = ("period", "scope", "entity", "indicator", "part", "whole", "value", "withheld")


@click.command("nation", help="某期全国和各区域的指标值；以PILOT_REGION指明区域的，只有该区域和全国")
@period_option
@click.option("--indicator", "indicators", multiple=True, help="指标编码，可重复或以逗号分隔；默认全部")
@click.option("--region", help="区域编码；默认全部")
@csv_option
@command
def nation_command(period: str, indicators: tuple[str, ...], region: str | None, shape: str) -> None:
    if len(regions()) == 1:
        raise CallError("只声明了一个区域，没有全国的数据；指标值见python -m metrics values")
    wanted, viewer, snapshot = several(indicators), caller(), current(country_home())
    for code in wanted or ():
        indicator_of(code)
    if region is not None and region not in regions():
        raise CallError(f"没有声明区域“{region}”，应为{'、'.join(regions())}之一")
    if period not in periods(viewer, snapshot):
        raise CallError(f"全国的数据版本没有报送期“{period}”的指标值")
    found = figures(viewer, snapshot, period, indicators=wanted, region=region)
    print_rows(records(found), COLUMNS, shape)
