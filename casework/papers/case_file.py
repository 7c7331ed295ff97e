"""The evidence of a decision as files: the case in words, triggers down to source cells, papers, letters, ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePath

import duckdb

from briefing.paper.printed import Printed, plain_text
from casework.papers.case_words import case_words
from casework.papers.letters import case_witnesses, has_letters, letters_of
from casework.papers.made_letters import write_letter
from contract.calendar import period_bounds, period_of
from contract.console.output import as_csv
from contract.console.program import later
from contract.errors import CallError
from contract.parameters import Parameters
from contract.settings import Home
from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, reading
from ledger.archive import digest, fetch
from ledger.events import Event, Ledger
from ledger.incidents import EVENTS as INCIDENT_EVENTS
from ledger.incidents import Incident, incidents
from ledger.policy import parameters_of
from ledger.proposals import APPROVED, EVENTS, Paper, Proposal, proposals
from metrics.evaluation.build import policies_by_period
from metrics.explaining.explanation import explain
from metrics.explaining.explanation_text import as_people_read
from metrics.indicators.catalogue import indicator
from metrics.queries.evaluation.scorecard_sheet import sheet
from metrics.queries.evaluation.scorecard_text import as_people_read as scorecard_text
from metrics.queries.members.roster import decisions, members, timeline
from metrics.warnings.rules import rule_of
from metrics.warnings.triggers import Trigger, raise_triggers

write_printed = later("briefing.paper.printed_word:write")  # Word is loaded where a file is made
FOLDERS = {
    "proposal": "依据材料", "decision": "依据材料", "answer": "陈述申辩", "consultation": "会商",
    "incident": "事件材料", "incident_confirmation": "事件材料", "letter": "文书",
    "plan": "整改材料", "acceptance": "整改材料",
}  # fmt: skip
AREA = "propose"  # of `data/access.csv`
MANIFEST, SUMS = "清单.csv", "SHA256SUMS"


@dataclass(frozen=True)
class Piece:
    """One file of the evidence: where it lies, what it is, its bytes."""

    path: str
    what: str
    content: bytes


def case_file(home: Home, viewer: Viewer, snapshot: Snapshot, number: int) -> tuple[str, list[Piece]]:
    """A name for the whole, and its files, the manifest and the sums last; the same case gives the same bytes.

    Steps are read from the ledger as it is now, figures from the snapshot: what was reported anew since then may show
    otherwise than on the day of the proposal.

    Raises:
        AccessDenied: the viewer's role prepares no decisions.
        CallError: there is no such case.
    """
    own_only(viewer, AREA)
    ledger = Ledger(home.ledger)
    proposal = proposals(ledger.events(*EVENTS)).get(number)
    if proposal is None:
        raise CallError(f"没有第{number}号事项")
    parameters = parameters_of(ledger)
    known = members(viewer, snapshot, code=proposal.subject)
    name = proposal.sets.get("name", proposal.subject) if known.empty else known.iloc[0]["name"]
    with reading(snapshot) as connection:
        triggers = _triggers(connection, proposal, parameters, snapshot.now.date())
        grounds = _grounds_of(triggers, incidents(ledger.events(*INCIDENT_EVENTS)))
        events = _events(ledger, number, grounds)
        witnesses = case_witnesses(ledger, number)
        letters = list(_letters(proposal, name, parameters, snapshot.demonstration, witnesses))
        pieces = [
            *_words(case_words(proposal, name, triggers, grounds, snapshot)),
            *_register(viewer, snapshot, proposal.subject),
            *(piece for trigger in triggers.values() if trigger for piece in _trigger(connection, trigger)),
            *(piece for trigger in triggers.values() if trigger for piece in _scorecards(viewer, snapshot, trigger)),
            *_papers(home, events, letters),
            *letters,
            Piece("台账.json", "台账中本事项的各项记录", _json([_event(event) for event in events])),
        ]
    listed = [
        {"file": piece.path, "what": piece.what, "bytes": len(piece.content), "sha256": digest(piece.content)}
        for piece in pieces
    ]
    manifest = as_csv(listed, ("file", "what", "bytes", "sha256"))
    pieces.append(Piece(MANIFEST, "清单", ("\ufeff" + manifest).encode()))
    sums = "".join(f"{digest(piece.content)}  {piece.path}\n" for piece in pieces)
    return f"{proposal.number}_{proposal.subject}_{proposal.kind.name}", [*pieces, Piece(SUMS, "校验值", sums.encode())]


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _triggers(
    connection: duckdb.DuckDBPyConnection, proposal: Proposal, parameters: Parameters, today: date
) -> dict[str, Trigger | None]:
    """Trigger → its last row known at the proposal: those that it names, else those that its decision settled.

    As the figures raise them, whatever has settled them since; None where they raise it no more. A period is known
    once it has ended, what is dated from its day.
    """
    settled = "SELECT id FROM trigger_case WHERE closed_by = ? ORDER BY id"
    named = proposal.triggers or tuple(row[0] for row in connection.execute(settled, [proposal.id]).fetchall())
    if not named:
        return {}
    rules = [rule_of(rule) for rule in sorted({number.split("-")[0] for number in named})]
    day = proposal.proposed_on
    latest: dict[str, Trigger | None] = dict.fromkeys(named)
    for trigger in raise_triggers(connection, rules, policies_by_period(connection, parameters), today):
        known = (trigger.dated or period_bounds(trigger.period)[1]) <= day and trigger.period <= period_of(day)
        if trigger.id in latest and (known or latest[trigger.id] is None):
            latest[trigger.id] = trigger
    return latest


def _grounds_of(triggers: dict[str, Trigger | None], known: dict[int, Incident]) -> dict[int, Incident]:
    """The incidents on which the triggers rest."""
    numbers = {
        entry["incident_id"]
        for trigger in filter(None, triggers.values())
        for period in trigger.evidence["periods"]
        for fact in ("violations", "withdrawals")
        for entry in period["facts"].get(fact) or ()
    }
    return {number: incident for number, incident in known.items() if number in numbers}


def _events(ledger: Ledger, number: int, grounds: dict[int, Incident]) -> list[Event]:
    """The ledger's events of the case, and of the incidents that it rests on."""
    return [
        event
        for event in ledger.events(*EVENTS, *INCIDENT_EVENTS)
        if number in (event.seq, event.payload.get("proposal"))
        or event.seq in grounds
        or event.payload.get("incident") in grounds
    ]


