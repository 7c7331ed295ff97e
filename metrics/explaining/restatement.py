"""Which figures a later accepted version has changed, from what to what, and which versions did it.

A figure as first accepted is worked out by the same statements, in a database of its own, in memory, in which each
submission's first accepted version is in force. It takes over from the snapshot's own figures whatever rests on the
same reports, so that only what a later version reaches is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from etl.snapshot.facts import lay_forms
from metrics.explaining import corrections
from metrics.explaining.withheld_changes import withhold_changes
from metrics.indicators import carry, disclosure
from metrics.indicators.behind import FEWEST
from metrics.indicators.catalogue import Indicator, catalogue
from metrics.indicators.compute import BASE_PERIODS, EXACT, compute
from metrics.indicators.relations import Relation, relations
from metrics.indicators.wide_sets import create_sets

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

FIRST = "first_accepted"  # the database
KEY = "period, scope, entity, indicator"
CHANGED = f"""
    SELECT period, scope, entity, indicator,
        old.part, old.whole, old.value, new.part, new.whole, new.value, NULL, NULL
    FROM {FIRST}.value AS old FULL JOIN value AS new USING (period, scope, entity, indicator)
    WHERE list_contains($periods, period) AND list_contains($indicators, indicator)
        AND (old.part IS DISTINCT FROM new.part OR old.whole IS DISTINCT FROM new.whole
            OR old.value IS DISTINCT FROM new.value)
    ORDER BY period, scope, entity, indicator
"""
# What the restated figures of a period rest on: all that its figures do, and which versions were replaced by which.
BASIS = f"""
    INSERT INTO resting
    SELECT 'restated', read.period, sha256(read.hashes || coalesce(replaced.ids, ''))
    FROM (
        SELECT b.period, string_agg(r.hash, ' ' ORDER BY r.reach, r.period) AS hashes
        FROM ({BASE_PERIODS}) b JOIN resting r ON r.period = b.read GROUP BY b.period) read
    LEFT JOIN (
        SELECT t.period, string_agg(c.before_id || ' ' || c.submission_id, ',' ORDER BY c.submission_id) AS ids
        FROM period t JOIN correction c ON left(c.period, 4) <= left(t.period, 4) GROUP BY t.period) replaced
        ON replaced.period = read.period
"""
# A change tells what those who made it had reported: of a sum over members it is as thin as they are few.
SETTLE = f"""
    UPDATE restated SET submitters = made.submitters, withheld = made.withheld FROM (
        SELECT f.period, f.scope, f.entity, f.indicator, count(DISTINCT c.submitter) AS submitters,
            bool_or(thin.period IS NOT NULL) OR (NOT bool_and(coalesce(c.submitter = f.entity, false))
                AND count(DISTINCT c.submitter) < {FEWEST}) AS withheld
        FROM restated f
        LEFT JOIN restated_by USING (period, scope, entity, indicator)
        LEFT JOIN correction c USING (submission_id)
        LEFT JOIN (SELECT * FROM withheld UNION SELECT * FROM {FIRST}.withheld) thin
            USING (period, scope, entity, indicator)
        WHERE list_contains($periods, f.period)
        GROUP BY ALL) made
    WHERE (restated.period, restated.scope, restated.entity, restated.indicator)
        = (made.period, made.scope, made.entity, made.indicator)
"""


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`); comes after `disclosure`."""
    restate(connection, catalogue().values(), relations())


def restate(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Adds `correction`; `restated`, a row a figure that is not what it was as first accepted; and `restated_by`, a row
    each such figure and correction that altered what it reads.

    Part, whole and value as in `value`, before and after; `submitters`: how many made the change; `withheld`: whether
    only the Bureau may see the two. Figures of the M indicators are left out: they speak of the versions themselves.
    """
    _create(connection)
    if not corrections.find_corrections(connection):
        return
    connection.execute(BASIS)
    periods = carry.take_over(connection, "restated", "restated", "restated")
    carry.take_over(connection, "restated_by", "restated_by", "restated")
    if not periods:
        return
    restatable = [each for each in indicators if speaks_of_facts(each, declared)]
    with _as_first_accepted(connection, periods):
        create_sets(connection, declared)
        carry.prepare(connection)
        compute(connection, restatable, declared)
        disclosure.disclose(connection, restatable, declared)
    codes = [each.code for each in restatable]
    connection.execute(f"INSERT INTO restated {CHANGED}", {"periods": periods, "indicators": codes})
    corrections.find_altered(connection)
    corrections.find_readings(connection, restatable, declared)
    connection.execute(
        f"INSERT INTO restated_by SELECT * FROM ({corrections.CAUSES}) ORDER BY ALL", {"periods": periods}
    )
    connection.execute(SETTLE, {"periods": periods})
    withhold_changes(connection, restatable, declared)
    connection.execute(f"DETACH {FIRST}")
    for table in ("altered", "reading", "within"):
        connection.execute(f"DROP TABLE {table}")


def speaks_of_facts(indicator: Indicator, declared: Mapping[str, Relation]) -> bool:
    """Whether a figure is drawn from reported rows, and not from the versions in which they came."""
    return all(declared[term.relation].reach for term in indicator.terms)


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    amounts = ", ".join(
        f"part_{side} {EXACT}, whole_{side} {EXACT}, value_{side} DOUBLE" for side in ("before", "after")
    )
    connection.execute(f"""CREATE OR REPLACE TABLE restated (period TEXT, scope TEXT, entity TEXT, indicator TEXT,
        {amounts}, submitters INTEGER, withheld BOOLEAN, PRIMARY KEY ({KEY}))""")
    connection.execute(f"""CREATE OR REPLACE TABLE restated_by (period TEXT, scope TEXT, entity TEXT, indicator TEXT,
        submission_id INTEGER, PRIMARY KEY ({KEY}, submission_id))""")


@contextmanager
def _as_first_accepted(connection: duckdb.DuckDBPyConnection, periods: list[str]) -> Iterator[None]:
    """A database before the snapshot's own in which each submission's first accepted version is in force.

    It knows the periods to be worked out, and those that they are held against.
    """
    own = connection.execute("SELECT current_database()").fetchall()[0][0]
    connection.execute(f"ATTACH ':memory:' AS {FIRST}")
    connection.execute(f"""CREATE TABLE {FIRST}.submission AS SELECT * REPLACE (
        verdict <> 'returned' AND version = min(version) FILTER (verdict <> 'returned')
            OVER (PARTITION BY submitter, period) AS in_force) FROM submission""")
    connection.execute(f"""CREATE TABLE {FIRST}.presence AS SELECT p.* REPLACE (s.submission_id AS submission_id)
        FROM presence p JOIN {FIRST}.submission s USING (submitter, period) WHERE s.in_force""")
    connection.execute(
        f"""CREATE TABLE {FIRST}.period AS SELECT * FROM period
        WHERE period IN (SELECT read FROM ({BASE_PERIODS}) WHERE list_contains(?, period))""",
        [periods],
    )
    connection.execute(f"""SET search_path = '{FIRST}.main,"{own}".main'""")
    try:
        lay_forms(connection)
        yield
    finally:
        connection.execute(f"""SET search_path = '"{own}".main'""")
