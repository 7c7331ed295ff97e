"""Works out the table `value`: one statement a set for all its aggregates and scopes, then part, whole and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

import duckdb

from etl.checks.faults import reason_of
from etl.warehouse.tables import insert
from metrics.indicators import inputs
from metrics.indicators.aggregates import DistinctCount, take_apart
from metrics.indicators.carry import take_over
from metrics.indicators.catalogue import NOW, ROLES, Indicator
from metrics.indicators.not_computable import DATA_ERRORS, spared
from metrics.indicators.relations import CITY, Relation
from metrics.indicators.wide_sets import aggregate

EXACT = "DECIMAL(38,12)"


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
    # Told in a column of its own: not every engine knows a key of GROUPING SETS in HAVING.
    counts = "GROUPING(on_list) = 1 OR on_list" if set(scopes) - own else "true"
    return (
        f"SELECT * EXCLUDE (counts) FROM (SELECT period, {entity_columns(scopes)}, {counts} AS counts{aggregates} "
        f"FROM {source} GROUP BY {grouping_sets(scopes, own, *more)}) WHERE counts AND entity IS NOT NULL"
    )


def within(relation: Relation, among: str = "") -> str:
    """SQL: the rows of a set that count for a period of the parameter `$periods`, and meet a condition besides."""
    return f"(SELECT * FROM {relation.view} WHERE list_contains($periods, period){among and f' AND {among}'})"


def distinct_statement(relation: Relation, count: DistinctCount, name: str, rows: str) -> str:
    """SQL: a row a period, scope and entity of some rows of a set, with one distinct count."""
    condition = f"{count.column} IS NOT NULL" + (f" AND ({count.condition})" if count.condition else "")
    source = f"(SELECT *, {count.column} AS counted FROM {rows} WHERE {condition})"
    values = grouped(source, relation.scopes, relation.own, "", "counted")
    return f"SELECT period, scope, entity, count(*) AS {name} FROM ({values}) GROUP BY ALL"


def measure_statement(relation: Relation, expressions: Iterable[str], domain: Relation | None, among: str = "") -> str:
    """SQL: a row a period, scope, entity of a set, with its aggregates m0, m1, … as exact decimals.

    The set is summed once at its finest grain, then from there for each scope. Entities of the domain without a
    row have 0. Only periods of the parameter `$periods` are read, and rows that meet `among`.
    """
    parts = take_apart(tuple(aggregate(relation, expression)[0] for expression in expressions))
    keys = ["period", "on_list", *(scope for scope in relation.scopes if scope != "city")]
    base = "".join(f", {expression} AS a{number}" for number, expression in enumerate(parts.additive))
    sums = "".join(f", sum(a{number}) AS a{number}" for number in range(len(parts.additive)))
    steps = {
        "fine": f"SELECT {', '.join(keys)}{base} FROM {within(relation, among)} GROUP BY ALL",
        "figure": grouped("fine", relation.scopes, relation.own, sums),
    }
    joins = "figure"
    if domain is not None:
        shared = [scope for scope in relation.scopes if scope == "city" or scope in domain.columns]
        steps["listed"] = grouped(within(domain, among), shared, relation.own & set(shared))
        joins = "listed FULL JOIN figure USING (period, scope, entity)"
    for number, count in enumerate(parts.distinct):
        rows = "fine" if count.column in keys and not count.condition else within(relation, among)
        steps[f"distinct{number}"] = distinct_statement(relation, count, f"d{number}", rows)
        joins += f" LEFT JOIN distinct{number} USING (period, scope, entity)"
    exact = "".join(f", CAST(coalesce({e}, 0) AS {EXACT}) AS m{n}" for n, e in enumerate(parts.rebuilt))
    named = ", ".join(f"{name} AS ({step})" for name, step in steps.items())
    return f"WITH {named} SELECT period, scope, entity{exact} FROM {joins}"


def measures(indicators: Iterable[Indicator], relations: Mapping[str, Relation]) -> dict[str, list[str]]:
    """Set → its distinct aggregates, in order of first use."""
    needed: dict[str, list[str]] = {}
    for indicator in indicators:
        for term in indicator.terms:
            expressions = needed.setdefault(term.relation, [])
            if term.expression not in expressions:
                expressions.append(term.expression)
    return needed


def create_measure(connection: duckdb.DuckDBPyConnection) -> None:
    """Table `measure`, empty (see `_compute_measures`)."""
    connection.execute(
        f"CREATE OR REPLACE TABLE measure (relation TEXT, position INTEGER, period TEXT, scope TEXT, entity TEXT, "
        f"amount {EXACT}, reason TEXT, submissions INTEGER[])"
    )


def _compute_measures(
    connection: duckdb.DuckDBPyConnection, needed: Mapping[str, list[str]], relations: Mapping[str, Relation]
) -> None:
    """Table `measure`: a row a set, aggregate, period, scope and entity; without an amount where the database stops at
    it, with the reason and the submissions instead."""
    create_measure(connection)
    for code, expressions in needed.items():
        relation = relations[code]
        domain = relations[relation.domain] if relation.domain else None
        add = partial(_add_measures, connection, relation, domain, expressions)
        periods = take_over(connection, "measure", f"measure {code}", relation.reach, f"relation = '{code}'")
        if not periods:
            continue
        for position, _ in spared(partial(add, periods), range(len(expressions))):
            for period, _ in spared(partial(_in_periods, add, position), periods):
                _measure_by_entity(connection, relation, domain, expressions, position, period)


def _in_periods(add: partial, position: int, periods: list[str]) -> None:
    add(periods, [position])


def _add_measures(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    domain: Relation | None,
    expressions: Sequence[str],
    periods: list[str],
    positions: list[int],
    entities: list[str] | None = None,
) -> None:
    """Adds some of a set's aggregates for some periods; of a set with one scope, for some of its entities."""
    (scope, *_) = relation.scopes
    among = "" if entities is None or scope == "city" else f"list_contains($entities, {scope})"
    asked = [expressions[position] for position in positions]
    given = {"periods": periods} | ({"entities": entities} if among else {})
    add_measured(connection, relation.code, positions, measure_statement(relation, asked, domain, among), given)


