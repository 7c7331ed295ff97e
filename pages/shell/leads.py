"""What a record of the ledger or an agenda names, and the selection of the page on which that is seen."""

from __future__ import annotations

from collections.abc import Callable

from pages.shell import navigation
from pages.shell.selections import Dictionary, Filing, Followups, Meeting, Monthly, Roster, Selection, Task, Warnings


def of_finding(name: str) -> Filing:
    """`B001/2026-10/…`: the filing in which the finding stands."""
    submitter, period, _ = name.split("/", 2)
    return Filing(part="detail", member=submitter, period=period)


def of_indicator(code: str) -> Selection:
    """The indicator's task page turned to it; of one of no task its entry in the dictionary."""
    entry = navigation.task_entry(code)
    return Task(task=entry.address, part="members", indicator=code) if entry else Dictionary(code=code)


# What is named → from its name to its page.
LEADS: dict[str, Callable[[str], Selection]] = {
    "finding": of_finding,
    "trigger": lambda name: Warnings(part="ways", shown="all", case=name),
    "decision": lambda name: Roster(part="decisions", proposal=name),
    "meeting": lambda period: Meeting(period=period),
    "briefing": lambda period: Monthly(period=period),
    "followup": lambda name: Followups(shown="all", task=name),
    "filing": lambda period: Filing(period=period),
    "indicator": of_indicator,
}


def lead(sort: str, name: str) -> Selection:
    """The page on which it is seen. KeyError for what is not declared here."""
    return LEADS[sort](name)
