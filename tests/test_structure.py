"""The shape of the code: imports go one way, between packages and between the rooms of each; a file has one subject."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

from contract.settings import PROJECT
from pages.shell.navigation import SECTIONS

# Each layer may import itself and those before it; `data` holds declarations and no code.
LAYERS = ("contract", "ledger", "etl", "metrics", "briefing", "casework", "pages", "app")
# The rooms of a package in the order in which they build on each other; "" is what lies in the package itself.
ROOMS = {
    "contract": ("", "console"),
    "ledger": ("guard", "database", "", "month", "sharing", "proof", "access"),
    "etl": (
        "receiving",
        "sheets",
        "reading",
        "checks",
        "template",
        "feedback",
        "warehouse",
        "snapshot",
        "exchange",
        "demo",
        "upkeep",
        "commands",
        "",
    ),
    "metrics": (
        "indicators",
        "explaining",
        "evaluation",
        "warnings",
        "engines",
        "nation",
        "targets",
        "queries",
        "commands",
        "",
    ),
    "briefing": ("issue", "paper", "parts", "issued", ""),
    "casework": (
        "",
        "decisions",
        "papers",
        "rounds",
        "policy",
        "month",
        "issues",
        "filing",
        "sharing",
        "giving",
        "replay",
        "access",
        "commands",
        "__main__",
    ),
}
MOST_FILES = 20  # in one folder
SCREEN = {"pages", "app"}
SUPPORT = {"tests", "scripts", "benchmarks"}
MOST_LINES = 400
CATCH_ALL = {"utils", "util", "helpers", "helper", "manager", "service", "common", "misc"}

# Written in pieces, so that this file does not name what it forbids.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:root|work|tmp/w|home/\w+)/"),
    "a registry's host": re.compile(
        r"pypi\." + r"org|python" + r"hosted|npm" + r"js\.|registry\." + r"npm|deb\." + r"debian"
    ),
}


def tracked(*patterns: str) -> list[Path]:
    """Files that are in the repository or about to be, by git pathspec."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [PROJECT / name for name in names if (PROJECT / name).is_file()]


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


MODULES = tracked("*.py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom)]


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports; `from a import b` counts as `a` and `a.b`, whichever is a module."""
    names = set()
    for node in imports(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        else:
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def top(dotted: str) -> str:
    return dotted.partition(".")[0]


def code_of(layer: str) -> list[Path]:
    return [path for path in MODULES if top(module_name(path)) == layer]


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_one_way(layer):
    later = set(LAYERS[LAYERS.index(layer) + 1 :]) | SUPPORT
    wrong = [f"{name(path)} imports {it}" for path in code_of(layer) for it in imported(path) if top(it) in later]
    assert wrong == []


def room(dotted: str) -> str:
    """The room of a module within its package; a package's own `__main__` stands where the rooms name it."""
    parts = dotted.split(".")
    own = parts[1] if len(parts) == 2 else ""
    return parts[1] if len(parts) > 2 or own in ROOMS[parts[0]] else ""


@pytest.mark.parametrize("package", ROOMS)
def test_rooms_of_a_package_build_on_each_other_one_way(package):
    modules = {module_name(path) for path in MODULES}
    order = ROOMS[package]
    wrong = [
        f"{name(path)} imports {it}"
        for path in code_of(package)
        if module_name(path) != package
        for it in imported(path) & modules
        if top(it) == package and it != package
        if order.index(room(it)) > order.index(room(module_name(path)))
    ]
    assert wrong == []


def test_a_room_is_declared_and_holds_several_files():
    """A room is a folder of a package; one file is no room, and more than `MOST_FILES` are a heap."""
    folders = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    for package, order in ROOMS.items():
        rooms = {path.parent.name for path in (PROJECT / package).glob("*/__init__.py")}
        assert rooms == set(order) - {"", "__main__"}
    assert {name(folder): files for folder, files in folders.items() if files > MOST_FILES} == {}
    code = {folder: files for folder, files in folders.items() if folder.relative_to(PROJECT).parts[:1] != ("tests",)}
    leaves = [folder for folder in code if not list(folder.glob("*/__init__.py")) and folder != PROJECT]
    assert [name(folder) for folder in leaves if code[folder] < 2] == []


def test_commands_alone_speak_to_the_terminal():
    """Only commands, and what they share, import click."""
    allowed = {"tests", "scripts", "benchmarks"}
    wrong = [
        name(path)
        for path in MODULES
        if "click" in {top(it) for it in imported(path)}
        and top(module_name(path)) not in allowed
        and not {"commands", "console", "__main__"} & set(module_name(path).split("."))
        and '__name__ == "__main__"' not in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ATTACH|WHERE)\b")
# What may stand between quotes: codes of forms and constants of the code, and the names of files and tables.
OWN_WORDS = {"form.code", "''.join(MARKS)", "CITY", "NOW", "FEEDBACK", "role", "place", "name"}


def test_no_value_is_put_into_the_text_of_sql():
    """Values go in as parameters: no placeholder of an f-string stands between quotes in a statement."""
    wrong = []
    for path in chain.from_iterable(map(code_of, LAYERS)):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.JoinedStr):
                continue
            fixed = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
            if not SQL.search(fixed):
                continue
            before = ""
            for part in node.values:
                if isinstance(part, ast.Constant):
                    before += part.value
                elif before.count("'") % 2 and ast.unparse(part.value) not in OWN_WORDS:
                    wrong.append(f"{name(path)}:{node.lineno} {ast.unparse(part.value)}")
    assert wrong == []


