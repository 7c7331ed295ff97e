"""Pages are set in a process of their own: what comes of it, what is told where it cannot be, and that nobody does it
elsewhere."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from briefing.paper.typeset import typeset
from contract.settings import PROJECT

AT = datetime(2026, 11, 16, 9)
TWO_PAGES = "#set page(width: 4cm, height: 3cm)\n#sys.inputs.words\n#pagebreak()\n二"


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    path = tmp_path / "layout.typ"
    path.write_text(TWO_PAGES, encoding="utf-8")
    return path


def test_one_file_or_a_picture_a_page_and_the_same_bytes_again(layout):
    (file,) = typeset(layout, AT, {"words": "一"}, format="pdf")
    assert file.startswith(b"%PDF") and [file] == typeset(layout, AT, {"words": "一"}, format="pdf")
    assert [file] != typeset(layout, AT.replace(year=2027), {"words": "一"}, format="pdf")
    pictures = typeset(layout, AT, {"words": "一"}, format="png", ppi=30)
    assert [picture[1:4] for picture in pictures] == [b"PNG", b"PNG"]


def test_a_layout_that_cannot_be_set_is_told_in_its_words(layout):
    with pytest.raises(RuntimeError, match="layout.typ could not be set(?s:.*)words"):
        typeset(layout, AT, {}, format="pdf")


def test_nobody_has_it_done_in_the_process_itself():
    """Typst keeps what it has read: some 80 MB a briefing, of ten."""
    packages = ("contract", "ledger", "etl", "metrics", "briefing", "casework", "pages")
    files = [path for package in packages for path in (PROJECT / package).rglob("*.py")]
    assert len(files) > 300
    importing = re.compile(r"^\s*(import|from) typst\b", re.MULTILINE)
    assert [path.name for path in files if importing.search(path.read_text(encoding="utf-8"))
            and path.name != "typesetting.py"] == []  # fmt: skip
    assert importing.search((PROJECT / "briefing/paper/typesetting.py").read_text(encoding="utf-8"))