def add_measured(
    connection: duckdb.DuckDBPyConnection, code: str, positions: Sequence[int], wide: str, given: Mapping[str, object]
) -> None:
    """Adds to `measure` what SQL gives as a row a period, scope and entity, with aggregates of the set: m0, m1, …"""
    columns = ", ".join(f"m{number}" for number in range(len(positions)))
    connection.execute(
        f"INSERT INTO measure SELECT $code, $positions[CAST(substr(name, 2) AS INTEGER) + 1], period, scope, entity, "
        f"amount, NULL, NULL FROM (UNPIVOT ({wide}) ON {columns} INTO NAME name VALUE amount)",
        {"code": code, "positions": list(positions), **given},
    )


def _measure_by_entity(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    domain: Relation | None,
    expressions: Sequence[str],
    position: int,
    period: str,
) -> None:
    """Adds one aggregate for one period, entity by entity where the database stops at some of them."""
    for scope in relation.scopes:
        alone = replace(relation, scopes=(scope,), own=relation.own & {scope})
        listed = domain if domain and (scope == "city" or scope in domain.columns) else None
        add = partial(_add_measures, connection, alone, listed, expressions, [period], [position])
        for entity, error in spared(add, _entities(connection, alone, listed, period)):
            submissions = _stopping(connection, relation, scope, entity, expressions[position], period)
            stopped = (relation.code, position, period, scope, entity, None, reason_of(error), submissions)
            insert(connection, "measure", [stopped])


