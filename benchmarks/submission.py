"""Large submissions of invented banks, as CSV folders, zips or workbooks: the load that intake is measured with.

All figures follow from the row's number, so the same size gives the same bytes. They are valid, or every row of
B1 has one of five defects.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import xlsxwriter

from contract.declarations import REGION_ITEM, code_lists, cover_items, districts, forms, here
from etl.demo.identifiers import credit_code, patent_number

SUBMITTER = "B001"
PERIOD = "2025-07"  # ends no quarter, so that only the monthly forms are due
RECEIVED = "2025-08-06T10:00:00"
FIRST_DISBURSEMENT = date(2024, 7, 1)
LOANS_A_FIRM = 3


@cache
def _codes(name: str) -> list[str]:
    return list(districts() if name == "district" else code_lists()[name])


@cache
def _credit_code(firm: int) -> str:
    return credit_code("110108" if "110108" in districts() else next(iter(districts())), firm + 1)


def loan(number: int, bank: str = SUBMITTER) -> dict[str, object]:
    """The B1 row of one active loan; every relation that the contract asks for holds."""
    disbursed = FIRST_DISBURSEMENT + timedelta(days=number % 360)
    amount = 100 + number % 200  # three loans of a firm stay below the threshold together
    firm = number // LOANS_A_FIRM
    patents_only = number % 4 > 0
    applied = disbursed - timedelta(days=20 + number % 10)
    external = number % 3 == 0
    return {
        "loan_no": f"{bank}{number:08d}",
        "borrower_name": f"演示企业{firm}",
        "uscc": _credit_code(firm),
        "district": _codes("district")[firm % len(_codes("district"))],
        "size": _codes("size")[firm % 4],
        "industry": "CIMR"[firm % 4],
        "sei": firm % 10,
        "tech": _codes("tech")[firm % 6],
        "ip_types": "patent" if patents_only else "patent、trademark",
        "ip_count": 1 if patents_only else 2,
        "registration_no": f"Y2025{bank}{number:07d}",
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
        "balance": f"{amount - number % 9973 / 100:.2f}",
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


def defective(number: int, row: dict[str, object]) -> dict[str, object]:
    """The row with one defect: a check character, a code, a date, a count or a balance that cannot be."""
    code = row["uscc"]
    defects = (
        {"uscc": code[:-1] + ("0" if code[-1] != "0" else "1")},
        {"size": "超大"},
        {"disbursed_on": "2025-13-40"},
        {"ip_count": 0},
        {"balance": row["amount"] + 1},
    )
    return row | defects[number % len(defects)]


def loans(rows: int, bank: str = SUBMITTER, failing: bool = False) -> Iterator[dict[str, object]]:
    """Made anew at each call: kept in a list they would count into the memory of every process measured."""
    for number in range(rows):
        row = loan(number, bank)
        yield defective(number, row) if failing else row


@cache
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
        "total_loans": balance * 4,  # of a million loans still less than what no bank reaches
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


def rights(rows: int, bank: str) -> Iterator[dict[str, object]]:
    """The B6 rows of the loans: a patent each, and a trademark for those that have one."""
    serial = int(bank[1:]) * 100_000
    for number in range(rows):
        row = loan(number, bank)
        patent = {
            "loan_no": row["loan_no"],
            "ip_type": "patent",
            "right_no": patent_number(2020 + number % 4, 1 + number % 3, serial + number),
            "registration_no": row["registration_no"],
            "registered_on": row["registered_on"],
            "expires_on": date(2038, 1, 1),
        }
        yield patent
        if row["ip_count"] == 2:
            yield patent | {"ip_type": "trademark", "right_no": f"{serial + number:08d}"}


def write_submission(
    parent: Path, rows: int, bank: str = SUBMITTER, failing: bool = False, with_rights: bool = False
) -> Path:
    """The folder `2025-07_<bank>` with a B1 of so many rows and the other forms of the month."""
    folder = parent / f"{PERIOD}_{bank}"
    folder.mkdir(parents=True)
    totals = summary(rows)
    content = {"B1": loans(rows, bank, failing), "B2": [totals]} | ({"B6": rights(rows, bank)} if with_rights else {})
    sent = {"B1": rows, "B2": 1} | (
        {"B6": sum(loan(number)["ip_count"] for number in range(rows))} if with_rights else {}
    )
    due = [form for form in forms().values() if form.filed_by("bank") and form.due_in(PERIOD)]
    for form in due:
        _write(folder / f"{form.code}.csv", tuple(column.code for column in form.columns), content.get(form.code, []))
    cover = {
        "submitter": bank,
        "submitter_name": f"演示基准银行{bank}",
        "period": PERIOD,
        "preparer": "演示甲",
        "reviewer": "演示乙",
        "officer": "演示丙",
        "phone": "010-00000000",
        "note": "",
        **{item.code: here() for item in cover_items() if item.code == REGION_ITEM},
        **{f"rows_{form.code}": sent.get(form.code, 0) for form in due},
        "amount_B1": totals["ip_balance"],
    }
    _write(folder / "cover.csv", ("item", "value"), [{"item": item, "value": value} for item, value in cover.items()])
    return folder


def zipped(folder: Path) -> Path:
    """The folder's files as one zip beside it: what is too large for a folder is handed in so."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


def as_workbook(folder: Path) -> Path:
    """The folder's files as one workbook beside it, numbers as numbers."""
    path = folder.with_suffix(".xlsx")
    numeric = {"int", "money", "rate", "days"}
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        for file in sorted(folder.iterdir()):
            sheet = book.add_worksheet("封面" if file.stem == "cover" else file.stem)
            types = {column.code: column.type for column in forms()[file.stem].columns} if file.stem in forms() else {}
            with file.open(encoding="utf-8", newline="") as lines:
                rows = csv.reader(lines)
                header = next(rows)
                numbers = [types.get(code) in numeric for code in header]
                sheet.write_row(0, 0, header)
                for place, row in enumerate(rows, 1):
                    sheet.write_row(
                        place,
                        0,
                        [
                            float(cell) if cell and is_number else cell
                            for cell, is_number in zip(row, numbers, strict=True)
                        ],
                    )
    return path


def write_roster(parent: Path, banks: Sequence[str] = (SUBMITTER,)) -> Path:
    """The list with these banks on it."""
    path = parent / "roster.csv"
    rows = [
        {
            "code": bank,
            "name": f"演示基准银行{bank}",
            "kind": "bank",
            "peer_group": "city",
            "ceiling": "1000",
            "admitted_on": "2025-01-01",
        }
        for bank in banks
    ]
    _write(path, tuple(rows[0]), rows)
    return path


def _write(path: Path, header: tuple[str, ...], rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
