"""The menus of the programs: every command is there and says what it is for, and brings only what it needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from casework.__main__ import COMMANDS as ACTS
from casework.__main__ import TASKS, casework
from casework.__main__ import WITH_FRAMES as ACTS_WITH_FRAMES
from contract.console.program import Commands
from contract.settings import PROJECT
from etl.__main__ import COMMANDS as SUBMISSION_COMMANDS
from etl.__main__ import etl
from metrics.__main__ import COMMANDS, WITH_FRAMES, metrics

WIDEST = 40  # characters of a line of the menu, so that none is cut off or broken

# Imports commands as a lean process does; tells which could not be, for want of pandas, and what came with the others.
PROBE = """
import importlib, json, sys
from contract.console.lean import keep_lean
keep_lean()
halted = []
for name, place in {places}.items():
    try:
        importlib.import_module(place.partition(":")[0])
    except ModuleNotFoundError as fault:
        assert fault.name == "pandas", fault
        halted.append(name)
heavy = ("pandas", "numpy", "docx", "xlsxwriter", "pyarrow.parquet", "sqlalchemy", "sqlglot", "duckdb", "pyarrow")
print(json.dumps([halted, [name for name in heavy if sys.modules.get(name)]]))
"""


def probed(commands: dict[str, tuple[str, str]]) -> tuple[set[str], set[str]]:
    """Which of these need pandas, and the heavy packages that a process has which imports the others."""
    code = PROBE.format(places={name: place for name, (place, _) in commands.items()})
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    halted, brought = json.loads(done.stdout)
    return set(halted), set(brought)


PROGRAMS = {"metrics": metrics, "casework": casework, "task": casework.commands["task"], "etl": etl}


@pytest.mark.parametrize("group", PROGRAMS.values(), ids=PROGRAMS)
def test_the_menu_names_every_command_and_what_it_is_for(group: Commands):
    said = CliRunner().invoke(group, ["--help"])
    assert said.exit_code == 0
    lines = dict(re.findall(r"^  ([a-z][a-z0-9-]*) {2,}(\S.*)$", said.stdout.partition("Commands:")[2], re.MULTILINE))
    with click.Context(group) as context:
        assert list(lines) == group.list_commands(context)
        for name, line in lines.items():
            command = group.get_command(context, name)
            assert command.name == name
            assert re.search("[一-鿿]", line) and len(line) <= WIDEST, line
            assert re.search("[一-鿿]", command.help)


def test_the_menu_itself_brings_nothing():
    assert probed({}) == (set(), set())


def test_values_bring_no_more_than_the_snapshot_needs():
    assert probed({"values": COMMANDS["values"]}) == (set(), {"duckdb", "pyarrow"})


def test_the_commands_that_need_pandas_are_those_that_say_so():
    assert probed(COMMANDS)[0] == WITH_FRAMES
    assert probed(ACTS)[0] == ACTS_WITH_FRAMES - {"task"}
    assert probed(TASKS)[0] == TASKS.keys()
    assert probed(SUBMISSION_COMMANDS)[0] == set()
