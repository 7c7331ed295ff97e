"""Later accepted versions of a submission: which cells each altered, and which figures read such cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import duckdb

from contract.declarations import Form, forms
from etl.warehouse.tables import KEYS, insert
from metrics.indicators.aggregates import cells_read
from metrics.indicators.catalogue import Indicator, Term
from metrics.indicators.compute import BASE_PERIODS
from metrics.indicators.relations import REACHES, Relation, view_name

WORD = re.compile(r"\w+")
# A loan's type of right, as the sets of relations.toml have it.
IP = "CASE WHEN contains({row}.ip_types, ',') THEN 'mixed' ELSE {row}.ip_types END"


def find_corrections(connection: duckdb.DuckDBPyConnection) -> int:
    """Adds `correction`: a row a later accepted version: `submission_id, submitter, kind, period, before_id` (the
    accepted version that it replaced); returns how many there are."""
    connection.execute("""CREATE OR REPLACE TABLE correction AS
        SELECT submission_id, submitter, kind, period, before_id FROM (
            SELECT *, lag(submission_id) OVER (PARTITION BY submitter, period ORDER BY version) AS before_id
            FROM submission WHERE verdict <> 'returned')
        WHERE before_id IS NOT NULL ORDER BY submission_id""")
    return connection.execute("SELECT count(*) FROM correction").fetchall()[0][0]


def _altered(form: Form) -> str:
    """SQL: a row a correction, altered row of the form and column, with the districts and types of right it had or has.

    Rows are paired by the form's key. A row that only one version has is altered in all its columns, and so is a form
    that only one version holds.
    """
    key = ", ".join(form.key)
    numbered = f"SELECT *, row_number() OVER (PARTITION BY submission_id, {key or 'NULL'} ORDER BY row_no) AS nth"
    pair = ", ".join(("correction_id", "nth", *form.key))
    of = f"({numbered} FROM fact_{form.code} SEMI JOIN touched USING (submission_id))"
    columns = ", ".join(
        f"CASE WHEN o.nth IS NULL OR n.nth IS NULL OR o.{column.code} IS DISTINCT FROM n.{column.code} "
        f"THEN '{column.code}' END"
        for column in form.columns
    )
    every = ", ".join(f"'{column.code}'" for column in form.columns)
    places = "[o.district, n.district], [" + ", ".join(IP.format(row=row) for row in "on") + "]"
    places = places if form.code == "B1" else "NULL, NULL"
    return f"""
        WITH touched AS (
            SELECT submission_id FROM correction UNION SELECT before_id FROM correction),
        old AS (
            SELECT c.submission_id AS correction_id, f.*
            FROM {of} f JOIN correction c ON c.before_id = f.submission_id),
        new AS (SELECT submission_id AS correction_id, f.* FROM {of} f SEMI JOIN correction USING (submission_id)),
        paired AS (
            SELECT coalesce(o.correction_id, n.correction_id) AS submission_id, unnest([{columns}]) AS column_code,
                {places}
            FROM old o FULL JOIN new n USING ({pair}))
        SELECT submission_id, '{form.code}', * EXCLUDE (submission_id) FROM paired WHERE column_code IS NOT NULL
        UNION ALL
        SELECT submission_id, '{form.code}', unnest([{every}]), NULL, NULL FROM correction c
        WHERE (SELECT count(*) FROM version_form v
            WHERE v.form = '{form.code}' AND v.submission_id IN (c.submission_id, c.before_id)) = 1"""


def find_altered(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the temporary table `altered`: a row a correction, form, column and place of what it altered."""
    connection.execute("""CREATE OR REPLACE TEMP TABLE altered
        (submission_id INTEGER, form TEXT, column_code TEXT, districts TEXT[], ips TEXT[])""")
    for form in forms().values():
        connection.execute(f"INSERT INTO altered SELECT DISTINCT * FROM ({_altered(form)})")


def _sets_in(relation: Relation, declared: Mapping[str, Relation]) -> list[Relation]:
    """The sets that a set's SQL names."""
    words = set(WORD.findall(relation.sql))
    return [other for other in declared.values() if view_name(other.code) in words]


