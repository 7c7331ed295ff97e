"""Commands run as a user runs them: a process of their own, with a home of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from etl.settings import PROJECT

OWN_SETTINGS = ("PILOT_HOME", "PILOT_NOW")


def environment(home: Path, **settings: str) -> dict[str, str]:
    """This process's environment with the given home, and none of the caller's own settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    return inherited | {"PILOT_HOME": str(home)} | settings


def run_module(*arguments: str | Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """`python -m …` from the project's folder, waited for; the exit code is the caller's to judge."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=PROJECT,
        env=environment(home, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def load_demonstration(home: Path) -> None:
    """The demonstration loaded, published and with its evaluation rounds held, as `make demo` does it."""
    for step in (("etl", "demo", "--load"), ("metrics", "demonstrate")):
        done = run_module(*step, home=home)
        if done.returncode:
            raise RuntimeError(f"{' '.join(step)}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
