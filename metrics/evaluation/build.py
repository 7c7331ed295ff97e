"""The snapshot step after the indicators: writes scores, ranks and grades of every member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from contract.parameters import Parameters, Policy
from etl.snapshot.context import BuildContext
from ledger.policy import parameters_of
from ledger.rounds import EVENTS, rounds
from metrics.evaluation import judgements
from metrics.evaluation.card_changes import cards_over_time
from metrics.evaluation.item_figures import read_measures
from metrics.evaluation.judgements import Recognition
from metrics.evaluation.member_scores import Placed, read_standings, score_members, vetoes
from metrics.evaluation.ranking import Place
from metrics.evaluation.round_scores import FrozenRound, frozen_rounds
from metrics.evaluation.round_tables import add_sheets
from metrics.evaluation.scorecards import Scorecard
from metrics.evaluation.scores import half_up
from metrics.indicators.catalogue import catalogue

Row = dict[str, Any]

TABLES = {
    "scorecard": """
        kind TEXT, theme TEXT, item TEXT, name TEXT, unit TEXT, source TEXT, weight DECIMAL(9, 6),
        floor DECIMAL(18, 6), "full" DECIMAL(18, 6), min_whole DECIMAL(18, 6),
        effective_from DATE, effective_to DATE, document_no TEXT, reason TEXT, proposer TEXT, approver TEXT
    """,
    "score": """
        period TEXT, subject TEXT, kind TEXT, total DECIMAL(5, 2), grade TEXT, rank INTEGER, group_rank INTEGER,
        percentile DOUBLE, group_percentile DOUBLE, peers INTEGER, group_peers INTEGER,
        bonus DECIMAL(5, 2), deduction DECIMAL(5, 2), is_round BOOLEAN, unscored_reason TEXT, veto TEXT
    """,
    "score_item": """
        period TEXT, subject TEXT, item TEXT, theme TEXT, weight DECIMAL(9, 6), effective_weight DECIMAL(9, 6),
        floor DECIMAL(18, 6), "full" DECIMAL(18, 6), value DOUBLE, whole DECIMAL(38, 12), item_score DECIMAL(9, 4),
        applicable BOOLEAN, reason TEXT
    """,
}


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Fills the tables of `TABLES` from `value` and the tables that etl leaves, and those of `judgements`."""
    judgements.build(connection, context)
    parameters = parameters_of(context.ledger)
    frozen = frozen_rounds(rounds(context.ledger.events(*EVENTS)), context.archive)
    cards = cards_over_time(context.ledger.events("scorecard"))
    evaluate(connection, parameters, context.ledger.events("recognise"), frozen, cards)


def evaluate(
    connection: duckdb.DuckDBPyConnection,
    parameters: Parameters,
    recognitions: Iterable[Recognition] = (),
    frozen: Mapping[str, FrozenRound] = MappingProxyType({}),
    cards: Sequence[Scorecard] | None = None,
) -> None:
    """As `build`, with what is given; without scorecards those declared hold."""
    for table, columns in TABLES.items():
        connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({columns})')
    policies = policies_by_period(connection, parameters)
    cards = cards or cards_over_time()
    insert_rows(connection, "scorecard", _scorecard_rows(cards))
    standings = [standing for standing in read_standings(connection, recognitions) if standing.period not in frozen]
    worked_out = score_members(standings, read_measures(connection, cards), cards, policies)
    add_sheets(connection, worked_out, policies)
    decided = vetoes(connection)
    kept = (placed for period in frozen if period in policies for placed in frozen[period].placed(decided))
    scores = [*worked_out, *kept]
    insert_rows(connection, "score", [_score_row(placed) for placed in scores])
    insert_rows(connection, "score_item", [row for placed in scores for row in _item_rows(placed)])


def policies_by_period(connection: duckdb.DuckDBPyConnection, parameters: Parameters) -> dict[str, Policy]:
    """Period → the parameters in force on its last day, for every period of the snapshot."""
    rows = connection.execute("SELECT period, last_day FROM period ORDER BY period").fetchall()
    return {period: parameters.at(last_day) for period, last_day in rows}


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    if rows:
        connection.register("rows_to_insert", pa.Table.from_pylist(rows))
        connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM rows_to_insert')
        connection.unregister("rows_to_insert")


def _scorecard_rows(cards: Iterable[Scorecard]) -> list[Row]:
    return [
        {
            "kind": card.kind,
            "theme": item.theme,
            "item": item.code,
            "name": (item.derived or catalogue()[item.source]).name,
            "unit": (item.derived or catalogue()[item.source]).unit,
            "source": item.source,
            "weight": item.weight,
            "floor": item.floor,
            "full": item.full,
            "min_whole": item.min_whole,
            "effective_from": card.effective_from,
            "effective_to": _next_day(card, cards),
            "document_no": card.document_no,
            "reason": card.reason,
            "proposer": card.proposer,
            "approver": card.approver,
        }
        for card in cards
        for item in card.items
    ]


def _next_day(card: Scorecard, cards: Iterable[Scorecard]) -> date | None:
    later = [other.effective_from for other in cards if other.kind == card.kind]
    return min((day for day in later if day > card.effective_from), default=None)


def _score_row(placed: Placed) -> Row:
    score, standing = placed.score, placed.score.standing
    return {
        "period": standing.period,
        "subject": standing.subject,
        "kind": standing.kind,
        "total": score.total,
        "grade": score.grade,
        "rank": placed.place.rank if placed.place and placed.is_round else None,
        "group_rank": placed.group_place.rank if placed.group_place and placed.is_round else None,
        **_among("percentile", "peers", placed.place),
        **_among("group_percentile", "group_peers", placed.group_place),
        "bonus": score.bonus,
        "deduction": score.deduction,
        "is_round": placed.is_round,
        "unscored_reason": score.unscored_reason,
        "veto": standing.veto or None,
    }


def _among(percentile: str, peers: str, place: Place | None) -> Row:
    return {percentile: float(place.percentile) if place else None, peers: place.peers if place else None}


def _item_rows(placed: Placed) -> list[Row]:
    standing = placed.score.standing
    return [
        {
            "period": standing.period,
            "subject": standing.subject,
            "item": scored.item.code,
            "theme": scored.item.theme,
            "weight": scored.item.weight,
            "effective_weight": half_up(scored.effective_weight, 6),
            "floor": scored.item.floor,
            "full": scored.item.full,
            "value": None if scored.figure.value is None else float(scored.figure.value),
            "whole": scored.figure.whole,
            "item_score": None if scored.score is None else half_up(scored.score, 4),
            "applicable": scored.score is not None,
            "reason": scored.reason or None,
        }
        for scored in placed.score.items
    ]