# Scope → who may have a figure in it, where the rows of a set cannot be asked.
ENTITIES = {
    "city": f"SELECT '{CITY}'",
    "bank": "SELECT submitter FROM presence WHERE kind = 'bank' AND period = $period",
    "bank_type": "SELECT DISTINCT member_group FROM presence WHERE kind = 'bank' AND period = $period",
    "district": "SELECT code FROM district_unit",
    "ip": "SELECT DISTINCT entity FROM measure WHERE scope = 'ip'",
    "region": "SELECT DISTINCT region FROM presence WHERE period = $period",
}


def _entities(
    connection: duckdb.DuckDBPyConnection, relation: Relation, domain: Relation | None, period: str
) -> list[str]:
    """Who has rows in a set with one scope at a period, or 0."""
    try:
        statement = f"SELECT entity FROM ({measure_statement(relation, ['count(*)'], domain)}) ORDER BY entity"
        found = connection.execute(statement, {"periods": [period]}).fetchall()
    except DATA_ERRORS:
        statement = ENTITIES[relation.scopes[0]]
        found = connection.execute(statement, {"period": period} if "$period" in statement else {}).fetchall()
    return [entity for (entity,) in found]


def _stopping(
    connection: duckdb.DuckDBPyConnection, relation: Relation, scope: str, entity: str, expression: str, period: str
) -> list[int]:
    """The submissions at whose rows the database stops; where it does at none by itself, all that are added up."""
    if "submission_id" not in relation.columns:
        return []
    place = [period] if scope == "city" else [period, entity]
    try:
        found = connection.execute(term_statement(relation, scope, "DISTINCT submission_id"), place).fetchall()
    except DATA_ERRORS:
        return []
    wide, _ = aggregate(relation, expression)
    statement = f"{term_statement(relation, scope, wide)} AND list_contains(?, submission_id)"
    added_up = sorted(number for (number,) in found if number is not None)
    alone = spared(lambda some: connection.execute(statement, [*place, some]).fetchall(), added_up)
    return [number for number, _ in alone] or added_up


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
    SELECT period, 'year_before', CAST(year - 1 AS TEXT) || right(period, 3) FROM period
    UNION ALL
    SELECT period, 'last_december', CAST(year - 1 AS TEXT) || '-12' FROM period
"""
SUMS = ", ".join(f"sum(amount) FILTER (WHERE role = '{role}') AS {role}" for role in ROLES)
MEASURED = f"""
    SELECT b.period, m.scope, m.entity, t.indicator, t.role, m.amount, m.reason, m.submissions
    FROM term t
    JOIN measure m ON m.relation = t.relation AND m.position = t.position AND m.scope = t.scope
    JOIN ({BASE_PERIODS}) b ON b.base = t.base AND b.read = m.period
"""
# The figures of some indicators, of some periods and entities where these are given, of which nothing is missing.
FIGURES = f"""
    SELECT period, scope, entity, indicator, kind, scale, {SUMS}
    FROM ({MEASURED}) JOIN formula USING (indicator)
    WHERE list_contains($indicators, indicator) AND ($periods IS NULL OR list_contains($periods, period))
        AND ($places IS NULL OR list_contains($places, scope || ' ' || entity))
    GROUP BY ALL
    HAVING part IS NOT NULL AND bool_and(reason IS NULL)
"""
VALUE = """
    CASE kind
        WHEN 'plain' THEN CAST(part AS DOUBLE)
        WHEN 'ratio' THEN CAST(part * scale AS DOUBLE) / CAST(nullif(whole, 0) AS DOUBLE)
        WHEN 'growth' THEN CAST((part - whole) * 100 AS DOUBLE) / CAST(nullif(whole, 0) AS DOUBLE)
    END
"""
COMPUTED = f"""
    INSERT INTO value
    SELECT period, scope, entity, indicator, part, whole, {VALUE} FROM ({FIGURES}) WHERE kind <> 'difference'
    ORDER BY period, scope, entity, indicator
