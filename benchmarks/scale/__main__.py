"""`python -m benchmarks.scale`: a country's figures worked out by each engine in a process of its own, and compared.

warehouse: DuckDB on tables of its own, loaded from the exchange (`load`, measured by itself; not through submissions).
duckdb: DuckDB on the exchange's files. spark: Apache Spark on the same files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

from benchmarks.__main__ import keep
from benchmarks.figures import MOMENT, demonstrated
from benchmarks.measure import MB, Measurement, measure
from benchmarks.scale.grown_exchange import ALL, NEWEST, WAREHOUSE
from benchmarks.scale.stages import SLOTS, Stages, read_stages
from metrics.engines.at_hand import DUCKDB, SPARK, spark_lacks
from metrics.engines.exchanged import exchange_of

COLUMNS = (WAREHOUSE, DUCKDB, SPARK)
PIECE = ("-m", "benchmarks.scale.grown_exchange")
SAME = """
    SELECT (SELECT count(*) FROM (FROM '{one}' EXCEPT ALL FROM '{other}')),
        (SELECT count(*) FROM (FROM '{other}' EXCEPT ALL FROM '{one}')), (SELECT count(*) FROM '{one}')
"""


@dataclass(frozen=True)
class Row:
    """One line of the table. `figures`: how many it worked out; `differing`: how many of them are not those of the
    first engine, to the last digit; `gb`: what it left on the disk."""

    case: str
    measured: Measurement
    figures: int | None = None
    differing: int | None = None
    gb: float | None = None


@dataclass(frozen=True)
class Country:
    """What is measured: the exchange, where everything is put, and how much room and which months are given."""

    work: Path
    exchange: Path
    memory: str
    months: str
    master: str

    def run(self, *arguments: str | Path, settings: dict[str, str] | None = None) -> Measurement:
        spill = self.work / "spill"
        spill.mkdir(exist_ok=True)
        return measure((*PIECE, *arguments), self.work / "home", MOMENT, spill=spill, settings=settings)

    @property
    def room(self) -> tuple[str, Path]:
        return self.memory, self.work / "spill"


def made(country: Country, demonstration: Path, loan_months: int) -> Row:
    """Writes the exchange."""
    measured = country.run("make", demonstration.resolve(), country.exchange, str(loan_months), *country.room)
    return Row("make the exchange", measured, gb=_gb(country.exchange))


def proved(country: Country) -> Row:
    """Reads it back by the command that a receiver of an exchange has."""
    spill = country.work / "spill"
    reading_back = ("-m", "etl", "verify", "--exchange", country.exchange)
    settings = {"TMPDIR": str(spill)}
    return Row("verify it", measure(reading_back, country.work / "home", MOMENT, spill=spill, settings=settings))


def columns(country: Country, engines: Sequence[str]) -> Iterator[Row]:
    """Each engine, the first of them the one that the others are held against."""
    first = None
    for name in engines:
        place = country.master
        if name == WAREHOUSE:
            place = str(country.work / "warehouse.duckdb")
            yield Row("load the warehouse", country.run("load", country.exchange, place, *country.room), gb=_gb(place))
        out = country.work / f"{name}.parquet"
        settings = spark_settings(country) if name == SPARK else None
        measured = country.run(
            *("figures", name, country.exchange, country.months, out, *country.room, place), settings=settings
        )
        if name == WAREHOUSE:
            Path(place).unlink()
        first = first or out
        ((missing, more, count),) = duckdb.sql(SAME.format(one=first, other=out)).fetchall()
        yield Row(name, measured, count, missing + more)


def spark_settings(country: Country) -> dict[str, str]:
    """Spark with as much memory, its files in the same folder, and a log of its stages."""
    events = country.work / "events"
    events.mkdir(exist_ok=True)
    options = {
        "spark.driver.memory": country.memory.lower().removesuffix("b"),
        "spark.executor.memory": country.memory.lower().removesuffix("b"),
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": country.work / "spill",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": events.as_uri(),
    }
    given = " ".join(f"--conf {name}={value}" for name, value in options.items())
    return {"PYSPARK_SUBMIT_ARGS": f"{given} pyspark-shell"}


def _gb(path: Path | str) -> float:
    path = Path(path)
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / MB / 1024


def table(rows: Sequence[Row]) -> str:
    """The rows, a line a piece."""
    heads = ("seconds", "cpu", "peak MB", "spilled MB", "GB left", "figures", "differing")
    lines = [f"{'':<18}" + "".join(f"{head:>12}" for head in heads)]
    for row in rows:
        run = row.measured
        cells = [f"{run.seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.peak_mb:,.0f}", f"{run.spilled_mb:,.0f}"]
        cells += ["" if row.gb is None else f"{row.gb:.2f}"]
        cells += ["" if count is None else f"{count:,}" for count in (row.figures, row.differing)]
        lines.append(f"{row.case:<18}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def told(stages: Stages, share: float) -> str:
    """What Spark's stages say, and how long they would take on more processors."""
    on_more = "; ".join(f"{n}: {stages.seconds_on(n):,.0f} ({stages.at_best_on(n):,.0f})" for n in SLOTS)
    return (
        f"spark: {len(stages.stages)} stages, {stages.tasks:,} tasks, {stages.busy:,.0f} s in them "
        f"({stages.cpu:,.0f} of processor), "
        f"{stages.driver:,.0f} s without any; {stages.shuffled_mb:,.0f} MB shuffled, "
        f"{stages.spilled_mb:,.0f} MB spilled; "
        f"longest task {stages.skew:.1f} × its stage's median, largest bank {share:.1%} of the loans\n"
        f"seconds on so many processors, with its tasks as they were (cut as fine as that many): {on_more}"
    )


