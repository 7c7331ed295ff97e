"""Distributions of the year's loans, worked out by hand on a few of them: bins, splits, scopes, quartiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.errors import DeclarationError
from metrics.indicators import spread
from metrics.indicators.relations import relations
from tests.metrics.snapshots import Member, make, report

PERIOD = "2025-02"
MEMBERS = [Member("B001"), Member("B002", "city"), Member("B003", "city", admitted="2025-03-01")]


def built(*reports, members=MEMBERS):
    connection = make(*reports, members=members)
    spread.build(connection, None)
    return connection


def bins(connection, code: str, scope: str = "city", entity: str = "BJ", period: str = PERIOD) -> dict:
    """(split, bin's name) → loans."""
    rows = connection.execute(
        "SELECT split, bin, loans FROM spread WHERE (spread, scope, entity, period) = (?, ?, ?, ?) ORDER BY ALL",
        [code, scope, entity, period],
    ).fetchall()
    return {(split, spread.spreads()[code].bins[place]): loans for split, place, loans in rows}


def quartiles(connection, code: str, split: str) -> tuple:
    return connection.execute(
        "SELECT low, median, high, loans, borrowers, banks FROM spread_quartile "
        "WHERE (spread, split, scope, period) = (?, ?, 'city', ?)",
        [code, split, PERIOD],
    ).fetchall()[0]


def test_days_lie_in_the_bin_that_holds_them_with_and_without_the_green_channel():
    """Applied on 3 January: 6th is 3 days, 7th 4, 8th 5, 9th 6; an edge belongs to the bin below it."""
    connection = built(
        report("B001", PERIOD, B1="""
            loan_no  approved_on  green_channel
            a        2025-01-06   true
            b        2025-01-07   true
            c        2025-01-08   true
            d        2025-01-09   false
        """),
    )  # fmt: skip
    assert bins(connection, "approval_days") == {
        ("true", "3天及以内"): 1, ("true", "4—5天"): 2, ("false", "6—7天"): 1,
    }  # fmt: skip


def test_a_share_of_value_is_compared_exactly():
    """30.3 on 101 is 30% to the last digit: no quotient is taken; a fen more is above."""
    connection = built(
        report("B001", PERIOD, B1="""
            loan_no  amount     valuation  valuation_method
            a        30.3       101        external
            b        30.300001  101        external
            c        60         100        internal
            d        60.000001  100        internal
        """),
    )  # fmt: skip
    assert bins(connection, "loan_to_value") == {
        ("external", "20—30%"): 1, ("external", "30—40%"): 1, ("internal", "50—60%"): 1, ("internal", "60%以上"): 1,
    }  # fmt: skip


def test_terms_are_full_months_and_one_more_for_days_left_over():
    """Disbursed on 10 January 2025: to 10 July 6 months, to the 11th 7; to 10 January 2026 12, a day later 13.

    The last two lie on the two sides of what indicator S01 calls long.
    """
    connection = built(
        report("B001", PERIOD, B1="""
            loan_no  matures_on  renewal
            a        2025-07-10  false
            b        2025-07-11  false
            c        2026-01-10  true
            d        2026-01-11  false
            e        2030-01-11  false
        """),
    )  # fmt: skip
    assert bins(connection, "term_months") == {
        ("false", "6个月及以下"): 1, ("false", "7—12个月"): 1, ("true", "7—12个月"): 1,
        ("false", "13—24个月"): 1, ("false", "60个月以上"): 1,
    }  # fmt: skip


def test_bands_of_amount_end_at_the_limits_of_the_day_of_approval():
    """B001's ceiling rises to 3,000 on 9 January: 2,000 approved on the 8th is above it, on the 9th within."""
    connection = built(
        report("B001", PERIOD, B1="""
            loan_no  amount  approved_on  valuation_method
            a        100     2025-01-08   internal
            b        500     2025-01-08   internal
            c        1000    2025-01-08   negotiated
            d        2000    2025-01-08   internal
            e        2000    2025-01-09   internal
        """),
        members=[Member("B001", raised=("2025-01-09", "3000"))],
    )  # fmt: skip
    assert bins(connection, "valuation_band") == {
        ("internal", "100万元及以下"): 1, ("internal", "100—500万元"): 1, ("negotiated", "500万元—千万元限额"): 1,
        ("internal", "许可上限以上"): 1, ("internal", "千万元限额—许可上限"): 1,
    }  # fmt: skip


def test_quartiles_are_one_loans_and_banks_and_borrowers_are_counted_once():
    """2, 4, 6 and 20 days by 3 firms of 2 banks: of 4 values the first, second and third are the quartiles."""
    connection = built(
        report("B001", PERIOD, B1="""
            loan_no  uscc  pledge_applied_on  registered_on  one_stop  point_id
            a        f1    2025-01-02         2025-01-04     true      p
            b        f1    2025-01-02         2025-01-06     true      p
            c        f2    2025-01-02         2025-01-08     true      p
        """),
        report("B002", PERIOD, B1="""
            loan_no  uscc  pledge_applied_on  registered_on  one_stop  point_id
            d        f3    2025-01-02         2025-01-22     true      p
        """),
    )  # fmt: skip
    assert quartiles(connection, "registration_days", "true") == (2, 4, 6, 4, 3, 2)


def test_borrowers_whose_numbers_leave_one_remainder_are_counted_one_by_one():
    """Four firms numbered 61 apart look like one where only remainders are marked; f5 and f6 are two."""
    lines = "".join(f"\n{loan} f{firm} {district}" for loan, firm, district in (
        ("a", 1, 110108), ("b", 2, 110108), ("c", 3, 110108), ("d", 4, 110108), ("e", 5, 110102), ("f", 6, 110102),
    ))  # fmt: skip
    connection = make(report("B001", PERIOD, B1=f"loan_no uscc district{lines}"), members=MEMBERS)
    connection.execute(f"UPDATE B1 SET firm_key = firm_key * {spread.REMAINDERS}")
    spread.build(connection, None)
    for table in ("spread", "spread_quartile"):
        rows = connection.execute(
            f"SELECT entity, borrowers FROM {table} WHERE spread = 'term_months' AND scope = 'district' ORDER BY 1"
        ).fetchall()
        assert rows == [("110102", 2), ("110108", 4)]


def test_a_bank_not_yet_on_the_list_counts_in_its_own_alone():
    """B003 files February as history: in its own distribution, in none of a sum."""
    connection = built(
        report("B001", PERIOD, B1="loan_no district\na 110108"),
        report("B003", PERIOD, B1="loan_no district\nb 110108"),
    )
    long = ("false", "7—12个月")
    assert bins(connection, "term_months", "bank", "B003") == {long: 1}
    assert bins(connection, "term_months") == {long: 1}
    assert bins(connection, "term_months", "district", "110108") == {long: 1}
    assert bins(connection, "term_months", "bank_type", "city") == {}


def test_only_the_years_loans_are_spread():
    """Disbursed the year before: in force, and in no distribution of this year."""
    connection = built(
        report("B001", PERIOD, B1="loan_no disbursed_on matures_on\na 2024-12-31 2026-01-10\nb 2025-01-10 2026-01-10")
    )
    assert sum(bins(connection, "term_months").values()) == 1


def declared(tmp_path: Path, old: str, new: str) -> Path:
    text = """
        [[spread]]
        code = "days"
        name = "审批用时"
        unit = "天"
        value = "approved_on - loan_applied_on"
        edges = ["3", "permitted_ceiling"]
        bins = ["3天及以内", "以上", "许可上限以上"]
        split = "green_channel"
        splits = { true = "绿色通道", false = "非绿色通道" }
    """
    path = tmp_path / "spreads.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_declaration_is_read(tmp_path):
    (found,) = spread.read_spreads(declared(tmp_path, "", ""), relations()["Y"]).values()
    assert found.bin == (
        "CASE WHEN approved_on - loan_applied_on <= 3 * 1 THEN 0 "
        "WHEN approved_on - loan_applied_on <= permitted_ceiling * 1 THEN 1 ELSE 2 END"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"以上", ', "", "分布days有2个界，应有3档，现为2档"),
        ("permitted_ceiling", "permited_ceiling", "分布days用到集合Y没有的列“permited_ceiling”"),
        ("loan_applied_on", "applied_on", "用到集合Y没有的列“applied_on”"),
        ("green_channel", "green", "用到集合Y没有的列“green”"),
        ('unit = "天"', "", "分布days缺少：unit"),
        ('unit = "天"', 'unit = "天"\nwhere = "x"', "分布days有不认识的项：where"),
        ("approved_on -", "approved_on - -) ", "不能解析"),
    ],
)
def test_a_mistake_is_told(tmp_path, old, new, told):
    with pytest.raises(DeclarationError, match=told):
        spread.read_spreads(declared(tmp_path, old, new), relations()["Y"])


def test_two_of_one_code_are_refused(tmp_path):
    path = declared(tmp_path, "", "")
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(DeclarationError, match="分布days重复"):
        spread.read_spreads(path, relations()["Y"])
