"""Works out the table `value`: one statement a set for all its aggregates and scopes, then part, whole and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from etl.warehouse.tables import insert
from metrics.indicators.aggregates import DistinctCount, take_apart
from metrics.indicators.carry import take_over
from metrics.indicators.catalogue import NOW, ROLES, Indicator
from metrics.indicators.relations import CITY, Relation

EXACT = "DECIMAL(38,12)"
# A difference of ratios is one quotient of products, so that a gap of exactly 3 points is 3 and not 3.0000000000000004.
# Its operands are money (6 decimals): the products stay exact.
FACTOR = "DECIMAL(38,6)"


def entity_columns(scopes: Iterable[str]) -> str:
    """SQL columns `scope` and `entity` of a row of GROUPING SETS."""
    keys = [scope for scope in scopes if scope != "city"]
    names = " ".join(f"WHEN GROUPING({key}) = 0 THEN '{key}'" for key in keys)
    entities = " ".join(f"WHEN GROUPING({key}) = 0 THEN {key}" for key in keys)
    if not keys:
        return f"'city' AS scope, '{CITY}' AS entity"
    return f"CASE {names} ELSE 'city' END AS scope, CASE {entities} ELSE '{CITY}' END AS entity"


def grouping_sets(scopes: Iterable[str], own: frozenset[str], *more: str) -> str:
    """A grouping set a scope; a group's sums tell members on the list from history, a member's own figures do not."""
    sets = []
    for scope in scopes:
        keys = ["period", *([] if scope in own else ["on_list"]), *([] if scope == "city" else [scope]), *more]
        sets.append(f"({', '.join(keys)})")
    return f"GROUPING SETS ({', '.join(sets)})"


def grouped(source: str, scopes: Iterable[str], own: frozenset[str], aggregates: str = "", *more: str) -> str:
    """SQL: a row a period, scope and entity of a source (and of each value of `more`), with aggregates."""
    scopes = tuple(scopes)
    history = "(GROUPING(on_list) = 1 OR on_list)" if set(scopes) - own else "true"
    return (
        f"SELECT * FROM (SELECT period, {entity_columns(scopes)}{aggregates} FROM {source} "
        f"GROUP BY {grouping_sets(scopes, own, *more)} HAVING {history}) WHERE entity IS NOT NULL"
    )


def within(relation: Relation) -> str:
    """SQL: the rows of a set that count for a period of the parameter `$periods`."""
    return f"(SELECT * FROM {relation.view} WHERE list_contains($periods, period))"


def distinct_statement(relation: Relation, count: DistinctCount, name: str, rows: str) -> str:
    """SQL: a row a period, scope and entity of some rows of a set, with one distinct count."""
    condition = f"{count.column} IS NOT NULL" + (f" AND ({count.condition})" if count.condition else "")
    source = f"(SELECT *, {count.column} AS counted FROM {rows} WHERE {condition})"
    values = grouped(source, relation.scopes, relation.own, "", "counted")
    return f"SELECT period, scope, entity, count(*) AS {name} FROM ({values}) GROUP BY ALL"


def measure_statement(relation: Relation, expressions: Iterable[str], domain: Relation | None) -> str:
    """SQL: a row a period, scope, entity of a set, with its aggregates m0, m1, … as exact decimals.

    The set is summed once at its finest grain, then from there for each scope. Entities of the domain without a
    row have 0. Only periods of the parameter `$periods` are read.
    """
    parts = take_apart(tuple(expressions))
    keys = ["period", "on_list", *(scope for scope in relation.scopes if scope != "city")]
    base = "".join(f", {expression} AS a{number}" for number, expression in enumerate(parts.additive))
    sums = "".join(f", sum(a{number}) AS a{number}" for number in range(len(parts.additive)))
    steps = {
        "fine": f"SELECT {', '.join(keys)}{base} FROM {within(relation)} GROUP BY ALL",
        "figure": grouped("fine", relation.scopes, relation.own, sums),
    }
    joins = "figure"
    if domain is not None:
        shared = [scope for scope in relation.scopes if scope == "city" or scope in domain.columns]
        steps["listed"] = grouped(within(domain), shared, relation.own & set(shared))
        joins = "listed FULL JOIN figure USING (period, scope, entity)"
    for number, count in enumerate(parts.distinct):
        rows = "fine" if count.column in keys and not count.condition else within(relation)
        steps[f"distinct{number}"] = distinct_statement(relation, count, f"d{number}", rows)
        joins += f" LEFT JOIN distinct{number} USING (period, scope, entity)"
    exact = "".join(f", CAST(coalesce({e}, 0) AS {EXACT}) AS m{n}" for n, e in enumerate(parts.rebuilt))
    named = ", ".join(f"{name} AS ({step})" for name, step in steps.items())
    return f"WITH {named} SELECT period, scope, entity{exact} FROM {joins}"


def measures(indicators: Iterable[Indicator], relations: Mapping[str, Relation]) -> dict[str, list[str]]:
    """Set → its distinct aggregates, in order of first use; last those that tell how few stand behind its sums."""
    needed: dict[str, list[str]] = {}
    for indicator in indicators:
        for term in indicator.terms:
            expressions = needed.setdefault(term.relation, [])
            if term.expression not in expressions:
                expressions.append(term.expression)
    for code, expressions in needed.items():
        expressions += [counted for counted in counts_behind(relations[code]) if counted not in expressions]
    return needed


def counts_behind(relation: Relation) -> list[str]:
    """The aggregates of a set that count banks and, where it knows them, borrowers; none for one without such sums."""
    counted = ("bank", "firm_key") if relation.groups else ()
    return [f"count(DISTINCT {column})" for column in counted if column in relation.columns]


def _count_behind(
    connection: duckdb.DuckDBPyConnection, needed: Mapping[str, list[str]], relations: Mapping[str, Relation]
) -> None:
    """Table `behind`: a row a set, period, scope and entity with the fewer of banks and borrowers behind its sums."""
    connection.execute(
        "CREATE OR REPLACE TABLE behind (relation TEXT, period TEXT, scope TEXT, entity TEXT, fewest BIGINT)"
    )
    for code, expressions in needed.items():
        positions = [expressions.index(counted) for counted in counts_behind(relations[code])]
        if positions:
            connection.execute(
                """INSERT INTO behind SELECT relation, period, scope, entity, CAST(min(amount) AS BIGINT)
                FROM measure WHERE relation = ? AND list_contains(?, position) AND list_contains(?, scope)
                GROUP BY ALL HAVING min(amount) > 0""",
                [code, positions, list(relations[code].groups)],
            )


def _compute_measures(
    connection: duckdb.DuckDBPyConnection, needed: Mapping[str, list[str]], relations: Mapping[str, Relation]
) -> None:
    """Table `measure`: a row a set, aggregate, period, scope and entity."""
    connection.execute(
        f"CREATE OR REPLACE TABLE measure "
        f"(relation TEXT, position INTEGER, period TEXT, scope TEXT, entity TEXT, amount {EXACT})"
    )
    for code, expressions in needed.items():
        relation = relations[code]
        periods = take_over(connection, "measure", f"measure {code}", relation.reach, f"relation = '{code}'")
        if not periods:
            continue
        domain = relations[relation.domain] if relation.domain else None
        columns = ", ".join(f"m{number}" for number in range(len(expressions)))
        connection.execute(
            f"INSERT INTO measure SELECT $code, CAST(substr(name, 2) AS INTEGER), period, scope, entity, amount "
            f"FROM (UNPIVOT ({measure_statement(relation, expressions, domain)}) ON {columns} "
            f"INTO NAME name VALUE amount)",
            {"code": code, "periods": periods},
        )


def _declare_terms(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], needed: Mapping[str, list[str]]
) -> None:
    """Temporary tables `term` (a row an indicator, scope and term) and `formula` (a row an indicator)."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE term "
        "(indicator TEXT, scope TEXT, role TEXT, base TEXT, relation TEXT, position INTEGER)"
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE formula (indicator TEXT, kind TEXT, scale INTEGER)")
    insert(connection, "formula", [(each.code, each.kind, each.scale) for each in indicators])
    terms = [
        (each.code, scope, term.role, term.base, term.relation, needed[term.relation].index(term.expression))
        for each in indicators
        for term in each.terms
        for scope in each.scopes
    ]
    insert(connection, "term", terms)


