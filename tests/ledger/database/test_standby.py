"""A server with a standby that commits wait for: what is acknowledged lies on both, whoever ends a wait or takes over.

`python -m tests.faults jepsen --standby synchronous` has many writers go through all of it at random moments.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from contract.errors import LedgerError, OutcomeUnknown
from contract.places import Server
from ledger.database import connecting, postgres
from ledger.database.between_hosts import held_between_hosts
from ledger.events import Entry, Ledger
from tests.faults.servers import CANCELLED, ENDED, Pair
from tests.postgres import lacks

pytestmark = [
    pytest.mark.skipif(bool(lacks()), reason=lacks() or "a server is there"),
    pytest.mark.skipif(
        "PILOT_THOROUGH" not in os.environ, reason="two servers that take over from each other: thorough"
    ),
]
AT = datetime(2026, 11, 16, 9)
ONE = [Entry("try", "张三", "B001", {"n": 1})]


@pytest.fixture(scope="module")
def running() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.remove()


@pytest.fixture
def pair(running: Pair, monkeypatch: pytest.MonkeyPatch) -> Pair:
    for module, name, seconds in (
        (postgres, "ANSWER_SECONDS", 2), (postgres, "FIND_SECONDS", 0.3), (postgres, "LOOK_SECONDS", 2),
        (connecting, "CONNECT_SECONDS", 2),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, seconds)
    return running


@pytest.fixture
def ledger(pair: Pair) -> Ledger:
    ledger = Ledger(Server(pair.url(pair.primary.new_database()), "ledger"))
    ledger.append(AT, [Entry("first", "张三", "", {})])
    return ledger


def subjects(ledger: Ledger) -> list[str]:
    ledger.verify()
    return [event.subject for event in ledger.events("try")]


@pytest.mark.parametrize("how", [CANCELLED, ENDED])
def test_a_wait_that_somebody_ends_is_no_acknowledgement(pair: Pair, ledger: Ledger, how: str):
    said: list[object] = []

    def append() -> None:
        try:
            said.append(ledger.append(AT, ONE))
        except LedgerError as error:
            said.append(error)

    pair.wire.stall()
    writer = threading.Thread(target=append)
    writer.start()
    until = time.monotonic() + 1.5
    while not pair.end_waits(how):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert subjects(ledger) == ["B001"]  # the primary shows it, and would lose it
    writer.join()
    assert isinstance(said[0], OutcomeUnknown)
    pair.wire.flow()
    assert [event.seq for event in ledger.append(AT, ONE)] == [2]  # the same act given again: it is there by now
    assert subjects(ledger) == ["B001"]


def test_the_standby_takes_over_with_all_that_was_acknowledged_and_writers_go_on(pair: Pair, ledger: Ledger):
    ledger.append(AT, ONE)
    pair.take_over()
    assert subjects(ledger) == ["B001"]
    ledger.append(AT, ONE)
    assert subjects(ledger) == ["B001", "B001"]


def test_what_the_standby_never_had_is_appended_once_by_the_one_that_took_over(pair: Pair, ledger: Ledger):
    pair.wire.stall()
    with pytest.raises(OutcomeUnknown):
        ledger.append(AT, ONE)
    pair.crash()
    with pytest.raises(OutcomeUnknown):  # it shows the event after its crash, and knows no more than before
        ledger.append(AT, ONE)
    pair.take_over()
    assert subjects(ledger) == []
    ledger.append(AT, ONE)
    assert subjects(ledger) == ["B001"]


def test_a_server_that_was_taken_over_from_and_comes_back_acknowledges_nothing(pair: Pair, ledger: Ledger):
    database = ledger.place.url.rpartition("/")[2]

    def meanwhile() -> None:
        alone = Ledger(Server(pair.standby.url_by_network(database), "ledger"))
        with pytest.raises(OutcomeUnknown):
            alone.append(AT, ONE)
        with pytest.raises((LedgerError, TimeoutError)), held_between_hosts(alone.place, "台账", 1):
            raise AssertionError("the lock is never given")

    pair.take_over(meanwhile)
    assert subjects(ledger) == []


def test_who_holds_the_lock_on_a_server_that_was_taken_over_from_appends_nothing(pair: Pair, ledger: Ledger):
    database = ledger.place.url.rpartition("/")[2]
    ports = (pair.standby.port, pair.primary.port)  # the first of them, as soon as it takes writes
    server = Server(pair.standby.url_by_network(database, *ports), "ledger")

    def meanwhile() -> None:
        still_held()  # there it goes on
        Ledger(server).close()  # lets go of what was opened there
        with pytest.raises(LedgerError, match="失去了写入的锁"):
            Ledger(server).append(AT, ONE)

    with held_between_hosts(server, "台账", 1) as still_held:
        pair.take_over(meanwhile, dies=False)
    assert subjects(ledger) == []


def test_a_standby_that_no_commit_waits_for_loses_what_was_acknowledged():
    """What the others hold, and why the manual wants the wait."""
    pair = Pair(waits=False)
    try:
        ledger = Ledger(Server(pair.url(pair.primary.new_database()), "ledger"))
        pair.wire.stall()
        ledger.append(AT, ONE)
        assert subjects(ledger) == ["B001"]
        pair.take_over()
        assert subjects(ledger) == []
    finally:
        pair.remove()
