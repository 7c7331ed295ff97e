"""No character of a briefing is without a glyph: each face covers what it sets, and gaps show as 〓."""

from __future__ import annotations

import tomllib

from briefing.issue.declared import FILE
from briefing.paper.typefaces import HEADING, SUBHEADING, TEXT, TITLE, coverage, printable
from contract.decision_kinds import STATES
from contract.declarations import code_lists, districts
from metrics.indicators.catalogue import catalogue
from metrics.warnings.rules import rules

PUNCTUATION = "，。；：、！？（）《》〔〕“”‘’—…·％%+-.0123456789　"
FACES = (TITLE, HEADING, SUBHEADING, TEXT)


def uncovered(text: str, *faces) -> set[str]:
    covered = frozenset().union(*(coverage(face) for face in faces))
    return {letter for letter in text if letter not in covered and not letter.isspace()}


def words() -> str:
    """Every text that declarations put into a briefing."""
    declared = str(tomllib.loads(FILE.read_text(encoding="utf-8")))
    names = [name for codes in code_lists().values() for name in codes.values()]
    places = [place.name for place in districts().values()]
    figures = [item.name + item.unit + item.definition + item.clause + item.formula for item in catalogue().values()]
    raised = [rule.name + rule.text for rule in rules()]
    return "".join((declared, *STATES.values(), *names, *places, *figures, *raised))


def test_the_fonts_come_with_the_project():
    for face in FACES:
        assert face.file.read_bytes()[:4] == b"OTTO", face.file.name


def test_every_declared_word_is_covered():
    assert uncovered(words(), HEADING) == set()
    assert uncovered(words(), TEXT, HEADING) == set()


def test_every_face_has_digits_and_chinese_punctuation():
    for face in FACES:
        assert uncovered(PUNCTUATION, face) == set(), face.free


def test_heading_faces_cover_the_commonest_characters():
    cells = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(16, 56) for cell in range(1, 95))
    first_level = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    assert len(first_level) == 3755
    for face in (TITLE, SUBHEADING):
        assert uncovered(first_level, face) == set(), face.free


def test_names_beyond_gb2312_are_covered_by_the_stand_in():
    assert uncovered("堃喆镕昇珺玥赟翀龑祎", HEADING) == set()


def test_a_character_that_no_face_has_shows_as_a_printers_mark():
    assert printable("昇腾\U00020bb7\n银行") == "昇腾〓\n银行"
