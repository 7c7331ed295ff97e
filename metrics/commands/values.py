"""The commands `values` and `restated` of `python -m metrics`."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import click
import duckdb
import pyarrow as pa

from contract.console.options import existing, several
from contract.console.output import FORMATS
from contract.console.program import later
from contract.console.running import command
from contract.errors import CallError
from contract.wording import NOT_COMPUTABLE
from etl.exchange.room import Room
from etl.snapshot.opened import open_period
from metrics.engines.at_hand import DUCKDB, ENGINES, check_master, check_room
from metrics.indicators.relations import SCOPES

# Figures as they lie in the snapshot need no catalogue, and most are asked for as text.
figures_of = later("metrics.engines.engine:figures_of")
indicator_of, write_parquet = later("metrics.indicators.catalogue:indicator"), later("pyarrow.parquet:write_table")

COLUMNS = ("period", "scope", "entity", "indicator", "part", "whole", "value")
SHAPES = ("csv", "json", "parquet")

ABSENT = "absent"  # beside the columns where rows without a value are asked for: that a figure is not computable
VALUES = f"""
    SELECT {", ".join(COLUMNS)}, {ABSENT}
    FROM (
        SELECT *, NULL AS {ABSENT} FROM value
        UNION ALL BY NAME
        SELECT period, scope, entity, indicator, $word || '：' || reason AS {ABSENT} FROM not_computable
        WHERE regexp_full_match(indicator, '[A-Z][0-9]{{2}}')
    )
    WHERE period = $period AND (value IS NOT NULL OR $all)
        AND ($indicators IS NULL OR list_contains($indicators, indicator))
        AND ($scopes IS NULL OR list_contains($scopes, scope))
        AND ($entities IS NULL OR list_contains($entities, entity))
    ORDER BY list_position($scope_order, scope), entity, indicator
"""

BEFORE_AND_AFTER = tuple(f"{name}_{side}" for side in ("before", "after") for name in ("part", "whole", "value"))
RESTATED_COLUMNS = (*COLUMNS[:4], *BEFORE_AND_AFTER, "submission_id", "submitter", "reported", "version", "received_at")
# A row a changed figure and later version that altered what it reads.
RESTATED = f"""
    SELECT restated.period, {", ".join((*COLUMNS[1:4], *BEFORE_AND_AFTER))},
        submission_id, submitter, submission.period AS reported, version, received_at
    FROM restated
    LEFT JOIN restated_by USING (period, scope, entity, indicator)
    LEFT JOIN submission USING (submission_id)
    WHERE restated.period = $period
        AND ($indicators IS NULL OR list_contains($indicators, indicator))
        AND ($scopes IS NULL OR list_contains($scopes, scope))
        AND ($entities IS NULL OR list_contains($entities, entity))
    ORDER BY list_position($scope_order, scope), entity, indicator, submission_id
