"""Who stands behind a figure of the country for a region that knows its own: all others.

A region reads the country's figure and takes its own off. So what counts behind it is what is left without the region,
whichever it is: the fewest that are left. At least three regions have to stand behind it anyway (`region` is a kind of
its own in `behind`).
"""

from __future__ import annotations

import duckdb

from metrics.indicators.behind import FEWEST
from metrics.indicators.relations import REGION


def leave_others(connection: duckdb.DuckDBPyConnection) -> None:
    """Sets `behind.number` of the country's banks and borrowers to how many there are without the region that has most
    of them, 1 where it has all.

    Exact for banks, which are one region's each; for borrowers, who may borrow in several, no more than there are. The
    names (`first`) of fewer than three are left out: such months are not added up until enough have come.
    """
    connection.execute(
        f"""UPDATE behind SET number = greatest(1, behind.number - largest.number),
            first = CASE WHEN behind.number - largest.number < {FEWEST} THEN '' ELSE behind.first END
        FROM (
            SELECT relation, condition, period, kind, max(number) AS number
            FROM behind WHERE scope = $region GROUP BY ALL
        ) AS largest
        WHERE behind.scope = 'city' AND behind.kind <> $region
            AND behind.relation = largest.relation AND behind.condition = largest.condition
            AND behind.period = largest.period AND behind.kind = largest.kind""",
        {"region": REGION},
    )
