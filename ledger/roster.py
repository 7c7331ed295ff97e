"""The list of pilot members as decisions make it: who is on it, in what state, with what ceiling, on any day."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path

from contract.calendar import period_bounds, period_of
from contract.decision_kinds import ON_LIST, decision_kinds
from contract.declarations import code_lists, districts, only_in_a_region
from contract.errors import CallError
from ledger.events import Entry, Event

FIRST_BATCH, FIRST_REASON = "第一批", "首批名单登记"  # of what a roster admits
FILING_FROM = "filing_from"  # of an admission on the first list: the day from which reports are required
LARGEST = 10**12  # 万元, the most that the warehouse holds
ROSTER_COLUMNS = ("code", "name", "kind", "peer_group", "ceiling", "admitted_on")
# The same as people write them: headers, and what stands for a kind.
ROSTER_HEADERS = ("编码", "名称", "类别", "同组", "评估上限（万元）", "纳入日期")
ROSTER_KINDS = {"机构": "bank", "银行": "bank", "地区": "district"}


@dataclass(frozen=True)
class Stretch:
    """A value from a day until another (exclusive; None = open)."""

    value: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Member:
    """A listed institution or district over time: states, ceilings (万元, as text), names, groups and contacts.

    `successor`: the member that took its place. What is filed under its own code stays its own all the same.
    """

    code: str
    kind: str  # bank, district
    admitted_on: date
    decided_on: date  # from when the latest decision counts
    states: tuple[Stretch, ...]
    ceilings: tuple[Stretch, ...]
    names: tuple[Stretch, ...]
    groups: tuple[Stretch, ...]
    contacts: tuple[Stretch, ...] = ()
    successor: str = ""

    def state_at(self, day: date) -> Stretch | None:
        return stretch_at(self.states, day)

    def expected_in(self, period: str) -> bool:
        """Whether the member is on the list on any day of the period."""
        first, last = period_bounds(period)
        return any(s.value in ON_LIST and s.since <= last and (s.until is None or s.until > first) for s in self.states)

    @property
    def name(self) -> str:
        """The name as last decided."""
        return self.names[-1].value

    @property
    def group(self) -> str:
        """The peer group or district group as last decided."""
        return self.groups[-1].value

    @property
    def admission_period(self) -> str:
        return period_of(self.admitted_on)


def stretch_at(stretches: Iterable[Stretch], day: date) -> Stretch | None:
    """The stretch that a day falls in, None where it falls in none."""
    return next((s for s in stretches if s.since <= day and (s.until is None or day < s.until)), None)


def _stretches(changes: list[tuple[date, str]]) -> tuple[Stretch, ...]:
    """Stretches of equal value from dated changes; of two changes on one day the later one counts."""
    latest = dict(changes)
    kept = [day for day, before in zip(sorted(latest), [None, *sorted(latest)], strict=False)
            if before is None or latest[day] != latest[before]]  # fmt: skip
    return tuple(Stretch(latest[day], day, end) for day, end in zip(kept, [*kept[1:], None], strict=False))


@dataclass
class _Course:
    """What decisions have made of one member so far, each attribute as dated changes."""

    kind: str
    admitted_on: date
    decided_on: date
    changes: dict[str, list[tuple[date, str]]]
    successor: str = ""

    def set(self, day: date, **values: str | None) -> None:
        self.decided_on = day
        for name, value in values.items():
            if value not in (None, ""):
                self.changes[name].append((day, value))

    def last(self, name: str) -> str:
        return self.changes[name][-1][1] if self.changes[name] else ""


_ATTRIBUTES = ("state", "ceiling", "name", "group", "contact")


def members(decisions: Iterable[Event]) -> dict[str, Member]:
    """Code → member from the ledger's `decision` events, by day and number, in the order of first admission."""
    courses: dict[str, _Course] = {}
    for event in sorted(decisions, key=lambda event: (event.payload["effective_on"], event.seq)):
        facts, day = event.payload, date.fromisoformat(event.payload["effective_on"])
        own = {name: facts.get(name) for name in ("ceiling", "name", "group", "contact")}
        if event.subject not in courses:
            courses[event.subject] = _new(facts["member_kind"], day)
        course, successor = courses[event.subject], facts.get("successor", "")
        if successor:
            _succeed(courses, course, successor, day, own)
        else:
            course.set(day, state=decision_kinds()[facts["kind"]].target, **own)
    return {
        code: Member(
            code,
            course.kind,
            course.admitted_on,
            course.decided_on,
            *(_stretches(course.changes[name]) for name in _ATTRIBUTES),
            course.successor,
        )
        for code, course in courses.items()
    }


def _new(kind: str, day: date) -> _Course:
    return _Course(kind, day, day, {name: [] for name in _ATTRIBUTES})


def _succeed(courses: dict[str, _Course], before: _Course, successor: str, day: date, own: dict[str, str]) -> None:
    """One member takes another's place: a new one inherits state and attributes, one on the list keeps its own."""
    if successor not in courses:
        courses[successor] = _new(before.kind, day)
        courses[successor].set(day, **{name: before.last(name) for name in _ATTRIBUTES})
    courses[successor].set(day, **own)
    before.successor = successor
    before.set(day, state="exited")


