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
import {modules}
print(*[name for name in {names} if sys.modules.get(name)])
"""
NOT_NEEDED = ("pandas", "numpy", "sqlalchemy", "sqlglot", "xlsxwriter", "openpyxl", "lxml")


CHECK = "etl.commands.check, etl.feedback.check"


def loaded(modules: str, names: tuple[str, ...]) -> list[str]:
    """Which of these packages a process has that has imported modules of ours."""
    code = PROBE.format(modules=modules, names=names)
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize(("names", "there"), [(NOT_NEEDED, []), (("duckdb", "pyarrow"), ["duckdb", "pyarrow"])])
def test_a_check_by_itself_imports_what_it_needs_alone(names: tuple[str, ...], there: list[str]):
    assert loaded(CHECK, names) == there


@pytest.mark.parametrize("module", ["etl.commands.check", "etl.commands.submissions"])
def test_the_child_that_reads_is_started_before_the_rest_is_imported(module: str):
    assert loaded(module, ("pyarrow", "sqlalchemy")) == []


def test_what_is_asked_of_a_data_version_needs_no_ledger():
    assert loaded("etl.commands.standing", NOT_NEEDED) == []
