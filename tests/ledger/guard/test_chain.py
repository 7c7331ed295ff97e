"""Which function chains a ledger: declared, said by each hash, changed by one event that chains both."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest

from contract.errors import CallError, DeclarationError, LedgerError
from contract.settings import home
from ledger.database.tables import EVENT
from ledger.events import Entry, Ledger
from ledger.guard.chain import FIRST, chained, function_of, hash_functions, read_hash_functions
from tests.ledger.records import by_force, stored_by_hand

AT = datetime(2026, 11, 16, 9)
# Two events as the first release wrote them, hash by hash.
WRITTEN_BEFORE = (
    (1, "2026-11-16T09:00:00", "decision", "张三", "B001", '{"kind":"admit","n":1}', FIRST,
     "b55877ed726ef5759c6cc2c8ba3fcd4512e94c91027a81742828370d2e78e0ac"),
    (2, "2026-11-16T09:00:00", "decision", "张三", "B002", '{"kind":"admit","n":2}',
     "b55877ed726ef5759c6cc2c8ba3fcd4512e94c91027a81742828370d2e78e0ac",
     "04ce1091b90e357c2955d1656147bc77156c94e896e26c6b348a325408c8cd96"),
)  # fmt: skip


@pytest.fixture
def ledger(each_database: str) -> Ledger:
    ledger = Ledger(home().ledger)
    ledger.append(AT, [Entry("try", "张三", f"B00{number}", {"n": number}) for number in (1, 2)])
    return ledger


def forged(ledger: Ledger, function: str, payload: dict, kind: str = "hash_function") -> None:
    """An event appended by hand with the right hash."""
    seq, previous = ledger.head()
    facts = (seq + 1, "2026-11-17T09:00:00", kind, "李四", "sm3", json.dumps(payload))
    stored_by_hand(ledger.place, (*facts, previous, chained(function, previous, *facts)))


def test_a_ledger_written_before_verifies_and_goes_on_by_sha_256(each_database: str):
    ledger = Ledger(home().ledger)
    for row in WRITTEN_BEFORE:
        stored_by_hand(ledger.place, row)
    ledger.verify()
    (event,) = ledger.append(AT, [Entry("try", "张三", "B003", {})])
    body = json.dumps([WRITTEN_BEFORE[1][7], 3, "2026-11-16T09:00:00", "try", "张三", "B003", "{}"], ensure_ascii=False)
    assert event.hash == hashlib.sha256(body.encode()).hexdigest()
    ledger.verify()


def test_the_functions_are_those_declared_and_sm3_is_the_standards():
    assert list(hash_functions()) == ["sha256", "sm3"]
    # The example of GB/T 32905, appendix A.1.
    assert hashlib.new("sm3", b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize("rows", ["sha256,a\nsha256,b", "sm3,a", "sha256,a\nsha512,b", "sha256,a\nsm:3,b"])
def test_a_function_declared_twice_of_another_width_or_without_the_usual_one_is_refused(tmp_path: Path, rows: str):
    (tmp_path / "hash_functions.csv").write_text(f"code,name\n{rows}\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="hash_functions.csv"):
        read_hash_functions(tmp_path / "hash_functions.csv")


def test_one_event_changes_the_function_and_states_both_heads(ledger: Ledger):
    before = ledger.head()[1]
    event = ledger.change_hash_function(AT, "sm3", "张三")
    after = ledger.append(AT, [Entry("try", "张三", "B003", {})])[0]
    by_sm3 = FIRST
    for old in list(ledger.stored(0, 2)):
        body = [by_sm3, old.seq, old.at, old.kind, old.actor, old.subject, old.payload]
        digits = hashlib.new("sm3", json.dumps(body, ensure_ascii=False).encode()).hexdigest()
        by_sm3 = f"sm3:{digits}"
    assert event.payload == {"from": "sha256", "to": "sm3", "heads": {"sha256": before, "sm3": by_sm3}}
    assert [function_of(known.hash) for known in ledger.events()] == ["sha256", "sha256", "sm3", "sm3"]
    assert [known.previous for known in ledger.stored(2)] == [before, event.hash]
    assert ledger.head() == (4, after.hash)
    ledger.verify()
    assert ledger.change_hash_function(AT, "sha256", "张三").payload["heads"].keys() == {"sha256", "sm3"}
    ledger.verify()


@pytest.mark.parametrize(("to", "words"), [("sha256", "没有变化"), ("md5", "没有校验算法")])
def test_a_change_to_the_same_or_to_an_unknown_function_is_refused(ledger: Ledger, to: str, words: str):
    before = ledger.head()
    with pytest.raises(CallError, match=words):
        ledger.change_hash_function(AT, to, "张三")
    assert ledger.head() == before


def test_an_event_of_another_function_without_a_change_is_found(ledger: Ledger):
    forged(ledger, "sm3", {}, kind="try")
    with pytest.raises(LedgerError, match="第3号"):
        ledger.verify()


@pytest.mark.parametrize("heads", [{}, {"sha256": "0" * 64, "sm3": "sm3:" + "0" * 64}])
def test_a_change_that_states_other_heads_is_found(ledger: Ledger, heads: dict):
    forged(ledger, "sm3", {"from": "sha256", "to": "sm3", "heads": heads})
    with pytest.raises(LedgerError, match="第3号事件更换校验算法"):
        ledger.verify()


def test_what_was_chained_before_a_change_is_still_held(ledger: Ledger):
    ledger.change_hash_function(AT, "sm3", "张三")
    by_force(ledger.place, "UPDATE event SET subject = 'B009' WHERE seq = 1")
    with pytest.raises(LedgerError, match="第1号"):
        ledger.verify()


def test_every_column_of_an_event_is_under_its_hash():
    assert [column.name for column in EVENT.columns] == [
        "seq", "at", "kind", "actor", "subject", "payload", "previous", "hash",
    ]  # fmt: skip
