"""The steps of the month's work as declared, and the days of each for a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from contract.calendar import day_after_filing, day_of, is_quarter_end
from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.parameters import Parameters, declared_parameters
from contract.settings import DECLARATIONS

COLUMNS = ("step", "name", "opens", "closes", "waits_for_filing", "quarter_ends_only", "members_see")
# What the system can tell about; `metrics.queries.work.month` says of each how it stands.
STEPS = ("open", "file", "remind", "verify", "tie_out", "meet", "evaluate", "brief")
YES_NO = {"是": True, "否": False}


@dataclass(frozen=True)
class WorkStep:
    """One step; `opens` (empty: at any time before) and `closes` name the policy parameters with its days."""

    code: str
    name: str
    opens: str
    closes: str
    waits_for_filing: bool
    quarter_ends_only: bool
    members_see: bool

    def days(self, period: str, parameters: Parameters) -> tuple[date | None, date]:
        """First day, where it has one, and last day for a period, each rolled forward to a working day."""
        first = day_of(period, self.opens, parameters) if self.opens else None
        closing = day_after_filing if self.waits_for_filing else day_of
        return first, closing(period, self.closes, parameters)


def read_work_steps(path: Path) -> tuple[WorkStep, ...]:
    """The declared steps in order.

    Raises DeclarationError, with file and row, for an unknown or repeated step, an unknown parameter or flag.
    """
    steps: dict[str, WorkStep] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        where, days = f"{path.name}第{number}行", (row["opens"], row["closes"])
        flags = [row[name] for name in COLUMNS[4:]]
        if row["step"] not in STEPS or row["step"] in steps:
            raise DeclarationError(f"{where}的步骤“{row['step']}”不认识或重复，应为{'、'.join(STEPS)}之一")
        unknown = [name for name in days if name and name not in declared_parameters().history]
        if unknown or not row["closes"] or not row["name"] or set(flags) - YES_NO.keys():
            raise DeclarationError(f"{where}：{'、'.join(unknown) or row['step']}不是政策参数，或缺少名称、末日、是否")
        steps[row["step"]] = WorkStep(row["step"], row["name"], *days, *(YES_NO[flag] for flag in flags))
    return tuple(steps.values())


@cache
def work_steps() -> tuple[WorkStep, ...]:
    """The steps of `data/calendar.csv`."""
    return read_work_steps(DECLARATIONS / "calendar.csv")


def steps_of(period: str) -> tuple[WorkStep, ...]:
    """The steps that a period has."""
    return tuple(step for step in work_steps() if is_quarter_end(period) or not step.quarter_ends_only)
