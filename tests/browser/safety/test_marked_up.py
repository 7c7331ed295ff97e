"""What people write is text on every page and in every file that goes out, whatever markup it holds.

The demonstration is made with markup in each name, note, reason, title and file name (`marked_up.py`),
every page and part of it opened in each role, letters and briefings written. With `PILOT_THOROUGH=1`: minutes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from contract.settings import Home
from etl.snapshot.opened import connect
from tests.browser.safety.marked_up import MARKUP, SIGN, WHOLE
from tests.browser.safety.test_isolation import PERIOD, addresses, asking
from tests.browser.screen import THOROUGH, looking_at
from tests.browser.server import serving
from tests.processes import run_module

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not THOROUGH, reason="takes minutes: PILOT_THOROUGH=1")]

ROLES = ("supervisor", "analyst", "district-110108", "institution-B007", "authority", "admin")
# What each element says whose own text has the sign, and whatever markup has become an element of its own.
SHOWN = """sign => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.textContent.includes(sign)) found.push(node.parentElement.textContent);
    }
    const made = document.querySelectorAll('a[href*="evil.example"], img[src="x"], img[src$="/x"], .katex');
    return [found, [...made].map(element => element.outerHTML)];
}"""
UNSEEN = "\u200b\u200c\u200d\u2060"


def broken(texts: list[str]) -> list[str]:
    """The pieces of text in which a sign stands without the whole of what was written around it."""
    read = [text.translate(dict.fromkeys(map(ord, UNSEEN))) for text in texts]
    return [text for text in read if SIGN in WHOLE.sub("", text)]


@pytest.fixture(scope="module")
def marked_home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("marked") / "home"
    done = run_module("tests.browser.safety.marked_up", home, home=home)
    assert done.returncode == 0, done.stderr[-4000:]
    return home


def test_what_is_written_is_text_on_every_page(browser, marked_home, tmp_path, subtests):
    with connect(Home(marked_home).current_snapshot()) as connection:
        firm, right = connection.execute(
            "SELECT uscc, registration_no FROM B1 WHERE submitter = 'B001' AND registration_no <> '' LIMIT 1"
        ).fetchone()
    asked, seen = addresses() + asking(["B011", "110108"], firm, right), 0
    with serving(marked_home, tmp_path / "log") as server:
        for role in ROLES:
            with looking_at(browser, f"{server.address}/?as={role}") as screen:
                for page, query in asked:
                    with subtests.test(role=role, page=page, query=query):
                        screen.follow(f"{server.address}/{page}?period={PERIOD}&{query}")
                        texts, made = screen.page.evaluate(SHOWN, SIGN)
                        seen += len(texts)
                        assert (broken(texts), made) == ([], [])
    assert seen > 1_000


def pieces(path: Path) -> str:
    """All parts of a zipped document, as text."""
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode("utf-8", errors="ignore") for name in parts.namelist())


def cells(path: Path) -> list[str]:
    """The texts of a workbook's cells, none of which may be a formula or lead anywhere where people wrote it."""
    every = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    texts = [cell for cell in every if isinstance(cell.value, str)]
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in texts if SIGN in cell.value)
    return [cell.value for cell in texts]


def paragraphs(path: Path) -> list[str]:
    """The paragraphs of a Word file, those within tables among them."""
    body = Document(str(path)).element.body
    return ["".join(node.itertext()) for node in body.iter("{*}p")]


def test_what_is_written_is_text_in_every_file(marked_home, tmp_path, subtests):
    for command in (
        ("briefing", PERIOD, "--out", tmp_path / "issue"),
        ("briefing", "2026-09", "--part", "all", "--letter", "--out", tmp_path / "parts"),
        ("casework", "list", "--format", "docx", "--out", tmp_path / "list.docx"),
    ):
        done = run_module(*command, home=marked_home)
        assert done.returncode == 0, done.stderr[-2000:]
    files, seen = sorted(path for path in tmp_path.rglob("*") if path.suffix in (".docx", ".xlsx")), 0
    assert len(files) > 20
    for path in files:
        with subtests.test(file=path.name):
            assert "evil.example" not in "".join(
                line for line in pieces(path).splitlines() if "hyperlink" in line.lower() and "Target=" in line
            )
            held = [text for text in (cells if path.suffix == ".xlsx" else paragraphs)(path) if SIGN in text]
            assert broken(held) == []
            seen += len(held)
    assert seen > 200


def test_the_demonstration_holds_every_kind(marked_home):
    with connect(Home(marked_home).current_snapshot()) as connection:
        names = " ".join(name for (name,) in connection.execute("SELECT name FROM member").fetchall())
        names += " ".join(name for (name,) in connection.execute("SELECT DISTINCT borrower_name FROM B1").fetchall())
    assert [kind for kind in MARKUP if kind not in names] == []
