"""The papers of one matter, as the archive keeps them: what each is, and what it holds, for who may see them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from contract.console.program import later
from contract.errors import CallError
from contract.settings import Home
from contract.viewer import Viewer, own_only
from ledger.archive import fetch
from ledger.events import Event, Ledger
from ledger.proposals import Paper

# The event that opens a matter → the area of `data/access.csv` whose people may see its papers.
AREAS = {
    "proposal": "propose", "decision": "propose", "incident": "incidents", "objection": "rounds",
    "policy_proposal": "policy", "giving": "approve", "batch": "batches", "reminder": "reminders", "tie_out": "s70",
}  # fmt: skip
# The event that brings a paper → what the paper is.
WORDS = {
    "proposal": "依据材料", "decision": "依据材料", "answer": "陈述申辩", "consultation": "会商纪要", "letter": "文书",
    "plan": "整改方案", "acceptance": "验收材料", "incident": "事件材料", "incident_confirmation": "确认材料",
    "annulment": "撤销材料", "objection": "异议材料", "objection_answer": "答复依据", "policy_proposal": "提议所附文件",
    "batch": "布置通知", "reminder": "催报材料", "reminder_answer": "答复材料", "tie_out": "S70填报数",
    "giving": "拟提供的文件",
}  # fmt: skip
OF = ("proposal", "incident", "objection", "reminder")  # how a later event names the matter that it belongs to
MADE_HERE = ("letter", "batch")  # events whose paper is one of our own letters
TEXT = (".txt", ".csv", ".md", ".json")
LONGEST = 20_000  # characters shown of a text
read_word = later("docx:Document")  # Word is loaded where one of our own letters is opened


@dataclass(frozen=True)
class HeldPaper:
    """One paper of a matter: `what` it is, its name as handed in, who brought it and when; `own`: made here."""

    what: str
    paper: Paper
    on: date
    by: str
    own: bool

    @property
    def name(self) -> str:
        return PurePath(self.paper.name.replace("\\", "/")).name


def papers_of(viewer: Viewer, home: Home, number: int) -> tuple[HeldPaper, ...]:
    """The papers of the matter that the ledger opened under a number, in the order in which they came, each once.

    Raises:
        AccessDenied: the matter is not this viewer's to see.
        CallError: no matter was opened under this number.
    """
    events = [event for event in Ledger(home.ledger).events(*WORDS) if _belongs(event, number)]
    if not events or events[0].kind not in AREAS:
        raise CallError(f"没有第{number}号事项")
    own_only(viewer, AREAS[events[0].kind])
    held: dict[str, HeldPaper] = {}
    for event in events:
        for paper in _papers(event):
            facts = (WORDS[event.kind], paper, event.at.date(), event.actor, event.kind in MADE_HERE)
            held.setdefault(paper.sha256, HeldPaper(*facts))
    return tuple(held.values())


def content_of(viewer: Viewer, home: Home, number: int, sha256: str) -> bytes:
    """The bytes of one paper of a matter. Raises as `papers_of`, and CallError for a paper that is not of it."""
    return fetch(home.archive, _of_matter(viewer, home, number, sha256).paper.sha256)


def words_of(viewer: Viewer, home: Home, number: int, sha256: str) -> str | None:
    """What a paper says, as plain text; None where only its own program opens it.

    Word files that came from outside are not opened here: what they hold is not known. Raises as `content_of`.
    """
    held = _of_matter(viewer, home, number, sha256)
    content, suffix = fetch(home.archive, sha256), PurePath(held.name).suffix.lower()
    if held.own and suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in read_word(io.BytesIO(content)).paragraphs)
    return _decoded(content) if suffix in TEXT else None


def _of_matter(viewer: Viewer, home: Home, number: int, sha256: str) -> HeldPaper:
    for held in papers_of(viewer, home, number):
        if held.paper.sha256 == sha256:
            return held
    raise CallError(f"第{number}号事项没有这份材料")


def _belongs(event: Event, number: int) -> bool:
    return number in (event.seq, *(event.payload.get(name) for name in OF))


def _papers(event: Event) -> Iterator[Paper]:
    """The papers that an event brought, however it writes them."""
    facts = event.payload
    for written in (*facts.get("papers", ()), *(facts[name] for name in ("paper", "notice") if facts.get(name))):
        yield Paper(**written)
    if facts.get("file_name") and facts.get("content_hash"):
        yield Paper(facts["file_name"], facts["content_hash"])


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n……（以下略，全文请下载）"
    return None
