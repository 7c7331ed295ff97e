"""Writes a filled submission as submitters send it: a workbook, a folder of CSV files or a zip of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from contract.calendar import period_bounds
from contract.declarations import REGION_ITEM, Column, Form, code_lists, cover_items, districts, forms, here
from contract.errors import CallError
from etl.template.layout import Sheet, control_items, write_workbook

WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
DATE_SPELLINGS = {
    "iso": "{0.year}-{0.month:02}-{0.day:02}",
    "slash": "{0.year}/{0.month}/{0.day}",
    "dot": "{0.year}.{0.month:02}.{0.day:02}",
    "compact": "{0.year}{0.month:02}{0.day:02}",
    "chinese": "{0.year}年{0.month}月{0.day}日",
}
FLAG_SPELLINGS = {"chinese": ("是", "否"), "letter": ("Y", "N"), "digit": ("1", "0"), "word": ("TRUE", "FALSE")}
Row = Mapping[str, object]


@dataclass(frozen=True)
class Submission:
    """A filled submission. Grain of `rows`: form → rows, each column code → typed value.

    Money and rates are Decimal (万元, percent), dates are date, flags bool, codes str; `ip` columns hold
    codes joined by commas; None is blank. A str stands as it is where no code fits. Control totals are
    counted, unless `cover` names them (`rows_B1`, `amount_B1`).
    """

    submitter: str
    period: str
    cover: Mapping[str, object]
    rows: Mapping[str, Sequence[Row]]
    without: frozenset[tuple[str, str]] = frozenset()  # (form, column) left out

    @property
    def name(self) -> str:
        return f"{self.period}_{self.submitter}"


@dataclass(frozen=True)
class Manner:
    """How a submitter writes. The default is the template's own manner; all manners are valid."""

    container: str = "workbook"  # workbook, folder, zip
    encoding: str = "utf-8"  # of CSV files: utf-8, utf-8-sig, gb18030
    headings: str = "header"  # header, code
    names: str = "name"  # name, code
    dates: str = ""  # a key of DATE_SPELLINGS; a true date where empty
    flags: str = "chinese"
    thousands: bool = False
    wide: bool = False  # full-width digits in numbers
    padded: bool = False  # spaces around texts
    percent: bool = False  # 3.45% in rate columns
    totals: bool = False  # a last row 合计
    shuffled: bool = False  # columns in another order


NEAT = Manner()


def write_submission(folder: Path, submission: Submission, manner: Manner = NEAT) -> Path:
    """Writes a submission into a folder, named by period and submitter; returns the file or folder written.

    The same submission and manner give the same bytes. Raises CallError for an unknown container.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sheets = [_sheet(submission, forms()[code], manner) for code in submission.rows]
    cover = _cover(submission)
    match manner.container:
        case "workbook":
            path = folder / f"{submission.name}.xlsx"
            created = datetime.combine(period_bounds(submission.period)[1] + timedelta(days=1), time(9))
            write_workbook(path, cover, sheets, guide=None, period=submission.period, created=created)
        case "folder":
            path = folder / submission.name
            path.mkdir(exist_ok=True)
            for name, content in _csv_files(cover, sheets, manner.encoding).items():
                (path / name).write_bytes(content)
        case "zip":
            path = folder / f"{submission.name}.zip"
            _write_zip(path, _csv_files(cover, sheets, manner.encoding))
        case _:
            raise CallError(f"报送文件的形式“{manner.container}”应为workbook、folder或zip")
    return path


def _cover(submission: Submission) -> dict[str, object]:
    """Label → value: the declared items, then the control totals."""
    labels = {item.header: submission.cover.get(item.code) for item in cover_items()}
    labels |= {"报送机构编码": submission.submitter, "报送期": submission.period}
    labels |= {item.header: here() for item in cover_items() if item.code == REGION_ITEM}
    sent = [forms()[code] for code in submission.rows]
    for label in control_items(sent):
        what, code = label.split()
        key = f"{'rows' if what == '行数' else 'amount'}_{code}"
        labels[label] = submission.cover.get(key, _control_total(what, submission.rows[code]))
    return labels


def _control_total(what: str, rows: Sequence[Row]) -> object:
    if what == "行数":
        return len(rows)
    return sum((row["balance"] for row in rows if isinstance(row["balance"], Decimal)), Decimal(0))


def _sheet(submission: Submission, form: Form, manner: Manner) -> Sheet:
    columns = [column for column in form.columns if (form.code, column.code) not in submission.without]
    if manner.shuffled:
        Random(f"{submission.submitter}:{form.code}").shuffle(columns)
    rows = [[_spelled(row[column.code], column, manner) for column in columns] for row in submission.rows[form.code]]
    if manner.totals and len(rows) > 1:
        rows.append(["合计", *[None] * (len(columns) - 1)])
    headings = tuple(column.header if manner.headings == "header" else column.code for column in columns)
    title = f"{submission.cover.get('submitter_name') or ''}{form.name}（{submission.period}）"
    return Sheet(form, tuple(columns), headings, rows, title)


def _spelled(value: object, column: Column, manner: Manner) -> object:
    """A typed value as this submitter writes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return FLAG_SPELLINGS[manner.flags][0 if value else 1]
    if isinstance(value, date):
        return DATE_SPELLINGS[manner.dates].format(value) if manner.dates else value
    if isinstance(value, int | Decimal):
        return _spelled_number(value, column, manner)
    text = _named(str(value), column) if manner.names == "name" else _joined(str(value), column)
    return f" {text} " if manner.padded else text


def _spelled_number(value: int | Decimal, column: Column, manner: Manner) -> object:
    if manner.percent and column.type == "rate":
        return f"{value}%"
    if not (manner.thousands or manner.wide):
        return value
    decimals = "" if isinstance(value, int) else "f"
    text = format(value, f",{decimals}" if manner.thousands and column.type == "money" else decimals)
    return text.translate(WIDE) if manner.wide else text


def _named(text: str, column: Column) -> str:
    """Codes as their Chinese names."""
    if column.type == "district":
        return districts()[text].name if text in districts() else text
    if column.code_list:
        names = code_lists()[column.code_list]
        return "、".join(names.get(code, code) for code in text.split(","))
    return text


def _joined(text: str, column: Column) -> str:
    return text.replace(",", "、") if column.type == "ip" else text


def _csv_files(cover: Mapping[str, object], sheets: Sequence[Sheet], encoding: str) -> dict[str, bytes]:
    """File name → content: `cover.csv` and one file a form, first row its headers."""
    files = {"cover.csv": _csv([("item", "value"), *cover.items()], encoding)}
    return files | {f"{sheet.form.code}.csv": _csv([sheet.headings, *sheet.rows], encoding) for sheet in sheets}


def _csv(rows: Sequence[Sequence[object]], encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_csv_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode(encoding)


def _csv_text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """A zip whose entries all carry the same fixed time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
