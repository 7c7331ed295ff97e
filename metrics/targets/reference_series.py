"""Reference series: figures of others, held beside ours and named so, each with its source and how it was counted.

The series and what is publicly known are rows of `data/series.csv` and `data/series_values.csv`; what comes out later
is entered, each value an event `reference` of the ledger. A later entry for the same period replaces an earlier one,
and both stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from contract.declarations import here, in_region_words, read_rows, region_words
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from etl.warehouse.tables import insert
from metrics.indicators.catalogue import Indicator, catalogue

if TYPE_CHECKING:
    from etl.snapshot.context import BuildContext

SERIES_COLUMNS = ("series", "name", "unit", "frequency", "basis", "beside", "source", "note")
VALUE_COLUMNS = ("region", "series", "period", "value", "published_on", "source")
FREQUENCIES = {"month": 1, "quarter": 3, "year": 12}  # months that one value covers
FREQUENCY_NAMES = {"month": "月", "quarter": "季", "year": "年"}
# How a series counts. What banks lent and what was registered differ several times over and never stand in one series.
BASES = {"bank": "银行口径", "registration": "登记口径", "market": "市场利率", "firms": "企业数"}
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MOST = Decimal(10) ** 12

TABLE = """
    CREATE OR REPLACE TABLE reference_series (
        series TEXT, name TEXT, unit TEXT, frequency TEXT, basis TEXT, beside TEXT, period TEXT,
        value DECIMAL(18,6), source TEXT, published_on DATE, entered_on DATE, entered_by TEXT,
        ledger_seq INTEGER, replaced_on DATE
    )
"""


@dataclass(frozen=True)
class Series:
    """One declared series: what it counts, in which unit, how often it comes out and who publishes it.

    `beside` is the indicator on whose chart it is drawn, empty for none.
    """

    code: str
    name: str
    unit: str
    frequency: str
    basis: str
    beside: str
    source: str
    note: str

    @property
    def months(self) -> int:
        return FREQUENCIES[self.frequency]

    def ends_in(self, period: str) -> bool:
        """Whether a value of the series can be one of this month: its last one."""
        return int(period[5:]) % self.months == 0


@dataclass(frozen=True)
class Reference:
    """One value as it was entered, in the series' unit; `seq` and `entered_on` are None where it is declared."""

    series: str
    period: str
    value: Decimal
    source: str
    published_on: date | None = None
    entered_on: date | None = None
    entered_by: str = ""
    seq: int | None = None


class ReferenceEvent(Protocol):
    """What is read of a ledger event of kind `reference`: its payload holds period, value, source and days."""

    seq: int
    actor: str
    subject: str
    payload: Mapping[str, Any]


def read_series(path: Path, indicators: Mapping[str, Indicator]) -> dict[str, Series]:
    """Code → series, in declared order.

    Raises:
        DeclarationError: names the row where a code comes twice, a frequency or basis is none, or the series would be
            drawn with an indicator that counts otherwise: in another unit, or loans beside registrations.
    """
    series: dict[str, Series] = {}
    words = region_words()
    for number, declared in enumerate(read_rows(path, *SERIES_COLUMNS), start=2):
        row = {field: in_region_words(text, words) for field, text in declared.items()}
        where = f"{path.name}第{number}行"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", row["series"]) or row["series"] in series:
            raise DeclarationError(f"{where}的序列编码“{row['series']}”重复，或不由小写字母、数字和下划线组成")
        for field, allowed in (("frequency", FREQUENCIES), ("basis", BASES)):
            if row[field] not in allowed:
                raise DeclarationError(f"{where}的{field}“{row[field]}”应为{'、'.join(allowed)}之一")
        for field in ("name", "unit", "source"):
            if not row[field]:
                raise DeclarationError(f"{where}的序列{row['series']}没有写{field}")
        if row["beside"]:
            drawn = indicators.get(row["beside"])
            if drawn is None or drawn.unit != row["unit"] or row["basis"] == "registration":
                raise DeclarationError(
                    f"{where}的序列{row['series']}不能与指标“{row['beside']}”同图：须是单位相同的指标，登记口径不与贷款同图"
                )
        series[row["series"]] = Series(*(row[field] for field in SERIES_COLUMNS))
    return series


@cache
def all_series() -> dict[str, Series]:
    """The series of `data/series.csv`."""
    return read_series(DECLARATIONS / "series.csv", catalogue())


