"""The year's loans valued inside above what the bank was permitted that day, kept apart when a snapshot is published.

They are few among many: a page then reads these rows and not all loans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from metrics.indicators.carry import take_over
from metrics.indicators.compute import within
from metrics.indicators.relations import relations

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

SET = "Y"
COLUMNS = {
    "period": "TEXT",
    "on_list": "BOOLEAN",
    "bank": "TEXT",
    "bank_type": "TEXT",
    "submission_id": "INTEGER",
    "sheet": "TEXT",
    "row_no": "INTEGER",
    "reported_in": "TEXT",
    "loan_no": "TEXT",
    "borrower_name": "TEXT",
    "uscc": "TEXT",
    "district": "TEXT",
    "valuation_method": "TEXT",
    "valuation": "DECIMAL(18, 6)",
    "amount": "DECIMAL(18, 6)",
    "approved_on": "DATE",
    "permitted_ceiling": "DECIMAL(18, 6)",
    "disbursed_on": "DATE",
}
# As indicator V03 counts them.
ABOVE = "valuation_method IN ('internal', 'negotiated') AND amount > permitted_ceiling"


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds `ceiling_case`: a row a period and loan of the year, with the ceiling in force on the day of its approval
    and where it stands in which submission; 万元."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TABLE ceiling_case ({columns}, PRIMARY KEY (period, bank, loan_no))")
    relation = relations()[SET]
    periods = take_over(connection, "ceiling_case", "ceiling_case", relation.reach)
    if periods:
        connection.execute(
            f"INSERT INTO ceiling_case SELECT {', '.join(COLUMNS)} FROM {within(relation)} WHERE {ABOVE}",
            {"periods": periods},
        )
