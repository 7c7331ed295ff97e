"""`docs/changing.md` is right: its examples load beside the declarations, its mistakes are told as it quotes them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from contract.errors import DeclarationError
from contract.parameters import Parameters, read_parameters
from contract.settings import DECLARATIONS, PROJECT
from metrics.evaluation import card_changes
from metrics.evaluation.build import policies_by_period
from metrics.evaluation.scorecards import Scorecard, read_scorecards
from metrics.indicators.catalogue import Indicator, read_catalogue
from metrics.indicators.relations import relations
from metrics.warnings.rules import Rule, read_rules
from metrics.warnings.triggers import raise_triggers
from tests.metrics.boards import Board

PAGE = (PROJECT / "docs" / "changing.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^```\w+ (\S+)\n(.*?)^```\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
MISTAKE = re.compile(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$", re.MULTILINE)
EXAMPLES = {file: example for file, example, _ in SECTION.findall(PAGE)}
MISTAKES = [(file, *row) for file, _, rest in SECTION.findall(PAGE) for row in MISTAKE.findall(rest)]


def parameters(folder: Path) -> Parameters:
    return read_parameters(folder / "parameters.csv")


def catalogue(folder: Path) -> dict[str, Indicator]:
    return read_catalogue(folder / "indicators.toml", relations())


def scorecards(folder: Path) -> tuple[Scorecard, ...]:
    cards = read_scorecards(folder / "scorecards.csv", catalogue(folder))
    for card in cards:
        card_changes.check_direction(card.kind, card.items, "scorecards.csv")
    return cards


def triggers(folder: Path) -> tuple[Rule, ...]:
    """The rules, each asked once of a small list."""
    policy = parameters(folder)
    rules = read_rules(folder / "triggers.toml", policy.history)
    board = Board("2026-09", "2026-10", datetime(2026, 11, 16, 9))
    board.member("110108", group="core")
    connection = board.evaluated(policy)
    raise_triggers(connection, [rule for rule in rules if rule.id == "Y03"], policies_by_period(connection, policy))
    return rules


READERS: dict[str, Callable] = {
    "parameters.csv": parameters,
    "indicators.toml": catalogue,
    "scorecards.csv": scorecards,
    "triggers.toml": triggers,
}


@pytest.fixture
def declared(tmp_path: Path) -> Iterator[Path]:
    """A copy of the declarations that the examples go into, with the example parameter that the rule needs."""
    for file in READERS:
        shutil.copy(DECLARATIONS / file, tmp_path / file)
    return tmp_path


def add(folder: Path, file: str, text: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as opened:
        opened.write(f"\n{text}" if file.endswith(".toml") else text)


def test_every_kind_of_declaration_has_an_example_and_mistakes():
    assert set(EXAMPLES) == set(READERS) == {file for file, *_ in MISTAKES}
    assert len(MISTAKES) >= 30


def test_the_examples_load_one_beside_the_other(declared: Path):
    for file, example in EXAMPLES.items():
        add(declared, file, example)
    assert parameters(declared).history["y03_case_months"][0].value == 6
    assert list(catalogue(declared))[-1] == "S24"
    assert [item.code for item in scorecards(declared)[-1].items if item.theme == "登记"] == ["D03", "D02", "D07"]
    assert [rule.id for rule in triggers(declared)][-1] == "Y03"


@pytest.mark.parametrize(("file", "right", "wrong", "told"), MISTAKES)
def test_a_mistake_is_told_as_the_page_quotes_it(declared: Path, file: str, right: str, wrong: str, told: str):
    example = EXAMPLES[file]
    assert example.count(right) >= 1
    if file == "triggers.toml":
        add(declared, "parameters.csv", EXAMPLES["parameters.csv"])
    add(declared, file, example.replace(right, wrong, 1))
    with pytest.raises(DeclarationError) as error:
        READERS[file](declared)
    assert told in str(error.value)
    assert file in str(error.value)
