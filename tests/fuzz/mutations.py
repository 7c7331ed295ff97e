"""Ways in which a submission may be arranged, written, stored or damaged, each drawn from one random source.

A case is a clean submission after a few of them. Those that only arrange and write leave every value as it was;
of those that damage bytes, the case knows which cells they touched.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from contract.declarations import forms
from etl.receiving.receive import Package
from tests.etl.reading.spellings_of_books import PACKINGS, SPELLINGS, spelled, unpacked
from tests.etl.submissions import BANK, PERIOD, Sheets, package, submission, zipped
from tests.fuzz.book_damage import contradicting
from tests.fuzz.makers import MARKS, Written, columns_by_header, computed, spoilt, under_format, zipped_elsewhere

FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789"}
MADE = datetime(2026, 10, 9, 9)
NAME = f"{PERIOD}_{BANK}"
DELIMITERS = (",", "\t", ";", "|")
WRITTEN_AS = ("folder", "zip", "zip of another maker", "workbook", "workbook", "workbook")
LINE_ENDS = ("\r\n", "\n", "\r")
HEALING = {"inline texts", "without addresses", "rich texts"}  # they write anew what may contradict itself
CODECS = ("utf-8", "utf-8-sig", "gb18030", "utf-8", "gb18030", "utf-16", "utf-16-le", "big5hkscs")


@dataclass
class Case:
    """A case in the making: its sheets, how they are written, and what was done to it.

    `touched`: the cells, as (form, row, column) from 0, whose own values the deeds may have changed.
    `contradicts`: the file contradicts itself, and has to be refused. `is_sound`: a workbook that has not to be.
    `is_spoilt`: a cell of it no longer says what was filled in, and has to be told of.
    """

    random: Random
    sheets: Sheets = field(default_factory=submission)
    deeds: list[str] = field(default_factory=list)
    touched: set[tuple[str, int, int]] = field(default_factory=set)
    contradicts: bool = False
    is_sound: bool = False
    is_spoilt: bool = False

    def form(self) -> str:
        """One of the forms that were there from the beginning."""
        return self.random.choice([name for name in submission() if name in self.sheets and name != "cover"])


def shuffle_columns(case: Case) -> None:
    rows = case.sheets[form := case.form()]
    order = case.random.sample(range(len(rows[0])), len(rows[0]))
    case.sheets[form] = [[row[place] for place in order] if len(row) == len(order) else row for row in rows]


def head_with_codes(case: Case) -> None:
    form = case.form()
    codes = {column.header: column.code for column in forms()[form].columns}
    case.sheets[form][0] = [codes.get(header, header) for header in case.sheets[form][0]]


def space_headers(case: Case) -> None:
    rows = case.sheets[case.form()]
    rows[0] = [f" {header[:2]}\u3000{header[2:]} *" for header in rows[0]]


def widen_digits(case: Case) -> None:
    rows = case.sheets[case.form()]
    row, column = case.random.randrange(1, len(rows)), case.random.randrange(len(rows[0]))
    if column < len(rows[row]):
        rows[row][column] = rows[row][column].translate(FULL_WIDTH)


def pad_cells(case: Case) -> None:
    rows = case.sheets[case.form()]
    at = case.random.randrange(1, len(rows))
    rows[at] = [f"\u3000{cell} " if cell else cell for cell in rows[at]]


def mark_texts(case: Case) -> None:
    """Every cell of a form as a database exports it for Excel."""
    rows, mark = case.sheets[case.form()], case.random.choice(MARKS)
    rows[1:] = [[mark + cell if cell.strip() else cell for cell in row] for row in rows[1:]]


def add_blank_rows(case: Case) -> None:
    rows = case.sheets[case.form()]
    for _ in range(case.random.randrange(1, 4)):
        rows.insert(case.random.randrange(1, len(rows) + 1), ["", " "][: case.random.randrange(3)])


def add_totals(case: Case) -> None:
    rows = case.sheets[case.form()]
    rows.append(["合计", *[""] * (len(rows[0]) - 1)])


def repeat_header(case: Case) -> None:
    rows = case.sheets[case.form()]
    rows.insert(case.random.randrange(1, len(rows) + 1), list(rows[0]))


def add_preamble(case: Case) -> None:
    rows = case.sheets[case.form()]
    rows[:0] = [["演示银行报表；单位：万元"]] * case.random.randrange(1, 12)


def add_footer(case: Case) -> None:
    case.sheets[case.form()].append(["制表人：演示", "复核人：演示"])


def shift_header(case: Case) -> None:
    rows = case.sheets[case.form()]
    rows[0] = ["", *rows[0][:-1]] if case.random.random() < 0.5 else [*rows[0][1:], ""]


def shift_row(case: Case) -> None:
    rows = case.sheets[form := case.form()]
    row = rows[case.random.randrange(1, len(rows))]
    place = case.random.randrange(len(row) or 1)
    if case.random.random() < 0.5:
        row.insert(place, "")
    else:  # a workbook in which the cells after it have moved says so of itself: nothing tells them from others
        del row[place : place + 1]
        case.touched |= {(form, at, column) for at in range(len(rows)) for column in range(len(forms()[form].columns))}


def drop_column(case: Case) -> None:
    rows = case.sheets[case.form()]
    place = case.random.randrange(len(rows[0]))
    for row in rows:
        del row[place : place + 1]


def add_column(case: Case) -> None:
    rows = case.sheets[case.form()]
    place = case.random.randrange(len(rows[0]) + 1)
    named = case.random.choice(["", "备注", rows[0][0]])
    for number, row in enumerate(rows):
        row.insert(place, "演示" if number else named)


def add_sheet(case: Case) -> None:
    name = case.random.choice(["填报说明", "B7", "R1", "Sheet1", "B1 副本"])
    case.sheets[name] = [["贷款合同编号", "演示"], ["1", "2"]]


def drop_sheet(case: Case) -> None:
    del case.sheets[case.random.choice(list(case.sheets))]


ARRANGEMENTS: tuple[Callable[[Case], None], ...] = (
    shuffle_columns, head_with_codes, space_headers, widen_digits, pad_cells, mark_texts, add_blank_rows, add_totals,
    repeat_header, add_preamble, add_footer, shift_header, shift_row, drop_column, add_column, add_sheet, drop_sheet,
)  # fmt: skip


def as_csv_files(case: Case) -> dict[str, bytes]:
    """The sheets as CSV files in a manner that differs from case to case, now and then from file to file."""
    case.touched.clear()  # a row of a CSV file that lacks a cell is one cell shorter
    manner = _manner(case.random)
    files = {}
    for name, rows in case.sheets.items():
        codec, end, options = _manner(case.random) if case.random.random() < 0.05 else manner
        text = io.StringIO()
        csv.writer(text, lineterminator=end, **options).writerows(rows)
        body = text.getvalue()
        if case.random.random() < 0.2:
            body = body.removesuffix(end)
        files[f"{name}.csv"] = body.encode(codec, "replace")
    case.deeds.append(f"csv {manner}")
    return files


def _manner(random: Random) -> tuple[str, str, dict]:
    options: dict = {"delimiter": random.choice(DELIMITERS)}
    if random.random() < 0.3:
        options["quoting"] = csv.QUOTE_ALL
    if random.random() < 0.2:
        options["quotechar"] = "'"
    if random.random() < 0.2:
        options |= {"doublequote": False, "escapechar": "\\"}
    return random.choice(CODECS), random.choice(LINE_ENDS), options


def as_workbook(case: Case) -> bytes:
    """The sheets as a workbook: titles above, cells as texts or numbers, merged or hidden what may be."""
    random, content = case.random, io.BytesIO()
    titles, as_numbers = random.randrange(0, 12), random.random() < 0.5
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": as_numbers,
        "strings_to_urls": False,
    }
    case.deeds.append(f"workbook with {titles} titles, numbers {as_numbers}")
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": MADE})
        formats = [book.add_format({"num_format": shape}) for shape in ("General", "#,##0.00", "@", "0")]
        otherwise = _written_otherwise(case, titles)
        for name, rows in case.sheets.items():
            sheet = book.add_worksheet("封面" if name == "cover" else name)
            above = [] if name == "cover" else [["演示"] for _ in range(titles)]
            for number, cells in enumerate([*above, *rows]):
                for place, value in enumerate(cells):
                    if value and (name, number, place) in otherwise:
                        _write(book, sheet, number, place, otherwise[name, number, place])
                    elif value:
                        sheet.write(number, place, value, random.choice(formats))
            if random.random() < 0.1 and len(rows) > 1 and len(rows[0]) > 2:
                top, left = random.randrange(len(above) + len(rows)), random.randrange(len(rows[0]) - 1)
                shown = (above + rows)[top]
                sheet.merge_range(
                    top, left, top + random.randrange(2), left + 1, shown[left] if left < len(shown) else ""
                )
                case.deeds.append(f"merge {name} {top} {left}")
            if random.random() < 0.05:
                sheet.hide()
                case.deeds.append(f"hide {name}")
    return content.getvalue()


def _written_otherwise(case: Case, titles: int) -> dict[tuple[str, int, int], Written]:
    """Cells, by sheet, row and column from 0, that are written under a format or by a formula, or spoilt.

    None where a row or the headers have slipped: its values stand under other headers.
    """
    (way,) = case.random.choices((None, under_format, computed, spoilt), (6, 3, 1, 1))
    form = case.form()
    if way is None or set(case.deeds) & {"shift_row", "shift_header"}:
        return {}
    rows, columns = case.sheets[form], columns_by_header(form)
    headers = next((row for row in rows if set(row) & columns.keys()), [])
    known = {place: columns[cell] for place, cell in enumerate(headers) if cell in columns}
    written = {
        (form, number + titles, place): cell
        for number, row in enumerate(rows)
        for place, column in known.items()
        if row != headers and place < len(row) and case.random.random() < 0.3
        if (cell := way(case.random, column, row[place]))
    }
    if written:
        case.deeds.append(f"{len(written)} cells of {form} {way.__name__}")
        case.is_spoilt = way is spoilt
    return written


def _write(book: xlsxwriter.Workbook, sheet: Worksheet, row: int, column: int, cell: Written) -> None:
    shape = book.add_format({"num_format": cell.shape})
    if cell.formula:
        sheet.write_formula(row, column, cell.formula, shape, cell.value)
    elif isinstance(cell.value, str):
        sheet.write_string(row, column, cell.value, shape)
    else:
        sheet.write_number(row, column, cell.value, shape)


def respelled(case: Case, content: bytes) -> bytes:
    """The workbook in other spellings and packed otherwise; now and then it contradicts itself."""
    random, parts = case.random, unpacked(content)
    if random.random() < 0.3 and (contradiction := contradicting(random, parts)):
        parts, deed = contradiction
        case.contradicts = True
        case.deeds.append(deed)
    names = random.sample(list(SPELLINGS), random.choice((0, 1, 1, 2, 3)))
    names = [name for name in names if not (case.contradicts and name in HEALING)]
    parts = spelled(parts, *names)
    case.deeds += names
    packing = random.choice(list(PACKINGS))
    case.deeds.append(packing)
    return PACKINGS[packing](parts)


def damaged(case: Case, content: bytes) -> bytes:
    """The bytes after one accident: some turned, lost, doubled, or the end cut off."""
    random, data = case.random, bytearray(content)
    at = random.randrange(len(data))
    kind = random.choice(("flip", "cut", "loss", "double", "zeros", "insert"))
    case.deeds.append(f"{kind} at {at} of {len(data)}")
    match kind:
        case "flip":
            data[at] ^= 1 << random.randrange(8)
        case "cut":
            del data[at:]
        case "loss":
            del data[at : at + random.randrange(1, 40)]
        case "double":
            data[at:at] = data[at : at + random.randrange(1, 40)]
        case "zeros":
            data[at : at + 8] = bytes(min(8, len(data) - at))
        case "insert":
            data[at:at] = random.choice((b'"', b"\xef\xbb\xbf", b"\r", b"\n", b"\xe2\x80\xae", b",", b"\x00", b"="))
    return bytes(data)


def damaged_cell(case: Case) -> Package:
    """A CSV folder in which one byte of one cell, or between two cells, is turned, lost or put in."""
    form = case.form()
    rows, spans, data = case.sheets[form], [], bytearray()
    codec = case.random.choice(("utf-8", "gb18030"))
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            spans.append((len(data), number, place))
            data += cell.encode(codec) + (b"," if place < len(row) - 1 else b"\r\n")
    at = case.random.randrange(len(data))
    _, row, place = max(span for span in spans if span[0] <= at)
    match case.random.randrange(3):
        case 0:
            data[at] ^= 1 << case.random.randrange(8)
        case 1:
            del data[at]
        case 2:
            data.insert(at, case.random.randrange(256))
    case.deeds.append(f"a byte of {form} row {row} cell {place} in {codec}")
    headers = {column.header: number for number, column in enumerate(forms()[form].columns)}
    case.touched = {(form, row - 1, headers[rows[0][place]])} if row else set()
    files = {f"{name}.csv": _csv(sheet, codec) for name, sheet in case.sheets.items()}
    return package(files | {f"{form}.csv": bytes(data)})


def _csv(rows: list[list], codec: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(codec)


def case_of(seed: int, number: int, workbooks: bool = False) -> tuple[Package, Case]:
    """The case of a number, of workbooks alone where this is asked; the same seed and number give the same bytes."""
    case = Case(Random(f"{seed}:{number}"))
    if not workbooks and case.random.random() < 0.25:
        return damaged_cell(case), case
    for _ in range(case.random.choice((0, 1, 1, 2, 3))):
        deed = case.random.choice(ARRANGEMENTS)
        case.deeds.append(deed.__name__)
        deed(case)
    match "workbook" if workbooks else case.random.choice(WRITTEN_AS):
        case "folder":
            return package(as_csv_files(case)), case
        case "zip":
            content, name = zipped(as_csv_files(case)), f"{NAME}.zip"
        case "zip of another maker":
            content, deed = zipped_elsewhere(case.random, as_csv_files(case))
            case.deeds.append(deed)
            name = f"{NAME}.zip"
        case _:
            content, name = respelled(case, as_workbook(case)), f"{NAME}.xlsx"
            case.is_sound = not case.contradicts
    if case.random.random() < 0.25:
        content, case.is_sound = damaged(case, content), False
    if case.random.random() < 0.05:
        content, name = _wrapped(content, name), f"{NAME}.zip"
        case.is_sound = False
        case.deeds.append("packed once more")
    return Package(name, {name: content}, False), case


def _wrapped(content: bytes, name: str) -> bytes:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return outer.getvalue()
