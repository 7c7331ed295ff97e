"""The month's work as declared: its steps with the days of each, and its code lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from contract.calendar import day_after_filing, day_of, is_quarter_end
from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError
from contract.parameters import Parameters, declared_parameters
from contract.settings import DECLARATIONS

STEP_COLUMNS = ("step", "name", "opens", "closes", "waits_for_filing", "quarter_ends_only", "members_see")
# What the system can tell about; `metrics.queries.work.month` says of each how it stands.
STEPS = ("open", "file", "remind", "verify", "tie_out", "meet", "evaluate", "brief")
YES_NO = {"是": True, "否": False}
# Ways to remind, sources of follow-ups, a bank's answers about a firm, ways to send an issue.
LISTS = ("reminder_means", "followup_source", "firm_answer", "sending_means")


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
    for number, row in enumerate(read_rows(path, *STEP_COLUMNS), start=2):
        where, days = f"{path.name}第{number}行", (row["opens"], row["closes"])
        flags = [row[name] for name in STEP_COLUMNS[4:]]
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


def read_work_codes(path: Path) -> dict[str, dict[str, str]]:
    """List → code → Chinese name, in declared order.

    Raises DeclarationError, with file and row, for a list that there is not, an empty cell, or a code or name twice.
    """
    lists: dict[str, dict[str, str]] = {name: {} for name in LISTS}
    for number, row in enumerate(read_rows(path, "list", "code", "name"), start=2):
        where = f"{path.name}第{number}行"
        if row["list"] not in lists:
            raise DeclarationError(f"{where}的代码表“{row['list']}”应为{'、'.join(LISTS)}之一")
        codes = lists[row["list"]]
        if not row["code"] or not row["name"] or row["code"] in codes or row["name"] in codes.values():
            raise DeclarationError(f"{where}的“{row['code']} {row['name']}”为空或重复")
        codes[row["code"]] = row["name"]
    return lists


@cache
def work_codes(name: str) -> dict[str, str]:
    """Code → Chinese name of one list of `data/workcodes.csv`."""
    return read_work_codes(DECLARATIONS / "workcodes.csv")[name]


def check_work_code(name: str, code: str, what: str) -> str:
    """The code, once it is one of the list. Raises CallError, which says `what` it was given for."""
    if code not in work_codes(name):
        known = "、".join(f"{known_code}（{label}）" for known_code, label in work_codes(name).items())
        raise CallError(f"{what}“{code}”应为{known}之一")
    return code
