"""What is worked out rests on the code that works it out: a change of that code changes the hash, and of no other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract import code
from contract.settings import PROJECT
from etl.warehouse.staging import FACTS_REST_ON
from metrics.indicators.carry import FIGURES_REST_ON
from tests.test_structure import MODULES, code_of, imported, module_name, name


def hashes() -> tuple[str, str]:
    code.code_hash.cache_clear()
    return code.code_hash(FACTS_REST_ON), code.code_hash(FIGURES_REST_ON)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The project's code in a folder of its own, in which a test changes a file."""
    for package in ("contract", "ledger", "etl", "metrics", "casework"):
        shutil.copytree(PROJECT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "PROJECT", tmp_path)
    yield tmp_path
    code.code_hash.cache_clear()


def change(room: Path) -> None:
    """Another comment in one of a room's files: as little as can be."""
    file = max(room.glob("*.py"), key=lambda path: path.stat().st_size)
    file.write_text(f"{file.read_text(encoding='utf-8')}\n# changed\n", encoding="utf-8")


@pytest.mark.parametrize("room", ["etl/receiving", "etl/sheets", "etl/reading", "etl/checks", "etl/warehouse"])
def test_a_changed_reader_or_check_changes_what_facts_rest_on(copy: Path, room: str):
    before, _ = hashes()
    change(copy / room)
    assert hashes()[0] != before


@pytest.mark.parametrize(
    "room",
    ["etl/snapshot", "ledger", "metrics/indicators", "metrics/explaining", "metrics/evaluation", "metrics/warnings",
     "metrics/targets"],
)  # fmt: skip
def test_a_changed_indicator_score_or_trigger_changes_what_figures_rest_on(copy: Path, room: str):
    _, before = hashes()
    change(copy / room)
    assert hashes()[1] != before


@pytest.mark.parametrize(
    "room", ["etl/commands", "metrics/commands", "metrics/queries", "casework/commands", "etl/demo"]
)
def test_what_a_command_prints_is_no_part_of_it(copy: Path, room: str):
    before = hashes()
    change(copy / room)
    assert hashes() == before


def rests_on(modules: set[str]) -> set[str]:
    """The folders of all code that some modules import, and that those import in turn."""
    files = {module_name(path): path for path in MODULES}
    known, waiting = set(), set(modules)
    while waiting:
        module = waiting.pop()
        known.add(module)
        waiting |= (imported(files[module]) & files.keys()) - known
    return {name(files[module].parent) for module in known}


def test_figures_taken_over_rest_on_no_other_rooms():
    """What is taken over is worked out from facts by code of these rooms; facts name theirs in the table `layout`."""
    carrying = {module_name(path) for path in code_of("metrics") if "take_over(" in path.read_text(encoding="utf-8")}
    assert {"metrics.indicators.compute", "metrics.explaining.restatement"} < carrying
    rooms = rests_on(carrying | {"etl.snapshot.facts"}) - {"contract/console"}  # which prints and loads
    assert rooms <= {*FIGURES_REST_ON, *FACTS_REST_ON}


def test_a_room_that_is_not_there_is_told(copy: Path):
    with pytest.raises(FileNotFoundError):
        code.code_hash(("etl/nowhere",))
