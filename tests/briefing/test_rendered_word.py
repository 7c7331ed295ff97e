"""Word's pages as LibreOffice sets them: `PILOT_THOROUGH=1`, and `apt-get install libreoffice-writer` first.

Times New Roman and the official Chinese faces are missing on such a machine, as they are under WPS on Linux.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.issue.compose import compose, compose_city
from briefing.issue.content import Document, Number, Paragraph, Section, tables
from briefing.paper import word
from briefing.paper.cells import shown
from briefing.parts.making import every_part
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from tests.briefing import office
from tests.briefing.months import MONTHS
from tests.briefing.samples import document
from tests.briefing.test_pages import LONG, PITCH

pytestmark = [
    pytest.mark.skipif(not os.environ.get("PILOT_THOROUGH"), reason="minutes: PILOT_THOROUGH=1"),
    pytest.mark.skipif(office.OFFICE is None, reason="needs LibreOffice: apt-get install libreoffice-writer"),
]
ANALYST = Viewer("test", "测试", "analyst")


def test_a_full_page_of_text_has_22_lines_of_28_characters(tmp_path: Path):
    made = replace(document(), sections=(Section("一、总体情况", 1, (Paragraph(LONG),)),), annexes=())
    full = [office.lines(page, 16) for page in office.printed(word.write(made), tmp_path).pages][1:-1]
    assert len(full) >= 2
    for page in full:
        assert len(page) == 22 and {len(line.text) for line in page} == {28}
        assert page[-1].top - page[0].top == pytest.approx(21 * PITCH, abs=3)


def unbroken(made: Document, folder: Path, name: str) -> list[str]:
    """Figures of tables that LibreOffice breaks or loses."""
    pages = office.printed(word.write(made), folder, name).pages
    read = "\n".join(line.text for page in pages for line in office.lines(page))
    figures = {
        shown(cell)
        for table in (*tables(made.sections), *made.annexes)
        for row in table.rows
        for cell in row
        if isinstance(cell, Number)
    }
    return sorted(figure for figure in figures if figure not in read)


@pytest.mark.parametrize("month", MONTHS)
def test_no_figure_of_a_month_breaks(month: str, tmp_path: Path):
    assert unbroken(compose_city(MONTHS[month]()), tmp_path, month) == []


def test_everything_that_goes_out_of_the_demonstration_opens_whole(demo_home: Path, tmp_path: Path):
    """A page alone stays one, and no figure breaks: the city, each part, each district, the meeting's page."""
    home = Home(demo_home)
    version = current(home)
    every = [("city", compose(ANALYST, version, "2026-09"))]
    every += [(code, made) for code, _, _, made in every_part(ANALYST, version, home, "2026-09")]
    for code, made in every:
        assert unbroken(made, tmp_path, code) == [], code
        if made.pages == 1:
            assert len(office.PdfReader(tmp_path / f"{code}.pdf").pages) == 1, code
