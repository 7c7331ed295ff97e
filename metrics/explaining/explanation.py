"""What a figure is made of: definition, formula as run, part and whole, its submissions, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
from sqlglot import expressions as sql

from contract.calendar import previous
from contract.errors import CallError
from metrics.explaining.absence import Absence, absence
from metrics.indicators.aggregates import cells_read
from metrics.indicators.catalogue import BASES, NOW, Indicator, Term, parse
from metrics.indicators.compute import term_statement
from metrics.indicators.relations import SCOPES, Relation, relations
from metrics.indicators.wide_sets import aggregate

# Of each row of a submission, beside its sheet and row: the file that it came in. Column → name, SQL.
FILE_COLUMNS = {
    "file_name": ("文件", "submission.file_name"),
    "file_version": ("报送版本", "submission.version"),
    "file_received_at": ("收到时间", "submission.received_at"),
}
KEY = "period = ? AND scope = ? AND entity = ? AND indicator = ?"
ROLE_NAMES = {"part": "分子", "whole": "分母", "minus_part": "减项分子", "minus_whole": "减项分母"}


@dataclass(frozen=True)
class TermExplained:
    """One aggregate: the SQL as run, what it gave, and the rows that it took in."""

    role: str  # in Chinese
    relation: Relation
    period: str  # the one it reads
    expression: str
    statement: str
    parameters: tuple[str, ...]
    amount: Decimal
    columns: tuple[str, ...]
    cells: tuple[str, ...]  # of these, the ones that the expression reads
    rows: tuple[tuple, ...]
    row_count: int  # of which `rows` may hold only the first

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self.name_of(column) for column in self.columns)

    def name_of(self, column: str) -> str:
        return FILE_COLUMNS[column][0] if column in FILE_COLUMNS else self.relation.name_of(column)


@dataclass(frozen=True)
class Source:
    """A submission that the figure comes from."""

    submission_id: int
    submitter: str
    period: str
    version: int
    file_name: str
    received_at: datetime
    verdict: str


@dataclass(frozen=True)
class Restated:
    """What a figure was as first accepted, and the later versions that altered what it reads, in order of arrival.

    `withheld`: the two figures side by side tell too much for viewers outside the Bureau.
    """

    part: Decimal | None
    whole: Decimal | None
    value: float | None
    withheld: bool
    corrections: tuple[Source, ...]


@dataclass(frozen=True)
class Explanation:
    """One figure, answered for. Part and whole are as stored; a difference has neither.

    `restated`: what it was before a later version changed it, None where none did. `absence`: why there is no value,
    None where there is one; then `sources` are the submissions at whose rows the working out stopped, if it did.
    """

    indicator: Indicator
    period: str
    scope: str
    entity: str
    part: Decimal | None
    whole: Decimal | None
    value: float | None
    terms: tuple[TermExplained, ...]
    sources: tuple[Source, ...]
    restated: Restated | None
    absence: Absence | None
    beside: float | None = None  # the value of `indicator.beside`, of the same entity and period


def base_period(term: Term, period: str) -> str:
    """The period that a term reads for a period that is worked out."""
    bases = {NOW: period, "year_before": previous(period, 12), "last_december": f"{int(period[:4]) - 1}-12"}
    return bases[term.base]


def taken_in(expression: str) -> str | None:
    """SQL: which rows the aggregates take in, where each is filtered; None where one of them takes all."""
    tree = parse(expression, "指标")
    filters = list(tree.find_all(sql.Filter))
    if len(filters) < len(list(tree.find_all(sql.AggFunc))):
        return None
    return " OR ".join(dict.fromkeys(f"({each.expression.this.sql(dialect='duckdb')})" for each in filters))


def rows_statement(relation: Relation, scope: str, columns: tuple[str, ...], condition: str) -> tuple[str, list[str]]:
    """SQL of the rows behind an aggregate, and its columns: of a submission's rows with the file they came in.

    Its parameters are those of `term_statement`, then how many rows at most: only so many are read. In the order of
    their columns, so that a listing is the same every time.
    """
    order = ", ".join(str(position) for position in range(1, len(columns) + 1))
    rows = f"{term_statement(relation, scope, ', '.join(columns))}{condition} ORDER BY {order} LIMIT ?"
    if "submission_id" not in columns:
        return rows, list(columns)
    shown = ["submission_id", *FILE_COLUMNS, *(column for column in columns if column != "submission_id")]
    selected = ", ".join(FILE_COLUMNS[column][1] if column in FILE_COLUMNS else f"behind.{column}" for column in shown)
    order = ", ".join(f"behind.{column}" for column in columns)
    joined = f"({rows}) AS behind LEFT JOIN submission ON submission.submission_id = behind.submission_id"
    return f"SELECT {selected} FROM {joined} ORDER BY {order}", shown


def _explain_term(
    connection: duckdb.DuckDBPyConnection, term: Term, period: str, scope: str, entity: str, limit: int | None
) -> tuple[TermExplained, list[int]]:
    """The term, and the submissions that the set holds for the entity."""
    relation = relations()[term.relation]
    read = base_period(term, period)
    parameters = (read,) if scope == "city" else (read, entity)
    statement = term_statement(relation, scope, aggregate(relation, term.expression)[0])
    cells = cells_read(term.expression)
    kept = taken_in(term.expression)
    condition = f" AND ({kept})" if kept else ""
    rows, shown = rows_statement(relation, scope, tuple(dict.fromkeys((*relation.keys, *cells))), condition)
    amount = connection.execute(statement, parameters).fetchall()[0][0]
    counted = f"count(*) FILTER (WHERE {kept})" if kept else "count(*)"
    from_all = "list(DISTINCT submission_id)" if "submission_id" in relation.columns else "NULL"
    beside = term_statement(relation, scope, f"{counted}, {from_all}")
    row_count, ids = connection.execute(beside, parameters).fetchall()[0]
    explained = TermExplained(
        role=ROLE_NAMES[term.role] + (f"（{BASES[term.base]}）" if term.base != NOW else ""),
        relation=relation,
        period=read,
        expression=term.expression,
        statement=statement,
        parameters=parameters,
        amount=Decimal(0) if amount is None else Decimal(amount),
        columns=tuple(shown),
        cells=cells,
        rows=tuple(connection.execute(rows, [*parameters, limit]).fetchall()),
        row_count=row_count,
    )
    return explained, [number for number in ids or () if number is not None]


def _domain_submissions(
    connection: duckdb.DuckDBPyConnection, relation: Relation, period: str, scope: str, entity: str
) -> list[int]:
    """The submissions that say "none" for the entity: of members whose form is in force and holds no such row."""
    domain = relations().get(relation.domain)
    if domain is None or "submission_id" not in domain.columns or (scope != "city" and scope not in domain.columns):
        return []
    parameters = (period,) if scope == "city" else (period, entity)
    statement = term_statement(domain, scope, "DISTINCT submission_id", relation.own)
    return [row[0] for row in connection.execute(statement, parameters).fetchall()]


def _sources(
    connection: duckdb.DuckDBPyConnection, ids: set[int], order: str = "submitter, period, version"
) -> tuple[Source, ...]:
    rows = connection.execute(
        "SELECT submission_id, submitter, period, version, file_name, received_at, verdict FROM submission "
        f"WHERE list_contains(?, submission_id) ORDER BY {order}",
        [sorted(ids)],
    ).fetchall()
    return tuple(Source(*row) for row in rows)


def _restated(connection: duckdb.DuckDBPyConnection, key: list[str]) -> Restated | None:
    before = connection.execute(
        f"SELECT part_before, whole_before, value_before, withheld FROM restated WHERE {KEY}", key
    ).fetchall()
    if not before:
        return None
    ids = {row[0] for row in connection.execute(f"SELECT submission_id FROM restated_by WHERE {KEY}", key).fetchall()}
    return Restated(*before[0], _sources(connection, ids, "submission_id"))


def explain(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    period: str,
    scope: str,
    entity: str,
    limit: int | None = None,
) -> Explanation:
    """Answers for one figure of a snapshot; `limit` cuts the rows that each term shows, not its count.

    Raises:
        CallError: the indicator has no such scope, or nothing has that code in the scope.
    """
    if scope not in indicator.scopes:
        names = "、".join(f"{SCOPES[each]}（{each}）" for each in indicator.scopes)
        raise CallError(f"指标{indicator.code}没有范围“{scope}”，只有：{names}")
    key = [period, scope, entity, indicator.code]
    stored = connection.execute(f"SELECT part, whole, value FROM value WHERE {KEY}", key).fetchall()
    terms, ids = [], set()
    for term in indicator.terms if stored else ():
        if scope in relations()[term.relation].scopes:
            explained, submissions = _explain_term(connection, term, period, scope, entity, limit)
            terms.append(explained)
            ids |= {*submissions, *_domain_submissions(connection, explained.relation, explained.period, scope, entity)}
    beside = connection.execute(
        "SELECT value FROM value WHERE period = ? AND scope = ? AND entity = ? AND indicator = ?",
        [period, scope, entity, indicator.beside],
    ).fetchone()
    part, whole, value = stored[0] if stored else (None, None, None)
    absent = absence(connection, indicator, period, scope, entity, part, whole) if value is None else None
    ids |= set(absent.submissions) if absent else set()
    return Explanation(
        *(indicator, period, scope, entity, part, whole, value),
        terms=tuple(terms),
        sources=_sources(connection, ids),
        restated=_restated(connection, key),
        absence=absent,
        beside=beside[0] if beside else None,
    )
