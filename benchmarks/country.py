"""A generated country: every region loads, publishes and exports its own month, and the country publishes the whole.

`python -m benchmarks.country FOLDER --regions 31 --banks 4000 --loans 20` writes the declarations of the regions, their
lists and reports, and runs the commands that people would give, each in a process of its own. What is invented are
units, banks and figures; the regions are those of GB/T 2260.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from benchmarks.measure import Measurement, measure
from benchmarks.submission import PERIOD, RECEIVED, write_roster, write_submission
from contract.places import region_folder
from contract.settings import Home

REGIONS = (
    "110000北京市", "120000天津市", "130000河北省", "140000山西省", "150000内蒙古自治区", "210000辽宁省",
    "220000吉林省", "230000黑龙江省", "310000上海市", "320000江苏省", "330000浙江省", "340000安徽省", "350000福建省",
    "360000江西省", "370000山东省", "410000河南省", "420000湖北省", "430000湖南省", "440000广东省",
    "450000广西壮族自治区", "460000海南省", "500000重庆市", "510000四川省", "520000贵州省", "530000云南省",
    "540000西藏自治区", "610000陕西省", "620000甘肃省", "630000青海省", "640000宁夏回族自治区",
    "650000新疆维吾尔自治区",
)  # fmt: skip
UNITS = 3  # of each region


def banks_of(regions: int, banks: int, place: int) -> list[str]:
    """The codes of a region's banks, which other regions use too; all regions together have `banks`."""
    return [f"B{number:03}" for number in range(1, 1 + banks // regions + (place < banks % regions))]


def write_declarations(folder: Path, regions: int) -> list[str]:
    """Writes `regions.csv` and `districts.csv`; returns the codes of the regions."""
    folder.mkdir(parents=True, exist_ok=True)
    declared = [(text[:6], text[6:], text[6:8]) for text in REGIONS[:regions]]
    _write(folder / "regions.csv", ("code", "name", "short_name"), declared)
    units = []
    for code, _, short_name in declared:
        for number in range(1, UNITS + 1):
            name = f"{short_name}演示{number}区"
            units.append((code, f"{code[:2]}{number:02}00", name, name, "", "core"))
        units.append((code, "000000", f"{short_name}以外", f"{short_name}以外", "", ""))
    _write(folder / "districts.csv", ("region", "code", "name", "short_name", "aliases", "group"), units)
    return [code for code, _, _ in declared]


def write_reports(folder: Path, banks: list[str], loans: int) -> None:
    """A region's list and its banks' month, in a process of that region."""
    folder.mkdir(parents=True)
    write_roster(folder, banks)
    for bank in banks:
        write_submission(folder / PERIOD, loans, bank)


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header, *rows])


@contextmanager
def working_for(declared: Path, region: str = "") -> Iterator[None]:
    """The settings of processes that are started meanwhile: of a region, or of the country."""
    before = dict(os.environ)
    os.environ |= {"PILOT_REGIONS": str(declared), "PILOT_REGION": region}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def country(folder: Path, regions: int, banks: int, loans: int) -> dict[str, list[Measurement]]:
    """Step → its measurements, one a region, or one of the country; the home is `folder/home`."""
    found: dict[str, list[Measurement]] = defaultdict(list)
    declared, home = folder / "declared", Home(folder / "home")
    for place, code in enumerate(write_declarations(declared, regions)):
        reports = folder / "reports" / region_folder(code)
        own = (
            "-m",
            "benchmarks.country",
            "--write",
            reports,
            *banks_of(regions, banks, place),
            "--loans",
            str(loans + place),
        )
        commands = {
            "write": own,
            "register": ("-m", "etl", "register", reports / "roster.csv"),
            "load": ("-m", "etl", "load", reports / PERIOD, "--received", RECEIVED, "--no-publish"),
            "publish": ("-m", "etl", "publish"),
            "export": ("-m", "etl", "export", "--parquet", home.exchange),
        }
        with working_for(declared, code):
            for step, arguments in commands.items():
                found[step].append(measure(arguments, home.root, RECEIVED))
        said = ", ".join(f"{step} {found[step][-1].cpu_seconds:.1f}" for step in commands)
        click.echo(f"{code} ({place + 1}/{regions}), processor seconds: {said}", err=True)
    with working_for(declared):
        found["publish country"].append(measure(("-m", "etl", "publish"), home.root, RECEIVED))
        found["figures of all"].append(measure(("-m", "metrics", "nation", "--period", PERIOD), home.root, RECEIVED))
    with working_for(declared, code):
        found["figures of one"].append(measure(("-m", "metrics", "values", "--period", PERIOD), home.root, RECEIVED))
    return found


def table(found: dict[str, list[Measurement]]) -> str:
    """Sums of a step's seconds, and the highest of its peaks, a line a step."""
    lines = [f"{'step':<18}{'runs':>6}{'seconds':>10}{'cpu':>10}{'peak MB':>10}"]
    for step, runs in found.items():
        seconds, cpu = sum(run.seconds for run in runs), sum(run.cpu_seconds for run in runs)
        peak = max(run.peak_mb for run in runs)
        lines.append(f"{step:<18}{len(runs):>6}{seconds:>10.1f}{cpu:>10.1f}{peak:>10.0f}")
    return "\n".join(lines)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("codes", nargs=-1)
@click.option("--regions", default=31, show_default=True, type=click.IntRange(1, len(REGIONS)))
@click.option("--banks", default=4_000, show_default=True, help="Banks of all regions together.")
@click.option(
    "--loans",
    default=20,
    show_default=True,
    help="Loans of each bank of the first region; one more in each further one.",
)
@click.option("--write", is_flag=True, hidden=True, help="Only write one region's list and the reports of banks.")
def main(folder: Path, codes: tuple[str, ...], regions: int, banks: int, loans: int, write: bool) -> None:
    """Generate a country in a new FOLDER, have each region load, publish and export, and the country publish."""
    if write:
        write_reports(folder, list(codes), loans)
        return
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty")
    click.echo(table(country(folder, regions, banks, loans)))


if __name__ == "__main__":
    sys.exit(main())
