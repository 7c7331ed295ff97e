"""Valid submissions of a bank and of a district, small enough to read, as sheets that a test changes and writes.

A submission is a dict: `cover` and form code → rows of cells, the first row the headers. Money in 万元. The same
sheets are written as CSV files, zip or workbook; `findings` judges them as `etl check` does.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from unittest.mock import patch

import duckdb
import xlsxwriter

import etl.reading.packages
from contract.declarations import cover_items, forms
from etl.checks.cover import Submitted
from etl.checks.engine import check_batch
from etl.checks.findings import FINDING_COLUMNS, FINDING_ORDER
from etl.reading.packages import read_package
from etl.receiving.receive import Package

PERIOD = "2026-09"  # ends a quarter: every form is due
BANK, DISTRICT = "B001", "110108"
Sheets = dict[str, list[list]]

USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def uscc(body: str) -> str:
    """A credit code of 17 characters with its check character (GB 32100-2015)."""
    total = sum(USCC_LETTERS.index(char) * weight for char, weight in zip(body, USCC_WEIGHTS, strict=True))
    return body + USCC_LETTERS[-total % 31]


def patent(digits: str) -> str:
    """A patent number of 8 or 12 digits with its check character."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, PATENT_WEIGHTS, strict=False))
    return f"ZL{digits}.{'0123456789X'[total % 11]}"


LOAN = {
    "loan_no": "L-0001",
    "borrower_name": "演示甲科技有限公司",
    "uscc": uscc("91110108MA0000001"),
    "district": "海淀区",
    "size": "小型",
    "industry": "信息传输、软件和信息技术服务业",
    "sei": "新一代信息技术",
    "tech": "高新技术企业",
    "ip_types": "专利、商标",
    "ip_count": "2",
    "registration_no": "Y20260001",
    "pledge_applied_on": "2026-03-02",
    "registered_on": "2026-03-05",
    "one_stop": "是",
    "point_id": "110108-01",
    "valuation_method": "外部评估",
    "valuation": "2000",
    "valuation_fee": "1.5",
    "loan_applied_on": "2026-03-01",
    "approved_on": "2026-03-06",
    "green_channel": "否",
    "disbursed_on": "2026-03-10",
    "matures_on": "2027-03-09",
    "amount": "1000",
    "balance": "800.5",
    "rate": "3.45",
    "renewal": "否",
    "first_loan": "是",
    "pure_ip": "是",
    "risk_share": "无",
    "risk_class": "正常",
    "overdue_days": "0",
    "status": "存续",
    "closed_on": "",
    "closed_amount": "",
}
SETTLED = {"status": "结清", "balance": "0", "closed_on": "2026-09-15"}
WRITTEN_OFF = {"status": "核销", "balance": "0", "closed_on": "2026-09-15", "closed_amount": "600"}

