"""Where a part lies follows from who uses it: beside its page, or in `shared` from three pages on."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from contract.settings import PROJECT
from pages.shell.navigation import NATION, SECTIONS
from tests.test_structure import MODULES, imported, module_name, name, tree

MOST_LINES = 120  # of a page
SERVED = 3  # pages that what is shared serves at the least


def needed(path: Path) -> set[str]:
    """What a file imports, at once or (`later("module:name")`) when it is first called."""
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    named = (call.args[0].value for call in calls if getattr(call.func, "id", "") == "later")
    return imported(path) | {words.partition(":")[0] for words in named}


CODE = {module_name(path): path for path in MODULES if module_name(path).startswith("pages.")}
IMPORTS = {module: needed(path) & CODE.keys() for module, path in CODE.items()}
LISTED = [
    *(entry for entries in SECTIONS.values() for entry in entries),
    NATION,
]  # the country's menu has one of its own
PAGES = tuple(entry.file.removesuffix(".py").replace("/", ".") for entry in LISTED)


def room(module: str) -> str:
    """`pages.gate`, `pages.shared` or `pages.shell`; of a page or its part the folder in which it lies."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[1] in ("shared", "shell", "gate") else module.rpartition(".")[0]


def served() -> dict[str, set[str]]:
    """Module → the pages that import it, themselves or through others; what the app itself imports serves them all."""
    by_app = needed(PROJECT / "app.py") & CODE.keys()
    readers: dict[str, set[str]] = {module: set() for module in CODE}
    users = {module: {other for other, needs in IMPORTS.items() if module in needs} for module in CODE}
    for module in TopologicalSorter(users).static_order():
        readers[module] = {module} & set(PAGES) | set().union(*(readers[user] for user in users[module]))
        if module in by_app:
            readers[module] |= set(PAGES)
    return readers


@pytest.mark.parametrize("module", sorted(CODE))
def test_a_part_stands_on_its_own_folder_on_what_is_shared_and_on_the_shell(module):
    below = {
        "pages.shell": {"pages.shell"},
        "pages.gate": {"pages.gate", "pages.shell"},
        "pages.shared": {"pages.shared", "pages.shell"},
    }
    allowed = below.get(room(module), {room(module), "pages.shared", "pages.shell"})
    strangers = {
        needed for needed in IMPORTS[module] if room(needed) not in allowed and CODE[needed].stem != "__init__"
    }
    assert strangers == set()


def test_what_is_shared_serves_three_pages_and_a_part_its_own():
    for module, pages in served().items():
        if CODE[module].stem == "__init__" or module in PAGES:
            continue
        if room(module) == "pages.shared":
            assert sum(PAGES.count(page) for page in pages) >= SERVED, module  # one file may serve several
        elif room(module) not in ("pages.gate", "pages.shell"):
            assert pages, module
            assert {room(page) for page in pages} == {room(module)}, module


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_thin(page):
    assert len(CODE[page].read_bytes().splitlines()) < MOST_LINES, name(CODE[page])
