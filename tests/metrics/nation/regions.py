"""A generated country in this process: settings of a region, and nothing remembered of the one before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.submission import RECEIVED
from tests.processes import run_here

PACKAGES = ("contract", "ledger", "etl", "metrics", "briefing", "casework", "benchmarks")


def forget() -> None:
    """What declarations give is kept for the life of a process, which has one region: here that begins anew."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in PACKAGES:
            for kept in list(vars(module).values()):
                if hasattr(kept, "cache_clear"):
                    kept.cache_clear()


@contextmanager
def process_of(declared: Path, region: str = "") -> Iterator[None]:
    """As in a process of a region, or of the country."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILOT_REGIONS", str(declared))
        patch.setenv("PILOT_REGION", region)
        forget()
        try:
            yield
        finally:
            patch.undo()
            forget()


def run_for(
    declared: Path, home: Path, region: str, program: str, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    """A command in a process of a region, or of the country."""
    with process_of(declared, region):
        settings = {"PILOT_REGIONS": str(declared), "PILOT_REGION": region, "PILOT_NOW": RECEIVED}
        return run_here(program, *arguments, home=home, **settings)
