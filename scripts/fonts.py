"""Cut the free fonts to the characters the briefing needs: run again only when the fonts themselves change.

    apt-get download texlive-lang-chinese && dpkg -x texlive-lang-chinese_*.deb OUT
    pip download --no-deps pylopdf-fonts-zh-cn==0.1.1 && unzip -d OUT pylopdf_fonts_zh_cn-*.whl
    python scripts/fonts.py OUT

The text face (仿宋) is kept whole. 楷体 and 标宋 set only headings and keep the 3,755 characters of the first level of
GB 2312. 黑体 also stands in for whatever the others lack, so it keeps all of GBK: a rare character in a name then
shows in another face, never as a box.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

FOLDER = Path(__file__).resolve().parent.parent / "briefing" / "paper" / "fonts"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
NOTO = "pylopdf_fonts_zh_cn/NotoSansSC-Regular.otf"
PUNCTUATION = "—–‘’“”…·×÷±≤≥‰℃№〓□■△▲▽▼○●◎→←↑↓−"


def gb2312(first_row: int, last_row: int) -> set[int]:
    """Code points of rows of GB 2312-1980: symbols 1–9, first level 16–55, second level 56–87."""
    cells = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(first_row, last_row + 1) for cell in range(1, 95))
    return {ord(text) for text in (cell.decode("gb2312", errors="ignore") for cell in cells) if text}


def gbk() -> set[int]:
    """Code points of every character that GBK encodes in two bytes."""
    cells = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    return {ord(text) for text in (cell.decode("gbk", errors="ignore") for cell in cells) if len(text) == 1}


BASE = set(range(0x20, 0x7F)) | set(map(ord, PUNCTUATION)) | gb2312(1, 9)


def cut(source: Path, target: Path, characters: set[int]) -> None:
    """Write `source` with the glyphs of `characters` alone; names and licence texts stay."""
    options = Options(name_IDs=["*"], notdef_outline=True, recalc_timestamp=False, layout_features=[])
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    save_font(font, str(target), options)


def main(root: Path) -> None:
    fandol = root / FANDOL
    shutil.copyfile(fandol / "FandolFang-Regular.otf", FOLDER / "FandolFang-Regular.otf")
    for name in ("FandolKai-Regular.otf", "FandolSong-Bold.otf"):
        cut(fandol / name, FOLDER / name, BASE | gb2312(16, 55))
    cut(root / NOTO, FOLDER / "NotoSansSC-Regular.otf", BASE | gbk())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
