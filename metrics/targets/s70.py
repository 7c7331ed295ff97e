"""The pledge loans in the columns of the national 1104 form S70, so that an analyst can tie the two out.

Every column is the part of an indicator (`data/s70.csv`); groups and the city are the sums of the banks present, as the
national form adds them up: a borrower of two banks counts twice there, once in the catalogue's figure beside it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from functools import cache
from pathlib import Path

import duckdb

from contract.calendar import period_bounds
from contract.declarations import code_lists, read_rows
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.widths import ROOMY
from metrics.indicators.catalogue import catalogue
from metrics.indicators.relations import CITY

COMPARED = ("机构编码", "列", "数值")  # the header of the national form as a file; or, as programs write it:
COMPARED_BY_CODE = ("bank", "column", "value")
HOUSEHOLDS = {"A": "A_distinct", "C": "C_distinct"}
INTEREST, LENT = "H", "B"
TOLERANCE = "s70_tolerance"
HEADER_SHOWN = 40  # characters of a header that is not the one asked for
CITY_NAME = "试点机构合计"

PARTS = """
    SELECT entity, indicator, part FROM value
    WHERE period = $period AND scope = $scope AND list_contains($indicators, indicator) AND part IS NOT NULL
"""
STOPPED = """
    SELECT entity, indicator FROM not_computable
    WHERE period = $period AND scope = $scope AND list_contains($indicators, indicator)
"""
PRESENT = """
    SELECT p.submitter, p.member_group, p.on_list, m.name FROM presence p JOIN member m ON m.code = p.submitter
    WHERE p.period = ? AND p.kind = 'bank' ORDER BY p.submitter
"""
MISSING = """
    SELECT submitter FROM filing
    WHERE on_list AND NOT in_force AND period = ? AND kind = 'bank' ORDER BY submitter
"""
TOLERATED = """
    SELECT value FROM parameter
    WHERE name = ? AND effective_from <= ? AND (effective_to IS NULL OR ? < effective_to)
"""


@dataclass(frozen=True)
class Column:
    """One column of the form: the part of an indicator, divided by a declared number."""

    code: str
    name: str
    unit: str
    indicator: str
    divisor: Decimal
    note: str


@dataclass(frozen=True)
class Line:
    """One bank, group or the city: its columns, the distinct households, and whether it counts in sums.

    `not_computable` are columns that it would have, and of whose figure the database could make nothing.
    """

    scope: str
    entity: str
    name: str
    figures: Mapping[str, Decimal]
    distinct: Mapping[str, Decimal]
    in_total: bool = True
    not_computable: frozenset[str] = frozenset()

    @property
    def rate(self) -> float | None:
        """H ÷ B in percent: the weighted rate of the year's loans; taken once, in double."""
        interest, lent = self.figures.get(INTEREST), self.figures.get(LENT)
        return float(interest * 100) / float(lent) if lent and interest is not None else None


@dataclass(frozen=True)
class Comparison:
    """One cell of the national form beside ours; `difference` is ours less theirs. The reason is the analyst's."""

    bank: str
    column: str
    name: str
    s70: Decimal | None
    pilot: Decimal | None
    outcome: str  # TIED, APART, NOT_HERE or NOT_THERE
    reason: str = ""

    @property
    def difference(self) -> Decimal | None:
        return None if None in (self.s70, self.pilot) else self.pilot - self.s70


TIED, APART, NOT_HERE, NOT_THERE = ("一致", "不一致", "本系统无此数", "S70未列")


def read_columns(path: Path) -> dict[str, Column]:
    """Letter → column of the form, in declared order.

    Raises:
        DeclarationError: names the row with a letter that comes twice, an unknown indicator or a bad divisor.
    """
    columns_read: dict[str, Column] = {}
    rows = read_rows(path, "column", "name", "unit", "indicator", "divisor", "note")
    for number, row in enumerate(rows, start=2):
        where = f"{path.name}第{number}行"
        if row["column"] in columns_read:
            raise DeclarationError(f"{where}：列{row['column']}重复")
        if row["indicator"] not in catalogue():
            raise DeclarationError(f"{where}的指标“{row['indicator']}”不在指标目录中")
        if not row["divisor"].isdecimal() or not int(row["divisor"]):
            raise DeclarationError(f"{where}的除数“{row['divisor']}”应为正整数")
        columns_read[row["column"]] = Column(
            row["column"], row["name"], row["unit"], row["indicator"], Decimal(row["divisor"]), row["note"]
        )
    return columns_read


@cache
def columns() -> dict[str, Column]:
    """The columns of `data/s70.csv`."""
    return read_columns(DECLARATIONS / "s70.csv")


def _asked(period: str, scope: str) -> dict[str, object]:
    return {"period": period, "scope": scope, "indicators": [one.indicator for one in columns().values()]}


def _figures(connection: duckdb.DuckDBPyConnection, period: str, scope: str) -> dict[str, dict[str, Decimal]]:
    """Entity → column → figure, as the catalogue has them."""
    rows = connection.execute(PARTS, _asked(period, scope)).fetchall()
    parts = {(entity, code): part for entity, code, part in rows}
    figures: dict[str, dict[str, Decimal]] = {}
    for column in columns().values():
        for (entity, code), part in parts.items():
            if code == column.indicator:
                figures.setdefault(entity, {})[column.code] = ROOMY.divide(part, column.divisor)
    return figures


