"""A pilot of two banks and a district whose figures a test states and changes, for evaluation rounds.

Two items apply, D08 (weight 5 of a theme of 10, from 50 to 100) and S18 (weight 12 of 12, from 6 down to 3); the
weights of all others are shared out, so that D08 has 1000/22 and S18 1200/22 of 100 points.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

import etl.snapshot.publish
from casework.rounds import objections
from casework.rounds.steps import take
from contract.calendar import deadline
from contract.parameters import declared_parameters
from contract.round_steps import steps
from contract.settings import Home
from etl.snapshot import facts, rules
from etl.snapshot.context import BuildContext
from etl.snapshot.opened import connect
from etl.snapshot.publish import publish, rebuild
from metrics.evaluation import build as evaluation
from metrics.evaluation import round_tables
from metrics.indicators.build import add_parameters
from metrics.indicators.inputs import add_districts
from metrics.indicators.wide_sets import create_sets
from metrics.warnings import build as warnings
from tests.casework.pilots import Pilot, file
from tests.metrics.boards import VALUE_COLUMNS

ROUND, ANNUAL = "2026-03", "2026-12"
FIGURES = {"B001": {"S18": 3.0, "D08": 75.0}, "B002": {"S18": 6.0, "D08": 60.0}, "110108": {"C10": 30.0}}
SIGNERS = {"final": "乙"}  # all other steps are 甲's
TABLES = ("round", "self_assessment", "objection", "score_override", "score_use", "score", "score_item", "trigger")


@dataclass
class Rounding:
    """The pilot with its figures; `at` sets the clock, `publish` makes a data version of what is stated by then."""

    pilot: Pilot
    figures: dict[str, dict[str, float]] = field(default_factory=lambda: {k: dict(v) for k, v in FIGURES.items()})

    @property
    def home(self) -> Home:
        return self.pilot.home

    def build(self, connection: duckdb.DuckDBPyConnection, _: BuildContext) -> None:
        """The step that stands for all that figures come from: every member has reported what is stated."""
        add_parameters(connection, declared_parameters())
        add_districts(connection)
        connection.execute(f"CREATE TABLE value ({VALUE_COLUMNS})")
        expected = connection.execute("SELECT submitter, kind, member_group, period FROM expected").fetchall()
        for number, (code, kind, group, period) in enumerate(expected, 1):
            received = deadline(period) - timedelta(days=1)
            connection.execute(
                "INSERT INTO submission BY NAME SELECT ? AS submission_id, ? AS submitter, ? AS kind, ? AS period, "
                "1 AS version, ? AS received_at, true AS on_time, 'accepted' AS verdict, true AS in_force",
                [number, code, kind, period, received],
            )
            connection.execute("INSERT INTO presence VALUES (?, ?, ?, ?, ?, true)", [code, kind, group, period, number])
            for indicator, value in self.figures[code].items():
                connection.execute(
                    "INSERT INTO value VALUES (?, ?, ?, ?, NULL, NULL, ?)", [period, kind, code, indicator, value]
                )
        create_sets(connection)

    def publish(self) -> int:
        return publish(self.home, self.pilot.ledger, "测试")

    def rebuild(self) -> int:
        return rebuild(self.home, self.pilot.ledger, "测试")

    def take(self, step: str, by: str = "", period: str = ROUND, **more) -> None:
        facts = {"document_no": "演示1号"} if step == "notify" else {}
        take(self.home, period, steps()[step], by or SIGNERS.get(step, "甲"), **facts | more)

    def go_to(self, last: str, period: str = ROUND) -> None:
        """Takes every step up to one."""
        for step in list(steps())[: list(steps()).index(last) + 1]:
            self.take(step, period=period)

    def object_to(self, subject: str, item: str, by: str = "甲", period: str = ROUND) -> int:
        return objections.object_to(self.home, period, subject, item, "数值有误", file("异议书"), by).id

    def uphold(self, number: int, value: str | None, by: str = "乙", evidence: str = "证据") -> None:
        entered = (Decimal(value) if value else None, None, file(evidence) if evidence else None)
        objections.answer(self.home, number, "upheld", "核实无误", by, *entered)

    def ask(self, query: str, values: list | None = None) -> list[tuple]:
        """The answer of the current data version."""
        with connect(self.home.current_snapshot()) as connection:
            return connection.execute(query, values or []).fetchall()

    def totals(self, period: str = ROUND) -> dict[str, tuple]:
        """Bank → total, rank, grade."""
        query = "SELECT subject, CAST(total AS TEXT), rank, grade FROM score WHERE period = ? AND kind = 'bank'"
        return {subject: tuple(rest) for subject, *rest in self.ask(query, [period])}

    def tables(self) -> dict[str, list[tuple]]:
        return {table: sorted(map(str, self.ask(f'SELECT * FROM "{table}"'))) for table in TABLES}


def rounding_in(home: Home, monkeypatch: pytest.MonkeyPatch, base: Path | None = None) -> Rounding:
    """The pilot once all of the first quarter's deadlines have passed, with its figures published.

    With `base`, a copy of a home that was made so before: what a publication costs is paid once.
    """
    if base:
        shutil.copytree(base, home.root)
    rounding = Rounding(Pilot(home, monkeypatch, admits=base is None))
    built = {
        "facts": facts.build,
        "rules": rules.build,
        "figures": rounding.build,
        "rounds": round_tables.build,
        "evaluation": evaluation.build,
        "warnings": warnings.build,
    }
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: built)
    rounding.pilot.at("2026-04-27")
    if not base:
        rounding.publish()
    return rounding
