"""The chain of the ledger: which declared function hashes an event to the one before, and how the function is changed.

A hash says itself by which function it was made: `sm3:66c7…`; one without a name is SHA-256's, as all were once. The
functions are OpenSSL's, by `hashlib`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from contract.declarations import read_rows
from contract.errors import CallError, DeclarationError, LedgerError
from contract.settings import DECLARATIONS

FIRST = "0" * 64
USUAL = "sha256"  # of hashes that name no function
CHANGE = "hash_function"  # the event by which the function is changed
COLUMNS = ("code", "name")
LABEL = "台账校验码"  # before a hash that is printed


@dataclass(frozen=True)
class Stored:
    """One event as it is stored: its payload as text, and the two hashes beside it."""

    seq: int
    at: str
    kind: str
    actor: str
    subject: str
    payload: str
    previous: str
    hash: str


@cache
def hash_functions() -> dict[str, str]:
    """Code → name of the functions that may chain a ledger, as `data/hash_functions.csv` declares them."""
    return read_hash_functions(DECLARATIONS / "hash_functions.csv")


def read_hash_functions(path: Path) -> dict[str, str]:
    """Code → name. Raises DeclarationError where one is there twice, is not 256 bits wide, or the usual one lacks."""
    declared: dict[str, str] = {}
    for number, row in enumerate(read_rows(path, *COLUMNS), start=2):
        code = row["code"]
        if code in declared or not code.isalnum():
            raise DeclarationError(f"{path.name}第{number}行：校验算法“{code}”重复，或不是字母和数字")
        if code in hashlib.algorithms_available and hashlib.new(code).digest_size * 2 != len(FIRST):
            raise DeclarationError(f"{path.name}第{number}行：校验算法“{code}”应为256位")
        declared[code] = row["name"]
    if USUAL not in declared:
        raise DeclarationError(f"{path.name}缺少{USUAL}")
    return declared


def hash_function(code: str) -> str:
    """A declared function that this machine has. Raises CallError where it is not declared, or not there."""
    if code not in hash_functions():
        listed = "、".join(f"{known}（{name}）" for known, name in hash_functions().items())
        raise CallError(f"没有校验算法“{code}”，应为{listed}之一")
    if code not in hashlib.algorithms_available:
        raise CallError(f"本机的OpenSSL不提供{hash_functions()[code]}，不能使用")
    return code


def function_of(stated: str) -> str:
    """The function by which a hash was made, as the hash itself says."""
    name, _, digits = stated.rpartition(":")
    return name if digits and name else USUAL


def chained(function: str, previous: str, seq: int, at: str, kind: str, actor: str, subject: str, payload: str) -> str:
    """The hash of an event that follows the one whose hash is `previous`. Raises LedgerError where it cannot be."""
    body = json.dumps([previous, seq, at, kind, actor, subject, payload], ensure_ascii=False).encode()
    try:
        digits = hashlib.new(function, body).hexdigest()
    except ValueError:
        raise LedgerError(f"台账以{function}校验，本机的OpenSSL不提供这种算法，不能核对") from None
    return digits if function == USUAL else f"{function}:{digits}"


def again(event: Stored, function: str, previous: str) -> str:
    """The hash that an event has by a function, after another hash than the one that is stored with it."""
    facts = (event.seq, event.at, event.kind, event.actor, event.subject, event.payload)
    return chained(function, previous, *facts)


def head_by(function: str, events: Iterable[Stored]) -> str:
    """What the last of these events would have as its hash, had the function chained the ledger from its beginning."""
    head = FIRST
    for event in events:
        head = again(event, function, head)
    return head


def change(events: list[Stored], to: str) -> Mapping[str, Any]:
    """The payload of the event that chains both functions: the head of all events so far, by the old and the new.

    The event itself is hashed by the new function over the old one's head. So what was chained by the old alone is
    held by the new as well, should the old be broken one day. Raises CallError where nothing would change.
    """
    before = function_of(events[-1].hash) if events else USUAL
    if hash_function(to) == before:
        raise CallError(f"台账已经以{hash_functions()[to]}校验，没有变化")
    head = events[-1].hash if events else FIRST
    return {"from": before, "to": to, "heads": {before: head, to: head_by(to, events)}}


def words(seq: int, stated: str) -> str:
    """What is printed of an event: its number and its whole hash, which covers all events up to it."""
    return f"{LABEL}（截至第{seq}号事件）：{stated}"


class Follower:
    """Follows a chain event by event; `previous` and `expected`: the hash and number after which the next one comes."""

    def __init__(self, previous: str = FIRST, expected: int = 1, called: str = "台账") -> None:
        self.previous, self.expected, self.called = previous, expected, called

    def follow(self, event: Stored) -> None:
        """Raises LedgerError for an event that does not chain to the one before, or by another function than that
        event's, unless it is the one that changes it."""
        function = function_of(event.hash)
        is_changed = function != function_of(self.previous)
        if (
            event.seq != self.expected
            or event.previous != self.previous
            or is_changed != (event.kind == CHANGE)
            or function not in hash_functions()
            or event.hash != again(event, function, self.previous)
        ):
            raise LedgerError(
                f"{self.called}第{event.seq}号事件与前一事件的校验链不符，{self.called}被改动或缺损，请从备份恢复"
            )
        self.previous, self.expected = event.hash, self.expected + 1


def check_change(event: Stored, before: list[Stored]) -> None:
    """Raises LedgerError where an event that changed the function states other heads than what came before it has."""
    stored, to = (before[-1].hash if before else FIRST), function_of(event.hash)
    heads = {function_of(stored): stored, to: head_by(to, before)}
    if json.loads(event.payload) != {"from": function_of(stored), "to": to, "heads": heads}:
        raise LedgerError(f"台账第{event.seq}号事件更换校验算法，所载校验码与此前的事件不符，请从备份恢复")
