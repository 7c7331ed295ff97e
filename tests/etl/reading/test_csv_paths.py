"""A CSV file gives the same grid whether it is read in one sweep or record by record."""

from __future__ import annotations

import csv
import io
import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract.errors import RefusedFile
from etl.reading.csv_dialect import DELIMITERS, dialect_of
from etl.reading.csv_files import _is_plain, _read_exactly, _read_plain, read_csv
from etl.reading.packages import read_package
from etl.sheets.grids import Grid
from tests.etl.submissions import csv_files, package, submission

CELLS = st.text(st.sampled_from('ab1 ,;\t"\r\n　是𠮷.-=\x0b\x0c\x85\u2028'), max_size=6)
TEXTS = st.text(st.sampled_from('a,b;c\t"\n\r 1是'), max_size=60)


def filled(grid: Grid) -> list[tuple[int, list[str | None]]]:
    """The rows down to the last that is not empty."""
    rows = list(grid.rows())
    while rows and not any(rows[-1][1]):
        rows.pop()
    return rows


def same_either_way(text: bytes) -> bool:
    """Whether the text is plain enough for one sweep; asserts that this changes nothing."""
    dialect = dialect_of(text.decode())
    grid = _read_plain(text, "x.csv", dialect.delimiter) if _is_plain(text, dialect) else None
    if grid is not None:
        assert filled(grid) == filled(_read_exactly(text, "x.csv", dialect))
    return grid is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.sampled_from(DELIMITERS), st.booleans())
@example([["a", "b"], ["1", ""], ["", ""]], ",", True)
def test_what_programs_write(rows: list[list[str]], delimiter: str, ends: bool):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    content = text.getvalue() if ends else text.getvalue().rstrip("\r\n")
    same_either_way(content.encode())


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("a,b\n1,2\n\n3,4\n")
@example("a,b\n1\n")
@example("a,b\n1,2,3\n")
@example("a,b\r1,2\r")
@example('a,b\n"1",2"\n')
def test_what_people_type(text: str):
    same_either_way(text.encode())


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_plain_files_are_read_in_one_sweep(line_end: str, delimiter: str):
    rows = [["编号", "金额", "日期"], *([f"L-{n}", f" {n}.50 ", "" if n % 3 else "2026-10-31"] for n in range(20_000))]
    assert same_either_way(line_end.join(map(delimiter.join, rows)).encode())


@pytest.mark.parametrize("text", ["a,b\n1\n", "a,b\n1,2,3\n", 'a,b\n"1",2\n', "a,b\n1,2\r3,4\n", "a\n\n1\n"])
def test_others_are_not(text: str):
    assert not same_either_way(text.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_make_no_difference(encoding: str):
    grid = read_csv("名称,金额\n演示企业,１２\n".encode(encoding), "x.csv")
    assert list(grid.rows()) == [(1, ["名称", "金额"]), (2, ["演示企业", "１２"])]


def test_lines_are_counted_through_quoted_line_breaks():
    grid = read_csv(b'a,b\r\n"1\r\n1",2\r\n\r\n3,4\r\n', "x.csv")
    assert list(grid.rows()) == [(1, ["a", "b"]), (2, ["1\r\n1", "2"]), (4, [None, None]), (5, ["3", "4"])]


def test_broken_quotes_name_their_line():
    with pytest.raises(RefusedFile, match="第3行"):
        read_csv(b'a,b\n1,2\n"3"x,4\n', "x.csv")


def test_a_reading_arrives_as_it_was_sent():
    reading = read_package(package(csv_files(submission())))
    arrived = pickle.loads(pickle.dumps(reading, pickle.HIGHEST_PROTOCOL))
    assert arrived == reading
    assert arrived.tables["B1"].columns["loan_no"].to_pylist() == ["L-0001", "L-0002"]