def _stopped(connection: duckdb.DuckDBPyConnection, period: str) -> dict[str, frozenset[str]]:
    """Bank → the columns whose figure is not computable."""
    rows = set(connection.execute(STOPPED, _asked(period, "bank")).fetchall())
    return {
        bank: frozenset(one.code for one in columns().values() if (bank, one.indicator) in rows) for bank, _ in rows
    }


def s70(connection: duckdb.DuckDBPyConnection, period: str) -> list[Line]:
    """The city, the groups and the banks that reported a period, in that order; money in 万元, exact."""
    own, stopped = _figures(connection, period, "bank"), _stopped(connection, period)
    banks, members = [], {}
    for code, group, on_list, name in connection.execute(PRESENT, [period]).fetchall():
        if code not in own and code not in stopped:
            continue
        figures = own.get(code, {})
        line = Line("bank", code, name, figures, _of(figures), on_list, stopped.get(code, frozenset()))
        banks.append(line)
        if on_list:
            members.setdefault(group, []).append(line)
    shared = {scope: _figures(connection, period, scope) for scope in ("city", "bank_type")}
    names = code_lists()["peer_group"]
    groups = [
        _sum("bank_type", group, names[group], members[group], shared["bank_type"].get(group, {}))
        for group in names
        if group in members
    ]
    counted = [line for line in banks if line.in_total]
    total = [_sum("city", CITY, CITY_NAME, counted, shared["city"].get(CITY, {}))] if counted else []
    return [*total, *groups, *banks]


def _of(figures: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {name: figures[code] for code, name in HOUSEHOLDS.items() if code in figures}


def _sum(scope: str, entity: str, name: str, lines: Sequence[Line], as_catalogued: Mapping[str, Decimal]) -> Line:
    """What some banks have together; a column that is not computable of one is not computable of all."""
    stopped = frozenset().union(*(line.not_computable for line in lines))
    with localcontext(ROOMY):
        figures = {
            code: sum((line.figures.get(code, Decimal(0)) for line in lines), Decimal(0))
            for code in columns()
            if code not in stopped
        }
    return Line(scope, entity, name, figures, _of(as_catalogued), not_computable=stopped)


def missing(connection: duckdb.DuckDBPyConnection, period: str) -> list[str]:
    """The banks that were to report a period and have no submission in force: in no line and no sum."""
    return [code for (code,) in connection.execute(MISSING, [period]).fetchall()]


def tolerance(connection: duckdb.DuckDBPyConnection, period: str) -> Decimal:
    """How far two figures may differ and still tie: a policy parameter."""
    day = period_bounds(period)[1]
    row = connection.execute(TOLERATED, [TOLERANCE, day, day]).fetchone()
    if row is None:
        raise DeclarationError(f"政策参数“{TOLERANCE}”在{day}没有生效的值")
    return row[0]


def read_national(path: Path) -> dict[tuple[str, str], Decimal]:
    """Bank and column → value, from a CSV file. Raises as `national_figures`."""
    return national_figures(path.name, path.read_bytes())


def national_figures(name: str, content: bytes) -> dict[tuple[str, str], Decimal]:
    """Bank and column → value, from a CSV headed `机构编码,列,数值` or `bank,column,value`; `name` is its file's.

    Raises CallError, with the row, for another header, an unknown column, no number, or a cell given twice.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = tuple(reader.fieldnames or ())
    if header not in (COMPARED, COMPARED_BY_CODE):
        found_instead = "、".join(reader.fieldnames or ())[:HEADER_SHOWN] or "空"
        raise CallError(f"{name}的列应为{'、'.join(COMPARED)}，现为{found_instead}")
    filed: dict[tuple[str, str], Decimal] = {}
    for number, row in enumerate(reader, start=2):
        where = f"{name}第{number}行"
        bank, column, given = ((row[name] or "").strip() for name in header)
        key = (bank.upper(), column.upper())
        if key[1] not in columns():
            raise CallError(f"{where}的列“{column}”应为{'、'.join(columns())}之一")
        if key in filed:
            raise CallError(f"{where}：{bank}的{column}列重复")
        try:
            filed[key] = Decimal(given.replace(",", ""))
        except InvalidOperation:
            raise CallError(f"{where}的数值“{given}”不是数") from None
        if not filed[key].is_finite():
            raise CallError(f"{where}的数值“{given}”不是数")
    return filed


def compare(
    connection: duckdb.DuckDBPyConnection, period: str, national: Mapping[tuple[str, str], Decimal]
) -> list[Comparison]:
    """The national form beside ours, a row a bank and column that either has, of the banks that the file names.

    Raises CallError where it names a bank that the list does not know.
    """
    known = {code for (code,) in connection.execute("SELECT code FROM member WHERE kind = 'bank'").fetchall()}
    banks = sorted({bank for bank, _ in national})
    unknown = [bank for bank in banks if bank not in known]
    if unknown:
        raise CallError(f"试点名单上没有机构“{'、'.join(unknown)}”")
    ours = {line.entity: line.figures for line in s70(connection, period) if line.scope == "bank"}
    allowed = tolerance(connection, period)
    comparisons = []
    for bank in banks:
        for column in columns().values():
            theirs, own = national.get((bank, column.code)), ours.get(bank, {}).get(column.code)
            if theirs is None and own is None:
                continue
            apart = NOT_HERE if own is None else NOT_THERE if theirs is None else None
            outcome = apart or (TIED if abs(own - theirs) <= allowed else APART)
            comparisons.append(Comparison(bank, column.code, column.name, theirs, own, outcome))
    return comparisons
