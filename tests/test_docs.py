"""The documents say what is there: links, commands, terms and decision records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract.settings import PROJECT
from tests.test_structure import tracked

PAGES = [path for path in tracked("*.md") if path.is_file()]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
RECORDS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))


def label(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    gone = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert gone == []


def test_make_targets_are_documented_and_real():
    offered = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`|```.*?```", README, flags=re.DOTALL))))
    assert named == offered


@pytest.mark.parametrize("text", [README, OPERATIONS], ids=["README", "operations"])
def test_commands_are_real(text):
    for module in set(re.findall(r"python -m (\w+)", text)):
        assert (PROJECT / module / "__main__.py").exists(), module


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


def test_identifiers_of_the_glossary_are_in_use():
    """Each stands in the code or its declarations; one that begins or ends with `_` is a part of names."""
    sources = tracked("*.py", "data/*.csv", "data/*.toml")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = [identifier for _, cell in glossary() for identifier in re.findall(r"`(\w+)`", cell)]
    words = set(re.findall(r"\w+", text))
    parts = {it for it in named if it.startswith("_") or it.endswith("_")}
    assert set(named) - parts <= words
    assert [it for it in parts if it not in text] == []
