"""Files cut off, changed or gone: each is found and told with what to do, or mended by the next publication."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from contract.settings import Home
from tests.faults.kept import originals
from tests.faults.processes import Ended, in_turn, must
from tests.faults.soundness import check_once, check_rebuilt, check_verified, events, told
from tests.faults.steps import counted, killed_before, steps_of
from tests.faults.tally import Tally
from tests.faults.world import World

NEEDS_BACKUP = "备份"


@dataclass(frozen=True)
class Damage:
    """What is done to a home, what `verify` must say of it, and whether a publication mends it or asks for a backup."""

    name: str
    hurt: Callable[[Home], None]
    verify: str  # part of what `verify` says; empty where nothing is wrong
    is_mended: bool
    status: str = ""  # part of the error that a reader gets
    is_running: bool = False  # whether a load was killed before, so that the logs are long


def cut(find: Callable[[Home], Path], share: float) -> Callable[[Home], None]:
    """Truncates a file to a share of its length, the last byte at least."""

    def hurt(home: Home) -> None:
        path = find(home)
        size = path.stat().st_size
        os.chmod(path, 0o644)
        os.truncate(path, min(int(size * share), size - 1))

    return hurt


def _staging(home: Home) -> Path:
    return home.warehouse / "staging.duckdb"


def _staging_log(home: Home) -> Path:
    return home.warehouse / "staging.duckdb.wal"


def _pointer(home: Home) -> Path:
    return home.warehouse / "CURRENT"


def _ledger_log(home: Home) -> Path:
    return home.ledger.with_name("ledger.db-wal")


def _archived(home: Home) -> Path:
    sha256 = next(payload["content_hash"] for _, _, kind, payload in events(home) if kind == "submission")
    return originals(home) / sha256[:2] / sha256


def _gone(find: Callable[[Home], Path]) -> Callable[[Home], None]:
    return lambda home: find(home).unlink()


def _flipped(find: Callable[[Home], Path], share: float) -> Callable[[Home], None]:
    """Changes one byte."""

    def hurt(home: Home) -> None:
        path = find(home)
        content = bytearray(path.read_bytes())
        content[int(len(content) * share)] ^= 255
        path.write_bytes(content)

    return hurt


def _in_ledger(statement: str) -> Callable[[Home], None]:
    """A statement of one who owns the file and takes its guards away first."""

    def hurt(home: Home) -> None:
        with closing(sqlite3.connect(home.ledger)) as connection, connection:
            for trigger in ("no_update", "no_delete", "no_replace"):
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute(statement)

    return hurt


LOAD_ENDS = "etl.warehouse.load.load duckdb.close"
CUT_TAIL = "DELETE FROM event WHERE seq > (SELECT max(seq) FROM event WHERE kind = 'submission')"
DAMAGES = (
    *(Damage(f"staging cut to {share:.0%}", cut(_staging, share), "", True) for share in (0, 0.3, 1)),
    Damage("a byte of staging's first block", _flipped(_staging, 0), "", True),
    Damage("staging gone", _gone(_staging), "", True),
    *(
        Damage(f"staging's log cut to {share:.0%}", cut(_staging_log, share), "", True, is_running=True)
        for share in (0, 0.5, 1)
    ),
    Damage("snapshot cut to nothing", cut(Home.current_snapshot, 0), "文件已损坏", True, "损坏"),
    *(
        Damage(f"snapshot cut to {share:.0%}", cut(Home.current_snapshot, share), "文件已损坏", True)
        for share in (0.5, 1)
    ),
    Damage("snapshot gone", _gone(Home.current_snapshot), "CURRENT", True, "损坏"),
    *(Damage(f"pointer cut to {share:.0%}", cut(_pointer, share), "CURRENT", True, "CURRENT") for share in (0, 0.5)),
    Damage("pointer's line end gone", cut(_pointer, 1), "CURRENT", True),
    *(Damage(f"archive file cut to {share:.0%}", cut(_archived, share), "档案", False) for share in (0, 0.5, 1)),
    Damage("archive file gone", _gone(_archived), "档案缺少", False),
    *(
        Damage(f"ledger's log cut to {share:.0%}", cut(_ledger_log, share), "台账", False, is_running=True)
        for share in (0, 0.5, 1)
    ),
    *(Damage(f"ledger cut to {share:.0%}", cut(lambda home: home.ledger, share), "台账", False) for share in (0, 0.5)),
    Damage("last event gone", _in_ledger(CUT_TAIL), "台账缺少末尾", False),
    Damage("an event changed", _in_ledger("UPDATE event SET actor = '他人' WHERE seq = 5"), "第5号", False),
    Damage("an event gone", _in_ledger("DELETE FROM event WHERE seq = 5"), "第6号", False),
)


def cut_files(world: World, one_in: int = 1) -> Tally:
    """A round for each damage."""
    tally = Tally("files cut off, changed or gone")
    killed = _killed_with_long_logs(world)
    for damage in DAMAGES[::one_in]:
        base = killed if damage.is_running else world.cases["rebuild"].home
        home = Home(world.root / "damaged")
        shutil.rmtree(home.root, ignore_errors=True)
        shutil.copytree(base, home.root)
        if not damage.is_running:
            events(home)  # the last to close the ledger writes its log back, as a process does that ends in order
        tally.count("told and mended" if damage.is_mended else "told, asks for the backup")
        with tally.round(damage.name):
            _round(world, base, home, damage)
    return tally


def _killed_with_long_logs(world: World) -> Path:
    """A home whose load was killed when all was acknowledged and staged, and both logs still held it."""
    case = world.cases["load"]
    load = ("load", case.arguments[1], "--no-publish")
    home = world.copy(case.home, world.root / "counted")
    steps = steps_of(must(world.run(counted(home, world.command(home, *load)))).printed)
    (number,) = [number for number, (_, name) in enumerate(steps, 1) if name == LOAD_ENDS]
    home = world.copy(case.home, world.root / "killed")
    assert world.run(killed_before(number, world.command(home, *load))).ended().code is None
    assert all(log(Home(home)).stat().st_size > 0 for log in (_staging_log, _ledger_log))
    return home


def _round(world: World, base: Path, home: Home, damage: Damage) -> None:
    damage.hurt(home)

    def said(*arguments: str) -> Ended:
        end = world.run(world.command(home.root, *arguments)).ended()
        assert "Traceback" not in end.printed, end.printed
        return end

    end = said("verify")
    assert end.code == (1 if damage.verify else 0) and damage.verify in end.printed, end.printed
    if damage.status:
        end = said("status")
        assert end.code == 2 and damage.status in end.printed, end.printed
    if damage.is_mended:
        end = said("publish")
        assert end.code == 0, end.printed
        if "snapshot" in damage.name:  # the damaged one stays for who wants to look into it; `verify` says so
            (home.warehouse / "pilot-2.duckdb").unlink(missing_ok=True)
    else:
        end = said("rebuild")
        assert end.code == 2 and NEEDS_BACKUP in end.printed, end.printed
        shutil.rmtree(home.root)
        shutil.copytree(base, home.root)  # the backup
        assert said("rebuild").code == 0
    must(world.run(lambda: _whole(world, home), "check"))


def _whole(world: World, home: Home) -> None:
    assert told(home) == world.cases["load"].after
    check_once(home)
    check_verified(home)
    check_rebuilt(home, in_turn(world.command(home.root, "rebuild")))
