"""A tiny snapshot from a few rows: the tables that `etl` leaves, and the values worked out from them.

A test names only the cells that matter; the others hold something plain and valid. Tables are written as people
read them: a header line, then a line a row; `-` is an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from contract.calendar import is_quarter_end, period_bounds, periods_between
from contract.declarations import Column, code_lists, forms
from contract.parameters import Parameters, declared_parameters
from etl.warehouse.tables import KEYS, insert, keys_of
from metrics.evaluation.round_tables import add_rounds
from metrics.explaining import restatement
from metrics.indicators import disclosure, inputs
from metrics.indicators.build import add_values

ADMITTED = "2024-01-01"
PLAIN = {
    "int": "0",
    "days": "0",
    "money": "0",
    "rate": "0",
    "date": "2025-01-01",
    "flag": "false",
    "district": "110108",
}
PLAIN_LOAN = {
    "ip_types": "patent",
    "ip_count": "1",
    "valuation_method": "external",
    "valuation": "300",
    "valuation_fee": "1",
    "pledge_applied_on": "2025-01-02",
    "registered_on": "2025-01-05",
    "loan_applied_on": "2025-01-03",
    "approved_on": "2025-01-08",
    "disbursed_on": "2025-01-10",
    "matures_on": "2026-01-10",
    "amount": "100",
    "balance": "100",
    "rate": "3",
    "risk_share": "none",
    "risk_class": "1",
    "status": "active",
    "closed_on": "-",
    "closed_amount": "-",
    "point_id": "-",
    "sei": "1",
}
PLAIN_CASE = {"status": "open", "closed_on": "-", "platform": "-", "exposure": "10"}
PLAIN_CELLS = {"B1": PLAIN_LOAN, "B4": PLAIN_CASE, "R1": {"status": "running", "avg_days": "-", "bank": "-"}}


@dataclass(frozen=True)
class Member:
    """An institution (`B…`) or district on the list from its admission until it left, if ever, and since it is back."""

    code: str
    group: str = ""
    admitted: str = ADMITTED
    left: str | None = None
    ceiling: str = "1000"
    raised: tuple[str, str] | None = None  # from this day on, to this ceiling
    back: str | None = None  # admitted again on this day
    regrouped: tuple[str, str] | None = None  # from this day on, into this group

    @property
    def kind(self) -> str:
        return "bank" if self.code.startswith("B") else "district"

    @property
    def member_group(self) -> str:
        return self.group or ("state" if self.kind == "bank" else "core")

    def group_in(self, period: str) -> str:
        moved = self.regrouped is not None and self.regrouped[0] <= period_bounds(period)[1].isoformat()
        return self.regrouped[1] if moved else self.member_group

    def listed_in(self, period: str) -> bool:
        gone = self.left is not None and self.left[:7] < period
        return self.admitted[:7] <= period and not (gone and (self.back is None or period < self.back[:7]))


@dataclass(frozen=True)
class Report:
    """One version of a submission: form → table, an empty text for a form without rows."""

    submitter: str
    period: str
    forms: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    verdict: str = "accepted"
    late: bool = False
    errors: int = 0  # S findings

    @property
    def accepted(self) -> bool:
        return self.verdict != "returned"


def report(submitter: str, period: str, **values) -> Report:
    """`report("B001", "2025-03", B1="…")`; version, verdict, late and errors by name."""
    own = {name: values.pop(name) for name in list(values) if name in forms()}
    return Report(submitter, period, own, **values)


def cells(text: str) -> list[dict[str, str]]:
    """The rows of a table as people write it."""
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def _plain(form: str, column: Column) -> str:
    own = PLAIN_CELLS.get(form, {})
    if column.code in own:
        return own[column.code]
    if column.code_list and column.code_list in code_lists():
        return next(iter(code_lists()[column.code_list]))
    return PLAIN.get(column.type, column.code)


def _row(form: str, given: Mapping[str, str]) -> list[str | None]:
    columns = forms()[form].columns
    unknown = set(given) - {column.code for column in columns}
    assert not unknown, f"{form}: {unknown}"
    row = {column.code: given.get(column.code, _plain(form, column)) for column in columns}
    if form == "B1":
        row |= {"uscc": f"firm-{row['loan_no']}"} if "uscc" not in given else {}
        row |= {"balance": row["amount"]} if "balance" not in given else {}
        row |= {"amount": row["balance"]} if "amount" not in given else {}
    return [None if value == "-" else value for value in row.values()]


def _periods(reports: Sequence[Report], last: str | None) -> list[str]:
    first = min(each.period for each in reports)[:4] + "-01"
    return periods_between(first, last or max(each.period for each in reports))


def _members(connection: duckdb.DuckDBPyConnection, members: Iterable[Member]) -> None:
    for each in members:
        day, group = each.regrouped or (None, each.member_group)
        names = (each.code, f"演示{each.code}", each.kind, group, each.admitted, each.admitted[:7])
        insert(connection, "member_attribute", [(each.code, "group", each.member_group, each.admitted, day)])
        insert(connection, "member_attribute", [(each.code, "group", group, day, None)] if day else [])
        state = "active" if each.left is None or each.back else "exited"
        insert(connection, "member", [(*names, state, each.back or each.left or each.admitted, each.code)])
        insert(connection, "member_state", [(each.code, "active", each.admitted, each.left)])
        if each.left:
            insert(connection, "member_state", [(each.code, "exited", each.left, each.back)])
        if each.back:
            insert(connection, "member_state", [(each.code, "active", each.back, None)])
        if each.kind == "bank":
            day, ceiling = each.raised or (None, None)
            insert(connection, "ceiling", [(each.code, each.ceiling, each.admitted, day)])
            insert(connection, "ceiling", [(each.code, ceiling, day, None)] if day else [])


def _deadline(period: str) -> datetime:
    return datetime.combine(period_bounds(period)[1] + timedelta(days=11), datetime.min.time())


def _submission(number: int, each: Report, member: Member, in_force: bool) -> tuple:
    due = _deadline(each.period)
    received = due + timedelta(days=1 if each.late else -1)
    rows = sum(len(cells(table)) for table in each.forms.values())
    history = each.period < member.admitted[:7]
    filed = (number, each.submitter, member.kind, each.period, each.version, received, due, not each.late)
    counts = (rows, each.errors, 0, 0, 0)
    file_name = f"{each.period}_{each.submitter}.xlsx"
    people = ("演示甲", "演示乙", "演示丙", "010-00000000", None)
    return (*filed, each.verdict, in_force, history, file_name, f"{number:064}", "演示", *counts, *people)


def in_force(reports: Sequence[Report]) -> list[Report]:
    """Of each member and period, the latest version that was accepted."""
    by_version = sorted((each for each in reports if each.accepted), key=lambda each: each.version)
    return list({(each.submitter, each.period): each for each in by_version}.values())


def _expected(
    connection: duckdb.DuckDBPyConnection, periods: Sequence[str], members: Iterable[Member], moment: datetime
) -> None:
    due = {period: _deadline(period) for period in periods}
    listed = [(period, member) for period in periods for member in members if member.listed_in(period)]
    rows = [
        (member.code, member.kind, member.group_in(period), period, due[period], due[period] <= moment)
        for period, member in listed
    ]
    insert(connection, "expected", rows)


def _facts(connection: duckdb.DuckDBPyConnection, number: int, each: Report) -> None:
    for form, table in each.forms.items():
        rows, sheet = cells(table), forms()[form].sheet
        insert(connection, "version_form", [(number, form, sheet, 3, len(rows))])
        place = (number, each.submitter, each.period)
        keys = (None,) * len(keys_of(form))
        filed = [(*place, 4 + at, sheet, *_row(form, row), *keys) for at, row in enumerate(rows)]
        insert(connection, f"fact_{form}", filed)


def _keep_in_force(connection: duckdb.DuckDBPyConnection) -> None:
    """Fills the forms from the facts of all versions."""
    for form in forms():
        connection.execute(f"INSERT INTO {form} SELECT f.* FROM fact_{form} f SEMI JOIN presence USING (submission_id)")


def number_keys(connection: duckdb.DuckDBPyConnection, prefix: str = "") -> None:
    """Fills the integer keys of the facts and their dictionaries, as staging does."""
    for name, key in KEYS.items():
        texts, table = ", ".join(key.texts), f"{prefix}{key.form}"
        connection.execute(f"""CREATE OR REPLACE TABLE {key.table} AS
            SELECT {texts}, CAST(row_number() OVER () AS INTEGER) AS {name}
            FROM (SELECT DISTINCT {texts} FROM {table})""")
        connection.execute(f"""UPDATE {table} SET {name} = n.{name} FROM {key.table} n
            WHERE {" AND ".join(f"n.{text} = {table}.{text}" for text in key.texts)}""")


def small(path: Path | str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A database for a few rows: with one thread, since starting more takes longer than the work."""
    return duckdb.connect(str(path), config={"threads": 1})


