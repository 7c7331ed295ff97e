"""A country's exchange, written straight to Parquet: the demonstration's, as often as it takes, in bounded memory.

Banks are repeated, with their reports and with everything that the register has of them; each repeated bank has the
loans of the one that it was made of some times over, with contracts and firms of their own: the first set of banks has
many times, the others ever fewer (as one over their place), so that banks are as unequal as they are. Amounts of one
such copy of loans are those of the demonstration times a factor of its own, so that a bank's summary is still the sum
of its loans. Districts, their forms, policy and calendar stay as they are; a district's list of key firms names those
of all sets of banks. The same size gives the same rows.

One piece of the engines' benchmark, as a process of its own: `python -m benchmarks.scale.grown_exchange make`, `load`
or `figures`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import duckdb

from contract.settings import Home
from etl.exchange import manifest as manifests
from etl.exchange.dictionary import dictionary
from etl.exchange.files import BATCH, rows_of
from etl.exchange.manifest import CURRENT, DICTIONARY, Manifest, Part, described, name_of, place_of
from etl.exchange.room import Room
from etl.exchange.summary import WHOLE, summaries
from etl.exchange.tables import PERIOD, Table, tables
from etl.warehouse.snapshot_files import file_digest
from ledger.archive import digest
from metrics.engines.engine import Engine, engine_of, figures
from metrics.engines.exchanged import Exchange, exchange_of
from metrics.engines.on_duckdb import OnDuckDB, empty
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import relations

WAREHOUSE = "warehouse"  # DuckDB on tables of its own, loaded from the exchange
ALL, NEWEST = "all", "newest"  # of which months the figures are
LOANS_OF_A_SET = 19  # copies of the loans for each set of banks: at 10^8 loan-months some 4,000 banks
APART = 10_000  # so far are the row numbers of one copy from those of the next
BANKS_APART = 1_000  # and the codes of banks
FACTORS = range(80, 121)  # percent: how large the amounts of a copy are, in turn


@dataclass(frozen=True)
class Copy:
    """The loans once more: the how many it is, for which set of banks, the how many there, and the factor."""

    number: int
    banks: int
    place: int
    percent: int


def copies_of(number: int) -> list[Copy]:
    """So many copies of the loans, shared out among sets of banks: one each, of the others the more the earlier."""
    sets = -(-number // LOANS_OF_A_SET)
    shares = [1 / place for place in range(1, sets + 1)]
    ends = [round((number - sets) * part / sum(shares)) for part in accumulate(shares)]
    more = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    places = [(banks, 0) for banks in range(sets)]
    places += [(banks, place) for banks, count in enumerate(more) for place in range(1, count + 1)]
    return [Copy(each, *place, FACTORS[each * 7 % len(FACTORS)]) for each, place in enumerate(places)]


# What a repeated row has of its own, in SQL over it, the set of banks (`banks` of `sets`, with `copies` of the loans,
# whose factors have the sum `factors`) and, of a loan, the copy (`copy`, the `place`-th there, `factor`).
OF_A_BANK = (
    "CASE WHEN {0} LIKE 'B%' THEN format('B{{:03d}}', CAST(substr({0}, 2) AS INTEGER) + banks * {1}) ELSE {0} END"
)
OF_A_COPY = "{0} || CASE WHEN copy = 0 THEN '' ELSE '-' || copy END"
BANKS = {name: OF_A_BANK.format(name, BANKS_APART) for name in ("submitter", "code", "heir")}
BANKS |= {"submission_id": "submission_id * sets + banks"}  # in the order in which they came, whoever sent them
LOANS = {
    **BANKS,
    **{
        name: OF_A_COPY.format(name)
        for name in ("loan_no", "case_no", "borrower_name", "uscc", "registration_no", "right_no")
    },
    **{
        name: f"{name} * factor"
        for name in (
            *("amount", "balance", "valuation", "valuation_fee", "closed_amount"),
            *("exposure", "appraised", "recovered", "compensation"),
        )
    },
    "row_no": f"row_no + place * {APART}",
    "firm_key": "firm_key + copy * firms",
    "loan_key": "loan_key + copy * loans",
}
SUMS = ("total_loans", "total_npl", "ip_balance", "ip_npl", "ip_disbursed_ytd")
COUNTS = ("ip_borrowers", "ip_loans", "ip_disbursed_loans_ytd")
SUMMARY = BANKS | {name: f"{name} * factors" for name in SUMS} | {name: f"{name} * copies" for name in COUNTS}
# A district has one report; the firms on its list are those of the first copy of each set of banks.
FIRMS = {
    "submission_id": "submission_id * sets",
    "row_no": f"row_no + banks * {APART}",
    "uscc": "uscc || CASE WHEN banks = 0 THEN '' ELSE '-' || banks END",
}
# How many rows a form, and a report, has then.
OF_A_FORM = "data_rows * CASE WHEN form IN ('B1', 'B4', 'B6') THEN copies WHEN form = 'R4' THEN sets ELSE 1 END"
OF_A_REPORT = "data_rows * CASE WHEN submitter LIKE 'B%' THEN copies ELSE 1 END"

STATED = "SELECT number, now, last_period, demonstration, ledger_seq, ledger_hash FROM snapshot"

A_SET = "{rows} JOIN a_set ON {who} LIKE 'B%' OR banks = 0"
A_LOAN = "{rows} JOIN a_set ON true JOIN a_copy USING (banks) CROSS JOIN highest"
REPORTS = "(SELECT v.*, submitter FROM version_form v JOIN submission USING (submission_id, period)) v"


@dataclass(frozen=True)
class Growth:
    """How a table grows: what it is joined with, and its columns that are not as they were."""

    source: str
    own: Mapping[str, str]


def growth(code: str) -> Growth | None:
    """Of a table of the exchange; None of one that stays as it is."""
    if code in ("B1", "B4", "B6"):
        return Growth(A_LOAN.format(rows=code), LOANS)
    if code == "B2":
        return Growth(A_SET.format(rows=code, who="submitter"), SUMMARY)
    if code == "R4":
        return Growth("R4 JOIN a_set ON true", FIRMS)
    if code == "version_form":
        return Growth(A_SET.format(rows=REPORTS, who="submitter"), BANKS | {"data_rows": OF_A_FORM})
    if code == "submission":
        return Growth(A_SET.format(rows=code, who="submitter"), BANKS | {"data_rows": OF_A_REPORT})
    if code in ("member", "member_state", "member_attribute", "ceiling", "heir"):
        return Growth(A_SET.format(rows=code, who="code"), BANKS)
    by_period = tables()[code].by_period
    return Growth(A_SET.format(rows=code, who="submitter"), BANKS) if by_period else None


def grown_rows(table: Table) -> str:
    """SQL: the rows of a table in the country."""
    found = growth(table.code)
    own, source = (found.own, found.source) if found else ({}, table.code)
    chosen = ", ".join(f"CAST({own.get(c.code, c.code)} AS {c.type}) AS {c.code}" for c in table.columns)
    return f"SELECT {f'{PERIOD}, ' if table.by_period else ''}{chosen} FROM {source}"


def make_country(home: Home, folder: Path, loan_months: int, room: Room) -> Manifest:
    """Writes the exchange of at least so many loan-months to a folder, a file after another, from the current data
    version of the demonstration's home."""
    with room.database() as connection:
        connection.execute(f"ATTACH '{home.current_snapshot()}' AS demonstration (READ_ONLY)")
        connection.execute("USE demonstration")
        for code, table in tables().items():
            connection.execute(f"CREATE TABLE memory.main.{code} AS {table.rows}")
        facts = connection.execute(STATED).fetchone()
        connection.execute("USE memory")
        _declare(connection, loan_months)
        place = folder / name_of(1)
        place.mkdir(parents=True)
        parts = [part for table in tables().values() for part in _parts(connection, place, table)]
    (place / DICTIONARY).write_text(dictionary(), encoding="utf-8")
    stated = Manifest(facts[1], *facts, digest(dictionary().encode()), described(tables()), tuple(parts))
    manifests.write(place, stated)
    (folder / CURRENT).write_text(f"{place.name}\n", encoding="ascii")
    return stated


