"""Five months read as a careful official would write them: headings, paragraphs, notes, captions, word for word."""

from pathlib import Path

import pytest

from briefing.issue.compose import compose_city
from briefing.issue.content import Chart, Document, Said, Section, Table, blocks
from tests.briefing.months import MONTHS

GOLDEN = Path(__file__).parent / "golden"


def told(document: Document) -> str:
    lines = []
    for block in blocks(document):
        match block:
            case Section(heading=heading):
                lines.append(heading)
            case Said(text=text):
                lines.append(text)
            case Table(caption=caption) | Chart(caption=caption):
                lines.append(f"〔{caption}〕")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", MONTHS)
def test_a_month_reads_as_it_should(name):
    assert told(compose_city(MONTHS[name]())) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_no_golden_text_is_left_over():
    assert {path.stem for path in GOLDEN.iterdir()} == MONTHS.keys()
