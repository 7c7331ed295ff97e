"""Commands run as a user runs them: in a process of their own, or, many times as fast, in this one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import click

from briefing.__main__ import main as briefing
from casework.__main__ import casework
from contract.console.program import run
from contract.settings import PROJECT
from etl.__main__ import etl
from metrics.__main__ import metrics

# The last keeps Python from storing what it has compiled, so that hundreds of processes would each do it anew.
OWN_SETTINGS = (
    "PILOT_HOME", "PILOT_LEDGER", "PILOT_ARCHIVE", "PILOT_NOW", "PILOT_ACCESS", "PILOT_REGIONS", "PILOT_REGION",
    "PILOT_SHARED",
    "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip


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


PROGRAMS: dict[str, click.Command] = {"briefing": briefing, "etl": etl, "metrics": metrics, "casework": casework}


def run_here(program: str, *arguments: str | Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The same in this process: for calls whose words, files and exit codes matter, not how a process starts."""
    words = [program, *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    changed = (patch.dict(os.environ, environment(home, **settings), clear=True), patch.object(sys, "argv", words))
    with changed[0], changed[1], redirect_stdout(out), redirect_stderr(err):
        try:
            run(PROGRAMS[program], f"python -m {program}")
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return subprocess.CompletedProcess(words, code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def load_demonstration(home: Path) -> None:
    """The demonstration loaded, published and with its evaluation rounds held, as `make demo` does it."""
    for step in (("etl", "demo", "--load"), ("casework", "demonstrate")):
        done = run_module(*step, home=home)
        if done.returncode:
            raise RuntimeError(f"{' '.join(step)}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
