"""Takes over from the snapshot before what rests on the same reports, so that publishing works out only what changed.

Every part of a build that is worked out by period says what it rests on (`reach` in `data/relations.toml`). A basis is
the hash of just that: the reports in force within reach, the register, the policy parameters, the declarations and the
code. Where the snapshot before has the same basis for a period, its rows are the rows that would be worked out again.
"""

from __future__ import annotations

import hashlib
from functools import cache

import duckdb

from contract.code import code_hash
from contract.settings import DECLARATIONS
from etl.snapshot.context import PREVIOUS
from metrics.indicators.relations import REACHES

# The rooms of the code by which figures are worked out, from the facts on.
FIGURES_REST_ON = (
    "contract", "ledger", "ledger/database", "ledger/guard", "etl/snapshot", "metrics/indicators", "metrics/explaining",
    "metrics/evaluation", "metrics/warnings", "metrics/targets",
)  # fmt: skip
# What figures rest on beside reports. A member's present state and since are left out: they follow from the clock.
REGISTER = {
    "member": "code, kind, member_group, admission_period, admitted_on",
    "member_state": "*",
    "member_attribute": "*",
    "ceiling": "*",
    "heir": "*",
    "parameter": "*",
    "district_unit": "*",
    "layout": "*",  # staging's: what the facts were typed by, where it was laid anew
}


@cache
def _declared() -> str:
    """The hash of declarations and code."""
    digest = hashlib.sha256(code_hash(FIGURES_REST_ON).encode())
    for path in sorted([*DECLARATIONS.glob("*.toml"), *DECLARATIONS.glob("*.csv")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _register(connection: duckdb.DuckDBPyConnection) -> str:
    digest = hashlib.sha256()
    for table, columns in REGISTER.items():
        rows = connection.execute(f"SELECT {columns} FROM {table}").fetchall()
        digest.update(f"{table}{sorted(map(str, rows))}".encode())
    return digest.hexdigest()


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds `basis`, empty: a row a part and period, with what it rests on and whether it was taken over.

    And `resting`, a row a reach and period, with the hash of what lies within.
    """
    connection.execute("CREATE OR REPLACE TABLE basis (part TEXT, period TEXT, hash TEXT, taken_over BOOLEAN)")
    connection.execute("CREATE OR REPLACE TABLE resting (reach TEXT, period TEXT, hash TEXT)")
    common = _declared() + _register(connection)
    for reach, condition in REACHES.items():
        connection.execute(
            f"""INSERT INTO resting
            SELECT ?, period.period, sha256(? || coalesce(string_agg(
                concat_ws(' ', report.submission_id, report.on_list, report.member_group),
                ',' ORDER BY report.submission_id), ''))
            FROM period LEFT JOIN presence AS report ON {condition} GROUP BY period.period""",
            [reach, common],
        )


def _source(connection: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Another database at hand that has the table, and bases to compare; None where there is none.

    While a snapshot is built that is the one before; while figures are worked out beside it
    (metrics.explaining.restatement), the snapshot itself.
    """
    databases = connection.execute(
        """SELECT database_name FROM duckdb_tables()
        WHERE database_name <> current_database() AND table_name IN (?, 'basis')
        GROUP BY database_name HAVING count(*) = 2 ORDER BY database_name = ? LIMIT 1""",
        [table, PREVIOUS],
    ).fetchall()
    return f'"{databases[0][0]}"' if databases else None


def take_over(
    connection: duckdb.DuckDBPyConnection, table: str, part: str, reach: str | None, condition: str = "true"
) -> list[str]:
    """Copies the rows of a part that hold from what is at hand (`_source`); returns the periods to be worked out.

    `condition` is SQL that tells the part's rows in the table, which has a column `period`; None for a reach means
    that nothing can be taken over. `prepare` has run.
    """
    periods = [row[0] for row in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    same: list[str] = []
    source = _source(connection, table)
    if reach is not None and source is not None:
        same = [
            row[0]
            for row in connection.execute(
                f"""SELECT period FROM resting JOIN {source}.basis AS before USING (period, hash)
                WHERE before.part = ? AND resting.reach = ? ORDER BY period""",
                [part, reach],
            ).fetchall()
        ]
        if same:  # else the table there may be another release's, with other columns
            connection.execute(
                f"INSERT INTO {table} SELECT * FROM {source}.{table} WHERE list_contains(?, period) AND {condition}",
                [same],
            )
    connection.execute(
        "INSERT INTO basis SELECT ?, period, hash, list_contains(?, period) FROM resting WHERE reach = ?",
        [part, same, reach],
    )
    return [period for period in periods if period not in set(same)]