# Which period a term reads (`read`) for a period that is worked out (`period`).
BASE_PERIODS = f"""
    SELECT period, '{NOW}' AS base, period AS read FROM period
    UNION ALL
    SELECT period, 'year_before', format('{{}}-{{:02d}}', year - 1, month) FROM period
    UNION ALL
    SELECT period, 'last_december', format('{{}}-12', year - 1) FROM period
"""
SUMS = ", ".join(f"sum(amount) FILTER (WHERE role = '{role}') AS {role}" for role in ROLES)
VALUE = f"""
    CASE kind
        WHEN 'plain' THEN CAST(part AS DOUBLE)
        WHEN 'ratio' THEN CAST(part * scale AS DOUBLE) / CAST(nullif(whole, 0) AS DOUBLE)
        WHEN 'growth' THEN CAST((part - whole) * 100 AS DOUBLE) / CAST(nullif(whole, 0) AS DOUBLE)
        WHEN 'difference' THEN
            CAST((CAST(part AS {FACTOR}) * CAST(minus_whole AS {FACTOR})
                - CAST(minus_part AS {FACTOR}) * CAST(whole AS {FACTOR})) * scale AS DOUBLE)
            / CAST(nullif(CAST(whole AS {FACTOR}) * CAST(minus_whole AS {FACTOR}), 0) AS DOUBLE)
    END
"""
COMPUTED = f"""
    WITH figure AS (
        SELECT b.period, m.scope, m.entity, t.indicator, {SUMS}
        FROM term t
        JOIN measure m ON m.relation = t.relation AND m.position = t.position AND m.scope = t.scope
        JOIN ({BASE_PERIODS}) b ON b.base = t.base AND b.read = m.period
        GROUP BY ALL
    )
    SELECT period, scope, entity, indicator,
        CASE WHEN kind <> 'difference' THEN CAST(part AS {EXACT}) END AS part,
        CASE WHEN kind <> 'difference' THEN CAST(whole AS {EXACT}) END AS whole,
        {VALUE} AS value
    FROM figure JOIN formula USING (indicator)
    WHERE figure.part IS NOT NULL AND (kind <> 'difference' OR value IS NOT NULL)
    ORDER BY period, scope, entity, indicator
"""


