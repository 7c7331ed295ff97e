"""A bank's monthly forms out of the loan book: B1, B2, B4 and B6."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from contract.calendar import period_of
from etl.demo.book import Book
from etl.demo.days import last_day
from etl.demo.loans import CENT, Loan
from etl.demo.tables import FIRST_PERIOD, Bank, month_number, progress

TOTAL_GROWTH = 1.076  # of all loans, a year
RATE_PLACES = Decimal("0.0001")

Row = dict[str, object]


def loan_rows(loans: Iterable[Loan], period: str) -> list[Row]:
    """B1: a row a loan alive at the period end or ended within the period, by loan number."""
    return [_loan_row(loan, period) for loan in sorted(loans, key=lambda loan: loan.contract.loan_no)]


def _loan_row(loan: Loan, period: str) -> Row:
    contract, firm = loan.contract, loan.contract.firm
    return {
        "loan_no": contract.loan_no,
        "borrower_name": firm.name,
        "uscc": firm.uscc,
        "district": firm.district,
        "size": firm.size,
        "industry": firm.industry,
        "sei": firm.sei,
        "tech": firm.tech,
        "ip_types": ",".join(contract.ip_types),
        "ip_count": len(contract.rights),
        "registration_no": contract.registration_no,
        "pledge_applied_on": contract.pledge_applied_on,
        "registered_on": contract.registered_on,
        "one_stop": contract.point_id is not None,
        "point_id": contract.point_id,
        "valuation_method": contract.valuation_method,
        "valuation": contract.valuation,
        "valuation_fee": contract.valuation_fee,
        "loan_applied_on": contract.loan_applied_on,
        "approved_on": contract.approved_on,
        "green_channel": contract.green_channel,
        "disbursed_on": contract.disbursed_on,
        "matures_on": contract.matures_on,
        "amount": contract.amount,
        "balance": loan.balance,
        "rate": contract.rate,
        "renewal": contract.renewal,
        "first_loan": contract.first_loan,
        "pure_ip": contract.pure_ip,
        "risk_share": contract.risk_share,
        "risk_class": loan.risk_class,
        "overdue_days": loan.overdue_days(loan.closed_on or last_day(period)),
        "status": loan.status,
        "closed_on": loan.closed_on,
        "closed_amount": loan.closed_amount,
    }


def summary_row(book: Book, bank: Bank, period: str) -> Row:
    """B2: the bank's totals, the pledge loans' from the book itself."""
    active = list(book.active(bank.code))
    lent = book.lent[bank.code]
    amount = sum((contract.amount for contract in lent), Decimal(0))
    interest = sum((contract.amount * contract.rate for contract in lent), Decimal(0))
    passed = (month_number(period) - month_number(FIRST_PERIOD)) / 12
    total = Decimal(bank.total_loans * 10_000 * TOTAL_GROWTH**passed).quantize(CENT)
    through = progress(period)
    return {
        "total_loans": total,
        "total_npl": (total * Decimal(bank.all_npl * (1.04 - 0.08 * through) / 100)).quantize(CENT),
        "ip_balance": sum((loan.balance for loan in active), Decimal(0)),
        "ip_borrowers": len({loan.contract.firm.uscc for loan in active}),
        "ip_loans": len(active),
        "ip_npl": sum((loan.balance for loan in active if loan.risk_class >= "3"), Decimal(0)),
        "ip_disbursed_ytd": amount,
        "ip_disbursed_loans_ytd": len(lent),
        "ip_rate_ytd": (interest / amount).quantize(RATE_PLACES) if amount else None,
        "all_rate_ytd": Decimal(2.85 + bank.rate_bp / 100 - 0.4 * through).quantize(CENT),
        "branches": bank.branches,
        "online_branches": int(bank.branches * (bank.online + (100 - bank.online) * 0.8 * through) / 100),
    }


def case_rows(book: Book, bank: Bank, period: str) -> list[Row]:
    """B4: the disposal cases open at the period end or ended within the period."""
    return [
        {
            "case_no": case.case_no,
            "loan_no": case.loan.contract.loan_no,
            "ip_types": ",".join(case.loan.contract.ip_types),
            "mode": case.mode,
            "platform": case.platform,
            "agency": case.agency,
            "exposure": case.exposure,
            "appraised": case.appraised,
            "recovered": case.recovered,
            "compensation": case.compensation,
            "opened_on": case.opened_on,
            "closed_on": case.closed_on,
            "status": case.status,
        }
        for case in book.docket.listed(bank.code, period)
    ]


def right_rows(loans: Iterable[Loan], period: str) -> list[Row]:
    """B6: the rights of loans that no earlier submission has listed; the loans are marked as listed."""
    rows = []
    for loan in sorted(loans, key=lambda loan: loan.contract.loan_no):
        contract = loan.contract
        if loan.filed or not (loan.active or period_of(contract.disbursed_on) == period):
            continue
        loan.filed = True
        rows += [
            {
                "loan_no": contract.loan_no,
                "ip_type": right.ip_type,
                "right_no": right.right_no,
                "registration_no": contract.registration_no,
                "registered_on": contract.registered_on,
                "expires_on": right.expires_on,
            }
            for right in contract.rights
        ]
    return rows
