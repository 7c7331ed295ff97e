"""The four official faces: the name a Word file gives, and the free face of the same kind that comes along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent / "fonts"
LATIN_OFFICIAL = "Times New Roman"
LATIN_FREE = "Libertinus Serif"  # comes inside the typst wheel
MISSING = "〓"  # the printer's mark for a character that is not in the type case


@dataclass(frozen=True)
class Typeface:
    """One face: its official name (in docx), and the free one (in pdf and pictures) with its file."""

    official: str
    free: str
    file: Path


TITLE = Typeface("方正小标宋简体", "FandolSong", FOLDER / "FandolSong-Bold.otf")
HEADING = Typeface("黑体", "Noto Sans SC", FOLDER / "NotoSansSC-Regular.otf")
SUBHEADING = Typeface("楷体_GB2312", "FandolKai", FOLDER / "FandolKai-Regular.otf")
TEXT = Typeface("仿宋_GB2312", "FandolFang R", FOLDER / "FandolFang-Regular.otf")


@cache
def coverage(face: Typeface) -> frozenset[str]:
    """The characters a face has a glyph for."""
    with TTFont(face.file, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


@cache
def _printable_letters() -> frozenset[str]:
    return coverage(HEADING) | coverage(TEXT)


def printable(text: str) -> str:
    """The text with 〓 for each character that no face has, so that a gap is seen and never a box or nothing.

    HEADING stands in for every other face, so what it and TEXT lack no face has.
    """
    covered = _printable_letters()
    return "".join(letter if letter in covered or letter.isspace() else MISSING for letter in text)
