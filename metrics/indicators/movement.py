"""What moved the balance and the non-performing loans from one month to the next, loan by loan.

Each loan of a bank that reported both months is held against itself, so that before, what was added and what was taken
away give what is there after, to the fen. A group moves besides with the banks that came in or dropped out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import duckdb

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators.carry import take_over
from metrics.indicators.not_computable import add_periods
from metrics.indicators.relations import CITY

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

MEASURES = ("balance", "npl")
EFFECTS = {"level": 0, "plus": 1, "minus": -1, "change": 1}
SCOPES = ("city", "bank", "bank_type", "district")
MOVED_BETWEEN = ("bank_type", "district")  # scopes in which a loan may have another entity than last month
REACH = "two_months"


@dataclass(frozen=True)
class Component:
    """One reason for a movement; `sign` is what an amount of it does to what is there after (0: a level)."""

    measure: str
    code: str
    name: str
    sign: int
    note: str


@cache
def components() -> tuple[Component, ...]:
    """The declared components (`data/movement.csv`) in order. Raises DeclarationError."""
    rows = read_rows(DECLARATIONS / "movement.csv", "measure", "component", "name", "effect", "note")
    for row in rows:
        if row["measure"] not in MEASURES or row["effect"] not in EFFECTS:
            raise DeclarationError(
                f"movement.csv的{row['component']}：measure应为{'、'.join(MEASURES)}之一，effect应为"
                f"{'、'.join(EFFECTS)}之一"
            )
    return tuple(
        Component(row["measure"], row["component"], row["name"], EFFECTS[row["effect"]], row["note"]) for row in rows
    )


# Two months of a bank: a row a bank and period in which it reported, with its report of the month before, if any.
PAIR = """
    CREATE OR REPLACE VIEW movement_pair AS
    SELECT t.period, now.submitter AS bank, now.member_group AS bank_type,
        coalesce(before.member_group, now.member_group) AS bank_type_before,
        now.submission_id AS submission_id, before.submission_id AS submission_before,
        now.on_list, coalesce(before.on_list, false) AS on_list_before
    FROM period t
    JOIN presence now ON now.period = t.period AND now.kind = 'bank'
    LEFT JOIN presence before
        ON before.submitter = now.submitter AND before.period = strftime(t.first_day - INTERVAL 1 DAY, '%Y-%m')