"""
KEYS = 4  # columns that tell one figure from another
DIFFERENCES = f"""
    SELECT period, scope, entity, indicator, part, whole, minus_part, minus_whole, scale
    FROM ({FIGURES})
    WHERE kind = 'difference' AND whole <> 0 AND minus_whole <> 0 AND minus_part IS NOT NULL
    ORDER BY period, scope, entity, indicator
"""
STOPPED = f"""
    INSERT INTO not_computable
    SELECT period, scope, entity, indicator, min(reason), list_sort(list_distinct(flatten(list(submissions))))
    FROM ({MEASURED}) WHERE reason IS NOT NULL GROUP BY ALL
"""


def _difference(part: object, whole: object, minus_part: object, minus_whole: object, scale: int) -> float:
    """A difference of ratios as one quotient, so that a gap of exactly 3 points is 3 and not 3.0000000000000004; its
    products have more digits than any decimal of the database."""
    part, whole, minus_part, minus_whole = map(Fraction, (part, whole, minus_part, minus_whole))
    return float((part * minus_whole - minus_part * whole) * scale) / float(whole * minus_whole)


def _add_values(
    connection: duckdb.DuckDBPyConnection,
    indicators: list[str],
    periods: list[str] | None = None,
    places: list[str] | None = None,
) -> None:
    """Adds the figures of some indicators to `value`: all, or those of some periods and places (`scope entity`)."""
    asked = {"indicators": indicators, "periods": periods, "places": places}
    differences = [
        (*row[:KEYS], None, None, _difference(*row[KEYS:])) for row in connection.execute(DIFFERENCES, asked).fetchall()
    ]
    connection.execute(COMPUTED, asked)
    insert(connection, "value", differences)


def compute(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], relations: Mapping[str, Relation]
) -> None:
    """Creates the table `value`: a row a period, scope, entity and indicator that has a part or a value.

    Part and whole are exact decimals in the indicator's unit; the value is one quotient in double of the two, and
    empty where the whole is zero or missing. The views of the sets must exist.

    Raises:
        duckdb.ConstraintException: two rows have the same key.
    """
    indicators = list(indicators)
    needed = measures(indicators, relations)
    _compute_measures(connection, needed, relations)
    put_together(connection, indicators, needed)


def put_together(
    connection: duckdb.DuckDBPyConnection, indicators: Sequence[Indicator], needed: Mapping[str, list[str]]
) -> None:
    """Creates `value` and `not_computable` from `measure` and `period`; `needed` as `measures` gives it."""
    _declare_terms(connection, indicators, needed)
    connection.execute(
        f"CREATE OR REPLACE TABLE value (period TEXT, scope TEXT, entity TEXT, indicator TEXT, "
        f"part {EXACT}, whole {EXACT}, value DOUBLE, PRIMARY KEY (period, scope, entity, indicator))"
    )
    inputs.create(connection, "not_computable")
    connection.execute(STOPPED)
    for code, _ in spared(partial(_add_values, connection), [each.code for each in indicators]):
        _value_by_place(connection, code)
    for table in ("term", "formula"):
        connection.execute(f"DROP TABLE {table}")


def _value_by_place(connection: duckdb.DuckDBPyConnection, code: str) -> None:
    """Adds the figures of one indicator by period, and by entity where the database stops at some of them."""
    periods = [row[0] for row in connection.execute("SELECT period FROM period ORDER BY period").fetchall()]
    for period, _ in spared(lambda some: _add_values(connection, [code], some), periods):
        found = connection.execute(
            f"SELECT DISTINCT scope || ' ' || entity FROM ({MEASURED}) WHERE indicator = ? AND period = ? ORDER BY ALL",
            [code, period],
        ).fetchall()
        places = [place for (place,) in found]
        for place, error in spared(partial(_add_values, connection, [code], [period]), places):
            insert(connection, "not_computable", [(period, *place.split(), code, reason_of(error), [])])


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
