"""Load, publish and rebuild, killed at every state that they bring the disk into; each time the next start mends."""

from __future__ import annotations

from collections.abc import Callable

from contract.settings import Home
from tests.faults.processes import in_turn, must
from tests.faults.soundness import check_kept, check_once, check_rebuilt, check_verified, events, told
from tests.faults.steps import counted, killed_before, states, steps_of
from tests.faults.tally import Tally
from tests.faults.world import Case, World


def every_step(world: World, one_in: int = 1) -> Tally:
    """A round for each state of the disk (or one in so many), in each of the three commands."""
    tally = Tally("kills at every step")
    for case in world.cases.values():
        home = world.copy(case.home, world.root / "counted")
        steps = steps_of(must(world.run(counted(home, world.command(home, *case.arguments)))).printed)
        first = states(steps)
        tally.places[f"steps of {case.name}, in {len(first)} states of the disk"] = len(steps)
        for number, name in first[::one_in]:
            _round(world, case, number, name, tally)
    return tally


def _round(world: World, case: Case, number: int, name: str, tally: Tally) -> None:
    home = Home(world.copy(case.home, world.root / "stepped"))
    known = events(home)
    end = world.run(killed_before(number, world.command(home.root, *case.arguments))).ended()
    where = f"{case.name}, step {number} ({name})"
    if end.code is not None:
        tally.failures.append(f"{where}: was not reached; ended with {end.code}:\n{end.printed}")
        return
    tally.killed(f"{case.name}: {name.partition(' ')[0]}")
    with tally.round(where):
        must(world.run(mended(world, case, home, lambda: check_kept(home, known, end.printed)), "check"))


def mended(world: World, case: Case, home: Home, kept: Callable[[], None]) -> Callable[[], None]:
    """What must hold now, after the command is given again, and after a rebuild."""

    def now() -> None:
        kept()
        assert told(home) in (case.before, case.after), "readers see neither the state before nor the one after"
        check_verified(home)

    def then() -> None:
        assert told(home) == case.after, "the command given again did not bring what it should"
        check_once(home)
        check_verified(home)

    rebuild = world.command(home.root, "rebuild")
    return in_turn(now, world.command(home.root, *case.arguments), then, lambda: check_rebuilt(home, in_turn(rebuild)))