def _event(event: Event) -> dict[str, object]:
    return {**asdict(event), "at": event.at.isoformat()}


def _words(content: Printed) -> Iterator[Piece]:
    yield Piece("事项.txt", "事项全过程（文本）", plain_text(content).encode())
    yield Piece("事项.docx", "事项全过程（Word）", write_printed(content))


def _register(viewer: Viewer, snapshot: Snapshot, subject: str) -> Iterator[Piece]:
    """What the list says of the member: its states over time, and every decision on it."""
    for path, what, frame in (
        ("名单摘录_状态.csv", "该成员在试点名单上的状态沿革", timeline(viewer, snapshot, code=subject)),
        ("名单摘录_决定.csv", "该成员的历次决定", decisions(viewer, snapshot, subject=subject)),
    ):
        yield Piece(path, what, ("\ufeff" + frame.to_csv(index=False, date_format="%Y-%m-%d")).encode())


def _trigger(connection: duckdb.DuckDBPyConnection, trigger: Trigger) -> Iterator[Piece]:
    """A trigger with its value, threshold, parameters and evidence, and each figure of it down to its rows."""
    folder = f"预警线索/{trigger.id}"
    facts = {**asdict(trigger), "dated": trigger.dated and trigger.dated.isoformat()}
    yield Piece(f"{folder}/线索.json", "线索的值、界限、参数和依据", _json(facts))
    for evidence in trigger.evidence["periods"]:
        for code, figure in evidence["figures"].items():
            if figure["value"] is not None:
                explained = explain(connection, indicator(code), evidence["period"], trigger.kind, trigger.subject)
                what = f"{indicator(code).name}（{evidence['period']}）的来历：公式、报送文件、数据行"
                yield Piece(f"{folder}/{code}_{evidence['period']}.txt", what, as_people_read(explained).encode())


def _scorecards(viewer: Viewer, snapshot: Snapshot, trigger: Trigger) -> Iterator[Piece]:
    """The scorecards that a trigger of low scores rests on."""
    if "total" in rule_of(trigger.rule).facts:
        for evidence in trigger.evidence["periods"]:
            card = sheet(viewer, snapshot, evidence["period"], trigger.subject, trigger.kind)
            path = f"预警线索/{trigger.id}/评分表_{evidence['period']}.txt"
            yield Piece(path, f"{evidence['period']}的评分表：各项的值、权重、得分", scorecard_text(card).encode())


def _papers(home: Home, events: Iterable[Event], letters: Iterable[Piece]) -> Iterator[Piece]:
    """The papers that the case rests on, each once, under its own name; of two of one name the later has a number.

    A letter that was kept as made is among them only where it is not what the case gives today.
    """
    seen = {(FOLDERS["letter"], digest(letter.content)) for letter in letters}
    paths: set[str] = set()
    for event in events:
        folder = FOLDERS.get(event.kind, "其他材料")
        for facts in [
            *event.payload.get("papers", ()),
            *([event.payload["paper"]] if "paper" in event.payload else ()),
        ]:
            paper = Paper(**facts)
            if (folder, paper.sha256) in seen:
                continue
            seen.add((folder, paper.sha256))
            name = PurePath(paper.name.replace("\\", "/")).name
            path = f"{folder}/{name}"
            if path in paths:
                path = f"{folder}/{event.seq}_{name}"
            paths.add(path)
            yield Piece(path, f"台账第{event.seq}号事件的文件", fetch(home.archive, paper.sha256))


def _letters(
    proposal: Proposal, name: str, parameters: Parameters, demonstration: bool, witnesses: Mapping[str, str]
) -> Iterator[Piece]:
    """The letters that the case has come to, and whether each is the one that the ledger has as made."""
    come_to = proposal.noticed_on or proposal.status == APPROVED
    if not has_letters(proposal.kind.code) or not come_to:
        return
    made = {letter.sha256: letter.made_on for letter in proposal.letters}
    for letter in letters_of(proposal, name, parameters, demonstration, witnesses):
        content = write_letter(letter)
        day = made.get(digest(content))
        said = f"{day}制作，与台账登记的一致" if day else "尚未制作，按现有步骤生成"
        yield Piece(f"文书/{letter.name}.docx", f"{letter.name}：{said}", content)
