"""Loans above the ceiling and key firms with a loan, as kept apart at publication: they say what V03, C07, C10 say."""

from __future__ import annotations

from metrics.indicators import ceiling_cases, key_firms
from tests.metrics.snapshots import Member, figures, make, report

PERIOD = "2025-03"
HAIDIAN, XICHENG = "110108", "110102"


def test_a_case_is_above_the_ceiling_of_its_day_of_approval():
    """The ceiling rises to 3,000 on 9 January: c was approved before, d after; e was valued outside."""
    connection = make(
        report("B001", PERIOD, B1="""
            loan_no  amount  approved_on  valuation_method
            a        1000    2025-01-08   internal
            b        3000    2025-01-09   negotiated
            c        1000.01 2025-01-08   negotiated
            d        3000.01 2025-01-09   internal
            e        9000    2025-01-08   external
        """),
        members=[Member("B001", raised=("2025-01-09", "3000"))],
    )  # fmt: skip
    ceiling_cases.build(connection, None)
    rows = connection.execute(
        "SELECT loan_no, CAST(amount AS TEXT), CAST(permitted_ceiling AS INTEGER), row_no FROM ceiling_case ORDER BY 1"
    ).fetchall()
    assert rows == [("c", "1000.010000", 1000, 6), ("d", "3000.010000", 3000, 7)]
    assert figures(connection, PERIOD)["V03", "BJ"].part == len(rows)


def test_key_firms_are_counted_by_category_and_once_in_the_city():
    """f1 has 80 of the 100 it wants, f2 none; f3 is listed by both districts, the city takes the larger demand of 50
    and meets it in full with its loan of 60."""
    connection = make(
        report("B001", PERIOD, B1="loan_no uscc balance\na f1 80\nb f3 60\nc other 10"),
        report(HAIDIAN, PERIOD, R4="uscc category demand\nf1 key_tech 100\nf2 key_tech 30\nf3 model 40"),
        report(XICHENG, PERIOD, R4="uscc category demand\nf3 model 50"),
        members=[Member("B001"), Member(HAIDIAN), Member(XICHENG)],
    )
    key_firms.build(connection, None)
    rows = connection.execute(
        "SELECT entity, category, firms, with_loan, CAST(demand AS INTEGER), CAST(met AS INTEGER) FROM key_firm "
        "WHERE period = ? ORDER BY ALL",
        [PERIOD],
    ).fetchall()
    assert rows == [
        (XICHENG, "model", 1, 1, 50, 50),
        (HAIDIAN, "key_tech", 2, 1, 130, 80),
        (HAIDIAN, "model", 1, 1, 40, 40),
        ("BJ", "key_tech", 2, 1, 130, 80),
        ("BJ", "model", 1, 1, 50, 50),
    ]
    told = figures(connection, PERIOD)
    city = [row for row in rows if row[0] == "BJ"]
    assert (told["C07", "BJ"].part, told["C07", "BJ"].whole) == (sum(r[3] for r in city), sum(r[2] for r in city))
    assert (told["C10", "BJ"].part, told["C10", "BJ"].whole) == (sum(r[5] for r in city), sum(r[4] for r in city))