"""

# Grain: a bank's loan and period, of a bank that reported that month and the one before. Where the loan stands in
# either report: submission, row; what it did to the balance and to the non-performing loans, in 万元.
LOAN = """
    CREATE OR REPLACE VIEW loan_movement AS
    WITH now AS (
        SELECT p.period, p.bank, p.bank_type, p.bank_type_before, p.on_list AND p.on_list_before AS on_list,
            b.submission_id, b.sheet, b.row_no, b.loan_no, b.loan_key, b.borrower_name, b.district,
            CASE WHEN b.status = 'active' THEN b.balance ELSE 0 END AS after,
            b.risk_class >= '3' AS is_bad,
            CASE WHEN strftime(b.disbursed_on, '%Y-%m') = p.period THEN b.amount END AS lent,
            CASE WHEN b.status = 'written_off' THEN b.closed_amount ELSE 0 END AS written_off,
            CASE WHEN b.status = 'transferred' THEN b.closed_amount ELSE 0 END AS transferred
        FROM movement_pair p JOIN B1 b ON b.submission_id = p.submission_id
        WHERE p.submission_before IS NOT NULL
    ),
    prior AS (
        SELECT p.period, p.bank, p.bank_type, p.bank_type_before, p.on_list AND p.on_list_before AS on_list,
            b.submission_id, b.sheet, b.row_no, b.loan_no, b.loan_key, b.borrower_name, b.district, b.balance AS before,
            b.risk_class >= '3' AS was_bad
        FROM movement_pair p JOIN B1 b ON b.submission_id = p.submission_before
        WHERE b.status = 'active' AND b.balance > 0
    ),
    loan AS (
        SELECT coalesce(n.period, o.period) AS period, coalesce(n.bank, o.bank) AS bank,
            coalesce(n.bank_type, o.bank_type) AS bank_type,
            coalesce(o.bank_type_before, n.bank_type_before) AS bank_type_before,
            coalesce(n.on_list, o.on_list) AS on_list,
            coalesce(n.loan_no, o.loan_no) AS loan_no, coalesce(n.borrower_name, o.borrower_name) AS borrower_name,
            coalesce(n.district, o.district) AS district, coalesce(o.district, n.district) AS district_before,
            n.submission_id, n.sheet, n.row_no, o.submission_id AS submission_before, o.row_no AS row_before,
            coalesce(o.before, 0) AS before, coalesce(n.after, 0) AS after,
            coalesce(n.written_off, 0) AS written_off, coalesce(n.transferred, 0) AS transferred,
            coalesce(n.lent, 0) AS disbursed,
            CASE WHEN o.loan_no IS NULL AND n.lent IS NULL THEN n.after + n.written_off + n.transferred ELSE 0 END
                AS late_reported,
            CASE WHEN n.loan_no IS NULL THEN o.before ELSE 0 END AS missing,
            CASE WHEN o.was_bad THEN o.before ELSE 0 END AS npl_before,
            CASE WHEN n.is_bad THEN n.after ELSE 0 END AS npl_after,
            CASE WHEN o.was_bad AND n.loan_no IS NULL THEN o.before ELSE 0 END AS npl_missing,
            CASE WHEN o.was_bad AND NOT n.is_bad THEN least(n.after, o.before) ELSE 0 END AS npl_improved,
            CASE WHEN o.was_bad THEN coalesce(n.transferred, 0) ELSE 0 END AS npl_transferred
        FROM now n FULL JOIN prior o ON o.period = n.period AND o.loan_key = n.loan_key
    ),
    weighed AS (
        SELECT *,
            before + disbursed + late_reported - written_off - transferred - missing - after AS paid,
            npl_after + npl_improved + npl_missing + written_off + npl_transferred - npl_before AS npl_added
        FROM loan
    )
    SELECT * EXCLUDE (paid, npl_added), greatest(paid, 0) AS repaid, greatest(-paid, 0) AS drawn,
        written_off AS npl_written_off, greatest(npl_added, 0) AS npl_newly_bad,
        greatest(-npl_added, 0) AS npl_recovered
    FROM weighed
"""

# A row a period, bank, groups and districts of before and after, and component, of loans held against themselves.
LINES = """
    CREATE OR REPLACE TEMP TABLE line AS
    WITH fine AS (
        SELECT period, on_list, bank, bank_type, bank_type_before, district, district_before, {sums}
        FROM loan_movement WHERE list_contains($periods, period) GROUP BY ALL
    )
    UNPIVOT fine ON {pairs} INTO NAME component VALUE amount, loans
"""

# What a group gained and lost with banks that count in one of the two months only; `before` and `after` have it too.
MEMBERS = """
    WITH change AS (
        SELECT p.period, p.submission_id, p.bank, p.bank_type, 'joined' AS component, 'after' AS level
        FROM movement_pair p WHERE p.on_list AND NOT p.on_list_before
        UNION ALL
        SELECT t.period, b.submission_id, b.submitter, b.member_group, 'left', 'before'
        FROM period t
        JOIN presence b
            ON b.kind = 'bank' AND b.on_list AND b.period = strftime(t.first_day - INTERVAL 1 DAY, '%Y-%m')
        ANTI JOIN presence now ON now.submitter = b.submitter AND now.period = t.period AND now.on_list
    ),
    amounts AS (
        SELECT c.period, c.bank, c.bank_type, b.district, c.component, c.level, sum(b.balance) AS balance,
            sum(b.balance) FILTER (b.risk_class >= '3') AS bad, count(*) AS loans,
            count(*) FILTER (b.risk_class >= '3') AS bad_loans
        FROM change c JOIN B1 b ON b.submission_id = c.submission_id
        WHERE b.status = 'active' AND b.balance > 0 AND list_contains($periods, c.period)
            AND EXISTS (FROM movement_pair p WHERE p.period = c.period AND p.submission_before IS NOT NULL)
        GROUP BY ALL
    )
    SELECT period, bank, bank_type, district, prefix || unnest([component, level]) AS component, amount, loans
    FROM (
        SELECT *, '' AS prefix, balance AS amount FROM amounts
        UNION ALL BY NAME
        SELECT * REPLACE (bad_loans AS loans), 'npl_' AS prefix, bad AS amount FROM amounts WHERE bad_loans > 0
    )
