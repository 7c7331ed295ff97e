"""For each check across submissions: changes to filings that agree which make it fire, and such that must not."""

from __future__ import annotations

from dataclasses import dataclass

from contract.declarations import forms
from tests.etl.submissions import BANK, DISTRICT, LOAN, patent, uscc

Filing = tuple[str, str]
OTHER = "B002"
FIRST, BEFORE, NOW, NEXT_YEAR = (BANK, "2026-06"), (BANK, "2026-08"), (BANK, "2026-09"), (BANK, "2027-01")
ABROAD = (OTHER, "2026-09")
D_FIRST, D_BEFORE, D_NOW = (DISTRICT, "2026-06"), (DISTRICT, "2026-08"), (DISTRICT, "2026-09")
FILINGS = (FIRST, BEFORE, NOW, NEXT_YEAR, ABROAD, D_FIRST, D_BEFORE, D_NOW)
GONE = "gone"


@dataclass(frozen=True)
class Change:
    """Cells of a row of a form in a filing, or that the row is gone; the second data row unless told otherwise."""

    filing: Filing
    form: str
    cells: dict[str, object] | str
    row: int | None = None


@dataclass(frozen=True)
class Case:
    """Changes that make a check fire, and changes beside which it must not; where, and with what values."""

    fires: list[Change]
    silent: list[Change]
    value: str
    expected: str | None = None
    at: tuple[Filing, ...] = (NOW,)
    row: int | None = None


def now(form: str, row: int | None = None, **cells: object) -> Change:
    filing = D_NOW if forms()[form].by == "district" else NOW
    return Change(filing, form, cells or GONE, row)


def before(form: str, row: int | None = None, **cells: object) -> Change:
    filing = D_BEFORE if forms()[form].by == "district" else BEFORE
    return Change(filing, form, cells or GONE, row)


def less(form: str, column: str, value: str, expected: str) -> Case:
    """A cumulative figure below the earlier one, and equal to it."""
    row = 2 if forms()[form].rows == "one" else 3
    at = (D_NOW if forms()[form].by == "district" else NOW,)
    return Case([now(form, **{column: value})], [now(form, **{column: expected})], value, expected, at, row)


def slip(form: str, column: str, usual: str, large: str, below: str) -> Case:
    """1,000 times what it was before, and just less."""
    at = (D_NOW if forms()[form].by == "district" else NOW,)
    return Case([now(form, **{column: large})], [now(form, **{column: below})], large, usual, at, 2)


def changed(column: str, value: str, expected: str) -> Case:
    """What must not change in a loan; where a month lies between, it is not compared."""
    return Case([now("B1", **{column: value})], [Change(NEXT_YEAR, "B1", {column: value})], value, expected, row=3)


SETTLED = {"status": "settled", "balance": 0}
WRITTEN_OFF = {"status": "written_off", "balance": 0}
LENT = Change(NEXT_YEAR, "B1", {"disbursed_on": "2027-01-15"})
PATENT = patent("99123456")
UNLISTED = [now("B6", row=4), now("B6", row=5)]
UNLISTED_FIRST = [Change(FIRST, "B6", GONE, row) for row in (4, 5)]
PLEDGED_TWICE = Change(ABROAD, "B6", {"right_no": PATENT})


def whole_form(form: str, column: str, usual: str, large: str, below: str) -> Case:
    """Both rows at 1,000 times what they were, and so far below it that their median is."""
    at = (D_NOW if forms()[form].by == "district" else NOW,)
    rows = (2, 3)
    fires = [now(form, row, **{column: large}) for row in rows]
    return Case(fires, [fires[0], now(form, 3, **{column: below})], large, usual, at)


