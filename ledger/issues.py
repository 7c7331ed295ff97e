"""Issues of the briefing (月报): drafted, passed to a second person, released, sent, corrected, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ledger.events import Event
from ledger.numbering import Numbering
from ledger.proposals import Paper

DRAFTING, SUBMITTED, RELEASED, WITHDRAWN = "drafting", "submitted", "released", "withdrawn"
STATES = {DRAFTING: "起草中", SUBMITTED: "待复核", RELEASED: "已发布", WITHDRAWN: "已撤稿"}
# Ledger events that make an issue. Each but the first names it, by number, as `issue`.
EVENTS = (
    "issue", "issue_edit", "issue_remark", "issue_charts", "issue_version", "issue_submit", "issue_return",
    "issue_release", "issue_send", "issue_withdraw",
)  # fmt: skip
ACTS = dict(zip(EVENTS, ("起草", "改写", "备注", "选图", "换版", "送审", "退回", "发布", "分送", "撤稿"), strict=True))
CITY = "city"  # the part that is the whole briefing; other parts are a district's code or declared ones


@dataclass(frozen=True)
class Turn:
    """One thing that was done about an issue: of which kind (of `EVENTS`), when, by whom.

    `where`: the paragraph edited; `before`, `after`: its words, or the remark, the charts left out, the data versions.
    `text`: a reason, or to whom and by what means it was sent.
    """

    kind: str
    at: datetime
    by: str
    text: str = ""
    where: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Sending:
    """A released issue given to someone: `means` is a code of the list `sending_means`."""

    to: str
    means: str
    on: date
    by: str


@dataclass(frozen=True)
class Issue:
    """One issue of a part for a period. `id` is its first event's place in the ledger, `draft` its number among the
    drafts of a year, as people call it until it is released.

    `snapshot`: the data version that its figures come from, built at `built_at`. `words`: paragraph → its words as
    edited, figures as `{tokens}`, empty where it is left out. `without`: keys of the charts left out. `corrects`: the
    issue of which it is the correction, `correction`: which one, 0 for none. `agreed`: hash of the content that was
    submitted. Once released: its number within the part and the year of the period, its event, the hash of its content,
    and the files as released.
    """

    id: int
    period: str
    part: str
    snapshot: int
    built_at: datetime
    turns: tuple[Turn, ...]
    draft: str
    state: str = DRAFTING
    corrects: int | None = None
    correction: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    without: tuple[str, ...] = ()
    agreed: str = ""
    number: int | None = None
    released_seq: int | None = None
    content: Paper | None = None
    files: tuple[Paper, ...] = ()
    sent: tuple[Sending, ...] = ()

    @property
    def year(self) -> int:
        return int(self.period[:4])

    @property
    def name(self) -> str:
        """`2026年第10期` once it is released, `2026年第10期（更正）` of its correction, `2026年第7号草稿` before."""
        if self.number is None:
            return f"{self.draft}草稿"
        again = "" if not self.correction else "（更正）" if self.correction == 1 else f"（第{self.correction}次更正）"
        return f"{self.year}年第{self.number}期{again}"

    @property
    def standing(self) -> bool:
        """Whether it counts: drafted, submitted or released, not withdrawn."""
        return self.state != WITHDRAWN

    def last(self, kind: str) -> Turn | None:
        """The latest turn of a kind."""
        return next((turn for turn in reversed(self.turns) if turn.kind == kind), None)

    @property
    def returned(self) -> Turn | None:
        """Why it was returned, while it is with its drafters again."""
        last = next((turn for turn in reversed(self.turns) if turn.kind in ("issue_submit", "issue_return")), None)
        return last if last and last.kind == "issue_return" and self.state == DRAFTING else None

    @property
    def released(self) -> Turn | None:
        return self.last("issue_release")

    @property
    def withdrawn(self) -> Turn | None:
        return self.last("issue_withdraw")

    @property
    def drafters(self) -> tuple[str, ...]:
        """Everyone who had a hand in it before it was released, in order; who returned it had none."""
        return tuple(
            dict.fromkeys(
                turn.by
                for turn in self.turns
                if turn.kind not in ("issue_return", "issue_release", "issue_send", "issue_withdraw")
            )
        )


def issues(events: Iterable[Event]) -> dict[int, Issue]:
    """Number → issue, oldest first, from ledger events of the kinds in `EVENTS`."""
    known: dict[int, Issue] = {}
    numbering = Numbering()
    for event in events:
        facts = event.payload
        if event.kind == "issue":
            before = known.get(facts.get("corrects"))
            known[event.seq] = Issue(
                event.seq,
                event.subject,
                facts["part"],
                facts["snapshot"],
                datetime.fromisoformat(facts["built_at"]),
                (_turn(event),),
                numbering.of(event),
                corrects=facts.get("corrects"),
                correction=before.correction + 1 if before else 0,
                words=facts.get("words", {}),
                remark=facts.get("remark", ""),
                without=tuple(facts.get("without", ())),
            )
        else:
            known[facts["issue"]] = _followed(known[facts["issue"]], event)
    return known


def corrections(known: Mapping[int, Issue]) -> dict[int, Issue]:
    """Number of an issue → the released correction of it, the latest where there are several."""
    return {issue.corrects: issue for issue in known.values() if issue.state == RELEASED and issue.corrects is not None}


def next_number(known: Mapping[int, Issue], issue: Issue) -> int:
    """The number that an issue gets: one more than the last of its part for the year of its period.

    A correction keeps the number of what it corrects.
    """
    if issue.corrects is not None:
        return known[issue.corrects].number
    given = [
        other.number
        for other in known.values()
        if other.part == issue.part and other.year == issue.year and other.number is not None
    ]
    return max(given, default=0) + 1


def _turn(event: Event) -> Turn:
    facts = event.payload
    told = {name: facts.get(name, "") for name in ("text", "where", "before", "after")}
    return Turn(event.kind, event.at, event.actor, **told)


def _followed(issue: Issue, event: Event) -> Issue:
    """An issue with what one more event says of it."""
    facts, issue = event.payload, replace(issue, turns=(*issue.turns, _turn(event)))
    match event.kind:
        case "issue_edit":
            return replace(issue, words={**issue.words, facts["where"]: facts["after"]})
        case "issue_remark":
            return replace(issue, remark=facts["after"])
        case "issue_charts":
            return replace(issue, without=tuple(facts["without"]))
        case "issue_version":
            built_at = datetime.fromisoformat(facts["built_at"])
            return replace(issue, snapshot=facts["snapshot"], built_at=built_at)
        case "issue_submit":
            return replace(issue, state=SUBMITTED, agreed=facts["agreed"])
        case "issue_return":
            return replace(issue, state=DRAFTING)
        case "issue_release":
            out = {"number": facts["number"], "released_seq": event.seq, "content": Paper(**facts["content"])}
            return replace(issue, state=RELEASED, files=tuple(Paper(**paper) for paper in facts["files"]), **out)
        case "issue_send":
            sending = Sending(facts["to"], facts["means"], date.fromisoformat(facts["on"]), event.actor)
            return replace(issue, sent=(*issue.sent, sending))
        case "issue_withdraw":
            return replace(issue, state=WITHDRAWN)
    return issue
