"""Several at once: two loads and a publication, and readers that follow the pointer; and a clock set back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from contract.settings import Home
from etl.snapshot.verify import verify
from tests.faults.kills import delivery
from tests.faults.processes import in_turn, must
from tests.faults.soundness import check_kept, check_once, check_reader, check_rebuilt, check_verified, events, told
from tests.faults.tally import Tally
from tests.faults.world import World

EARLIER = "2026-11-15T09:00:00"
READERS = 2
PAUSE = 0.02  # seconds between two looks of a reader


def _reader(home: Home, stop: Path) -> Callable[[], None]:
    """Follows the pointer until told to stop; prints number and content of each snapshot that it was pointed at."""

    def work() -> None:
        while True:
            is_last = stop.exists()
            print("read", check_reader(home), told(home) if is_last else "")
            if is_last:
                return
            time.sleep(PAUSE)

    return work


def at_once(world: World, rounds: int) -> Tally:
    """Rounds of two loads and a publication that start together."""
    tally = Tally("several at once")
    home = Home(world.copy(world.first, world.root / "crowd"))
    for number in range(1, rounds + 1):
        stop = world.root / "stop"
        stop.unlink(missing_ok=True)
        known = events(home)
        given = [delivery(world.root / "crowd-inbox", 3 * number + place) for place in range(2)]
        readers = [world.run(_reader(home, stop), f"reader-{place}") for place in range(READERS)]
        writers = [
            world.run(world.command(home.root, *arguments), f"writer-{place}")
            for place, arguments in enumerate((("load", given[0]), ("load", given[1]), ("publish",)))
        ]
        with tally.round(f"round {number}"):
            ends = [writer.ended() for writer in writers]
            stop.touch()
            looks = [_in_order(must(reader).printed) for reader in readers]
            for end in ends:
                assert end.code in (0, 1), end.printed
                check_kept(home, known, end.printed)
            hashes = [
                payload["content_hash"] for _, _, kind, payload in events(home)[len(known) :] if kind == "submission"
            ]
            assert len(hashes) == len(set(hashes)) == len(given), "each delivery is acknowledged once"
            must(world.run(in_turn(lambda: check_once(home), lambda: check_verified(home))))
            tally.places["looks of readers"] += sum(len(look) for look in looks)
            tally.places["snapshots that they saw"] += len(set().union(*looks))
        tally.count("rounds")
    return tally


def _in_order(printed: str) -> list[int]:
    """The numbers that a reader saw: never an older one after a newer one."""
    numbers = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("read ")]
    assert numbers and numbers == sorted(numbers), f"a reader went back: {numbers}"
    return numbers


def clock_set_back(world: World) -> Tally:
    """The load a day before what the ledger already holds: recorded as it is, told, and nothing else changes."""
    tally = Tally("a clock set back")
    case = world.cases["load"]
    home = Home(world.copy(case.home, world.root / "clock"))
    known = events(home)
    end = must(world.run(world.command(home.root, *case.arguments, now=EARLIER)))

    def check() -> None:
        check_kept(home, known, end.printed)
        assert "时钟回拨" in end.printed, end.printed
        assert told(home) == case.after
        check_once(home)
        found = verify(home)
        assert found.faults == [] and any("时钟回拨1处" in note for note in found.notes), found
        check_rebuilt(home, in_turn(world.command(home.root, "rebuild", now=EARLIER)))

    tally.count("recorded as it is, told, in the order of numbers")
    with tally.round("clock"):
        must(world.run(check, "check"))
    return tally
