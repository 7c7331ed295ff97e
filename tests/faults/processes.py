"""Work done in processes of their own that may be killed: forked, so that none spends its time on importing."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import etl.__main__
import etl.commands.submissions
import etl.snapshot.build
import etl.snapshot.publish
import etl.warehouse.identify
import etl.warehouse.version
from contract.declarations import code_lists, cover_items
from contract.parameters import declared_parameters
from etl.checks.rulebook import rule_book
from etl.snapshot import facts, rules, verdicts
from tests.etl.conftest import read_here

FAILED = 70  # the exit code of a child whose work raised something that no command should let out


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code, or None where it was killed; and all that it printed."""

    code: int | None
    printed: str


class Child:
    """A forked process. The parent must hold no database open: threads and locks do not come along."""

    def __init__(self, work: Callable[[], int | None], output: Path) -> None:
        self._output = output
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            _run(work, output)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> Ended:
        """Waits for the end."""
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return Ended(None if status == -signal.SIGKILL else status, self._output.read_text(encoding="utf-8"))


def _run(work: Callable[[], int | None], output: Path) -> None:
    """The child's whole life."""
    code: object = FAILED
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.stdout = sys.stderr = open(handle, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        code = work() or 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code if isinstance(code, int) else FAILED)


def warm() -> None:
    """Reads the declarations and imports what is imported late, so that children begin with it."""
    importlib.import_module("pandas")
    etl.snapshot.build.steps()
    rule_book()
    cover_items()
    code_lists()
    declared_parameters()


def command(home: Path, now: str, *arguments: str | Path) -> Callable[[], None]:
    """`python -m etl …` on a home at a time, to be run in a child."""

    def work() -> None:
        os.environ |= {"PILOT_HOME": str(home), "PILOT_NOW": now}
        etl.__main__.etl.main([*map(str, arguments)], prog_name="python -m etl", standalone_mode=False)

    return work


def light(work: Callable[[], int | None]) -> Callable[[], int | None]:
    """The same work with files read in the process itself and snapshots of the tables of `etl` alone."""

    def lighter() -> int | None:
        etl.commands.submissions.start_ahead = lambda: None
        etl.warehouse.identify.read_all = etl.warehouse.version.read_all = read_here
        etl.snapshot.publish.steps = lambda: {
            "facts": facts.build,
            "rules": rules.build,
            "explanations": verdicts.build,
        }
        return work()

    return lighter


def in_turn(*works: Callable[[], int | None]) -> Callable[[], None]:
    """Works one after the other in one child; a command's own exit code does not end it."""

    def work() -> None:
        for one in works:
            try:
                one()
            except SystemExit as end:
                if end.code not in (0, 1):
                    raise

    return work


def must(child: Child, codes: Sequence[int] = (0, 1)) -> Ended:
    """The end of a child that should not fail. Raises AssertionError with all that it printed."""
    end = child.ended()
    assert end.code in codes, f"ended with {end.code}:\n{end.printed}"
    return end
