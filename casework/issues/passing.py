"""An issue on its way out: submitted, returned with a reason, released by another person than its drafters, sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from briefing.issue.content import Document
from briefing.issue.source import read_source
from briefing.issued.making import drafted, part_names, written
from briefing.issued.told import content_of
from briefing.parts.declared import Part, parts
from briefing.parts.limits import check
from briefing.parts.transmission import transmission_letter
from casework.held import File, Held, holding
from casework.issues.drafts import DRAFTS, READER, in_draft, known, version_of
from casework.issues.words import MOST_REASON, checked
from contract.console.program import later
from contract.errors import CallError
from contract.month_work import check_work_code
from contract.settings import Home
from contract.viewer import Viewer
from ledger.archive import digest, fetch
from ledger.clock import reference_time
from ledger.events import Ledger
from ledger.issues import CITY, EVENTS, RELEASED, STATES, SUBMITTED, Issue, issues, next_number
from ledger.people import Actor, Earlier, check_person, second_person
from ledger.proof.witness import head_words
from metrics.queries.work.issues import known_issues

RELEASES = "release_issue"  # area of `data/access.csv`
CONTENT = "内容.json"
LONGEST_NAME = 60  # characters of whom an issue is sent to
write_letter = later("briefing.paper.letter_word:write")  # Word is loaded where a letter is made


def submit(home: Home, number: int, by: Actor) -> Issue:
    """Passes a draft to a second person; what it says then is what may be released.

    Raises:
        CallError: it is no draft any more, its words no longer fit its data version, or a part says what its reader
            may not see.
        SnapshotError: its data version is not kept any more.
        AccessDenied: the user's role drafts none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "送审月报")
        issue = in_draft(held, number)
        document = _document(home, issue)
        held.append("issue_submit", actor, issue.period, issue=number, agreed=digest(content_of(document)))
        return known(held, number)


def _document(home: Home, issue: Issue) -> Document:
    """The issue as it would be printed, once its words hold nothing that its reader may not see."""
    version = version_of(home, issue)
    document = drafted(home, issue, version)
    if issue.part != CITY and issue.words | {"remark": issue.remark}:
        name = part_names()[issue.part]
        own = parts().get(issue.part) or Part(issue.part, name, name, "district", "", (), ("banks",))
        check(document, own, read_source(READER, version, issue.period))
    return document


def give_back(home: Home, number: int, reason: str, by: Actor) -> Issue:
    """Returns an issue to its drafters with the reason. Raises as `release`, and CallError where none is given."""
    with holding(home) as held:
        actor = second_person(held.ledger, by, RELEASES, "退回", "月报", _drafted(held, number))
        text = checked(reason, "退回原因", MOST_REASON)
        if not text:
            raise CallError("退回须写明原因（--reason）")
        held.append("issue_return", actor, known(held, number).period, issue=number, text=text)
        return known(held, number)


def release(home: Home, number: int, by: Actor) -> Issue:
    """Releases an issue: its number is given, its files are made and kept, with hash, in the archive.

    Raises:
        CallError: it is not submitted, the person had a hand in it, or it no longer says what was submitted.
        SnapshotError: its data version is not kept any more.
        AccessDenied: the user's role releases none.
    """
    with holding(home) as held:
        second_person(held.ledger, by, RELEASES, "发布", "月报", _drafted(held, number))
    # The files take seconds, in which others need not wait; what was made is held to the ledger under the lock.
    ready = _made(home, number)
    with holding(home) as held:
        actor = second_person(held.ledger, by, RELEASES, "发布", "月报", _drafted(held, number))
        issue = known(held, number)
        if ready is None or (issue.turns, next_number(_every(held), issue)) != (ready[0].turns, ready[0].number):
            raise CallError(f"{issue.name}刚有改动，没有发布：请重新查看后再发布")
        numbered, document, files = ready
        facts = {
            "number": numbered.number,
            "snapshot": issue.snapshot,
            "content": asdict(held.keep((CONTENT, content_of(document)))),
            "files": [asdict(held.keep(file)) for file in files],
        }
        held.append("issue_release", actor, issue.period, issue=number, **facts)
        return known(held, number)


