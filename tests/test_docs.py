"""The documents say what is there: links, paths, commands, rooms, terms and decision records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from contract.settings import PROJECT
from scripts import rooms
from tests.processes import PROGRAMS
from tests.test_structure import ROOMS, tracked

PAGES = [path for path in tracked("*.md") if path.is_file()]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
DECISIONS = PROJECT / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("0*.md"))
HOUSE = (DECISIONS / "0019-rooms.md").read_text(encoding="utf-8")
MAP = (PROJECT / "docs" / "engineering.md").read_text(encoding="utf-8")
TOPS = sorted({path.relative_to(PROJECT).parts[0] for path in tracked("*.py", "data/*", "docs/*")} - {"app.py"})
WRITTEN = {"benchmarks/results/"}  # by a run, not in the repository


def label(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    gone = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_a_decision_is_linked_by_its_own_number(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"(\d{4})\]\((?:docs/)?(?:decisions/)?(\d{4})-[\w-]+\.md", text)
    assert [link for link in links if link[0] != link[1]] == []


def test_make_targets_are_documented_and_real():
    offered = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|```.*?```", README, flags=re.DOTALL))))
    assert named == offered


def quoted(text: str) -> list[str]:
    """What stands between backticks, a line each at most."""
    return re.findall(r"`([^`\n]+)`", text)


def paths(text: str) -> Iterator[str]:
    """Paths of the project that a text quotes; patterns of paths are none."""
    path = re.compile(rf"(?<![\w./-])(?:{'|'.join(TOPS)})/[\w./*<>-]*")
    return (found for code in quoted(text) for found in path.findall(code) if not set("*<>") & set(found))


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_quoted_paths_are_there(page):
    named = set(paths(page.read_text(encoding="utf-8"))) - WRITTEN
    assert [path for path in sorted(named) if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_quoted_modules_are_there(page):
    """`package.module`, and `package.module.name` with a name that the module has."""
    dotted = re.compile(rf"({'|'.join(TOPS)})(\.\w+)+")
    named = {code.partition("(")[0] for code in quoted(page.read_text(encoding="utf-8"))}
    assert [name for name in sorted(named - {"ledger.db"}) if dotted.fullmatch(name) and not is_there(name)] == []


def is_there(dotted: str) -> bool:
    whole, (*parents, last) = PROJECT.joinpath(*dotted.split(".")), dotted.split(".")
    owner = PROJECT.joinpath(*parents)
    sources = [path for path in (owner.with_suffix(".py"), owner / "__init__.py") if path.is_file()]
    is_module = whole.with_suffix(".py").is_file() or whole.is_dir()
    return is_module or any(re.search(rf"\b{last}\b", path.read_text("utf-8")) for path in sources)


def commands() -> set[str]:
    """Every command as it is called: `etl load`, `casework task add`."""
    return {f"{program} {name}" for program, group in PROGRAMS.items() for name in _names(group)}


def _names(command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                deeper = [f"{name} {below}" for below in _names(inner)]
                yield from deeper or [name]


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_commands_that_a_page_calls_are_real(page):
    text = page.read_text(encoding="utf-8")
    modules = {PROJECT.joinpath(*name.split(".")) for name in re.findall(r"python -m ([a-z][\w.]*\w)", text)}
    without = [path for path in modules if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists()]
    assert {path.name for path in without} <= {"pytest"}
    called = set(re.findall(r"python -m (etl|metrics|casework) ([a-z][a-z0-9-]*)(?: ([a-z][a-z-]*))?", text))
    known = commands()
    groups = {command.rpartition(" ")[0] for command in known}
    for program, name, inner in called:
        assert f"{program} {name}" in known or f"{program} {name} {inner}" in known or f"{program} {name}" in groups


def test_the_manual_holds_every_command():
    """With its program where it is named first, and a command of a group, or one more of a row, by its own name."""
    without = [
        command
        for command in sorted(commands())
        if not re.search(rf"python -m {command}(?![\w-])", OPERATIONS)
        and not (command.count(" ") > 1 and re.search(rf"`{command.partition(' ')[2]}(?![\w-])", OPERATIONS))
    ]
    assert without == []


def test_the_readme_names_ten_commands_and_the_packages():
    called = re.findall(r"^\| `python -m (\w+ ?[a-z-]*)[^|]*\|", README, flags=re.MULTILINE)
    assert len(called) == 10
    assert {name.strip() for name in called} <= commands() | {"briefing"}
    held = re.findall(r"^\| `(\w+)/`", README, flags=re.MULTILINE)
    assert held == list(rooms.rows())


def test_readme_stays_short():
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_decision_says_why(record):
    text = record.read_text(encoding="utf-8")
    number, title = re.match(r"# (\d{4}) (.+)\n", text).groups()
    assert record.stem.startswith(f"{number}-")
    assert title
    parts = re.findall(r"^\*\*(Context|Options|Choice|Consequences)\.\*\*", text, flags=re.MULTILINE)
    assert parts == ["Context", "Options", "Choice", "Consequences"]


def test_decisions_are_numbered_without_gaps():
    assert [int(path.stem[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_the_index_of_decisions_is_complete():
    text = (DECISIONS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+?) \| .+ \|$", text, flags=re.MULTILINE)
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in RECORDS]
    assert [f"{number} {title}" for number, _, title in listed] == titles
    assert [file for _, file, _ in listed] == [path.name for path in RECORDS]


def test_the_record_of_the_house_tells_of_every_room():
    """And answers a newcomer's twelve questions, each with a room and a file that is there."""
    told = set(re.findall(r"^\| `(\S+?)/?` ", HOUSE, flags=re.MULTILINE))
    declared = {f"{package}/{room}" for package in ROOMS for room in rooms.rooms_of(package)}
    assert {room for room in declared if not room.endswith("/commands")} <= told
    section = HOUSE.partition("## Twelve questions of a newcomer\n")[2]
    answers = re.findall(r"^\| ([^|`]+) \| ([^|]+) \| ([^|]+) \|$", section, flags=re.MULTILINE)[1:]
    assert len(answers) == 12
    for question, room, file in answers:
        assert [place for place in paths(room) if (PROJECT / place).is_dir()], question
        files = list(paths(file))
        assert [place for place in files if (PROJECT / place).is_file()] == files != [], question


