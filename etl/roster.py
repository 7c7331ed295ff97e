"""The list of pilot members as decisions make it: who is on it, in what state, with what ceiling, on any day."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from etl.calendar import period_bounds, period_of
from etl.declarations import code_lists, districts
from etl.errors import CallError
from etl.ledger import Entry, Event

STATE_AFTER = {
    "admit": "active",
    "readmit": "active",
    "release": "active",
    "watch": "watch",
    "rectify": "rectify",
    "exit": "exited",
}
ON_LIST = ("active", "watch", "rectify")
LARGEST = 10**12  # 万元, the most that the warehouse holds
ROSTER_COLUMNS = ("code", "name", "kind", "peer_group", "ceiling", "admitted_on")


@dataclass(frozen=True)
class Stretch:
    """A value from a day until another (exclusive; None = open)."""

    value: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Member:
    """A listed institution or district, with its states and ceilings (万元, as text) over time."""

    code: str
    name: str
    kind: str  # bank, district
    group: str
    admitted_on: date
    states: tuple[Stretch, ...]
    ceilings: tuple[Stretch, ...]

    def state_at(self, day: date) -> Stretch | None:
        return next((s for s in self.states if s.since <= day and (s.until is None or day < s.until)), None)

    def expected_in(self, period: str) -> bool:
        """Whether the member is on the list on any day of the period."""
        first, last = period_bounds(period)
        return any(s.value in ON_LIST and s.since <= last and (s.until is None or s.until > first) for s in self.states)

    @property
    def admission_period(self) -> str:
        return period_of(self.admitted_on)


def _stretches(changes: list[tuple[date, str]]) -> tuple[Stretch, ...]:
    """Stretches of equal value from dated changes; of two changes on one day the later one counts."""
    latest = dict(changes)
    days = sorted(latest)
    return tuple(Stretch(latest[day], day, end) for day, end in zip(days, [*days[1:], None], strict=False))


def members(decisions: Iterable[Event]) -> dict[str, Member]:
    """Code → member from the ledger's `decision` events, in the order of first admission."""
    by_subject: dict[str, list[Event]] = {}
    for event in decisions:
        by_subject.setdefault(event.subject, []).append(event)
    result = {}
    for code, events in by_subject.items():
        ordered = sorted(events, key=lambda event: (event.payload["effective_on"], event.seq))
        states, ceilings, facts = [], [], {}
        for event in ordered:
            effective = date.fromisoformat(event.payload["effective_on"])
            if event.payload["kind"] in STATE_AFTER:
                states.append((effective, STATE_AFTER[event.payload["kind"]]))
            if event.payload.get("ceiling"):
                ceilings.append((effective, event.payload["ceiling"]))
            facts |= {key: value for key, value in event.payload.items() if value not in (None, "")}
        admitted = date.fromisoformat(ordered[0].payload["effective_on"])
        result[code] = Member(
            code,
            facts["name"],
            facts["member_kind"],
            facts["group"],
            admitted,
            _stretches(states),
            _stretches(ceilings),
        )
    return result


def _check_row(row: dict[str, str], where: str) -> None:
    kind, code = row["kind"], row["code"]
    groups = code_lists()["peer_group" if kind == "bank" else "district_group"]
    if kind not in ("bank", "district"):
        raise CallError(f"{where}的kind“{kind}”应为bank或district")
    if not code or not row["name"]:
        raise CallError(f"{where}缺少编码或名称")
    if kind == "district" and (code not in districts() or code == "000000"):
        raise CallError(f"{where}的地区代码“{code}”不在17个地区之内")
    if row["peer_group"] not in groups:
        raise CallError(f"{where}的peer_group“{row['peer_group']}”应为{'、'.join(groups)}之一")
    try:
        date.fromisoformat(row["admitted_on"])
        if row["ceiling"] and not 0 < Decimal(row["ceiling"]) < LARGEST:
            raise InvalidOperation
    except (ValueError, TypeError, InvalidOperation):
        raise CallError(f"{where}的admitted_on应为2025-07-07格式的日期，ceiling应为空或大于0的数字") from None


def _tidied(row: dict[str, str]) -> dict[str, str]:
    """A row with its code in capitals, and a district's usual group where none is given."""
    code = (row["code"] or "").strip().upper()
    usual = districts()[code].group if code in districts() else ""
    return row | {"code": code, "peer_group": row["peer_group"] or usual}


def read_roster(path: Path) -> list[dict[str, str]]:
    """The rows of a roster file (`code,name,kind,peer_group,ceiling,admitted_on`), checked. Raises CallError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != ROSTER_COLUMNS:
                raise CallError(f"{path.name}的列应为{','.join(ROSTER_COLUMNS)}")
            rows = [_tidied(row) for row in reader]
    except FileNotFoundError:
        raise CallError(f"找不到名单文件{path}") from None
    except UnicodeDecodeError:
        raise CallError(f"{path.name}不是UTF-8编码") from None
    for number, row in enumerate(rows, 2):
        _check_row(row, f"{path.name}第{number}行")
    codes = [row["code"] for row in rows]
    if len(set(codes)) != len(codes):
        raise CallError(f"{path.name}中有重复的编码")
    return rows


def admissions(rows: list[dict[str, str]], listed: Iterable[str], actor: str) -> list[Entry]:
    """One admitting decision for each row whose code is not on the list yet."""
    known = set(listed)
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
                "batch": "第一批",
                "document_no": "",
                "reason": "首批名单登记",
                "proposer": actor,
                "approver": actor,
            },
        )
        for row in rows
        if row["code"] not in known
    ]
