"""What is blank is not there, wherever it lies: a sheet ends with its last filled row and column."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contract.errors import RefusedFile
from contract.settings import PROJECT
from etl.sheets.workbook import read_workbook
from tests.etl.reading.test_contradictions import book

LAST_ROW = 1_048_576
FILLED = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
BLANKS = {
    "a format": "<c r='XFD1048576' s='1'/>",
    "a format, open": '<c r="XFD1048576" s="1"></c>',
    "nothing": '<c r="XFD1048576"/>',
    "an empty value": '<c r="XFD1048576"><v></v></c>',
    "an empty result": '<c r="XFD1048576" t="str"><f>IF(1,"","")</f><v></v></c>',
    "an empty text": '<c r="XFD1048576" t="inlineStr"><is><t></t></is></c>',
    "a space": '<c r="XFD1048576" t="inlineStr"><is><t> </t></is></c>',
    "a wide space": '<c r="XFD1048576" t="inlineStr"><is><t>\u3000\u00a0</t></is></c>',
}


def read(rows: str) -> tuple[int, list[list[str | None]]]:
    """How many columns the sheet has, and its rows."""
    (grid,) = read_workbook(book(rows))
    return len(grid.columns), [cells for _, cells in grid.rows()]


@pytest.mark.parametrize("name", BLANKS)
def test_a_blank_at_the_far_corner_is_not_there(name: str):
    assert read(f'{FILLED}<row r="{LAST_ROW}">{BLANKS[name]}</row>') == (2, [["1", "2"]])


def test_formats_beside_and_below_are_not_there():
    formats = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(3, 20_000))
    wide = FILLED.replace("</row>", '<c r="C1" s="1"/><c r="XFD1" s="1"/></row>')
    assert read(f"{wide}{formats}") == (2, [["1", "2"]])


def test_blank_rows_and_columns_between_are_there():
    rows = f'{FILLED}<row r="4"><c r="D4"><v>3</v></c></row>'
    assert read(rows) == (4, [["1", "2", None, None], [None] * 4, [None] * 4, [None, None, None, "3"]])


def test_a_filled_cell_far_away_is_named():
    with pytest.raises(RefusedFile, match="B1”的已用区域过大（内容到XFD1048576，1048576行16384列）.*Ctrl.End"):
        read(f'{FILLED}<row r="{LAST_ROW}"><c r="XFD{LAST_ROW}"><v>1</v></c></row>')


def test_a_filled_cell_below_is_read_while_there_is_room():
    assert len(read(f'{FILLED}<row r="{LAST_ROW}"><c r="A{LAST_ROW}"><v>3</v></c></row>')[1]) == LAST_ROW


MEASURE = """
import resource, sys
from pathlib import Path
from contract.console.lean import keep_lean
keep_lean()
from etl.sheets.workbook import read_workbook
content = Path(sys.argv[1]).read_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
read_workbook(content)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_blanks_far_away_take_no_memory(tmp_path: Path):
    """A process of its own takes no more for them than for the sheet without them, but for a few megabytes."""
    plain, far = tmp_path / "plain.xlsx", tmp_path / "far.xlsx"
    plain.write_bytes(book(FILLED))
    far.write_bytes(book(f'{FILLED}<row r="{LAST_ROW}">{BLANKS["a space"]}</row>'))

    def kilobytes(path: Path) -> int:
        command = [sys.executable, "-c", MEASURE, str(path)]
        return int(subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout)

    assert kilobytes(far) < kilobytes(plain) + 20_000
