"""What holds of values whatever is reported: parts add up, and neither row order nor report order matters."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.indicators.catalogue import catalogue
from tests.metrics.snapshots import Member, make, report

MEMBERS = (Member("B001"), Member("B002"), Member("B003", "city"))
PERIODS = ("2025-01", "2025-02")
# Distinct counts are not sums: a firm counts once in each scope.
SUMS = ("G01", "G03", "G04", "G06", "G08", "G19")
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@st.composite
def loans(draw) -> list[str]:
    """Rows of a B1, by loan number."""
    numbers = draw(st.lists(st.integers(1, 6), unique=True, max_size=5))
    rows = []
    for number in numbers:
        amount = draw(st.decimals(Decimal("0.01"), Decimal(3000), places=6))
        day = date(2024, 12, 1) + timedelta(days=draw(st.integers(0, 60)))
        district = draw(st.sampled_from(["110108", "110105", "000000"]))
        kind = draw(st.sampled_from(["patent", "trademark", "patent,data"]))
        cells = (f"L{number}", f"F{number % 3}", amount, day, district, kind, draw(st.integers(1, 5)))
        rows.append(" ".join(map(str, cells)))
    return rows


HEADER = "loan_no uscc amount disbursed_on district ip_types risk_class"
REPORTED = st.lists(loans(), min_size=6, max_size=6)


def built(reported: list[list[str]], reverse: bool = False) -> duckdb.DuckDBPyConnection:
    """Three banks, two periods; `reverse` turns round the rows of each form and the order of arrival."""
    reports = [
        report(member.code, period, B1="\n".join([HEADER, *(reversed(rows) if reverse else rows)]))
        for (member, period), rows in zip([(m, p) for p in PERIODS for m in MEMBERS], reported, strict=True)
    ]
    return make(*(reversed(reports) if reverse else reports), members=MEMBERS)


def stored(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    with connection:
        return connection.execute("SELECT * FROM value ORDER BY period, scope, entity, indicator").fetchall()


@FEW
@given(REPORTED)
def test_parts_add_up_and_values_follow_from_them(reported):
    rows = stored(built(reported))
    assert_parts_add_up(rows)
    for row in rows:
        assert_value_follows(*row[3:])


def assert_parts_add_up(rows: list[tuple]) -> None:
    """Members, groups, districts and kinds of right each add up to all."""
    totals = {(period, code): part for period, scope, _, code, part, *_ in rows if scope == "city" and code in SUMS}
    assert len(totals) == len(PERIODS) * len(SUMS)
    sums = Counter()
    for period, scope, _, code, part, *_ in rows:
        if code in SUMS:
            sums[period, scope, code] += part
    for (period, scope, code), total in sums.items():
        assert total == totals[period, code], (period, scope, code)


def assert_value_follows(code: str, part: Decimal | None, whole: Decimal | None, value: float | None) -> None:
    kind, scale = catalogue()[code].kind, catalogue()[code].scale
    if kind == "plain":
        assert (whole, value) == (None, float(part))
    elif kind == "difference":
        assert (part, whole) == (None, None) and value is not None
    elif not whole:
        assert value is None
    elif kind == "growth":
        assert value == pytest.approx(float((part - whole) / whole * 100))
    else:
        assert value == pytest.approx(float(part / whole * scale))


@FEW
@given(REPORTED)
def test_the_order_of_rows_and_of_arrival_never_matters(reported):
    assert stored(built(reported)) == stored(built(reported, reverse=True))