def largest(exchange: Path) -> float:
    """The share of the bank with the most loans in the newest month."""
    held = exchange_of(exchange)
    counted = "SELECT submitter, count(*) AS loans FROM read_parquet($files) GROUP BY submitter"
    statement = f"SELECT max(loans) / sum(loans) FROM ({counted})"
    return duckdb.sql(statement, params={"files": held.files("B1")[-1:]}).fetchall()[0][0]


def run(country: Country, home: Path, loan_months: int, engines: Sequence[str]) -> tuple[list[Row], str]:
    """All that is measured, and what Spark's log says."""
    rows = [made(country, home, loan_months), proved(country), *columns(country, engines)]
    events = country.work / "events"
    said = told(read_stages(events), largest(country.exchange)) if events.exists() else ""
    return rows, said


@click.command()
@click.option("--loan-months", default=1_000_000, show_default=True, help="Rows of B1 in all 22 months.")
@click.option("--engines", multiple=True, type=click.Choice(COLUMNS), default=COLUMNS, help="Which; repeat it.")
@click.option("--all-months", is_flag=True, help="The figures of all months; otherwise of the newest alone.")
@click.option("--master", default="local[2]", show_default=True, help="Spark's.")
@click.option("--memory", default="4GB", show_default=True, help="What each engine may take: DuckDB, Spark's heap.")
@click.option("--home", type=click.Path(path_type=Path, exists=True), help="A home that holds the demonstration.")
@click.option("--work", type=click.Path(path_type=Path, exists=True), help="Where there is room; else the system's.")
def main(
    loan_months: int,
    engines: Sequence[str],
    all_months: bool,
    master: str,
    memory: str,
    home: Path | None,
    work: Path | None,
) -> None:
    """Measure engines on a country's exchange; what is generated is removed."""
    if SPARK in engines and (missing := spark_lacks()):
        raise click.ClickException(missing)
    with tempfile.TemporaryDirectory(prefix="scale-", dir=work) as name:
        folder = Path(name).resolve()
        country = Country(folder, folder / "country", memory, ALL if all_months else NEWEST, master)
        rows, said = run(country, demonstrated(folder, home), loan_months, engines)
    months = "all 22 months" if all_months else "the newest month"
    click.echo(
        f"{loan_months:,} loan-months, figures of {months}, {memory}, {os.cpu_count()} processors\n{table(rows)}"
    )
    click.echo(f"{said}\n→ {keep(f'scale-{loan_months}', rows)}")
    if any(row.differing for row in rows):
        raise click.ClickException("engines differ")


if __name__ == "__main__":
    main()
