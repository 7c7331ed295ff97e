"""List decisions and incidents of the demonstration, borne out by its figures: two files of `data/demo/`.

They are the events that the commands would have written on those days; papers are a line of text each.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from contract.calendar import add_working_days
from contract.declarations import read_rows
from contract.parameters import declared_parameters
from contract.settings import Home
from etl.demo.tables import FOLDER
from ledger.archive import keep
from ledger.events import Entry, Ledger
from ledger.proposals import Paper

DAYS = ("proposed_on", "noticed_on", "answered_on", "decided_on")
COLUMNS = (
    "kind", "subject", "effective_on", "document_no", "reason", "status", *DAYS, "triggers", "sets", "remark",
)  # fmt: skip
INCIDENT_COLUMNS = ("kind", "subject", "entered_on", "happened_on", "note", "file")
PROPOSER, APPROVER = "演示分析员甲", "演示复核人乙"


def record_decisions(home: Home, ledger: Ledger, moment: datetime) -> None:
    """Enters every incident and decision of the demonstration, each with the steps that it has come to."""
    ledger.append(moment, [_incident(home, row) for row in read_rows(FOLDER / "incidents.csv", *INCIDENT_COLUMNS)])
    rows = read_rows(FOLDER / "decisions.csv", *COLUMNS)
    proposed = ledger.append(moment, [Entry("proposal", PROPOSER, row["subject"], _facts(row)) for row in rows])
    steps = [step for event, row in zip(proposed, rows, strict=True) for step in _steps(home, event.seq, row)]
    ledger.append(moment, steps)


def _incident(home: Home, row: dict[str, str]) -> Entry:
    names = ("kind", "entered_on", "happened_on", "note")
    facts = {name: row[name] for name in names} | {"paper": paper(home, row["file"])}
    return Entry("incident", PROPOSER, row["subject"], facts)


def _facts(row: dict[str, str]) -> dict[str, object]:
    """What a proposal states."""
    names = ("kind", "effective_on", "document_no", "reason", "proposed_on")
    sets = dict(pair.split("=") for pair in row["sets"].split())
    batch = {"batch": "第三批"} if row["kind"] == "admit" else {}
    return {name: row[name] for name in names} | sets | batch | {"triggers": row["triggers"].split()}


def _steps(home: Home, number: int, row: dict[str, str]) -> list[Entry]:
    """The events that follow a proposal."""
    steps, subject, of = [], row["subject"], {"proposal": number}
    if row["noticed_on"]:
        told_on = date.fromisoformat(row["noticed_on"])
        due = add_working_days(told_on, int(declared_parameters().at(told_on)["answer_working_days"]))
        steps.append(Entry("notice", PROPOSER, subject, of | {"on": row["noticed_on"], "answer_due": due.isoformat()}))
    if row["answered_on"]:
        said = paper(home, f"演示_{subject}陈述意见.txt")
        steps.append(Entry("answer", PROPOSER, subject, of | {"on": row["answered_on"], "paper": said}))
    if row["status"] == "approved":
        decided = {"proposer": PROPOSER, "approver": APPROVER, "decided_on": row["decided_on"]}
        steps.append(Entry("decision", APPROVER, subject, _facts(row) | of | decided))
    if row["status"] == "rejected":
        steps.append(Entry("rejection", APPROVER, subject, of | {"on": row["decided_on"], "reason": row["remark"]}))
    return steps


def paper(home: Home, name: str) -> dict[str, str]:
    """A paper of the demonstration, kept in the archive, as an event states it."""
    return asdict(Paper(name, keep(home.archive, paper_text(name))))


def paper_text(name: str) -> bytes:
    """What stands in a paper of the demonstration."""
    return f"演示文件，内容均为虚构：{name}\n".encode()
