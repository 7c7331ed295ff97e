"""Words for codes stand once: states, levels, kinds and groups are declared, and everybody reads the declaration."""

from __future__ import annotations

import ast

import pytest

from contract.decision_kinds import LEVELS, STATES
from contract.declarations import PARTS_OF_FILE, code_lists, member_groups
from contract.standing import ANSWER_STATES, DELIVERY_WORDS, LEVEL_WORDS, VERDICT_WORDS
from contract.wording import KINDS, MEASURES, for_screen
from etl.warehouse.differences import CHANGE_WORDS
from ledger.month.followups import STATES as FOLLOWUP_STATES
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


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("须写明理由（--reason）", "须写明理由"),
        ("须写明来源（--source），如发布机构和标题", "须写明来源，如发布机构和标题"),
        ("没有政策参数“x”；全部参数见python -m casework parameters", "没有政策参数“x”"),
        ("2026-01尚未布置（python -m casework batch open 2026-01）", "2026-01尚未布置"),
        (
            "有报送还没有发布，请先执行python -m etl publish，再冻结得分",
            "有报送还没有发布，请管理员发布新的数据版本，再冻结得分",
        ),
        ("更正后的值（--value）并附依据文件（--file）", "更正后的值并附依据文件"),
        ("须对应一个试点机构，请给出--scope编码", "须对应一个试点机构"),
        ("名单上已有3家（B001、B002等），由另一人批准", "名单上已有3家（B001、B002等），由另一人批准"),
    ],
)
def test_a_page_says_a_refusal_without_the_command(told, said):
    assert for_screen(told) == said
