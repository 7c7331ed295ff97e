"""A gate with registered users and one account, passwords cheaply hashed, and the clock set by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from contract.settings import Home
from ledger.access import accounts, passwords
from pages.gate.gate import Gate
from tests.ledger.access.registered import Clock, register_all
from tests.pages.gate.visitor import Inner, Visitor

GOOD = "三只灰鸽子飞过永定河，天晴"
ACCOUNTS = """
sign_in = ["accounts"]
[server]
public = "https://pilot.example"
proxies = ["10.9.0.0/16"]
monitors = ["10.8.0.1"]
"""


@dataclass
class Door:
    """A gate, what is behind it, and the home that it asks."""

    gate: Gate
    inner: Inner
    home: Home
    clock: Clock

    def visitor(self, **facts: str) -> Visitor:
        return Visitor(self.gate, **facts)

    def signed_in(self, name: str = "张三", **facts: str) -> Visitor:
        visitor = self.visitor(**facts)
        assert visitor.post("/sign-in", {"name": name, "password": GOOD}).status == 303
        return visitor


def configure(home: Home, text: str) -> None:
    home.root.mkdir(parents=True, exist_ok=True)
    path = home.root / "access.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def door(own_home, monkeypatch: pytest.MonkeyPatch) -> Door:
    home, clock = register_all(Home(own_home)), Clock(monkeypatch)
    configure(home, ACCOUNTS)
    for name in ("张三", "李四"):
        accounts.keep(home, name, password=passwords.kept(GOOD))
    inner = Inner()
    return Door(Gate(inner), inner, home, clock)


@pytest.fixture
def demonstration(own_home) -> Door:
    inner = Inner()
    return Door(Gate(inner), inner, Home(own_home), None)
