"""The walkthrough for strangers prints what it says: every command of docs/walkthrough.md, on the demonstration."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from scripts.walkthrough import PAGE, filled


def test_every_command_prints_what_the_page_says(
    demo_home: Path, own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(demo_home, own_home, ignore=shutil.ignore_patterns("inbox"))
    papers = tmp_path / "papers"
    papers.mkdir()
    monkeypatch.chdir(papers)
    page = PAGE.read_text(encoding="utf-8")
    printed, numbers = filled(page)
    # Numbers of the ledger shift with every event that the demonstration gains. Where more than these differ:
    # `python -m scripts.walkthrough` with a fresh copy of the demonstration writes the page anew.
    now = re.sub(r"(?<![\d.-])\d{3,}(?![\d.-])", lambda found: numbers.get(found[0], found[0]), page)
    assert printed == now
