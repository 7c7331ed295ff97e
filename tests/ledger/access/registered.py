"""A home with a few registered users and nothing else, and a clock that tests set."""

from __future__ import annotations

from datetime import datetime

import pytest

from contract.settings import Home
from ledger.access import store
from ledger.events import Entry, Ledger
from ledger.people import USER

USERS = {
    "张三": ("analyst", ""),
    "李四": ("supervisor", ""),
    "王五": ("supervisor", ""),
    "赵六": ("admin", ""),
    "孙七": ("district", "110108"),
}


def register(home: Home, name: str, role: str, scope: str = "", disabled: bool = False) -> None:
    """One user as two persons have decided."""
    facts = {"role": role, "scope": scope, "disabled": disabled, "reason": "试", "proposer": "甲", "approver": "乙"}
    Ledger(home.ledger).append(datetime(2026, 11, 16, 9), [Entry(USER, "乙", name, facts)])


def register_all(home: Home) -> Home:
    for name, (role, scope) in USERS.items():
        register(home, name, role, scope)
    return home


class Clock:
    """The clock on the wall, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: float = 1_800_000_000.0) -> None:
        self.at = at
        monkeypatch.setattr(store, "seconds", lambda: self.at)

    def pass_by(self, seconds: float) -> None:
        self.at += seconds