MECHANISMS = {
    "has_ip_policy": "是",
    "dedicated_units": "2",
    "has_green_channel": "是",
    "ftp_discount_bp": "20",
    "delegated_limit": "1000",
    "credit_plan": "50000",
    "dedicated_quota": "20000",
    "has_risk_review": "是",
    "npl_tolerance_pp": "3",
    "has_dd_policy": "是",
    "has_appeal": "是",
    "dd_cases_ytd": "10",
    "dd_exempted_ytd": "6",
    "dd_fast_ytd": "4",
    "dd_fast_days": "15",
    "dd_appeals_ytd": "5",
    "dd_appeals_upheld_ytd": "1",
    "kpi_weight": "5",
    "has_incentive_plan": "是",
    "incentive_amount_ytd": "12.5",
    "incentive_staff_ytd": "8",
    "ip_staff": "20",
    "training_sessions_ytd": "3",
    "training_attendance_ytd": "60",
}
SUMMARY = {
    "total_loans": "9000000",
    "total_npl": "90000",
    "ip_balance": "1601",
    "ip_borrowers": "2",
    "ip_loans": "2",
    "ip_npl": "0",
    "ip_disbursed_ytd": "2000",
    "ip_disbursed_loans_ytd": "2",
    "ip_rate_ytd": "3.45",
    "all_rate_ytd": "3.8",
    "branches": "40",
    "online_branches": "10",
}
CASE = {
    "case_no": "C-01",
    "loan_no": "L-0001",
    "ip_types": "专利",
    "mode": "平台挂牌",
    "platform": "演示平台",
    "agency": "是",
    "exposure": "300",
    "appraised": "280",
    "recovered": "100",
    "compensation": "50",
    "opened_on": "2026-05-06",
    "closed_on": "2026-09-10",
    "status": "办结",
}
PRODUCT = {
    "product_code": "P-01",
    "name": "演示知识产权贷",
    "product_type": "质押贷款",
    "segment": "生物",
    "launched_on": "2025-08-01",
    "on_sale": "是",
    "customers": "30",
    "amount": "45000",
}
RIGHT = {
    "loan_no": "L-0001",
    "ip_type": "专利",
    "right_no": patent("202010123456"),
    "registration_no": "Y20260001",
    "registered_on": "2026-03-05",
    "expires_on": "2040-01-01",
}
INITIATIVE = {
    "title": "演示举措一",
    "kind": "创新举措",
    "theme": "评估",
    "issued_on": "2026-09-12",
    "doc_no": "演示〔2026〕1号",
    "summary": "演示用的举措摘要",
}
POINT = {
    "point_id": "110108-01",
    "name": "演示服务点",
    "host": "银行网点",
    "bank": "B001",
    "address": "演示路1号",
    "opened_on": "2025-01-06",
    "status": "运行",
    "one_stop": "是",
    "consultations": "25",
    "registrations": "9",
    "matched": "4",
    "avg_days": "3",
}
SUPPORT = {
    "pool_size": "10000",
    "pool_balance": "9000",
    "compensated_ytd": "2",
    "compensation_ytd": "80.25",
    "interest_subsidy_ytd": "30",
    "valuation_subsidy_ytd": "12",
    "guarantee_subsidy_ytd": "6",
    "subsidised_firms_ytd": "14",
    "loans_covered": "33",
    "share_ratio": "40",
}
TRADE = {
    "platform": "演示平台",
    "mode": "转让",
    "ip_type": "专利",
    "deals": "5",
    "amount": "260",
    "agency_deals": "3",
    "agencies": "2",
}
FIRM = {
    "uscc": uscc("91110108MA0000001"),
    "name": "演示甲科技有限公司",
    "category": "知识产权优势企业",
    "demand": "500",
    "matched_on": "2026-09-01",
}
# The last row of a form is the one that tests change: no other form refers to it.
ROWS = {
    "B1": [LOAN, LOAN | {"loan_no": "L-0002", "uscc": uscc("91110108MA0000002"), "registration_no": "Y20260002"}],
    "B2": [SUMMARY],
    "B3": [MECHANISMS],
    "B4": [CASE, CASE | {"case_no": "C-02"}],
    "B5": [PRODUCT, PRODUCT | {"product_code": "P-02", "name": "演示知识产权保"}],
    "B6": [RIGHT | {"ip_type": "商标", "right_no": "20000001"}, RIGHT | {"right_no": patent("99123456")}],
    "R1": [POINT, POINT | {"point_id": "110108-02"}],
    "R2": [SUPPORT],
    "R3": [TRADE, TRADE | {"mode": "许可"}],
    "R4": [FIRM, FIRM | {"uscc": uscc("91110108MA0000002"), "name": "演示乙科技有限公司"}],
    "I1": [INITIATIVE, INITIATIVE | {"title": "演示举措二"}],
}


def submission(submitter: str = BANK, period: str = PERIOD) -> Sheets:
    """A valid submission with every form due: a bank's for a bank's code, else a district's."""
    kind = "bank" if submitter.startswith("B") else "district"
    due = [form for form in forms().values() if form.filed_by(kind) and form.due_in(period)]
    sheets: Sheets = {"cover": []}
    for form in due:
        headers = [column.header for column in form.columns]
        cells = [[row[column.code] for column in form.columns] for row in ROWS[form.code]]
        sheets[form.code] = [headers, *cells]
    stated = {"submitter": submitter, "submitter_name": "演示报送机构", "period": period, "preparer": "张三"}
    stated |= {"reviewer": "李四", "officer": "王五", "phone": "010-00000000", "note": ""}
    sheets["cover"] = [["项目", "内容"], *([item.header, stated[item.code]] for item in cover_items())]
    sheets["cover"] += [[f"行数 {form.code}", str(len(sheets[form.code]) - 1)] for form in due]
    if "B1" in sheets:
        sheets["cover"].append(["金额 B1", str(sum(Decimal(row["balance"]) for row in ROWS["B1"]))])
    return sheets


