"""The snapshot's tables of rounds: steps, self-assessments, objections, entered values, uses; and sheets to freeze."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import duckdb

from contract.calendar import is_quarter_end
from contract.parameters import Policy
from contract.round_steps import uses
from etl.snapshot.context import BuildContext
from etl.warehouse.tables import insert
from ledger.rounds import EVENTS, Round, rounds
from metrics.evaluation import exact
from metrics.evaluation.member_scores import Placed, Score, vetoes
from metrics.evaluation.round_scores import FrozenRound, frozen_rounds, item_of, sheet_of
from metrics.evaluation.scores import ItemScore, half_up

TABLES = {
    "round": """
        period TEXT, step_no INTEGER, step TEXT, name TEXT, signed_on DATE, signed_by TEXT, document_no TEXT, note TEXT,
        file_name TEXT, content_hash TEXT, snapshot INTEGER, snapshot_sha256 TEXT, sheet_hash TEXT
    """,
    "self_assessment": """
        period TEXT, subject TEXT, item TEXT, value DECIMAL(38, 12), score DECIMAL(9, 4), note TEXT, filed_on DATE,
        filed_by TEXT, file_name TEXT, content_hash TEXT
    """,
    "objection": """
        objection_id INTEGER, period TEXT, subject TEXT, item TEXT, reason TEXT, entered_on DATE, entered_by TEXT,
        file_name TEXT, content_hash TEXT, outcome TEXT, answer TEXT, answered_on DATE, answered_by TEXT,
        answer_file_name TEXT, answer_content_hash TEXT
    """,
    "score_override": """
        period TEXT, subject TEXT, item TEXT, objection_id INTEGER, computed_value DOUBLE,
        computed_whole DECIMAL(38, 12), computed_score DECIMAL(9, 4), value DOUBLE, whole DECIMAL(38, 12),
        item_score DECIMAL(9, 4), computed_total DECIMAL(5, 2), total DECIMAL(5, 2), computed_grade TEXT, grade TEXT
    """,
    "score_use": """
        use_id INTEGER, period TEXT, subject TEXT, kind TEXT, name TEXT, document_no TEXT, note TEXT, used_on DATE,
        recorded_by TEXT, file_name TEXT, content_hash TEXT
    """,
}
SHEETS = "CREATE OR REPLACE TABLE round_sheet (period TEXT, sheet TEXT)"


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`), before that of the evaluation."""
    known = rounds(context.ledger.events(*EVENTS))
    add_rounds(connection, known, frozen_rounds(known, context.archive))


def add_rounds(
    connection: duckdb.DuckDBPyConnection, known: Mapping[str, Round], frozen: Mapping[str, FrozenRound]
) -> None:
    """Fills the tables of `TABLES`."""
    for table, columns in TABLES.items():
        connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({columns})')
    every = list(known.values())
    insert(connection, '"round"', (row for held in every for row in _step_rows(held)))
    insert(connection, "self_assessment", (row for held in every for row in _assessment_rows(held)))
    insert(connection, "objection", (row for held in every for row in _objection_rows(held)))
    decided = vetoes(connection) if frozen else {}
    insert(connection, "score_override", (row for known in frozen.values() for row in _override_rows(known, decided)))
    insert(connection, "score_use", (row for held in every for row in _use_rows(held)))


def add_sheets(
    connection: duckdb.DuckDBPyConnection, worked_out: Iterable[Placed], policies: Mapping[str, Policy]
) -> None:
    """Table `round_sheet`: a row a quarter end that is not frozen, with the sheet that a freeze would keep."""
    connection.execute(SHEETS)
    by_period: dict[str, list[Placed]] = {}
    for placed in worked_out:
        by_period.setdefault(placed.score.standing.period, []).append(placed)
    sheets = {
        period: exact.written(sheet_of(period, placed, policies[period])).decode()
        for period, placed in by_period.items()
        if is_quarter_end(period)
    }
    insert(connection, "round_sheet", sheets.items())


def _step_rows(held: Round) -> Iterator[tuple]:
    for number, signed in enumerate(held.signed, 1):
        freeze = signed.freeze
        frozen = (freeze.number, freeze.sha256, freeze.sheet_hash) if freeze else (None, None, None)
        said = (signed.on, signed.by, signed.document_no or None, signed.note or None)
        yield (held.period, number, signed.step.code, signed.step.name, *said, *_file(signed.paper), *frozen)


def _assessment_rows(held: Round) -> Iterator[tuple]:
    latest = {(assessed.subject, assessed.item): assessed for assessed in held.assessments}
    for (subject, item), assessed in latest.items():
        said = (assessed.value, assessed.score, assessed.note or None, assessed.on, assessed.by)
        yield (held.period, subject, item, *said, *_file(assessed.paper))


def _objection_rows(held: Round) -> Iterator[tuple]:
    for objection in held.objections:
        ruling = objection.ruling
        said = (objection.subject, objection.item, objection.reason, objection.on, objection.by)
        answer = (ruling.outcome, ruling.reason, ruling.on, ruling.by, *_file(ruling.paper)) if ruling else (None,) * 6
        yield (objection.id, objection.period, *said, *_file(objection.paper), *answer)


def _override_rows(frozen: FrozenRound, decided: Mapping[tuple[str, str], str]) -> Iterator[tuple]:
    scores = {placed.score.standing.subject: placed.score for placed in frozen.placed(decided)}
    for subject, objections in frozen.round.entered.items():
        computed, counted = frozen.sheet.score(subject), scores[subject]
        for item, objection in objections.items():
            before, after = (_measured(item_of(score, item)) for score in (computed, counted))
            yield (frozen.round.period, subject, item, objection.id, *before, *after, *_results(computed, counted))


def _measured(item: ItemScore) -> tuple:
    value, score = item.figure.value, item.score
    return (
        None if value is None else float(value),
        item.figure.whole,
        None if score is None else half_up(score, 4),
    )


def _results(computed: Score, counted: Score) -> tuple:
    return (computed.total, counted.total, computed.grade, counted.grade)


def _use_rows(held: Round) -> Iterator[tuple]:
    for use in held.uses:
        said = (use.kind, uses()[use.kind], use.document_no, use.note or None, use.on, use.by)
        yield (use.id, held.period, use.subject or None, *said, *_file(use.paper))


def _file(paper) -> tuple[str | None, str | None]:
    return (paper.name, paper.sha256) if paper else (None, None)