"""


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the views `movement_pair` and `loan_movement`, and `movement`: a row a period, scope, entity, measure and
    component with an amount (万元; of a component that takes away, what it took) and the loans behind it."""
    connection.execute(PAIR)
    connection.execute(LOAN)
    connection.execute(
        "CREATE OR REPLACE TABLE movement (period TEXT, scope TEXT, entity TEXT, measure TEXT, component TEXT, "
        "amount DECIMAL(38,6), loans BIGINT, PRIMARY KEY (period, scope, entity, measure, component))"
    )
    periods = take_over(connection, "movement", "movement", REACH)
    if periods:
        add_periods(connection, "movement", partial(_add, connection), periods)


def _add(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> None:
    followed = [column(component) for component in components() if component.code not in ("moved", "joined", "left")]
    sums = ", ".join(f"sum({name}) AS {name}, count(*) FILTER ({name} <> 0) AS n_{name}" for name in followed)
    pairs = ", ".join(f"({name}, n_{name}) AS '{name}'" for name in followed)
    connection.execute(LINES.format(sums=sums, pairs=pairs), {"periods": periods})
    connection.execute(f"CREATE OR REPLACE TEMP TABLE arrival AS {MEMBERS}", {"periods": periods})
    for scope in SCOPES:
        connection.execute(f"INSERT INTO movement {_scoped(scope)}", {"scope": scope})
    connection.execute("DROP TABLE line")
    connection.execute("DROP TABLE arrival")


def column(component: Component) -> str:
    """The column of `loan_movement` that holds a component."""
    return component.code if component.measure == "balance" else f"npl_{component.code}"


def _scoped(scope: str) -> str:
    """SQL: the rows of `movement` for a scope.

    A loan whose borrower has another district than last month leaves the one and comes to the other as it was; so do
    the loans of a bank that has come into another group.
    """
    own = scope == "bank"
    key = f"'{CITY}'" if scope == "city" else scope
    lines = f"SELECT period, {key} AS entity, component, amount, loans FROM line WHERE {'true' if own else 'on_list'}"
    if scope in MOVED_BETWEEN:
        is_level = "component IN ('before', 'npl_before')"
        moved = "replace(component, 'before', 'moved')"
        lines = f"""
            SELECT period, if({is_level}, {scope}_before, {scope}) AS entity, component, amount, loans
            FROM line WHERE on_list
            UNION ALL
            SELECT period, unnest([{scope}, {scope}_before]), {moved}, unnest([amount, -amount]), loans
            FROM line WHERE on_list AND {is_level} AND amount <> 0 AND {scope} <> {scope}_before"""
    arrivals = "" if own else f"UNION ALL SELECT period, {key}, component, amount, loans FROM arrival"
    return f"""
        SELECT period, $scope, entity, if(starts_with(component, 'npl_'), 'npl', 'balance'),
            replace(component, 'npl_', '') AS code, sum(amount), sum(loans)
        FROM ({lines} {arrivals}) GROUP BY ALL
        HAVING code IN ('before', 'after') OR count(*) FILTER (amount <> 0) > 0"""