def _declare(connection: duckdb.DuckDBPyConnection, loan_months: int) -> None:
    """How many copies there are of which set of banks, and what the numbers of one must lie apart from the next's."""
    (held,) = connection.execute("SELECT count(*) FROM B1").fetchone()
    copies = copies_of(-(-loan_months // held))
    connection.execute("CREATE TABLE a_copy (copy INTEGER, banks INTEGER, place INTEGER, factor DECIMAL(4,2))")
    values = ", ".join(f"({c.number}, {c.banks}, {c.place}, {c.percent / 100:.2f})" for c in copies)
    connection.execute(f"INSERT INTO a_copy VALUES {values}")
    connection.execute(
        "CREATE TABLE a_set AS SELECT banks, count(*) AS copies, sum(factor) AS factors, "
        "(SELECT count(DISTINCT banks) FROM a_copy) AS sets FROM a_copy GROUP BY banks"
    )
    connection.execute("CREATE TABLE highest AS SELECT max(firm_key) + 1 AS firms, max(loan_key) + 1 AS loans FROM B1")


def _parts(connection: duckdb.DuckDBPyConnection, place: Path, table: Table) -> Iterator[Part]:
    """The files of a table, each as it is written; none where nobody has rows."""
    files = {}
    periods = [period for (period,) in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    for period in periods if table.by_period else [WHOLE]:
        file = place / place_of(table, period)
        file.parent.mkdir(parents=True)
        if _write(connection, table, period, file):
            files[period] = file
        else:
            file.unlink()
            file.parent.rmdir()
    if files:
        found = summaries(connection, table, rows_of(table), {"files": [str(file) for file in files.values()]})
        for period, file in files.items():
            held = found[period]
            facts = (held.rows, dict(held.sums), held.content)
            yield Part(table.code, period, place_of(table, period), *facts, file_digest(file), file.stat().st_size)


def _write(connection: duckdb.DuckDBPyConnection, table: Table, period: str, file: Path) -> int:
    """Writes the rows of a period to a file; how many there are."""
    columns = ", ".join(column.code for column in table.columns)
    only = f"WHERE {PERIOD} = '{period}'" if period != WHOLE else ""
    ordered = f"SELECT {columns} FROM ({grown_rows(table)}) {only} ORDER BY {', '.join(table.order)}"
    options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {BATCH}"
    return connection.execute(f"COPY ({ordered}) TO '{file}' ({options})").fetchone()[0]


def make(demonstration: str, folder: str, loan_months: str, memory: str, spill: str) -> None:
    """Writes an exchange of at least so many loan-months."""
    make_country(Home(Path(demonstration)), Path(folder), int(loan_months), Room(memory, Path(spill)))


def load(folder: str, file: str, memory: str, spill: str) -> None:
    """The tables of an exchange as those of a DuckDB file."""
    exchange = exchange_of(Path(folder))
    with Room(memory, Path(spill)).database(file) as connection:
        for code, table in exchange.tables.items():
            if files := exchange.files(code):
                connection.execute(f"CREATE TABLE {code} AS {rows_of(table)}", {"files": files})
            else:
                connection.execute(empty(table))


def compute(name: str, folder: str, months: str, out: str, memory: str, spill: str, place: str) -> None:
    """The figures of an exchange's newest month, or of all, as Parquet; `place` is the warehouse's file, or Spark's
    master."""
    exchange, room = exchange_of(Path(folder)), Room(memory, Path(spill))
    periods = exchange.periods if months == ALL else exchange.periods[-1:]
    with closing(_engine(name, exchange, room, place)) as engine:
        worked_out = figures(engine, exchange, relations(), catalogue().values(), periods, room)
    shown = ", ".join(f"'{period}'" for period in periods)
    worked_out.execute(f"COPY (SELECT * FROM value WHERE period IN ({shown})) TO '{out}' (FORMAT parquet)")


def _engine(name: str, exchange: Exchange, room: Room, place: str) -> Engine:
    if name == WAREHOUSE:
        return OnDuckDB(room.database(place), relations())
    return engine_of(name, exchange, relations(), place, room)


if __name__ == "__main__":
    {"make": make, "load": load, "figures": compute}[sys.argv[1]](*sys.argv[2:])