def compute(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], relations: Mapping[str, Relation]
) -> None:
    """Creates the table `value`: a row a period, scope, entity and indicator that has a part or a value; and `behind`.

    Part and whole are exact decimals in the indicator's unit; the value is one quotient in double of the two, and
    empty where the whole is zero or missing. The views of the sets must exist.

    Raises:
        duckdb.ConstraintException: two rows have the same key.
    """
    indicators = list(indicators)
    needed = measures(indicators, relations)
    _compute_measures(connection, needed, relations)
    _count_behind(connection, needed, relations)
    _declare_terms(connection, indicators, needed)
    connection.execute(
        f"CREATE OR REPLACE TABLE value (period TEXT, scope TEXT, entity TEXT, indicator TEXT, "
        f"part {EXACT}, whole {EXACT}, value DOUBLE, PRIMARY KEY (period, scope, entity, indicator))"
    )
    connection.execute(f"INSERT INTO value {COMPUTED}")
    for table in ("term", "formula"):
        connection.execute(f"DROP TABLE {table}")


def term_statement(relation: Relation, scope: str, columns: str, own: frozenset[str] | None = None) -> str:
    """SQL of columns or aggregates of a set for one period and entity: what `compute` works out for all at once.

    Its parameters are the period and, but for city, the entity; `own` replaces the set's own scopes.
    """
    conditions = ["period = ?"]
    if scope not in (relation.own if own is None else own):
        conditions.append("on_list")
    if scope != "city":
        conditions.append(f"{scope} = ?")
    return f"SELECT {columns} FROM {relation.view} WHERE {' AND '.join(conditions)}"