def _made(home: Home, number: int) -> tuple[Issue, Document, list[tuple[str, bytes]]] | None:
    """A submitted issue with its number, as a document and as files; None where there is none to release.

    Raises CallError where it says something else than when it was submitted.
    """
    every = issues(Ledger(home.ledger).events(*EVENTS))
    issue = every.get(number)
    if issue is None or issue.state != SUBMITTED:
        return None
    document = _document(home, issue)
    if digest(content_of(document)) != issue.agreed:
        raise CallError(f"{issue.name}的内容与送审时不同，没有发布：请退回后重新送审")
    given = replace(issue, number=next_number(every, issue))
    numbered = drafted(home, given, version_of(home, issue))
    return given, numbered, written(given, numbered)


def _every(held: Held) -> dict[int, Issue]:
    return issues(held.ledger.events(*EVENTS))


def _drafted(held: Held, number: int) -> Iterator[Earlier]:
    issue = known(held, number)
    if issue.state != SUBMITTED:
        raise CallError(f"第{number}号月报{STATES[issue.state]}，只有送审的才能发布或退回")
    for drafter in issue.drafters:
        yield drafter, f"{issue.name}由{drafter}起草或改动"


def send(home: Home, number: int, to: str, means: str, by: Actor) -> Issue:
    """Records that a released issue was given to someone, and by what means (`sending_means` of the work codes).

    Raises:
        CallError: it is not released, nobody is named, or the means are none that is known.
        AccessDenied: the user's role records none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, DRAFTS, "登记分送")
        issue = known(held, number)
        if issue.state != RELEASED:
            raise CallError(f"第{number}号月报{STATES[issue.state]}，发布后才能分送")
        receiver = checked(to, "收件单位", LONGEST_NAME)
        if not receiver:
            raise CallError("须写明送给谁（--to）")
        way = check_work_code("sending_means", means, "分送方式")
        facts = {"to": receiver, "means": way, "on": held.today.isoformat()}
        held.append("issue_send", actor, issue.period, issue=number, text=receiver, **facts)
        return known(held, number)


def letter_of(viewer: Viewer, home: Home, number: int, to: str) -> File:
    """The letter of transmission (报送函) of a released issue to a receiver, dated today, number and seal left blank.

    Raises:
        CallError: it is not released, or nobody is named.
        SnapshotError: its data version is not kept any more.
        AccessDenied: the viewer drafts none.
    """
    ledger = Ledger(home.ledger)
    check_person(ledger, viewer, DRAFTS, "制作报送函")
    issue = issues(ledger.events(*EVENTS)).get(number)
    if issue is None or issue.state != RELEASED:
        raise CallError(f"第{number}号月报没有发布，不能制作报送函")
    receiver = checked(to, "收件单位", LONGEST_NAME)
    if not receiver:
        raise CallError("须写明送给谁（--to）")
    document, name = drafted(home, issue, version_of(home, issue)), part_names()[issue.part]
    dated = reference_time(ledger).date()
    letter = transmission_letter(document, f"{name}（{issue.name}）", receiver, dated, head_words(ledger))
    return f"报送函_{issue.period}_{name}_{issue.name}.docx", write_letter(letter)


def file_of(viewer: Viewer, home: Home, number: int, kind: str) -> bytes:
    """A file of a released issue, as it was released: `docx`, `pdf`, `xlsx`. Raises CallError for none within reach."""
    for issue in known_issues(viewer, home):
        for paper in issue.files:
            if issue.id == number and paper.name.endswith(f".{kind}"):
                return fetch(home.archive, paper.sha256)
    raise CallError(f"没有第{number}号月报的{kind}文件")
