"""Every data version with who, when, after which acts, how it was built and how long each part took."""

from __future__ import annotations

from etl.snapshot.built_by import built_by_now
from etl.snapshot.history import versions
from etl.snapshot.timing import COPYING, STAGING, STORING, builds, part_names
from ledger.archive import digest
from tests.etl.conftest import Pilot
from tests.etl.submissions import BANK, PERIOD, submission


def test_nothing_published_is_no_version(pilot: Pilot):
    assert versions(pilot.home) == []


def test_each_version_tells_what_it_followed_and_how_it_was_built(pilot: Pilot):
    pilot.send(f"{PERIOD}_{BANK}.xlsx", submission())
    pilot.publish()
    head = pilot.ledger.head()[0]
    pilot.publish()
    second, first = versions(pilot.home)
    assert (first.number, first.is_current, second.number, second.is_current) == (1, False, 2, True)
    assert first.acts == ("decision", "submission") and second.acts == ()
    assert (first.upto, second.upto) == (head - 1, head)
    assert (first.build.before, second.build.before) == (None, 1)
    assert second.build.built_by == built_by_now()
    parts = list(second.build.seconds)
    assert (parts[:2], parts[-1]) == ([STAGING, COPYING], STORING) and len(parts) > 3
    assert set(parts) <= part_names().keys()
    assert second.bytes == pilot.home.snapshot(2).stat().st_size
    pilot.home.snapshot(1).unlink()
    assert versions(pilot.home)[1].bytes is None


def test_the_times_are_in_no_event_and_do_not_stop_a_publication(pilot: Pilot):
    pilot.home.builds.mkdir(parents=True)  # nothing can be written there
    pilot.publish()
    pilot.home.builds.rmdir()
    (only,) = versions(pilot.home)
    assert only.build is None and builds(pilot.home) == {}
    payload = pilot.ledger.events("publication")[0].payload
    assert payload["sha256"] == digest(pilot.home.snapshot(1).read_bytes())
    assert "seconds" not in payload


def test_a_version_made_again_under_its_number_counts_as_the_last(pilot: Pilot):
    pilot.publish()
    line = pilot.home.builds.read_text(encoding="utf-8")
    pilot.home.builds.write_text(line + line.replace(built_by_now(), "later") + line[:20], encoding="utf-8")
    assert builds(pilot.home)[1].built_by == "later"
