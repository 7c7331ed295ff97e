"""A connection that dies during COMMIT: it is found out whether the events are there; never lost, never twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from contract.errors import LedgerError, OutcomeUnknown
from contract.places import Server
from ledger.database import connecting, postgres
from ledger.events import Entry, Ledger
from tests.faults.proxy import AFTER, ASIDE, Proxy
from tests.postgres import Cluster

AT = datetime(2026, 11, 16, 9)
PAIR = [Entry("try", "张三", "B001", {"n": 1}), Entry("try", "张三", "B002", {"n": 2})]


@pytest.fixture
def proxy(on_server: Cluster) -> Iterator[Proxy]:
    proxy = Proxy(on_server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def ledger(on_server: Cluster, proxy: Proxy) -> Ledger:
    ledger = Ledger(Server(on_server.url_by_network("shared", proxy.port), "ledger"))
    ledger.append(AT, [Entry("first", "张三", "", {})])
    return ledger


def subjects(ledger: Ledger) -> list[str]:
    ledger.verify()
    return [event.subject for event in ledger.events("try")]


def test_an_answer_that_is_lost_is_found(ledger: Ledger, proxy: Proxy):
    proxy.cuts_commit = AFTER
    assert [event.seq for event in ledger.append(AT, PAIR)] == [2, 3]
    assert subjects(ledger) == ["B001", "B002"]


def test_a_commit_that_never_arrived_is_a_no_and_is_given_again(ledger: Ledger, proxy: Proxy):
    proxy.cuts_commit = ASIDE
    with pytest.raises(LedgerError, match="本次没有登记，请再办理一次"):
        ledger.append(AT, PAIR)
    assert subjects(ledger) == []
    ledger.append(AT, PAIR)
    assert subjects(ledger) == ["B001", "B002"]


@pytest.mark.parametrize("when", [AFTER, ASIDE])
def test_what_cannot_be_found_out_is_said_and_its_retry_appends_it_once(ledger, proxy, monkeypatch, when: str):
    monkeypatch.setattr(postgres, "FIND_SECONDS", 0.2)
    proxy.cuts_commit, proxy.refuses = when, True
    with pytest.raises(OutcomeUnknown, match="是否已经登记不明"):
        ledger.append(AT, PAIR)
    proxy.refuses = False
    ledger.append(AT, [Entry("other", "李四", "", {})])  # nobody else's retry
    again = ledger.append(datetime(2026, 11, 16, 10), PAIR)
    assert [event.seq for event in again] == ([2, 3] if when == AFTER else [3, 4])
    assert subjects(ledger) == ["B001", "B002"]
    ledger.append(AT, PAIR)  # a new act that is alike is an act of its own
    assert subjects(ledger) == ["B001", "B002"] * 2


def test_a_line_that_stalls_is_given_up_and_the_outcome_found_out(ledger: Ledger, proxy: Proxy, monkeypatch):
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(postgres, "LOOK_SECONDS", 0.3)
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 0.3)
    said: list[str] = []

    def write() -> None:
        for number in range(100):
            try:
                ledger.append(AT, [Entry("try", "张三", str(number), {})])
                said.append("yes")
            except OutcomeUnknown:
                said.append("unknown")
            except LedgerError:
                said.append("no")

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        time.sleep(0.1)
        proxy.stall()
        time.sleep(0.4)
        proxy.flow()
        if len(said) > 30:
            break
    writer.join()
    kept = subjects(ledger)
    assert [str(number) for number, word in enumerate(said) if word == "yes"] == [
        subject for subject in kept if said[int(subject)] == "yes"
    ]
    assert not [subject for subject in kept if said[int(subject)] == "no"]