CASES = {
    "M-COVER-301": Case(
        [Change(NOW, "version", {"amount_b1": "1601.010001"})],
        [Change(NOW, "version", {"amount_b1": "1601.01"})],
        "1601.010001",
        "1601",
    ),
    "M-B2-301": Case(
        [now("B2", ip_balance="1601.010001")], [now("B2", ip_balance="1601.01")], "1601.010001", "1601", row=2
    ),
    "M-B2-302": Case(
        [now("B2", ip_borrowers=1)], [now("B2", ip_borrowers=1), now("B1", uscc=LOAN["uscc"])], "1", "2", row=2
    ),
    "M-B2-303": Case([now("B2", ip_loans=1)], [now("B2", ip_loans=1), now("B1", **SETTLED)], "1", "2", row=2),
    "M-B2-304": Case(
        [now("B1", risk_class="3")], [now("B1", risk_class="3"), now("B2", ip_npl="800.49")], "0", "800.5", row=2
    ),
    "M-B2-305": Case(
        [LENT], [LENT, Change(NEXT_YEAR, "B2", {"ip_disbursed_ytd": "1000.01"})], "0", "1000", (NEXT_YEAR,), 2
    ),
    "M-B2-306": Case([LENT], [LENT, Change(NEXT_YEAR, "B2", {"ip_disbursed_loans_ytd": 1})], "0", "1", (NEXT_YEAR,), 2),
    "M-B2-307": Case(
        [LENT, Change(NEXT_YEAR, "B2", {"ip_rate_ytd": "3.460001"})],
        [LENT, Change(NEXT_YEAR, "B2", {"ip_rate_ytd": "3.46"})],
        "3.460001",
        "3.45",
        (NEXT_YEAR,),
        2,
    ),
    "M-B2-308": Case(
        [now("B2", ip_balance="2401.500001")], [now("B2", ip_balance="2401.5")], "2401.500001", "1601", row=2
    ),
    "M-B2-309": less("B2", "ip_disbursed_ytd", "1999.99", "2000"),
    "M-B2-310": less("B2", "ip_disbursed_loans_ytd", "1", "2"),
    "M-B1-301": Case([now("B1")], [now("B1"), before("B1", **SETTLED)], "L-0002"),
    "M-B1-302": changed("amount", "1000.01", "1000"),
    "M-B1-303": changed("disbursed_on", "2026-03-11", "2026-03-10"),
    "M-B1-304": changed("uscc", LOAN["uscc"], uscc("91110108MA0000002")),
    "M-B1-305": Case(
        [now("B1", balance="800.51")], [now("B1", balance="800.51", renewal=True)], "800.51", "800.5", row=3
    ),
    "M-B1-306": Case([before("B1", risk_class="3")], [before("B1", risk_class="2")], "正常", "次级", row=3),
    "M-B1-307": Case([before("B1")], [before("B1"), now("B1", disbursed_on="2026-09-01")], "L-0002", row=3),
    "M-B1-308": Case([before("B1", **SETTLED), now("B1", **SETTLED)], [now("B1", **SETTLED)], "结清", "结清", row=3),
    "M-B1-309": Case(
        [now("B1", **WRITTEN_OFF, closed_amount="800.51")],
        [now("B1", **WRITTEN_OFF, closed_amount="800.5")],
        "800.51",
        "800.5",
        row=3,
    ),
    "M-B1-310": Case(
        [now("B1", disbursed_on="2026-09-01", point_id="110108-09")],
        [now("B1", disbursed_on="2026-08-31", point_id="110108-09")],
        "110108-09",
        row=3,
    ),
    "M-B1-311": Case(
        [now("B1", disbursed_on="2026-09-01", green_channel=True), now("B3", has_green_channel=False)],
        [now("B1", disbursed_on="2026-09-01", green_channel=True)],
        "是",
        "否",
        row=3,
    ),
    "Q-B1-301": Case(
        [Change(NEXT_YEAR, "B1", {"borrower_name": "演示乙科技有限公司"})],
        [Change(NEXT_YEAR, "B1", {"borrower_name": "演示乙科技有限公司", "uscc": uscc("91110108MA0000009")})],
        "演示乙科技有限公司",
        LOAN["borrower_name"],
        (NEXT_YEAR,),
        3,
    ),
    "Q-B6-301": Case(
        [now("B6", expires_on="2027-03-08")], [now("B6", expires_on="2027-03-09")], "2027-03-08", "2027-03-09", row=3
    ),
    "M-B6-301": Case(
        [PLEDGED_TWICE], [PLEDGED_TWICE, Change(ABROAD, "B1", SETTLED, 2)], PATENT, at=(NOW, ABROAD), row=3
    ),
    "M-B6-302": Case([now("B6")], [now("B6"), now("B1", row=2, ip_count=1)], "1", "2", row=2),
    "M-B6-303": Case(
        [now("B6", ip_type="copyright")],
        [now("B6", ip_type="copyright"), now("B1", row=2, ip_types="trademark,copyright")],
        "著作权、商标",
        "专利、商标",
        row=2,
    ),
    "M-B6-304": Case(
        [*UNLISTED, now("B1", disbursed_on="2026-09-01")],
        [*UNLISTED, now("B1", disbursed_on="2026-08-31")],
        "L-0002",
    ),
    "M-B6-305": Case(
        [now("B6", registration_no="Y9"), now("B1", row=2, ip_count=1)],
        [now("B6", registration_no="Y9")],
        "Y9",
        LOAN["registration_no"],
        row=3,
    ),
    "M-B6-306": Case(UNLISTED_FIRST, [*UNLISTED_FIRST, Change(FIRST, "B1", SETTLED)], "L-0002", at=(FIRST,)),
    "M-B4-301": Case(
        [now("B4", loan_no="L-9")], [now("B4", loan_no="L-9"), Change(FIRST, "B1", {"loan_no": "L-9"})], "L-9", row=3
    ),
    "M-B4-302": Case([now("B4")], [now("B4"), before("B4", status="stopped")], "C-02"),
    "M-B4-303": Case(
        [before("B4", status="closed"), now("B4", status="closed")], [now("B4", status="closed")], "办结", "办结", row=3
    ),
    "M-B4-304": less("B4", "recovered", "99.99", "100"),
    "M-B3-301": less("B3", "dd_cases_ytd", "9", "10"),
    "M-B3-302": less("B3", "dd_exempted_ytd", "5", "6"),
    "M-B3-303": less("B3", "dd_fast_ytd", "3", "4"),
    "M-B3-304": less("B3", "dd_appeals_ytd", "4", "5"),
    "M-B3-305": less("B3", "incentive_amount_ytd", "12.49", "12.5"),
    "M-B3-306": less("B3", "training_sessions_ytd", "2", "3"),
    "M-B3-307": less("B3", "training_attendance_ytd", "59", "60"),
    "M-B3-308": Case(
        [now("B3", credit_plan="50001")],
        [now("B3", credit_plan="50001"), Change(FIRST, "B3", {"credit_plan": 0})],
        "50001",
        "50000",
        row=2,
    ),
    "M-B5-301": less("B5", "amount", "44999.99", "45000"),
    "M-B5-302": less("B5", "customers", "29", "30"),
    "M-R1-301": Case([now("R1", bank="B999")], [now("R1", bank="b002")], "B999", at=(D_NOW,), row=3),
    "M-R1-302": Case([now("R1")], [now("R1"), before("R1", status="closed")], "110108-02", at=(D_NOW,)),
    "M-R1-303": Case(
        [now("R1", opened_on="2025-01-07")],
        [now("R1", opened_on="2025-01-07", point_id="110108-03")],
        "2025-01-07",
        "2025-01-06",
        (D_NOW,),
        3,
    ),
    "M-R2-301": less("R2", "compensated_ytd", "1", "2"),
    "M-R2-302": less("R2", "compensation_ytd", "80.24", "80.25"),
    "M-R2-303": less("R2", "interest_subsidy_ytd", "29.99", "30"),
    "M-R2-304": less("R2", "valuation_subsidy_ytd", "11.99", "12"),
    "M-R2-305": less("R2", "guarantee_subsidy_ytd", "5.99", "6"),
    "M-R2-306": less("R2", "subsidised_firms_ytd", "13", "14"),
    "M-R2-307": Case(
        [now("R2", pool_size="15000.01")], [now("R2", pool_size="15000")], "15000.01", "10000", (D_NOW,), 2
    ),
    "M-I1-301": Case(
        [now("I1", title="演示旧举措"), before("I1", title="演示旧举措")],
        [now("I1", title="演示旧举措"), Change(ABROAD, "I1", {"title": "演示旧举措"})],
        "演示旧举措",
        row=3,
    ),
    "Q-B2-301": slip("B2", "total_loans", "9000000", "9000000000", "8999999999.99"),
    "Q-B2-302": slip("B2", "total_npl", "90000", "90000000", "89999999.99"),
    "Q-B2-303": slip("B2", "ip_balance", "1601", "1601000", "1600999.99"),
    "Q-B2-304": Case(
        [*(Change(filing, "B2", {"ip_npl": 5}) for filing in (FIRST, BEFORE)), now("B2", ip_npl=5000)],
        [*(Change(filing, "B2", {"ip_npl": 5}) for filing in (FIRST, BEFORE)), now("B2", ip_npl="4999.99")],
        "5000",
        "5",
        row=2,
    ),
    "Q-B2-305": slip("B2", "ip_disbursed_ytd", "2000", "2000000", "1999999.99"),
    "Q-B3-301": slip("B3", "delegated_limit", "1000", "1000000", "999999.99"),
    "Q-B3-302": slip("B3", "credit_plan", "50000", "50000000", "49999999.99"),
    "Q-B3-303": slip("B3", "dedicated_quota", "20000", "20000000", "19999999.99"),
    "Q-B3-304": slip("B3", "incentive_amount_ytd", "12.5", "12500", "12499.99"),
    "Q-R2-301": slip("R2", "pool_size", "10000", "10000000", "9999999.99"),
    "Q-R2-302": slip("R2", "pool_balance", "9000", "9000000", "8999999.99"),
    "Q-R2-303": slip("R2", "compensation_ytd", "80.25", "80250", "80249.99"),
    "Q-R2-304": slip("R2", "interest_subsidy_ytd", "30", "30000", "29999.99"),
    "Q-R2-305": slip("R2", "valuation_subsidy_ytd", "12", "12000", "11999.99"),
    "Q-B1-302": whole_form("B1", "amount", "1000", "1000000", "999999.99"),
    "Q-B4-301": whole_form("B4", "exposure", "300", "300000", "299999.99"),
    "Q-B5-301": whole_form("B5", "amount", "45000", "45000000", "44999999.99"),
    "Q-R3-301": whole_form("R3", "amount", "260", "260000", "259999.99"),
    "Q-R4-301": whole_form("R4", "demand", "500", "500000", "499999.99"),
    "Q-R2-306": slip("R2", "guarantee_subsidy_ytd", "6", "6000", "5999.99"),
}
