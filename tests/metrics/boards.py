"""A small pilot list in memory, with figures and filings as a test states them, for scores and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import duckdb

from contract.calendar import deadline, period_bounds, period_of, periods_between
from contract.declarations import forms
from contract.parameters import Parameters, declared_parameters
from metrics.evaluation.build import evaluate
from metrics.evaluation.round_tables import add_rounds
from metrics.indicators import inputs
from metrics.indicators.build import add_parameters
from metrics.indicators.wide_sets import create_sets
from metrics.warnings.build import warn
from tests.metrics.snapshots import number_keys

VALUE_COLUMNS = (
    "period TEXT, scope TEXT, entity TEXT, indicator TEXT, part DECIMAL(38, 12), whole DECIMAL(38, 12), value DOUBLE"
)


@dataclass
class Board:
    """Members with what they filed; each files on time in every period unless told otherwise.

    `filings` of a member: period → one character a version, `a` accepted, `r` returned, in capitals where it came
    after the deadline; empty = nothing came.
    """

    first: str
    last: str
    now: datetime
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    _count: int = 0

    def __post_init__(self) -> None:
        inputs.create_all(self.connection)
        inputs.add_districts(self.connection)
        add_rounds(self.connection, {}, {})
        self.connection.execute(f"CREATE TABLE value ({VALUE_COLUMNS})")
        for period in periods_between(self.first, self.last):
            first_day, last_day = period_bounds(period)
            self.row(
                "period",
                period=period,
                year=first_day.year,
                month=first_day.month,
                first_day=first_day,
                last_day=last_day,
            )

    def member(
        self, code: str, group: str = "state", admitted: str = "", filed: Mapping[str, str] | None = None
    ) -> None:
        """Admits a member: a bank (`B001`) or a district, on the first day on the board unless told otherwise."""
        kind = "bank" if code.startswith("B") else "district"
        admitted_on = date.fromisoformat(admitted) if admitted else period_bounds(self.first)[0]
        admission = period_of(admitted_on)
        names = {"code": code, "name": f"演示{code}", "kind": kind, "member_group": group}
        self.row("member", **names, admitted_on=admitted_on, admission_period=admission)
        self.row("member_state", code=code, state="active", from_date=admitted_on)
        for period in periods_between(max(admission, self.first), self.last):
            self._file(code, kind, group, period, (filed or {}).get(period, "a"))

    def _file(self, code: str, kind: str, group: str, period: str, versions: str) -> None:
        due = deadline(period)
        filed = {"submitter": code, "kind": kind, "period": period}
        self.row("expected", **filed, member_group=group, deadline=due, deadline_passed=due <= self.now)
        in_force = max((number for number, letter in enumerate(versions) if letter.lower() == "a"), default=None)
        for number, letter in enumerate(versions):
            self._count += 1
            self.row(
                "submission",
                **filed,
                submission_id=self._count,
                version=number + 1,
                received_at=due + timedelta(days=1 if letter.isupper() else -1),
                on_time=letter.islower(),
                verdict="accepted" if letter.lower() == "a" else "returned",
                in_force=number == in_force,
            )
            if number == in_force:
                self.row("presence", **filed, member_group=group, submission_id=self._count, on_list=True)
                for form in forms().values():
                    if form.filed_by(kind):
                        self.row("version_form", submission_id=self._count, form=form.code)

    def figure(
        self, entity: str, indicator: str, values: Mapping[str, float | None], whole: float | None = None
    ) -> None:
        """States an indicator's values by period; None = there is none."""
        scope = "bank" if entity.startswith("B") else "district"
        for period, value in values.items():
            if value is not None:
                self.row(
                    "value", period=period, scope=scope, entity=entity, indicator=indicator, whole=whole, value=value
                )

    def in_force(self, code: str, period: str) -> int:
        """The submission that is in force for a member and period."""
        query = "SELECT submission_id FROM presence WHERE submitter = ? AND period = ?"
        row = self.connection.execute(query, [code, period]).fetchone()
        return row[0] if row else 0

    def row(self, table: str, **columns: object) -> None:
        """Adds a row of a table or form, with the columns that matter."""
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        self.connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(columns.values()))

    def evaluated(
        self, parameters: Parameters | None = None, recognised: tuple = (), today: date | None = None
    ) -> duckdb.DuckDBPyConnection:
        """The evaluation's tables."""
        parameters = parameters or declared_parameters()
        add_parameters(self.connection, parameters)
        number_keys(self.connection)
        create_sets(self.connection)
        evaluate(self.connection, parameters, recognised)
        warn(self.connection, parameters, today)
        return self.connection


def each(first: str, last: str, value: float) -> dict[str, float]:
    """The same value in every period from first to last."""
    return dict.fromkeys(periods_between(first, last), value)