def place(sheets: Sheets, form: str, column: str) -> int:
    """Where a form's column stands, from 0."""
    return sheets[form][0].index(forms()[form].column(column).header)


def change(sheets: Sheets, form: str, cells: Mapping[str, object], row: int = -1) -> Sheets:
    """Sets cells of a row of a form, the last unless told otherwise (1 = the first data row)."""
    for column, value in cells.items():
        sheets[form][row][place(sheets, form, column)] = value
    return sheets


def state(sheets: Sheets, item: str, value: object) -> Sheets:
    """Sets an item of the cover, by its label."""
    next(row for row in sheets["cover"] if row[0] == item)[1] = value
    return sheets


def csv_files(sheets: Sheets, encoding: str = "utf-8", delimiter: str = ",") -> dict[str, bytes]:
    """File name → content: `cover.csv`, `B1.csv`, …"""
    files = {}
    for name, rows in sheets.items():
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
        files[f"{name}.csv"] = text.getvalue().encode(encoding)
    return files


def zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return content.getvalue()


def workbook(sheets: Sheets, titles: int = 2) -> bytes:
    """A workbook as the template lays it out: so many title rows above the headers of a form, data from row 4.

    Texts are written as texts and numbers as numbers.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(content, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet("封面" if name == "cover" else name)
            above = [] if name == "cover" else [[f"说明{number}"] for number in range(titles)]
            for number, cells in enumerate([*above, *rows]):
                for position, value in enumerate(cells):
                    if value not in ("", None):
                        sheet.write(number, position, value)
    return content.getvalue()


def package(content: bytes | Mapping[str, bytes], submitter: str = BANK, period: str = PERIOD) -> Package:
    """What was handed in, named as the contract says: a folder where it is files, else one file."""
    if isinstance(content, bytes):
        name = f"{period}_{submitter}.xlsx"
        return Package(name, {name: content}, False)
    return Package(f"{period}_{submitter}", dict(content), True)


# Cases differ in a form or two: each CSV file's bytes are read once (a grid is never changed).
read_once = cache(etl.reading.packages.read_csv)


def judge(packages: Iterable[Package]) -> list[list[dict]]:
    """The findings of each package, in one run of the engine: columns of a finding by name."""
    batch = []
    for number, given in enumerate(packages):
        period, submitter = given.name.removesuffix(".xlsx").split("_")
        kind = "bank" if submitter.startswith("B") else "district"
        with patch.object(etl.reading.packages, "read_csv", read_once):
            batch.append(Submitted(number, submitter, kind, period, read_package(given)))
    findings: list[list[dict]] = [[] for _ in batch]
    with duckdb.connect(config={"threads": 1}) as connection:
        check_batch(connection, batch)
        query = f"SELECT number, {', '.join(FINDING_COLUMNS)} FROM new_finding ORDER BY number, {FINDING_ORDER}"
        for number, *values in connection.execute(query).fetchall():
            findings[number].append(dict(zip(FINDING_COLUMNS, values, strict=True)))
    return findings


def findings(content: bytes | Mapping[str, bytes] | Sheets, submitter: str = BANK, period: str = PERIOD) -> list[dict]:
    """The findings of one submission; sheets are written as CSV files."""
    if isinstance(content, dict) and isinstance(content.get("cover"), list):
        content = csv_files(content)
    return judge([package(content, submitter, period)])[0]


def typed(content: bytes | Mapping[str, bytes], form: str, columns: str, submitter: str = BANK) -> list[tuple]:
    """The typed values of a form's columns, a tuple a row, as they would be stored."""
    kind = "bank" if submitter.startswith("B") else "district"
    with duckdb.connect(config={"threads": 1}) as connection:
        check_batch(connection, [Submitted(0, submitter, kind, PERIOD, read_package(package(content, submitter)))])
        return connection.execute(f"SELECT {columns} FROM typed_{form} ORDER BY row_no").fetchall()