def test_only_the_screen_imports_streamlit():
    wrong = [
        name(path)
        for path in MODULES
        if top(module_name(path)) not in SCREEN | SUPPORT and "streamlit" in {top(it) for it in imported(path)}
    ]
    assert wrong == []


def test_readers_have_one_door():
    """Pages and briefings ask `metrics.queries`; none opens a snapshot or the ledger itself."""
    stores = {"duckdb", "sqlalchemy", "sqlite3"}
    readers = chain.from_iterable(map(code_of, ("briefing", "pages", "app")))
    assert [name(path) for path in readers if stores & {top(it) for it in imported(path)}] == []


def test_the_oracle_stands_alone():
    """What judges the figures shares no code with what works them out: the standard library and itself, no more."""
    judges = [path for path in MODULES if module_name(path).startswith("tests.oracle")]
    wrong = [
        f"{name(path)} imports {it}"
        for path in judges
        for it in imported(path)
        if not it.startswith("tests.oracle") and top(it) not in sys.stdlib_module_names
    ]
    assert judges
    assert wrong == []


def test_data_holds_no_code():
    assert code_of("data") == []


def test_no_import_inside_a_function():
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    wrong = {
        f"{name(path)}:{inner.lineno}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, functions)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert wrong == set()


def test_no_relative_imports():
    wrong = [
        name(path) for path in MODULES for node in imports(path) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert wrong == []


def test_no_module_is_in_a_cycle():
    known = {module_name(path): path for path in MODULES}
    graph = {module: (imported(path) & known.keys()) - {module} for module, path in known.items()}
    # A package's own file may gather what its modules define, so a module does not depend on its package.
    graph = {module: {it for it in needs if not module.startswith(f"{it}.")} for module, needs in graph.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_no_module_is_a_catch_all():
    assert [name(path) for path in MODULES if CATCH_ALL & set(path.relative_to(PROJECT).with_suffix("").parts)] == []


def test_every_file_says_what_it_is_for():
    without = [
        name(path)
        for path in MODULES
        if ast.get_docstring(tree(path)) is None and (tree(path).body or path.stem != "__init__")
    ]
    assert without == []


def test_no_file_is_two_subjects():
    long = {name(path): lines for path in MODULES if (lines := len(path.read_bytes().splitlines())) > MOST_LINES}
    assert long == {}


def test_pages_lie_in_sections():
    """Streamlit serves a file directly in `pages/` by deep link without running `app.py`, so without its sign-in."""
    assert [path.name for path in (PROJECT / "pages").glob("*.py")] in ([], ["__init__.py"])


def test_page_names_are_unique():
    """A page's file name is its address; other files of a page's folder are its parts."""
    addresses = [entry.address for entries in SECTIONS.values() for entry in entries]
    assert sorted(addresses) == sorted(set(addresses))
    for entry in chain.from_iterable(SECTIONS.values()):
        assert (PROJECT / entry.file).is_file()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_repository_does_not_name(what):
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name(path)}: {match[0]}" for match in FORBIDDEN[what].finditer(text)]
    assert found == []


def requirements(file: str) -> set[str]:
    """Names of the packages that a requirements file asks for, normalised."""
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    return {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in lines if re.match(r"\w", line)}


def pins(file: str) -> set[str]:
    return set(re.findall(r"^(\S+==\S+)", (PROJECT / file).read_text(encoding="utf-8"), flags=re.MULTILINE))


NAMED = ("requirements.in", "requirements-spark.in", "requirements-dev.in")


def test_every_dependency_has_a_stated_reason():
    page = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8").partition("## From the system")[0]
    explained = re.findall(r"^\| `([\w.-]+)` \|", page, flags=re.MULTILINE)
    assert sorted(explained) == sorted(set().union(*map(requirements, NAMED)))


def test_tests_run_on_the_versions_that_users_run():
    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_direct_dependency_is_pinned_with_hashes():
    for source, locked in ((name, name.replace(".in", ".txt")) for name in NAMED):
        assert requirements(source) <= {pin.partition("==")[0] for pin in pins(locked)}
        blocks = re.split(r"^(?=\S+==)", (PROJECT / locked).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


# Where the name to import is not the name to install.
IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "chinesecalendar": "chinese_calendar",
    "fonttools": "fontTools",
    "python-docx": "docx",
}


def test_the_code_imports_what_is_declared_and_nothing_else():
    used = {top(it) for path in chain.from_iterable(map(code_of, LAYERS)) for it in imported(path)}
    third_party = used - set(LAYERS) - sys.stdlib_module_names
    named = requirements("requirements.in") | requirements("requirements-spark.in")
    declared = {IMPORT_NAMES.get(package, package) for package in named}
    assert third_party == declared