"""


def check_entities(connection: duckdb.DuckDBPyConnection, entities: Sequence[str]) -> None:
    known = {row[0] for row in connection.execute("SELECT DISTINCT entity FROM value").fetchall()}
    unknown = [entity for entity in entities if entity not in known]
    if unknown:
        raise CallError(f"没有“{'、'.join(unknown)}”的数据：应为BJ，或机构、地区、机构类别、知识产权类型的编码")


@click.command("values", help="某期的指标值：期、范围、对象、指标、分子、分母、值")
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--indicator", "indicators", multiple=True, help="指标编码，可重复或以逗号分隔；默认全部")
@click.option("--scope", "scopes", multiple=True, help=f"范围：{'、'.join(SCOPES)}，可重复；默认全部")
@click.option("--entity", "entities", multiple=True, help="对象编码，可重复或以逗号分隔；默认全部")
@click.option("--all", "with_empty", is_flag=True, help="也列出没有值的行（分母为零或缺失）")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="csv", show_default=True, help="输出格式")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="写到文件；默认写到标准输出")
@click.option("--from", "folder", type=existing, help="不用本机的数据版本，由这个目录中导出的数据交换算出")
@click.option("--engine", "name", type=click.Choice(ENGINES), help="用哪种引擎计算数据交换；默认duckdb")
@click.option("--master", help="Spark集群的地址，如spark://主机:7077；默认本机的全部处理器")
@click.option("--memory", help="DuckDB至多用多少内存，如4GB；默认1GB，不够时暂存到文件")
@click.option("--spill", type=existing, help="内存不够时暂存在哪个目录；默认系统的临时目录")
@command
def values_command(
    period: str,
    indicators: tuple[str, ...],
    scopes: tuple[str, ...],
    entities: tuple[str, ...],
    with_empty: bool,
    shape: str,
    out: Path | None,
    folder: Path | None,
    name: str | None,
    master: str | None,
    memory: str | None,
    spill: Path | None,
) -> None:
    if (name or master or memory or spill) and not folder:
        raise CallError("--engine、--master、--memory、--spill须与--from一并使用")
    check_master(name or DUCKDB, master)
    check_room(name or DUCKDB, memory, spill)
    room = Room(memory, spill) if memory else Room(spill=spill)
    worked_out = partial(figures_of, folder, name or DUCKDB, master, room) if folder else None
    connection, parameters = _asked(period, indicators, scopes, entities, worked_out)
    table = connection.sql(VALUES, params=parameters | {"all": with_empty, "word": NOT_COMPUTABLE}).to_arrow_table()
    columns = (*COLUMNS, ABSENT) if with_empty else COLUMNS
    _write(_parquet(table.select(columns)) if shape == "parquet" else _text(table, shape, columns).encode(), out)


def _asked(
    period: str,
    indicators: Sequence[str],
    scopes: Sequence[str],
    entities: Sequence[str],
    worked_out: Callable[[str, Sequence[str] | None], duckdb.DuckDBPyConnection] | None = None,
) -> tuple[duckdb.DuckDBPyConnection, dict[str, object]]:
    """The current snapshot, or what is worked out of a period and some indicators, or all, instead; and the parameters
    of a statement that takes figures of a period; names are checked."""
    wanted = {"indicators": several(indicators), "scopes": several(scopes), "entities": several(entities)}
    for code in wanted["indicators"] or ():
        indicator_of(code)
    for scope in wanted["scopes"] or ():
        check_scope(scope)
    connection = worked_out(period, wanted["indicators"]) if worked_out else open_period(period)
    check_entities(connection, wanted["entities"] or ())
    return connection, {"period": period, "scope_order": list(SCOPES), **wanted}


def check_scope(scope: str) -> None:
    if scope not in SCOPES:
        raise CallError(f"没有范围“{scope}”，应为{'、'.join(SCOPES)}之一")


def _parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    write_parquet(table, buffer)
    return buffer.getvalue()


def _text(table: pa.Table, shape: str, columns: Sequence[str]) -> str:
    rows = table.to_pylist()
    if shape != "json":  # a float's shortest decimal, so that none prints with an exponent
        rows = [
            {name: Decimal(repr(cell)) if isinstance(cell, float) else cell for name, cell in row.items()}
            for row in rows
        ]
    return FORMATS[shape](rows, columns)


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)


@click.command("restated", help="某期因更正而变动的指标值：首次受理时的值、现在的值，及更正的报送，每份一行")
@click.option("--period", required=True, help="报送期，如2026-10")
@click.option("--indicator", "indicators", multiple=True, help="指标编码，可重复或以逗号分隔；默认全部")
@click.option("--scope", "scopes", multiple=True, help=f"范围：{'、'.join(SCOPES)}，可重复；默认全部")
@click.option("--entity", "entities", multiple=True, help="对象编码，可重复或以逗号分隔；默认全部")
@click.option(
    "--format", "shape", type=click.Choice(tuple(FORMATS)), default="text", show_default=True, help="输出格式"
)
@command
def restated_command(
    period: str, indicators: tuple[str, ...], scopes: tuple[str, ...], entities: tuple[str, ...], shape: str
) -> None:
    connection, parameters = _asked(period, indicators, scopes, entities)
    table = connection.sql(RESTATED, params=parameters).to_arrow_table()
    if shape == "text" and not table.num_rows:
        click.echo(f"{period}没有因更正而变动的指标值")
        return
    click.echo(_text(table, shape, RESTATED_COLUMNS), nl=False)
