"""The data version after an act: made in the background, one at a time, and whoever waits is told how it ended."""

from __future__ import annotations

import threading
import time

import pytest

from casework.publication import Publication, Publisher
from contract.errors import PilotError

PATIENCE = 5.0  # seconds


class Maker:
    """Stands for a publication: waits until it is let go, then gives the next number or fails."""

    def __init__(self) -> None:
        self.by: list[str] = []
        self.started, self.go_on = threading.Semaphore(0), threading.Semaphore(0)
        self.fault: Exception | None = None

    def __call__(self, by: str, tell) -> int:
        self.by.append(by)
        tell(3, 17)
        self.started.release()
        assert self.go_on.acquire(timeout=PATIENCE)
        if self.fault:
            raise self.fault
        return len(self.by)


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def publisher(maker: Maker) -> Publisher:
    return Publisher(maker, lambda error: f"因为{error}")


def ended(publisher: Publisher, ticket: int) -> Publication:
    until = time.monotonic() + PATIENCE
    while (standing := publisher.standing(ticket)).running:
        assert time.monotonic() < until
        time.sleep(0.01)
    return standing


def test_who_asks_goes_on_and_sees_the_steps(publisher, maker):
    ticket = publisher.ask("甲")
    assert maker.started.acquire(timeout=PATIENCE)
    assert publisher.standing(ticket) == Publication(True, (3, 17))
    maker.go_on.release()
    assert ended(publisher, ticket) == Publication(False, number=1)


def test_who_asks_while_one_runs_waits_for_the_next_together_with_others(publisher, maker):
    first = publisher.ask("甲")
    assert maker.started.acquire(timeout=PATIENCE)
    second, third = publisher.ask("乙"), publisher.ask("丙")
    maker.go_on.release()
    assert ended(publisher, first).number == 1
    assert maker.started.acquire(timeout=PATIENCE)
    assert publisher.standing(second).running and publisher.standing(third).running
    maker.go_on.release()
    assert (ended(publisher, second).number, ended(publisher, third).number) == (2, 2)
    assert maker.by == ["甲", "丙"]


def test_a_failure_is_told_and_the_next_request_tries_again(publisher, maker):
    maker.fault = PilotError("磁盘已满")
    maker.go_on.release()
    assert ended(publisher, publisher.ask("甲")) == Publication(False, failure="因为磁盘已满")
    maker.fault = None
    maker.go_on.release()
    assert ended(publisher, publisher.ask("甲")).number == 2
