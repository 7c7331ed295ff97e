"""The code lists of the month's work: ways to remind, sources of follow-ups, a bank's answers about a firm."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS

LISTS = ("reminder_means", "followup_source", "firm_answer")


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