def test_the_picture_shows_the_rooms_there_are():
    """Where it does not: `python -m scripts.rooms`."""
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.picture()


def test_the_map_is_laid_out_to_be_read():
    lines = MAP.splitlines()
    assert [line for line in lines if len(line) > 120 and not line.startswith("|")] == []
    assert len(MAP.split()) < 2500  # ten minutes


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_nothing_is_said_twice_and_no_table_is_cut(page):
    text = page.read_text(encoding="utf-8")
    paragraphs = Counter(part.strip() for part in text.split("\n\n") if len(part) > 200)
    assert [part for part, times in paragraphs.items() if times > 1] == []
    lines = ["", *text.splitlines(), ""]
    heads = [at for at in range(1, len(lines)) if lines[at].startswith("| ") and not lines[at - 1].startswith("|")]
    assert [lines[at] for at in heads if not lines[at + 1].startswith("|--")] == []


def test_what_rooms_offer_is_there():
    text = (PROJECT / "docs" / "calls.md").read_text(encoding="utf-8")
    offers = re.findall(r"^\| `(\S+/)` \| (.+?) \|", text, flags=re.MULTILINE)
    assert len(offers) > 30
    for room, cell in offers:
        code = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / room).glob("*.py"))
        for name in re.findall(r"`(\w+)(?:\(\))?`", cell):
            assert re.search(rf"^(?:(?:def|class) {name}\b|{name}\b.* = )", code, flags=re.MULTILINE), f"{room}{name}"


def test_changelog_has_a_place_for_what_comes():
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, flags=re.MULTILINE)
    headings = set(re.findall(r"^### (\w+)", text, flags=re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def glossary() -> list[tuple[str, str]]:
    """Terms and identifiers, a pair a row."""
    text = (PROJECT / "docs" / "GLOSSARY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \| .+ \|$", text, flags=re.MULTILINE)
    return [row for row in rows if row[0] != "term"]


def test_a_term_stands_once():
    terms = [term for terms, _ in glossary() for term in re.split(" · |、", terms)]
    # 关注, 限期整改 and 退出 are states of a member and levels of a trigger: the level proposes the state.
    twice = {term for term in terms if terms.count(term) > 1}
    assert twice == {"关注", "限期整改", "退出"}


def test_an_identifier_stands_for_one_idea():
    """But for states and levels, as above and of loans, and two columns that files and events have borne from the
    beginning: `batch` (with whom a member came, and a period opened), `expected` (a report due, and what a value is
    held against)."""
    named = [identifier for _, cell in glossary() for identifier in re.findall(r"`([\w-]+)`", cell)]
    twice = {identifier for identifier, times in Counter(named).items() if times > 1}
    assert twice == {"active", "watch", "rectify", "batch", "expected"}
    assert {"desk", "door"} & set(named) == set()


def test_identifiers_of_the_glossary_are_in_use():
    """Each stands in the code or its declarations; one that begins or ends with `_` is a part of names."""
    sources = tracked("*.py", "data/*.csv", "data/*.toml")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = [identifier for _, cell in glossary() for identifier in re.findall(r"`(\w+)`", cell)]
    words = set(re.findall(r"\w+", text))
    parts = {it for it in named if it.startswith("_") or it.endswith("_")}
    assert set(named) - parts <= words
    assert [it for it in parts if it not in text] == []