def series_of(code: str) -> Series:
    """One series. Raises CallError where there is none of that code."""
    try:
        return all_series()[code]
    except KeyError:
        listed = "、".join(f"{series.code}（{series.name}）" for series in all_series().values())
        raise CallError(f"没有参照序列“{code}”，应为{listed}之一") from None


def value_of(text: str) -> Decimal:
    """A value as a person writes it. Raises ValueError where it is no finite number of a sensible size."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) >= MOST or value != round(value, 6):
        raise ValueError(text)
    return value


def period_fault(series: Series, period: str) -> str | None:
    """Why the series can have no value of that period, in Chinese; None where it can."""
    if not PERIOD.fullmatch(period):
        return f"期间“{period}”应形如2026-09"
    if not series.ends_in(period):
        last = {"quarter": "季末月份（如2026-09）", "year": "12月（如2025-12）"}[series.frequency]
        return f"“{series.name}”按{FREQUENCY_NAMES[series.frequency]}发布，期间应为{last}，现为“{period}”"
    return None


def read_values(path: Path, known: Mapping[str, Series]) -> tuple[Reference, ...]:
    """The declared values of this process's region, and those of no region.

    Raises:
        DeclarationError: names the row with an unknown series, a period that the series has not, a value or day that
            is none, no source, or a second value for a period.
    """
    references: dict[tuple[str, str], Reference] = {}
    for number, row in enumerate(read_rows(path, *VALUE_COLUMNS), start=2):
        where, key = f"{path.name}第{number}行", (row["series"], row["period"])
        if row["series"] not in known:
            raise DeclarationError(f"{where}的序列“{row['series']}”没有在series.csv中声明")
        fault = period_fault(known[row["series"]], row["period"])
        if fault:
            raise DeclarationError(f"{where}：{fault}")
        if key in references:
            raise DeclarationError(f"{where}：序列{row['series']}在{row['period']}的值重复")
        if not row["source"]:
            raise DeclarationError(f"{where}：序列{row['series']}在{row['period']}的值没有写来源")
        try:
            value = value_of(row["value"])
            published_on = date.fromisoformat(row["published_on"]) if row["published_on"] else None
        except ValueError:
            raise DeclarationError(
                f"{where}应有数值和形如2026-01-20的发布日，现为“{row['value']}”“{row['published_on']}”"
            ) from None
        if row["region"] in ("", here()):
            references[key] = Reference(*key, value, row["source"], published_on)
    return tuple(references.values())


@cache
def declared_values() -> tuple[Reference, ...]:
    """The values of `data/series_values.csv`."""
    return read_values(DECLARATIONS / "series_values.csv", all_series())


def references(events: Iterable[ReferenceEvent], declared: Iterable[Reference] = ()) -> list[Reference]:
    """Every value ever entered, declared ones first, then in the order of the ledger."""
    entered = [
        Reference(
            event.subject,
            event.payload["period"],
            Decimal(event.payload["value"]),
            event.payload["source"],
            date.fromisoformat(event.payload["published_on"]) if event.payload["published_on"] else None,
            date.fromisoformat(event.payload["entered_on"]),
            event.actor,
            event.seq,
        )
        for event in events
    ]
    return [*declared, *entered]


def in_force(entries: Iterable[Reference]) -> dict[tuple[str, str], Reference]:
    """Series and period → the value that counts: the latest entry."""
    return {(entry.series, entry.period): entry for entry in entries}


def add_references(connection: duckdb.DuckDBPyConnection, entries: Iterable[Reference]) -> None:
    """Adds `reference_series`: a row an entry, with the day on which a later one replaced it (NULL: in force).

    Value in the series' unit. A declared value has no day of entry: it was known from the beginning.
    """
    connection.execute(TABLE)
    entries = list(entries)
    later: dict[tuple[str, str], date | None] = {}
    replaced: list[date | None] = []
    for entry in reversed(entries):
        key = (entry.series, entry.period)
        replaced.append(later.get(key))
        later[key] = entry.entered_on
    rows = []
    for entry, replaced_on in zip(entries, reversed(replaced), strict=True):
        series = all_series()[entry.series]
        what = (series.code, series.name, series.unit, series.frequency, series.basis, series.beside or None)
        who = (entry.entered_on, entry.entered_by or None, entry.seq, replaced_on)
        rows.append((*what, entry.period, entry.value, entry.source, entry.published_on, *who))
    insert(connection, "reference_series", rows)


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """The declared step (`data/snapshot.csv`); see `etl.snapshot.context.BuildContext`."""
    add_references(connection, references(context.ledger.events("reference"), declared_values()))
