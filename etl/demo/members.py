"""Everything a member sends for a period, typed and true; the world behind it moved on month by month."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from contract.calendar import is_quarter_end, periods_between
from contract.declarations import districts
from etl.demo.bank_forms import Row, case_rows, loan_rows, right_rows, summary_row
from etl.demo.book import Book
from etl.demo.district_forms import KeyFirms, point_rows, pool_row, trade_rows
from etl.demo.initiatives import initiative_rows
from etl.demo.mechanisms import level, mechanism_row, product_rows
from etl.demo.points import draw_points
from etl.demo.situations import planted
from etl.demo.tables import FIRST_PERIOD, LAST_PERIOD, Area, Bank, areas, banks
from etl.template.filled import Submission

WARM_UP = "2022-01"  # the book is run from here, so that it stands on its path when reporting begins


def submissions(seed: int) -> Iterator[Submission]:
    """What every member has to send, period by period, banks first; what is never sent is left out."""
    points = draw_points(Random(f"{seed}:points"))
    book, key_firms = Book.empty(seed, points), KeyFirms(seed)
    for period in periods_between(WARM_UP, LAST_PERIOD):
        book.advance(period)
        if period < FIRST_PERIOD:
            continue
        for bank in banks().values():
            if planted("missing", bank.code, period) is None:
                cover = _cover(bank.code, bank.name, period)
                yield Submission(bank.code, period, cover, _bank(seed, book, bank, period))
        for area in pilot_areas():
            name = districts()[area.code].name
            rows = {
                "R1": point_rows(seed, book, points, area, period),
                "R2": [pool_row(seed, book, area, period)],
                "R3": trade_rows(seed, area, period),
                "R4": key_firms.rows(book, area, period) if is_quarter_end(period) else None,
                "I1": initiative_rows(seed, area.code, name, area.activity, period),
            }
            yield Submission(area.code, period, _cover(area.code, name, period), _due(rows))


def pilot_areas() -> list[Area]:
    return [area for area in areas().values() if area.pilot]


def _bank(seed: int, book: Book, bank: Bank, period: str) -> dict[str, list[Row]]:
    loans = book.loans[bank.code]
    quarter_end = is_quarter_end(period)
    rows = {
        "B1": loan_rows(loans, period),
        "B2": [summary_row(book, bank, period)],
        "B3": [mechanism_row(seed, book, bank, period)] if quarter_end else None,
        "B4": case_rows(book, bank, period),
        "B5": product_rows(seed, book, bank, period) if quarter_end else None,
        "B6": right_rows(loans, period),
        "I1": initiative_rows(seed, bank.code, bank.name, level(bank, period), period),
    }
    return _due(rows)


def _due(rows: dict[str, list[Row] | None]) -> dict[str, list[Row]]:
    """The forms due; one with nothing to report is sent without rows."""
    return {form: reported for form, reported in rows.items() if reported is not None}


def _cover(code: str, name: str, period: str) -> dict[str, object]:
    """Who answers for the submission; the preparer changes once in the demonstration."""
    clerk = "甲" if period < "2026-01" else "乙"
    return {
        "submitter": code,
        "submitter_name": name,
        "period": period,
        "preparer": f"演示填报人{clerk}",
        "reviewer": "演示复核人",
        "officer": "演示负责人",
        "phone": "010-00000000",
        "note": None,
    }
