"""Passwords are hashed cheaply here: what they cost is a parameter, and tests hash dozens."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from ledger.access import passwords


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
