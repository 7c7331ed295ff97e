"""The templates of all members that file for a period, each with what its last report brings along."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from contract.errors import CallError
from contract.parameters import Policy
from contract.settings import Home
from etl.template.prefill import prefilled
from etl.template.workbook import write_template
from ledger.events import Ledger
from ledger.roster import members

Asked = tuple[str, str, str]  # code, name and kind of a member
Told = Callable[[int, int], None]


def expected_members(place: Home, period: str) -> list[Asked]:
    """The members that are on the list in a period. Raises CallError where there are none."""
    listed = members(Ledger(place.ledger).events("decision")).values()
    found = [(member.code, member.name, member.kind) for member in listed if member.expected_in(period)]
    if not found:
        raise CallError(f"试点名单上没有{period}应报送的成员")
    return found


def write_templates(
    connection: duckdb.DuckDBPyConnection | None,
    asked: Sequence[Asked],
    period: str | None,
    policy: Policy,
    out: Path,
    told: Told | None,
) -> Iterator[Path]:
    """Writes a workbook for each member, named by period and code; gives the files as they are written.

    `connection` is on a snapshot, None before the first publication: then nothing is there to bring along. `policy`:
    see `write_template`.
    """
    for done, (code, name, kind) in enumerate(asked, 1):
        brought = prefilled(connection, code, period) if connection and period else None
        path = out / f"{period or '模板'}_{code}.xlsx"
        yield write_template(path, code, name, period, kind=kind, policy=policy, brought=brought)
        if told:
            told(done, len(asked))
