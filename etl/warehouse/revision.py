"""By how much each version moved from the first of its period: measured once, when it is published."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from contract.declarations import Column, Form
from contract.errors import RefusedFile
from contract.settings import Home
from etl.checks.cover import Submitted
from etl.warehouse.differences import EXACT, differs, pair_up
from etl.warehouse.tables import insert
from etl.warehouse.version import read_again
from ledger.events import Event, Ledger

PAIRS = 20  # compared at once
ADDED_UP = ("money", "int", "days")  # types whose differences have a sum that means something


def measure_revisions(staging: duckdb.DuckDBPyConnection, home: Home, ledger: Ledger) -> int:
    """Adds to staging's table `revision` what later versions changed; returns how many versions it measured.

    Grain of `revision`: a later version, form and column: `cells` that have a value in the first version or in this
    one, and of these `filled` (blank before), `blanked` and `corrected`; of numbers, `moved` (Σ|Δ|, of cells that
    both times are a number or blank) and `total` (Σ of this version). A row that only one version has counts with
    all its cells. A version whose file, or whose first version's file, cannot be read now is measured once it can.
    """
    measured = {row[0] for row in staging.execute("SELECT DISTINCT submission_id FROM revision").fetchall()}
    events = ledger.events("submission")
    first = {_place(event): event for event in events if event.payload["version"] == 1}
    later = [event for event in events if event.payload["version"] > 1 and event.seq not in measured]
    for start in range(0, len(later), PAIRS):
        pairs = [(first[_place(event)], event) for event in later[start : start + PAIRS]]
        _add(staging, *_read(home, pairs))
    return len(later)


def _place(event: Event) -> tuple[str, str]:
    return event.payload["submitter"], event.payload["period"]


def _read(home: Home, pairs: Sequence[tuple[Event, Event]]) -> tuple[list[int], list[Submitted]]:
    """The numbers of the later versions that can be compared, and both readings of each, numbered in pairs."""
    readings = list(read_again(home, [event for pair in pairs for event in pair]))
    numbers, submissions = [], []
    for place, (_, event) in enumerate(pairs):
        both = readings[2 * place : 2 * place + 2]
        if any(isinstance(reading, RefusedFile) for reading in both):
            continue
        facts = event.payload
        for reading in both:
            submissions.append(Submitted(len(submissions), facts["submitter"], facts["kind"], facts["period"], reading))
        numbers.append(event.seq)
    return numbers, submissions


def _add(staging: duckdb.DuckDBPyConnection, numbers: Sequence[int], submissions: Sequence[Submitted]) -> None:
    with duckdb.connect() as connection:
        rows = [
            (numbers[pair], form.code, *measures)
            for form in pair_up(connection, submissions)
            for pair, *measures in connection.execute(_statement(form)).fetchall()
        ]
    insert(staging, "revision", rows)


def _statement(form: Form) -> str:
    """SQL: a row a pair and column of the form, as `revision` has it."""
    measures = ", ".join(f"{{'column_code': '{column.code}', {_measures(column)}}}" for column in form.columns)
    return f"""SELECT pair, unnest(entries, recursive := true) FROM (
        SELECT pair, unnest([{measures}]) AS entries FROM paired_{form.code} GROUP BY pair) ORDER BY pair"""


def _measures(column: Column) -> str:
    """SQL: the fields of a column's entry."""
    before, after = (f"coalesce(CAST({side}_{column.code} AS TEXT), {side}_{column.code}_text)" for side in "on")
    counted = {
        "cells": f"{before} IS NOT NULL OR {after} IS NOT NULL",
        "filled": f"{before} IS NULL AND {after} IS NOT NULL",
        "blanked": f"{before} IS NOT NULL AND {after} IS NULL",
        "corrected": f"{before} IS NOT NULL AND {after} IS NOT NULL AND {differs(column)}",
    }
    counts = ", ".join(f"'{name}': count(*) FILTER ({condition})" for name, condition in counted.items())
    moved = total = f"CAST(NULL AS {EXACT})"
    if column.type in ADDED_UP:
        old, new = (f"coalesce(CAST({side}_{column.code} AS {EXACT}), 0)" for side in "on")
        known = f"o_{column.code}_text IS NULL AND n_{column.code}_text IS NULL"
        moved = f"coalesce(sum(abs({new} - {old})) FILTER ({known}), 0)"
        total = f"coalesce(sum({new}), 0)"
    return f"{counts}, 'moved': CAST({moved} AS {EXACT}), 'total': CAST({total} AS {EXACT})"
