"""A check of a file by itself starts without what it does not need: a third of its time is starting."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contract.settings import PROJECT

PROBE = """
import sys
from contract.console.lean import keep_lean
keep_lean()
import etl.commands.submissions, etl.feedback.check
print(*[name for name in {names} if sys.modules.get(name)])
"""
NOT_NEEDED = ("pandas", "numpy", "sqlalchemy", "sqlglot", "xlsxwriter", "openpyxl", "python_calamine", "lxml")


def loaded(names: tuple[str, ...]) -> list[str]:
    """Which of these modules a process has that is about to check a file."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(names=names)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(("names", "found"), [(NOT_NEEDED, []), (("duckdb", "pyarrow"), ["duckdb", "pyarrow"])])
def test_a_check_by_itself_imports_what_it_needs_alone(names: tuple[str, ...], found: list[str]):
    assert loaded(names) == found
