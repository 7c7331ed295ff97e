"""Which checks are in force for a report period, at which level: the catalogue of all, and its dated changes.

A change is a row of `data/checks/changes.csv`, or later a ledger event of kind `rule`; a check is never deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from contract.declarations import read_rows
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS, Home
from etl.checks.across import LEVELS as ACROSS_LEVELS
from etl.checks.across import cross_checks
from etl.checks.rulebook import LEVELS, PERIOD, Check, declared_rules_hash, rule_book, structure_checks
from ledger.policy import open_ledger

OFF = "off"
COLUMNS = ("check_id", "period_from", "level", "document_no", "note")


@cache
def catalogue() -> dict[str, Check]:
    """Id → check, of every kind: file and cover first, then form by form, then across. Raises DeclarationError."""
    checks = [*structure_checks().values(), *rule_book(), *cross_checks()]
    ids = [check.id for check in checks]
    twice = sorted({check_id for check_id in ids if ids.count(check_id) > 1})
    if twice:
        raise DeclarationError(f"校验编号重复：{'、'.join(twice)}")
    return dict(zip(ids, checks, strict=True))


@dataclass(frozen=True)
class Change:
    """One dated change of one check: its level (or `off`) for this report period and the later ones."""

    check_id: str
    period_from: str
    level: str
    document_no: str
    note: str
    proposer: str = ""
    approver: str = ""

    def __post_init__(self) -> None:
        check = catalogue().get(self.check_id)
        if check is None:
            raise DeclarationError(f"没有校验规则“{self.check_id}”")
        allowed = (*(ACROSS_LEVELS if check.kind == "across" else LEVELS), OFF)
        if self.level not in allowed:
            raise DeclarationError(f"校验规则{self.check_id}的级别“{self.level}”应为{'、'.join(allowed)}之一")
        if check.fixed and self.level != check.level:
            raise DeclarationError(
                f"校验规则{self.check_id}不能停用或改变级别：它说明内容无法读入，放过后该内容会不声不响地丢失"
            )
        if not PERIOD.fullmatch(self.period_from):
            raise DeclarationError(f"校验规则{self.check_id}的起始报送期“{self.period_from}”应形如2026-11")
        if not self.document_no.strip():
            raise DeclarationError(f"校验规则{self.check_id}的变更须有文号")


@dataclass(frozen=True)
class RuleBook:
    """The checks in force for one report period: id → level. `version` tells one book from another."""

    period: str
    levels: Mapping[str, str]
    version: str


@dataclass(frozen=True)
class Changes:
    """All changes of each check, by the period from which they hold."""

    history: Mapping[str, tuple[Change, ...]]

    def level(self, check: Check, period: str) -> str:
        """The level of a check for a report period, `off` where it is not in force."""
        if not check.in_span(period):
            return OFF
        made = [change.level for change in self.history.get(check.id, ()) if change.period_from <= period]
        return made[-1] if made else check.level

    def book(self, period: str) -> RuleBook:
        """The rule book in force for a report period."""
        every_level = {check.id: self.level(check, period) for check in catalogue().values()}
        levels = {check_id: level for check_id, level in every_level.items() if level != OFF}
        text = declared_rules_hash() + "".join(f"\n{check_id} {level}" for check_id, level in sorted(levels.items()))
        return RuleBook(period, levels, hashlib.sha256(text.encode()).hexdigest()[:8])


class RuleEvent(Protocol):
    """What is read of a ledger event of kind `rule`: the fields of a change."""

    seq: int
    payload: Mapping[str, Any]


def read_changes(path: Path) -> Changes:
    """The changes of a declaration file.

    Raises:
        DeclarationError: a row names no check, level or period, has no document number, or a check has two changes
            from the same period.
    """
    history: dict[str, dict[str, Change]] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        change = _change(row, f"{path.name}第{number}行")
        made = history.setdefault(change.check_id, {})
        if change.period_from in made:
            raise DeclarationError(
                f"{path.name}第{number}行：校验规则{change.check_id}自{change.period_from}起的变更重复"
            )
        made[change.period_from] = change
    return _ordered(history)


def _change(fields: Mapping[str, Any], where: str) -> Change:
    try:
        return Change(**fields)
    except DeclarationError as error:
        raise DeclarationError(f"{where}：{error}") from None


@cache
def declared_changes() -> Changes:
    """The changes of `data/checks/changes.csv`."""
    return read_changes(DECLARATIONS / "checks" / "changes.csv")


def with_events(changes: Changes, events: Iterable[RuleEvent]) -> Changes:
    """The changes with the ledger's later ones; of two from the same period the later event counts.

    Raises:
        DeclarationError: an event names no check that is declared.
    """
    history = {check_id: {change.period_from: change for change in made} for check_id, made in changes.history.items()}
    for event in events:
        change = change_of(event)
        history.setdefault(change.check_id, {})[change.period_from] = change
    return _ordered(history)


def change_of(event: RuleEvent) -> Change:
    """The change that an event holds. Raises DeclarationError where it is none any more."""
    given = {field.name: event.payload[field.name] for field in fields(Change) if field.name in event.payload}
    return _change(given, f"台账第{event.seq}号事件")


def changes_at(home: Home) -> Changes:
    """The changes of this home: those declared, and those of its ledger where there is one yet."""
    return with_events(declared_changes(), open_ledger(home.ledger).events("rule") if home.ledger.exists() else ())


def _ordered(history: Mapping[str, Mapping[str, Change]]) -> Changes:
    return Changes({check_id: tuple(made[period] for period in sorted(made)) for check_id, made in history.items()})
