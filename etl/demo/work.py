"""The month's work of the demonstration: batches, reminders, meetings, follow-ups, answers about firms, recognitions.

Files of `data/demo/`. They are the events that the commands would have written on those days; papers are a line each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from contract.calendar import deadline
from contract.declarations import read_rows
from contract.settings import Home
from etl.demo.decisions import APPROVER, PROPOSER, paper
from etl.demo.tables import FOLDER
from etl.template.workbook import expected_forms
from etl.warehouse.lock import writing
from etl.warehouse.staging import open_staging
from ledger.events import Entry, Event, Ledger
from ledger.roster import members

FIRMS = """
    SELECT DISTINCT uscc FROM fact_R4 JOIN version USING (submission_id)
    WHERE submitter = ? AND uscc NOT IN (SELECT uscc FROM fact_B1) ORDER BY uscc"""

INITIATIVES = """
    SELECT DISTINCT title FROM fact_I1 JOIN version USING (submission_id)
    WHERE submitter = ? AND period = ? ORDER BY title"""


def record_work(home: Home, ledger: Ledger, moment: datetime) -> None:
    """Enters the work of the months before the demonstration's moment, once its submissions are loaded."""
    ledger.append(moment, [*_batches(home, ledger), *_meetings(home), *_firm_answers(home), *_recognitions(home)])
    reminders = read_rows(FOLDER / "reminders.csv", "submitter", "period", "means", "to", "on", "answer", "answered_on")
    asked = ledger.append(moment, [_reminder(home, row) for row in reminders])
    answers = [_answer(event, row) for event, row in zip(asked, reminders, strict=True) if row["answer"]]
    names = ("source", "source_id", "what", "owner", "owner_kind", "opened_on", "due_on")
    turns = ("answered_on", "answer", "closed_on", "conclusion")
    tasks = read_rows(FOLDER / "followups.csv", *names, *turns)
    given = ledger.append(moment, [_followup(row) for row in tasks])
    followed = [turn for event, row in zip(given, tasks, strict=True) for turn in _turns(event, row)]
    ledger.append(moment, [*answers, *followed])


def _batches(home: Home, ledger: Ledger) -> Iterator[Entry]:
    listed = members(ledger.events("decision")).values()
    for row in read_rows(FOLDER / "batches.csv", "period", "opened_on"):
        period = row["period"]
        asked = [member for member in listed if member.expected_in(period)]
        facts = {
            "on": row["opened_on"],
            "deadline": deadline(period).isoformat(),
            "expected": {member.code: [form.code for form in expected_forms(member.kind, period)] for member in asked},
            "notice": paper(home, f"演示_报送通知_{period}.txt"),
        }
        yield Entry("batch", PROPOSER, period, facts)


def _meetings(home: Home) -> Iterator[Entry]:
    for row in read_rows(FOLDER / "meetings.csv", "held_on", "noted"):
        minutes = paper(home, f"演示_{row['held_on']}会商纪要.txt")
        facts = {"held_on": row["held_on"], "minutes": minutes, "noted": row["noted"].split("；")}
        yield Entry("meeting", PROPOSER, row["held_on"], facts)


def _firm_answers(home: Home) -> Iterator[Entry]:
    """Answers to firms that no pilot bank lends to: the so-many-th of a district's, whatever the seed has made them."""
    rows = read_rows(FOLDER / "firm_answers.csv", "district", "place", "bank", "answer", "reason", "on")
    with writing(home), closing(open_staging(home)) as staging:
        firms = {row["district"]: staging.execute(FIRMS, [row["district"]]).fetchall() for row in rows}
    for row in rows:
        (uscc,) = firms[row["district"]][int(row["place"]) - 1]
        facts = {name: row[name] for name in ("district", "bank", "answer", "reason", "on")}
        yield Entry("firm_answer", PROPOSER, uscc, facts | {"papers": []})


def _recognitions(home: Home) -> Iterator[Entry]:
    """What a member reported as initiatives in a period, recognised: whatever the seed has made of them."""
    rows = read_rows(FOLDER / "recognitions.csv", "submitter", "period", "reason")
    with writing(home), closing(open_staging(home)) as staging:
        titles = [staging.execute(INITIATIVES, [row["submitter"], row["period"]]).fetchall() for row in rows]
    for row, reported in zip(rows, titles, strict=True):
        for (title,) in reported:
            yield Entry("recognise", PROPOSER, row["submitter"], row | {"title": title})


def _reminder(home: Home, row: dict[str, str]) -> Entry:
    letter = row["means"] == "letter"
    papers = [paper(home, f"演示_催报函_{row['period']}_{row['submitter']}.txt")] if letter else []
    facts = {name: row[name] for name in ("period", "means", "to", "on")}
    return Entry("reminder", PROPOSER, row["submitter"], facts | {"papers": papers})


def _answer(asked: Event, row: dict[str, str]) -> Entry:
    facts = {"reminder": asked.seq, "answer": row["answer"], "on": row["answered_on"], "papers": []}
    return Entry("reminder_answer", PROPOSER, row["submitter"], facts)


def _followup(row: dict[str, str]) -> Entry:
    names = ("source", "source_id", "what", "owner", "owner_kind", "due_on")
    facts = {name: row[name] for name in names} | {"on": row["opened_on"], "papers": []}
    return Entry("followup", PROPOSER, row["owner"], facts)


def _turns(given: Event, row: dict[str, str]) -> Iterator[Entry]:
    """The answer to a follow-up, and its close by another person, as far as it has come."""
    if row["answered_on"]:
        facts = {"followup": given.seq, "on": row["answered_on"], "text": row["answer"], "papers": []}
        yield Entry("followup_answer", PROPOSER, row["owner"], facts)
    if row["closed_on"]:
        facts = {"followup": given.seq, "on": row["closed_on"], "text": row["conclusion"]}
        yield Entry("followup_close", APPROVER, row["owner"], facts)
