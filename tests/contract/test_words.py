"""Words for codes stand once: states, levels, kinds and groups are declared, and everybody reads the declaration."""

from __future__ import annotations

import ast

import pytest

from contract.decision_kinds import LEVELS, STATES
from contract.declarations import PARTS_OF_FILE, code_lists, member_groups
from contract.standing import ANSWER_STATES, DELIVERY_WORDS, LEVEL_WORDS, VERDICT_WORDS
from contract.wording import KINDS, MEASURES
from etl.warehouse.differences import CHANGE_WORDS
from ledger.followups import STATES as FOLLOWUP_STATES
from ledger.proposals import STATUS
from metrics.explaining.absence import NAMES as ABSENCES
from tests.test_structure import LAYERS, code_of, name, tree

DECLARED = {
    "levels of triggers": LEVELS,
    "states of members": STATES,
    "levels of checks": LEVEL_WORDS,
    "verdicts": VERDICT_WORDS,
    "deliveries": DELIVERY_WORDS,
    "kinds of members": KINDS,
    "measure words of members": MEASURES,
    "groups of members": member_groups(),
    "parts of a file": PARTS_OF_FILE,
    "answers to findings": ANSWER_STATES,
    "changes between versions": CHANGE_WORDS,
    "states of follow-ups": FOLLOWUP_STATES,
    "states of proposals": STATUS,
    "ways to have no value": ABSENCES,
    **code_lists(),
}


def word_maps() -> list[tuple[str, set[tuple[str, str]]]]:
    """Where a dictionary stands in the code, and its entries that are plain text for plain text."""
    maps = []
    for layer in LAYERS:
        for path in code_of(layer):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Dict):
                    pairs = {
                        (key.value, word.value)
                        for key, word in zip(node.keys, node.values, strict=True)
                        if isinstance(key, ast.Constant) and isinstance(word, ast.Constant)
                    }
                    maps.append((f"{name(path)}:{node.lineno}", pairs))
    return maps


@pytest.fixture(scope="module")
def maps() -> list[tuple[str, set[tuple[str, str]]]]:
    return word_maps()


@pytest.mark.parametrize("what", DECLARED)
def test_a_word_map_is_written_in_one_place_at_most(maps, what):
    """Two entries in common are a second list, unless it is another that is declared; one may be chance."""
    own = set(DECLARED[what].items())
    others = [set(words.items()) for words in DECLARED.values() if words != DECLARED[what]]
    places = [place for place, pairs in maps if len(pairs & own) > 1 and pairs not in others]
    assert len(places) <= 1, places