def _words(relation: Relation, declared: Mapping[str, Relation]) -> set[str]:
    """The words of a set's SQL, and of the sets that it reads; a key stands for its texts."""
    words = set(WORD.findall(relation.sql)).union(*(_words(other, declared) for other in _sets_in(relation, declared)))
    return words.union(*(KEYS[word].texts for word in words if word in KEYS))


def forms_read(relation: Relation, declared: Mapping[str, Relation], reach: str | None = None) -> dict[str, str]:
    """Form → the reach within which a set reads it: its own reach; where another set brings in a form, that set's."""
    reach = relation.reach or reach
    reaches = {form: reach for form in forms() if form in WORD.findall(relation.sql)}
    for other in _sets_in(relation, declared):
        for form, within in forms_read(other, declared, reach).items():
            reaches.setdefault(form, within)
    if relation.form:
        reaches[relation.form] = reach
    return reaches


def _readings(indicator: Indicator, term: Term, declared: Mapping[str, Relation]) -> Iterator[tuple]:
    """A row a scope, form and column that a term reads: see `readings`."""
    relation = declared[term.relation]
    cells = set(cells_read(term.expression))
    words = _words(relation, declared) | cells | {text for cell in cells & KEYS.keys() for text in KEYS[cell].texts}
    for form, reach in forms_read(relation, declared).items():
        for column in {column.code for column in forms()[form].columns} & (words | {"district", "ip_types"}):
            for scope in indicator.scopes:
                if scope in relation.scopes:
                    own = form == relation.form
                    yield (indicator.code, scope, term.base, form, reach, column, own, scope in relation.own)


def find_readings(
    connection: duckdb.DuckDBPyConnection, indicators: Iterable[Indicator], declared: Mapping[str, Relation]
) -> None:
    """Adds the temporary tables `reading`, a row an indicator, scope and column of a form that it reads, and `within`,
    a row a reach, period and report period within it."""
    rows = {row for each in indicators for term in each.terms for row in _readings(each, term, declared)}
    connection.execute("""CREATE OR REPLACE TEMP TABLE reading (indicator TEXT, scope TEXT, base TEXT, form TEXT,
        reach TEXT, column_code TEXT, is_own_form BOOLEAN, is_own_scope BOOLEAN)""")
    insert(connection, "reading", sorted(rows))
    connection.execute("CREATE OR REPLACE TEMP TABLE within (reach TEXT, period TEXT, reported TEXT)")
    for reach, condition in REACHES.items():
        connection.execute(
            f"""INSERT INTO within SELECT ?, period.period, report.period
            FROM period JOIN (SELECT DISTINCT period FROM correction) AS report ON {condition}""",
            [reach],
        )


# Of changed figures (table `restated`) of some periods, the corrections that altered cells which the figure reads.
CAUSES = f"""
    SELECT DISTINCT f.period, f.scope, f.entity, f.indicator, c.submission_id
    FROM restated f
    JOIN reading r ON r.indicator = f.indicator AND r.scope = f.scope
    JOIN ({BASE_PERIODS}) b ON b.period = f.period AND b.base = r.base
    JOIN within w ON w.reach = r.reach AND w.period = b.read
    JOIN correction c ON c.period = w.reported
    JOIN altered a ON a.submission_id = c.submission_id AND a.form = r.form AND a.column_code = r.column_code
    LEFT JOIN presence p ON p.submitter = c.submitter AND p.period = b.read
    WHERE list_contains($periods, f.period) AND CASE
        WHEN f.scope = 'city' THEN true
        WHEN f.scope = 'bank_type' THEN p.member_group = f.entity
        WHEN r.is_own_scope AND r.is_own_form OR f.scope = 'bank' THEN c.submitter = f.entity
        WHEN f.scope = 'district' THEN NOT r.is_own_form OR a.districts IS NULL OR list_contains(a.districts, f.entity)
        ELSE a.ips IS NULL OR list_contains(a.ips, f.entity)
    END
"""
