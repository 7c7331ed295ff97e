"""The list in which a member assesses itself, an item a row: CSV or the first sheet of a workbook, read in a child."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from contract.errors import CallError, RefusedFile
from etl.reading.csv_files import read_csv
from etl.reading.sandbox import in_child
from etl.sheets.workbook import read_workbook

# Header, by code or in words → field. A row has a value, a score, or both.
HEADERS = {
    "item": "item",
    "评分项": "item",
    "value": "value",
    "自评值": "value",
    "score": "score",
    "自评得分": "score",
    "note": "note",
    "说明": "note",
}
FIELDS = ("item", "value", "score", "note")
MOST_ROWS = 1000
SUFFIXES = (".csv", ".xlsx")


@dataclass(frozen=True)
class Line:
    """What is said of one item: a value in the item's unit, a score 0…100, or both."""

    item: str
    value: Decimal | None
    score: Decimal | None
    note: str = ""


def line(item: str, value: str | None, score: str | None, note: str | None = "", where: str = "") -> Line:
    """A line from texts. Raises CallError for what is no number, a score beyond 0…100, or neither of both."""
    numbers = (parse_number(value, f"{where}自评值"), parse_number(score, f"{where}自评得分"))
    said = Line((item or "").strip(), *numbers, (note or "").strip())
    if not said.item:
        raise CallError(f"{where}没有评分项编码")
    if said.value is None and said.score is None:
        raise CallError(f"{where}评分项{said.item}须填自评值或自评得分")
    if said.score is not None and not 0 <= said.score <= 100:
        raise CallError(f"{where}评分项{said.item}的自评得分{said.score}应在0至100之间")
    return said


def read_form(name: str, content: bytes) -> tuple[Line, ...]:
    """The lines of a filed list.

    Raises:
        RefusedFile: the file cannot be read.
        CallError: headers are missing or unknown, or a row is wrong; names the row.
    """
    if not name.lower().endswith(SUFFIXES):
        raise CallError(f"自评表“{name}”应为{'或'.join(SUFFIXES)}文件")
    rows = in_child("casework.rounds.assessment_form:cells", (name, content))
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise CallError(f"自评表“{name}”没有内容")
    (_, heads), *body = filled
    fields = [HEADERS.get((head or "").strip()) for head in heads]
    named = [field for field in fields if field]
    unknown = [head for head, field in zip(heads, fields, strict=True) if head and not field]
    if unknown or len(set(named)) < len(named) or "item" not in named:
        raise CallError(
            f"自评表“{name}”的表头应为{'、'.join(FIELDS)}（或评分项、自评值、自评得分、说明）"
            + (f"，不认识{'、'.join(unknown)}" if unknown else "")
        )
    lines = []
    for number, cells in body:
        told = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
        lines.append(line(*(told.get(field) for field in FIELDS), where=f"自评表第{number}行"))
    if not lines:
        raise CallError(f"自评表“{name}”只有表头")
    return tuple(lines)


def cells(file: tuple[str, bytes]) -> list[tuple[int, list[str | None]]]:
    """Runs in the child: the rows of the one sheet, as texts, each with its number."""
    name, content = file
    grid = read_csv(content, name) if name.lower().endswith(".csv") else read_workbook(content)[0]
    if len(grid.row_numbers) > MOST_ROWS:
        raise RefusedFile(f"{name}多于{MOST_ROWS}行，不是自评表")
    return list(grid.rows())


def parse_number(text: str | None, what: str) -> Decimal | None:
    """A number as a person writes it, None for nothing. Raises CallError for what is none."""
    if text is None or not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CallError(f"{what}“{text}”应为数字")
    return number
