"""One home through many rounds: a command a round, killed at a random moment; the next one goes on from there."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from contract.settings import Home
from tests.etl.submissions import BANK, DISTRICT, PERIOD, change, csv_files, submission, workbook, zipped
from tests.faults.processes import in_turn, must
from tests.faults.soundness import (
    check_kept,
    check_once,
    check_reader,
    check_rebuilt,
    check_verified,
    events,
)
from tests.faults.tally import Tally
from tests.faults.world import OTHER_BANK, World

COMMANDS = {"load": 6, "load --no-publish": 2, "publish": 2, "rebuild": 1}
# What a kill waits for before its random moment: without it, most would fall into the reading and checking of files.
SIGNS: dict[str, Callable[[Home, int], bool]] = {
    "any": lambda home, known: True,
    "ledger": lambda home, known: len(events(home)) > known,
    "building": lambda home, known: any(home.warehouse.glob(".building-*")),
}
LOOK, NEAR = 0.005, 0.4  # seconds between two looks for the sign; after it
FULL_CHECK, REBUILD_CHECK = 10, 50  # rounds between two


def delivery(folder: Path, number: int) -> Path:
    """A submission unlike all others, by one of three members and in one of three shapes."""
    submitter = (BANK, OTHER_BANK, DISTRICT)[number % 3]
    form, column = ("R2", "pool_balance") if submitter == DISTRICT else ("B1", "amount")
    sheets = change(submission(submitter), form, {column: f"{900 + number / 100}"})
    path = folder / str(number) / f"{PERIOD}_{submitter}"
    path.parent.mkdir(parents=True)
    match number // 3 % 3:
        case 0:
            path.with_suffix(".xlsx").write_bytes(workbook(sheets))
        case 1:
            path.with_suffix(".zip").write_bytes(zipped(csv_files(sheets)))
        case _:
            path.mkdir()
            for file, data in csv_files(sheets).items():
                (path / file).write_bytes(data)
    return path.parent


def place_of(home: Home, before: list, pointer: str, command: str) -> str:
    """How far a killed command had come, told from what it left."""
    new = Counter(kind for _, _, kind, _ in events(home)[len(before) :])
    building = any(home.warehouse.glob(".building-*"))
    if new["publication"]:
        return "done" if (home.warehouse / "CURRENT").read_text() != pointer else "acknowledged, not switched to"
    if building:
        return "building a snapshot"
    if new["submission"]:
        return "acknowledged, not staged or published"
    return "before the acknowledgement" if command.startswith("load") else "before the building"


def live(world: World, rounds: int, seed: int) -> Tally:
    """So many rounds. A round fails where something acknowledged is gone, double or half."""
    chance = random.Random(seed)
    tally = Tally("kills at random moments")
    home = Home(world.copy(world.first, world.root / "life"))
    seconds = dict.fromkeys(COMMANDS, world.seconds["load"])  # until one ends by itself
    inbox = world.root / "life-inbox"
    delivered: list[Path] = []
    for number in range(1, rounds + 1):
        name = chance.choices(list(COMMANDS), list(COMMANDS.values()))[0]
        arguments: list[str | Path] = name.split()
        if name.startswith("load"):
            delivered.append(delivery(inbox, number))
            arguments += delivered[-2:]  # what may have been lost is sent again
        known, pointer = events(home), (home.warehouse / "CURRENT").read_text()
        began = time.monotonic()
        child = world.run(world.command(home.root, *arguments))
        sign = chance.choice(list(SIGNS))
        while began + seconds[name] > time.monotonic() and not SIGNS[sign](home, len(known)):
            time.sleep(LOOK)
        time.sleep(chance.uniform(0, seconds[name] * 1.1 if sign == "any" else NEAR))
        child.kill()
        end = child.ended()
        if end.code is None:
            tally.killed(place_of(home, known, pointer, name))
        else:
            seconds[name] = time.monotonic() - began
            tally.count("ended before the kill")
        with tally.round(f"round {number}: {name}"):
            assert end.code in (None, 0, 1), f"ended with {end.code}:\n{end.printed}"
            must(world.run(_after(world, home, known, end.printed, number), "check"))
    again = world.command(home.root, "load", *delivered)
    rebuild = in_turn(world.command(home.root, "rebuild"))
    last = in_turn(again, lambda: _whole(home), lambda: check_rebuilt(home, rebuild))
    with tally.round("at the end"):
        must(world.run(last, "check"))
        hashes = [payload["content_hash"] for _, _, kind, payload in events(home) if kind == "submission"]
        assert len(set(hashes)) == len(hashes), "a delivery was acknowledged twice"
        assert len(hashes) == len(delivered) + 2, f"{len(delivered)} were delivered, {len(hashes) - 2} acknowledged"
    return tally


def _whole(home: Home) -> None:
    check_reader(home)
    check_once(home)
    check_verified(home)


def _after(world: World, home: Home, known: list, printed: str, number: int) -> Callable[[], None]:
    def check() -> None:
        check_kept(home, known, printed)
        check_reader(home)
        check_verified(home)

    parts = [check]
    if number % FULL_CHECK == 0:
        parts += [world.command(home.root, "publish"), lambda: _whole(home)]
    if number % REBUILD_CHECK == 0:
        parts.append(lambda: check_rebuilt(home, in_turn(world.command(home.root, "rebuild"))))
    return in_turn(*parts)
