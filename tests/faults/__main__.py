"""`python -m tests.faults`: hurts the system as machines do, and shows that nothing is lost, double or half done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.faults.cuts import cut_files
from tests.faults.everystep import every_step
from tests.faults.full import limited_files, refused_calls, small_disk
from tests.faults.jepsen import STANDBYS, jepsen
from tests.faults.kept import Archives
from tests.faults.kills import live
from tests.faults.processes import warm
from tests.faults.served import Ledgers
from tests.faults.tally import Tally
from tests.faults.together import at_once, clock_set_back
from tests.faults.world import World, add_cases, build
from tests.postgres import lacks

Part = Callable[
    [World, int, int, int], Tally
]  # world, rounds of what is random, seed, one in so many of what is listed
PARTS: dict[str, Part] = {
    "steps": lambda world, rounds, seed, one_in: every_step(world, one_in),
    "kills": lambda world, rounds, seed, one_in: live(world, rounds, seed),
    "calls": lambda world, rounds, seed, one_in: refused_calls(world, one_in),
    "limits": lambda world, rounds, seed, one_in: limited_files(world, one_in),
    "disk": lambda world, rounds, seed, one_in: small_disk(world, one_in),
    "cuts": lambda world, rounds, seed, one_in: cut_files(world, one_in),
    "together": lambda world, rounds, seed, one_in: at_once(world, max(1, rounds // 15)),
    "clock": lambda world, rounds, seed, one_in: clock_set_back(world),
}
WITHOUT_CASES = {"kills", "together"}
JEPSEN = "jepsen"  # needs no world, and a server in any case
OF_FILES = {"calls", "limits", "disk", "cuts"}  # hurt the ledger's own file


def part(name: str, root: Path, ledgers: Ledgers | None, *, full: bool, rounds: int, seed: int, one_in: int) -> Tally:
    warm()
    world = build(root, not full, ledgers)
    if name not in WITHOUT_CASES:
        add_cases(world)
    return PARTS[name](world, rounds, seed, one_in)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice((*PARTS, JEPSEN)))
@click.option("--rounds", default=300, show_default=True, help="Kills at random moments.")
@click.option("--seed", default=1, show_default=True, help="Of the random moments and commands.")
@click.option("--one-in", default=1, show_default=True, help="Take one in so many of what is listed in full.")
@click.option("--full", is_flag=True, help="Read files in child processes and build all tables of a snapshot.")
@click.option("--server", is_flag=True, help="Keep the ledgers on a PostgreSQL server; all but what hurts files.")
@click.option("--store", is_flag=True, help="Keep the originals in an object store.")
@click.option("--appends", default=10_000, show_default=True, help="Entries to be acknowledged in `jepsen`.")
@click.option(
    "--standby", type=click.Choice(STANDBYS), help="A standby beside the server of `jepsen`, which takes over."
)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to work; a failure leaves its home here.")
def main(
    names: tuple[str, ...],
    rounds: int,
    seed: int,
    one_in: int,
    full: bool,
    server: bool,
    store: bool,
    appends: int,
    standby: str | None,
    folder: Path | None,
) -> None:
    """Run the named parts, or all that apply; ends with 1 where anything failed."""
    if (server or JEPSEN in names) and lacks():
        raise click.ClickException(lacks())
    chosen = names or [*PARTS, *([] if lacks() else [JEPSEN])]
    wanted = [name for name in chosen if not (server and name in OF_FILES)]
    ledgers = Ledgers() if server else None
    failures = 0
    try:
        with TemporaryDirectory() as temporary:
            for name in wanted:
                root = (folder or Path(temporary)) / name
                root.mkdir(parents=True)
                began = time.monotonic()
                if name == JEPSEN:
                    tally = jepsen(root, appends, seed, standby=standby)
                else:
                    archives = Archives(root) if store else None
                    try:
                        tally = part(name, root, ledgers, full=full, rounds=rounds, seed=seed, one_in=one_in)
                    finally:
                        if archives:
                            archives.remove()
                failures += len(tally.failures)
                click.echo("\n".join([*tally.lines(), f"  {time.monotonic() - began:.0f} seconds", ""]))
    finally:
        if ledgers:
            ledgers.remove()
    click.echo(f"{failures} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
