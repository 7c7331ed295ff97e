"""One large, valid submission of an invented bank, as a CSV folder: the load that intake is measured with.

All figures follow from the row's number, so the same size gives the same bytes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from etl.declarations import code_lists, districts, forms
from etl.demo.identifiers import credit_code

SUBMITTER = "B001"
PERIOD = "2025-07"  # ends no quarter, so that only the monthly forms are due
RECEIVED = "2025-08-06T10:00:00"
ROSTER = {
    "code": SUBMITTER,
    "name": "演示基准银行",
    "kind": "bank",
    "peer_group": "city",
    "ceiling": "1000",
    "admitted_on": "2025-01-01",
}
FIRST_DISBURSEMENT = date(2024, 7, 1)
LOANS_A_FIRM = 3


def loan(number: int) -> dict[str, object]:
    """The B1 row of one active loan; every relation that the contract asks for holds."""
    codes = code_lists()
    disbursed = FIRST_DISBURSEMENT + timedelta(days=number % 360)
    amount = 100 + number % 200  # three loans of a firm stay below the threshold together
    firm = number // LOANS_A_FIRM
    patents_only = number % 4 > 0
    applied = disbursed - timedelta(days=20 + number % 10)
    external = number % 3 == 0
    return {
        "loan_no": f"JZ{number:08d}",
        "borrower_name": f"演示企业{firm}",
        "uscc": credit_code("110108", firm + 1),
        "district": list(districts())[firm % len(districts())],
        "size": list(codes["size"])[firm % 4],
        "industry": "CIMR"[firm % 4],
        "sei": firm % 10,
        "tech": list(codes["tech"])[firm % 6],
        "ip_types": "patent" if patents_only else "patent、trademark",
        "ip_count": 1 + number % 5 if patents_only else 2 + number % 5,
        "registration_no": f"Y2025980{number:06d}",
        "pledge_applied_on": disbursed - timedelta(days=5),
        "registered_on": disbursed - timedelta(days=5 - number % 4),
        "one_stop": "否",
        "point_id": "",
        "valuation_method": "external" if external else "internal",
        "valuation": amount * 2,
        "valuation_fee": 0.5 if external else 0,
        "loan_applied_on": applied,
        "approved_on": applied + timedelta(days=10),
        "green_channel": "是" if number % 5 == 0 else "否",
        "disbursed_on": disbursed,
        "matures_on": disbursed + timedelta(days=730),
        "amount": amount,
        "balance": f"{amount - number % 100 / 100:.2f}",
        "rate": f"{2.5 + number % 100 / 100:.2f}",
        "renewal": "否",
        "first_loan": "是" if number % 7 == 0 else "否",
        "pure_ip": "否",
        "risk_share": "pool" if number % 2 else "none",
        "risk_class": 1 if number % 100 else 3,
        "overdue_days": 0 if number % 100 else 95,
        "status": "active",
        "closed_on": "",
        "closed_amount": "",
    }


def loans(rows: int) -> Iterator[dict[str, object]]:
    """Made anew at each call: kept in a list they would count into the memory of every process measured."""
    return map(loan, range(rows))


def summary(rows: int) -> dict[str, object]:
    """The B2 row that agrees with the loans."""
    balance = bad = lent = interest = Decimal(0)
    lent_loans = 0
    for row in loans(rows):
        balance += Decimal(row["balance"])
        bad += Decimal(row["balance"]) if row["risk_class"] == 3 else 0
        if row["disbursed_on"].year == int(PERIOD[:4]):
            lent += row["amount"]
            interest += row["amount"] * Decimal(row["rate"])
            lent_loans += 1
    return {
        "total_loans": balance * 20,
        "total_npl": balance / 5,
        "ip_balance": balance,
        "ip_borrowers": -(-rows // LOANS_A_FIRM),
        "ip_loans": rows,
        "ip_npl": bad,
        "ip_disbursed_ytd": lent,
        "ip_disbursed_loans_ytd": lent_loans,
        "ip_rate_ytd": round(interest / lent, 4) if lent else "",
        "all_rate_ytd": "3.10",
        "branches": 120,
        "online_branches": 110,
    }


def _write(path: Path, header: tuple[str, ...], rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)


def write_submission(parent: Path, rows: int) -> Path:
    """The folder `2025-07_B001` with a B1 of so many rows and the other forms of the month."""
    folder = parent / f"{PERIOD}_{SUBMITTER}"
    folder.mkdir(parents=True)
    totals = summary(rows)
    content = {"B1": loans(rows), "B2": [totals]}
    due = [form for form in forms().values() if form.filed_by("bank") and form.due_in(PERIOD)]
    for form in due:
        _write(folder / f"{form.code}.csv", tuple(column.code for column in form.columns), content.get(form.code, []))
    cover = {
        "submitter": SUBMITTER,
        "submitter_name": ROSTER["name"],
        "period": PERIOD,
        "preparer": "演示甲",
        "reviewer": "演示乙",
        "officer": "演示丙",
        "phone": "010-00000000",
        "note": "",
        **{f"rows_{form.code}": {"B1": rows, "B2": 1}.get(form.code, 0) for form in due},
        "amount_B1": totals["ip_balance"],
    }
    _write(folder / "cover.csv", ("item", "value"), [{"item": item, "value": value} for item, value in cover.items()])
    return folder


def write_roster(parent: Path) -> Path:
    """The list with the one bank on it."""
    path = parent / "roster.csv"
    _write(path, tuple(ROSTER), [ROSTER])
    return path