def make(
    *reports: Report,
    members: Iterable[Member] = (),
    last: str | None = None,
    now: str | None = None,
    heirs: Iterable[tuple] = (),
    typed_by: str = "演示",
    parameters: Parameters | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> duckdb.DuckDBPyConnection:
    """A snapshot with values, up to period `last`; `heirs` are rows of that table, `typed_by` is staging's code.

    Members that are not named are on the list from 2024. Submissions are expected from the first period that anyone
    reported; at `now` (default: two months after the last period) every deadline has passed.
    """
    connection = connection or small()
    periods = _periods(reports, last)
    moment = datetime.fromisoformat(now) if now else _deadline(periods[-1]) + timedelta(days=31)
    named = {each.code: each for each in members}
    listed = {each.submitter: Member(each.submitter) for each in reports} | named
    inputs.create_all(connection)
    for form in forms():
        connection.execute(f"CREATE TABLE fact_{form} AS FROM {form}")
    insert(connection, "layout", [("演示", typed_by)])
    _members(connection, listed.values())
    insert(connection, "heir", heirs)
    bounds = {period: period_bounds(period) for period in periods}
    insert(connection, "period", [(p, int(p[:4]), int(p[5:]), *bounds[p], is_quarter_end(p)) for p in periods])
    _expected(connection, [p for p in periods if p >= min(each.period for each in reports)], listed.values(), moment)
    days = {period: _deadline(period) for period in periods}
    limits = [(p, due, due + timedelta(days=3), due + timedelta(days=15)) for p, due in days.items()]
    insert(connection, "due_date", limits)
    kept = in_force(reports)
    for number, each in enumerate(reports, 1):
        member = listed[each.submitter]
        insert(connection, "submission", [_submission(number, each, member, each in kept)])
        if each in kept:
            place = (member.code, member.kind, member.group_in(each.period), each.period, number)
            present = (*place, member.listed_in(each.period))
            insert(connection, "presence", [present])
        if each.accepted:
            _facts(connection, number, each)
    insert(connection, "snapshot", [(1, moment, moment, 1, "0" * 64, True, periods[-1])])
    number_keys(connection, "fact_")
    _keep_in_force(connection)
    add_values(connection, parameters or declared_parameters())
    add_rounds(connection, {}, {})
    if sum(each.accepted for each in reports) > len(kept):  # costs time, and changes nothing where nothing was replaced
        disclosure.build(connection, None)
    restatement.build(connection, None)
    return connection


def publish(home: Path, *reports: Report, **settings) -> Path:
    """The same as a file that commands and pages find as the current snapshot of a home."""
    warehouse = home / "warehouse"
    warehouse.mkdir(parents=True, exist_ok=True)
    path = warehouse / "pilot-1.duckdb"
    with small(path) as connection:
        make(*reports, connection=connection, **settings)
    (warehouse / "CURRENT").write_text(path.name, encoding="utf-8")
    return path


@dataclass(frozen=True)
class Figure:
    """One stored value."""

    part: Decimal | None
    whole: Decimal | None
    value: float | None


NOTHING = Figure(None, None, None)


def figures(connection: duckdb.DuckDBPyConnection, period: str) -> dict[tuple[str, str], Figure]:
    """(indicator, entity) → figure; entities of different scopes have different names."""
    rows = connection.execute("SELECT indicator, entity, part, whole, value FROM value WHERE period = ?", [period])
    return {(indicator, entity): Figure(*figure) for indicator, entity, *figure in rows.fetchall()}


def value(connection: duckdb.DuckDBPyConnection, indicator: str, period: str, entity: str = "BJ") -> float | None:
    """One value; None where there is none, whatever the reason."""
    return figures(connection, period).get((indicator, entity), NOTHING).value
