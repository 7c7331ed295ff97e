"""The walkthrough for strangers prints what it says: every command of docs/walkthrough.md, on the demonstration."""

from __future__ import annotations

import re
import shutil
from collections.abc import Container
from pathlib import Path

import pytest

from scripts.walkthrough import PAGE, filled


def masked(text: str, numbers: Container[str]) -> str:
    """The text without the ledger's numbers of its cases: they shift with every event the demonstration gains."""
    return re.sub(r"\d{3,}", lambda found: "#" if found[0] in numbers else found[0], text)


def test_every_command_prints_what_the_page_says(
    demo_home: Path, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(demo_home, own_home, ignore=shutil.ignore_patterns("inbox"))
    papers = tmp_path / "papers"
    papers.mkdir()
    monkeypatch.chdir(papers)
    page = PAGE.read_text(encoding="utf-8")
    printed, numbers = filled(page)
    # Where they differ: `python -m scripts.walkthrough` with a fresh copy of the demonstration writes the page anew.
    assert masked(printed, numbers.values()) == masked(page, numbers.keys())
