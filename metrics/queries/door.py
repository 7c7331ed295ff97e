"""The one door to a snapshot: every read goes through here with the viewer's reach in its SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from contract.errors import AccessDenied
from contract.places import Place
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, reading
from ledger.clock import reference_time
from ledger.events import Ledger

Filter = str | int | float | bool | Sequence | None
FIGURE = ("part", "whole", "value")  # what a figure tells


def rows(snapshot: Snapshot, sql: str, parameters: Mapping[str, object] | Sequence = ()) -> pd.DataFrame:
    """What a statement gives on a snapshot, as a frame; values come in as parameters only.

    Raises OlderVersion where the snapshot was published before a table or column that is asked was thought of.
    """
    with reading(snapshot) as connection:
        return connection.execute(sql, parameters).df()


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of a frame as plain values: absent ones as none, days as days."""
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {name: value.date() if isinstance(value, pd.Timestamp) else value for name, value in row.items()}
        for row in plain
    ]


def snapshot_seal(snapshot: Snapshot) -> tuple[int, str]:
    """The last event of the ledger that the data version was built from, and its hash."""
    row = rows(snapshot, "SELECT ledger_seq, ledger_hash FROM snapshot").iloc[0]
    return int(row["ledger_seq"]), str(row["ledger_hash"])


def ledger_beside(snapshot: Snapshot) -> Place:
    """The ledger of the home that the data version lies in."""
    return Home(snapshot.path.parent.parent).ledger


def as_of_now(home: Home) -> tuple[str, date]:
    """What a reading of the ledger rests on: its last event, and what day it is. For cache keys."""
    ledger = _kept_open(home.ledger, _file_of(home.ledger)) if home.ledger.exists() else Ledger(home.ledger)
    return ledger.head()[1], reference_time(ledger).date()


def _file_of(place: Place) -> int:
    """The number that the file system has for a file; a server's record has none, and is not replaced by another."""
    return place.stat().st_ino if isinstance(place, Path) else 0


@lru_cache(maxsize=8)
def _kept_open(place: Place, file: int) -> Ledger:
    """The ledger for reading alone, of which file: a page asks several times in a run."""
    return Ledger(place)


def conditions(**filters: Filter) -> tuple[str, dict[str, object]]:
    """A WHERE clause and its parameters: a scalar is equal, a sequence holds what is allowed, None is none.

    The names are columns, written by the caller's code and never by a user.
    """
    clauses, parameters = [], {}
    for column, wanted in filters.items():
        if wanted is None:
            continue
        several = not isinstance(wanted, str | int | float | bool)
        clauses.append(f"list_contains(${column}, {column})" if several else f"{column} = ${column}")
        parameters[column] = list(wanted) if several else wanted
    return f"WHERE {' AND '.join(clauses)}" if clauses else "", parameters


def told(columns: Iterable[str], when: str = "NOT withheld") -> str:
    """SQL: the columns of a figure, each absent where it is not told."""
    return ", ".join(f"CASE WHEN {when} THEN {name} END AS {name}" for name in columns)


def held_to_own(viewer: Viewer, area: str, asked: str | None) -> str | None:
    """The entity to read in an area: the viewer's own where it is held to it, else what was asked (None = all).

    Raises AccessDenied where another's is asked for, or the role has no part in the area.
    """
    own = own_only(viewer, area)
    if own is not None and asked not in (None, own):
        raise AccessDenied(f"{viewer.role_name}只能查看本{'区' if viewer.role == 'district' else '机构'}的数据")
    return own or asked
