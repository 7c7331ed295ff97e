"""The demonstration grown: `python -m benchmarks.grown home DEMONSTRATION FOLDER LOAN_MONTHS` makes a home to look at;
`… make | scan | figures | …` are the pieces of the figures' benchmark, each as a process of its own.

A grown file is a snapshot under construction, made of the demonstration's facts: each loan as often as it takes for
the number of loan-months asked for, with contract numbers and firms of its own.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

from contract.settings import Home, home
from etl.snapshot.build import build, steps
from etl.snapshot.context import BuildContext
from etl.snapshot.opened import describe
from etl.snapshot.publish import publish
from etl.warehouse.staging import CONFIG, staging_path
from etl.warehouse.tables import KEYS
from ledger.clock import reference_time
from ledger.events import Ledger

BYTES_A_LOAN_MONTH = 1_000  # of disk at most while it grows: 7 GB were seen beside 0.9 GB that remain, of ten million
APART = 1_000_000  # so far are the row numbers of one copy from those of the next
# Column → what stands in it in copy `copy`; all others are repeated.
OWN = {
    "row_no": f"row_no + copy * {APART}",
    "loan_no": "loan_no || '-' || copy",
    "uscc": "uscc || '-' || copy",
    "firm_key": "firm_key + copy * firms",
    "loan_key": "loan_key + copy * loans",
}
FACTS = ("facts", "rules")  # of the steps that `etl` takes, those without which there are no figures
# What any reading of the table costs: sums, a weighted sum, a filter, a count, over three groupings.
SCAN = """
    SELECT period, submitter, district,
        sum(balance), sum(amount * rate), sum(balance) FILTER (risk_class >= '3'), count(*)
    FROM B1 GROUP BY GROUPING SETS ((period), (period, submitter), (period, district))
"""


def _context() -> BuildContext:
    ledger = Ledger(home().ledger)
    return BuildContext(1, reference_time(ledger), ledger, demonstration=True)


def make(file: str, loan_months: str) -> None:
    """Makes a grown file of at least so many loan-months, 0 for just the demonstration's; prints how many it has."""
    shutil.copyfile(staging_path(home()), file)
    with duckdb.connect(file, config=CONFIG) as connection:
        for step in FACTS:
            steps()[step](connection, _context())
        print(grow(connection, int(loan_months)))


def grow(connection: duckdb.DuckDBPyConnection, loan_months: int) -> int:
    """Repeats the loans of a snapshot under construction until there are as many; gives how many there are.

    What a submission holds stands together, as it does where it is staged.
    """
    (present,) = connection.execute("SELECT count(*) FROM B1").fetchone()
    copies = max(0, -(-loan_months // present) - 1)
    connection.execute(
        f"CREATE TEMP TABLE beyond AS SELECT (SELECT max(firm_key) + 1 FROM {KEYS['firm_key'].table}) AS firms, "
        f"(SELECT max(loan_key) + 1 FROM {KEYS['loan_key'].table}) AS loans"
    )
    orders = {"fact_B1": "submission_id, copy, row_no"} | {key.table: "ALL" for key in KEYS.values()}
    for table, order in orders.items():
        columns = [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]
        connection.execute(
            f"INSERT INTO {table} SELECT {', '.join(OWN.get(column, column) for column in columns)} "
            f"FROM {table}, range(1, ? + 1) AS copies(copy), beyond ORDER BY {order}",
            [copies],
        )
    return present * (copies + 1)


def grown_home(demonstration: Path, folder: Path, loan_months: int) -> Path:
    """A copy of the demonstration's home that shows a data version of so many loan-months, with all its tables.

    Raises SystemExit where the disk has not the room that this takes on the way.
    """
    needed = loan_months * BYTES_A_LOAN_MONTH
    if shutil.disk_usage(folder.parent).free < needed:
        raise SystemExit(f"{folder.parent} needs {needed / 1e9:.0f} GB free, nine tenths of it only while growing")
    shutil.copytree(demonstration, folder)
    place = Home(folder)
    ledger, number = Ledger(place.ledger), describe(place.current_snapshot()).number + 1
    context = BuildContext(number, reference_time(ledger), ledger, demonstration=True)
    taken = steps()
    laid = taken.pop("facts")
    build(
        place, place.snapshot(number), [laid, lambda file, _: grow(file, loan_months), *taken.values()], context, None
    )
    (place.warehouse / "CURRENT").write_text(place.snapshot(number).name, encoding="ascii")
    return folder


def scan(file: str) -> None:
    """The bare scan of the grown file's loans."""
    with duckdb.connect(file, read_only=True, config=CONFIG) as connection:
        connection.execute(SCAN).fetchall()


def figures(file: str) -> None:
    """All figures of a grown file from nothing: each step of a snapshot that `metrics` adds."""
    with duckdb.connect(file, config=CONFIG) as connection:
        for step in steps().values():
            if step.__module__.startswith("metrics."):
                step(connection, _context())


def copy(demonstration: str) -> None:
    """Fills the home with a copy of the demonstration's."""
    shutil.copytree(demonstration, home().root, dirs_exist_ok=True)


def grow_home(demonstration: str, folder: str, loan_months: str) -> None:
    """The command: a grown home in a folder that is not there yet."""
    print(grown_home(Path(demonstration), Path(folder), int(loan_months)))


def anew() -> None:
    """Publishes with nothing taken over from the snapshot before."""
    publish(home(), Ledger(home().ledger), "benchmark", anew=True)


if __name__ == "__main__":
    pieces = {"make": make, "home": grow_home, "scan": scan, "figures": figures, "copy": copy, "anew": anew}
    pieces[sys.argv[1]](*sys.argv[2:])
