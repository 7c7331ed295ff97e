"""What a killed server left unpublished: the next one publishes it by itself at its start, and nothing else."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest

import etl.snapshot.publish
from contract.settings import Home
from etl.snapshot import facts, rules, verdicts
from etl.snapshot.opened import current
from etl.snapshot.publish import ASK_FOR_ONE, is_left_behind, publish
from ledger.events import Entry, Ledger
from ledger.proposals import EVENTS as WAYS_TO_A_DECISION
from ledger.roster import admissions
from pages.shell import publishing
from tests.etl.conftest import roster

NOW = datetime(2026, 11, 16, 9)
PATIENCE = 30.0  # seconds


@pytest.fixture
def place(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one data version of the tables of `etl`, in a process that has not looked at it yet."""
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    steps = {"facts": facts.build, "rules": rules.build, "explanations": verdicts.build}
    monkeypatch.setattr(etl.snapshot.publish, "steps", lambda: steps)
    place = Home(own_home)
    ledger = Ledger(place.ledger)
    ledger.append(NOW, admissions(roster("B001", "B002"), [], "测试"))
    publish(place, ledger, "测试")
    return place


def record(place: Home, kind: str) -> None:
    Ledger(place.ledger).append(NOW, [Entry(kind, "测试", "R1", {"level": "Q", "valid_from": "2026-01-01"})])


def test_an_act_whose_publication_was_cut_off_is_published_at_the_next_start(place):
    record(place, "self_assessment")
    ticket = publishing.resumed(place.root)
    until = time.monotonic() + PATIENCE
    while (standing := publishing.publisher(place.root).standing(ticket)).running:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert standing.number == current(place).number == 2
    published = Ledger(place.ledger).events("publication")
    assert [event.actor for event in published] == ["测试", publishing.RESUMING]
    assert publishing.resumed(place.root) == ticket  # asked for once


@pytest.mark.parametrize("kind", ["notice", "reminder", "annotation"])
def test_what_asks_for_no_data_version_begins_none(place, kind):
    record(place, kind)
    assert publishing.resumed(place.root) is None
    assert current(place).number == 1


def test_before_the_first_data_version_a_person_begins(own_home):
    assert publishing.resumed(own_home) is None


@pytest.mark.parametrize("kind", ASK_FOR_ONE)
def test_every_kind_that_asks_for_one_leaves_the_version_behind(place, kind):
    ledger = Ledger(place.ledger)
    assert not is_left_behind(ledger)
    record(place, kind)
    assert is_left_behind(ledger)


def test_the_kinds_are_those_that_the_steps_read(own_home, monkeypatch):
    """On an empty ledger every step asks for all that it would ever read; those on the way to a decision left out."""
    monkeypatch.setenv("PILOT_NOW", NOW.isoformat())
    asked: set[str] = set()
    events = Ledger.events

    def noting(self: Ledger, *kinds: str):
        asked.update(kinds)
        return events(self, *kinds)

    monkeypatch.setattr(Ledger, "events", noting)
    publish(Home(own_home), Ledger(Home(own_home).ledger), "测试")
    on_the_way = set(WAYS_TO_A_DECISION) - {"decision"}
    assert asked - on_the_way - {"publication", "demonstration"} == set(ASK_FOR_ONE)
