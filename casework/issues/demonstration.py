"""Issues of the demonstration: one released and sent, a district's own, one returned; `data/demo/issues.csv`."""

from __future__ import annotations

from collections.abc import Callable

from briefing.issued.figures import shown_words
from briefing.issued.making import declared, worded
from casework.issues import drafts, passing
from contract.declarations import read_rows
from contract.errors import CallError
from contract.settings import Home
from etl.demo.tables import FOLDER
from ledger.events import Ledger
from ledger.issues import EVENTS, Issue

Row = dict[str, str]
COLUMNS = ("period", "part", "act", "by", "where", "text", "means")


def demonstrate_issues(home: Home) -> int:
    """Does what the file says, in its order; gives how many issues there are, 0 where some were drafted already.

    They rest on the current data version and ask for no other.

    Raises CallError for a home that holds no demonstration, or an act that is refused.
    """
    ledger = Ledger(home.ledger)
    if not ledger.events("demonstration"):
        raise CallError("这里不是演示数据，不能登记演示的月报")
    if ledger.events(*EVENTS):
        return 0
    opened: dict[tuple[str, str], Issue] = {}
    for row in read_rows(FOLDER / "issues.csv", *COLUMNS):
        place = (row["period"], row["part"])
        if row["act"] == "open":
            opened[place] = drafts.open_issue(home, row["period"], row["by"], row["part"])
        else:
            opened[place] = ACTS[row["act"]](home, opened[place], row)
    return len(opened)


def _add(home: Home, issue: Issue, row: Row) -> Issue:
    """Puts words behind those of a paragraph."""
    plain = declared(home, issue, drafts.version_of(home, issue))
    seen = shown_words(worded(issue, plain)[row["where"]])
    return drafts.edit(home, issue.id, row["where"], seen, seen + row["text"], row["by"])


ACTS: dict[str, Callable[[Home, Issue, Row], Issue]] = {
    "add": _add,
    "remark": lambda home, issue, row: drafts.remark(home, issue.id, issue.remark, row["text"], row["by"]),
    "submit": lambda home, issue, row: passing.submit(home, issue.id, row["by"]),
    "return": lambda home, issue, row: passing.give_back(home, issue.id, row["text"], row["by"]),
    "release": lambda home, issue, row: passing.release(home, issue.id, row["by"]),
    "send": lambda home, issue, row: passing.send(home, issue.id, row["text"], row["means"], row["by"]),
}