def _check_row(row: dict[str, str], where: str) -> None:
    kind, code = row["kind"], row["code"]
    groups = code_lists()["peer_group" if kind == "bank" else "district_group"]
    if kind not in ("bank", "district"):
        raise CallError(f"{where}的kind“{kind}”应为bank或district")
    if not code or not row["name"]:
        raise CallError(f"{where}缺少编码或名称")
    if kind == "district" and (code not in districts() or code == "000000"):
        raise CallError(f"{where}的地区代码“{code}”不在{len(districts()) - 1}个地区之内")
    if row["peer_group"] not in groups:
        raise CallError(f"{where}的peer_group“{row['peer_group']}”应为{'、'.join(groups)}之一")
    try:
        date.fromisoformat(row["admitted_on"])
        if row["ceiling"] and not 0 < Decimal(row["ceiling"]) < LARGEST:
            raise InvalidOperation
    except (ValueError, TypeError, InvalidOperation):
        raise CallError(f"{where}的admitted_on应为2025-07-07格式的日期，ceiling应为空或大于0的数字") from None


def _tidied(row: dict[str, str]) -> dict[str, str]:
    """A row with its code in capitals, kind and group by code, and a district's usual group where none is given."""
    row = {name: (value or "").strip() for name, value in row.items() if name}
    code, kind = row["code"].upper(), ROSTER_KINDS.get(row["kind"], row["kind"])
    named = {name: group for group, name in (code_lists()["peer_group"] | code_lists()["district_group"]).items()}
    usual = districts()[code].group if code in districts() else ""
    group = named.get(row["peer_group"], row["peer_group"])
    return row | {"code": code, "kind": kind, "peer_group": group or usual}


def read_roster(path: Path) -> list[dict[str, str]]:
    """The rows of a roster file, checked; see `roster_rows`. Raises CallError."""
    try:
        return roster_rows(path.name, path.read_bytes())
    except FileNotFoundError:
        raise CallError(f"找不到名单文件{path}") from None


def roster_rows(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of a roster as CSV, headed `ROSTER_COLUMNS` or `ROSTER_HEADERS`, checked.

    Raises:
        CallError: it is no such table in UTF-8, or a row is wrong; in a process of the country.
    """
    if content.startswith(b"PK"):
        raise CallError(f"{name}是Excel工作簿或压缩包，不是名单。名单请另存为“CSV UTF-8”；报送文件请在“数据报送”页报送")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CallError(f"{name}不是UTF-8编码，请在Excel中另存为“CSV UTF-8”") from None
    reader = csv.DictReader(StringIO(text, newline=""))
    if tuple(reader.fieldnames or ()) not in (ROSTER_COLUMNS, ROSTER_HEADERS):
        raise CallError(f"{name}的列应为{'、'.join(ROSTER_HEADERS)}（或{','.join(ROSTER_COLUMNS)}）")
    reader.fieldnames = list(ROSTER_COLUMNS)
    try:
        rows = [_tidied(row) for row in reader]
    except csv.Error:
        raise CallError(f"{name}不是CSV表") from None
    only_in_a_region("名单登记")
    for number, row in enumerate(rows, 2):
        _check_row(row, f"{name}第{number}行")
    codes = [row["code"] for row in rows]
    if len(set(codes)) != len(codes):
        raise CallError(f"{name}中有重复的编码")
    return rows


def filing_from(decisions: Iterable[Event]) -> date | None:
    """The day from which reports are required, as named with the first list; None where none was named."""
    named = (event.payload.get(FILING_FROM) for event in decisions)
    return min((date.fromisoformat(day) for day in named if day), default=None)


def admissions(
    rows: list[dict[str, str]], decisions: Iterable[Event], actor: str, required_from: date | None = None
) -> list[Entry]:
    """One admitting decision for each row whose code is not on the list yet: those of the first day.

    `required_from` is the day from which they have to report, where deadlines before it are to be nobody's lateness.

    Raises CallError where a list decision was taken by two persons already: from then on members are admitted so.
    """
    decided = list(decisions)
    known = {code for event in decided for code in (event.subject, event.payload.get("successor"))}
    new = [row for row in rows if row["code"] not in known]
    if new and any("proposal" in event.payload for event in decided):
        raise CallError(
            f"名单已有经两人办理的决定，{'、'.join(row['code'] for row in new)}不能再作为首批登记，"
            "请以python -m casework propose admit提出"
        )
    return [
        Entry(
            "decision",
            actor,
            row["code"],
            {
                "kind": "admit",
                "name": row["name"],
                "member_kind": row["kind"],
                "group": row["peer_group"],
                "ceiling": row["ceiling"],
                "effective_on": row["admitted_on"],
                "batch": FIRST_BATCH,
                "document_no": "",
                "reason": FIRST_REASON,
                "proposer": actor,
                "approver": actor,
            }
            | ({FILING_FROM: required_from.isoformat()} if required_from else {}),
        )
        for row in new
    ]
