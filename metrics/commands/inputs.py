"""The command `inputs` of `python -m metrics`."""

from __future__ import annotations

from pathlib import Path

import click

from contract.console.options import csv_option, existing
from contract.console.output import print_rows
from contract.console.program import later
from contract.console.running import command
from metrics.engines.at_hand import DUCKDB, ENGINES, check_master

inputs_of = later("metrics.engines.inputs:inputs_of")


@click.command("inputs", help="评价和预警除指标值外所依据的行，由数据交换算出")
@click.argument("name", metavar="standing|credit_plan|same_bank_borrowers|above_ceiling")
@click.option("--from", "folder", type=existing, required=True, help="导出的数据交换所在目录")
@click.option("--engine", default=DUCKDB, show_default=True, type=click.Choice(ENGINES), help="用哪种引擎计算")
@click.option("--master", help="Spark集群的地址，如spark://主机:7077；默认本机的全部处理器")
@csv_option
@command
def inputs_command(name: str, folder: Path, engine: str, master: str | None, shape: str) -> None:
    check_master(engine, master)
    table = inputs_of(folder, engine, master, name)
    columns = tuple(table.column_names)
    print_rows(table.sort_by([(column, "ascending") for column in columns]).to_pylist(), columns, shape)
