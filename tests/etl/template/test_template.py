"""The workbook template, and filled submissions in every manner of writing: what is written is read back the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner

from contract.declarations import Form, code_lists, cover_items, forms
from contract.parameters import declared_parameters
from etl.__main__ import etl
from etl.checks.cover import Submitted
from etl.checks.engine import check_batch
from etl.reading.packages import read_package
from etl.receiving.receive import take
from etl.template.filled import NEAT, Manner, Submission, write_submission
from etl.template.layout import HEADER_ROW
from etl.template.sheet_style import HEADER_COLOURS
from etl.template.workbook import expected_forms, write_template
from ledger.events import Entry

KINDS = ("bank", "district")
HEADER = HEADER_ROW + 1  # as a person counts

POINTS = [
    {
        "point_id": f"110108-{number:02d}",
        "name": "=1+1" if number == 1 else "演示第二服务点",
        "host": "branch" if number == 1 else "hall",
        "bank": "B001" if number == 1 else None,
        "address": "北京市海淀区演示街1号",
        "opened_on": date(2025, 1, number),
        "status": "running",
        "one_stop": number == 1,
        "consultations": 12,
        "registrations": 3,
        "matched": 2,
        "avg_days": 2 if number == 1 else None,
    }
    for number in (1, 2)
]
POOL = {
    "pool_size": Decimal("12345.67"),
    "pool_balance": Decimal("10000.000001"),
    "compensated_ytd": 0,
    "compensation_ytd": Decimal(0),
    "interest_subsidy_ytd": Decimal("67.5"),
    "valuation_subsidy_ytd": Decimal("3.6"),
    "guarantee_subsidy_ytd": Decimal("7.2"),
    "subsidised_firms_ytd": 9,
    "loans_covered": 20,
    "share_ratio": Decimal("40.25"),
}
TRADE = {
    "platform": "演示知识产权交易平台01",
    "mode": "licence",
    "ip_type": "copyright",
    "deals": 4,
    "amount": Decimal("1562.03"),
    "agency_deals": 1,
    "agencies": 1,
}
COVER = {
    "submitter_name": "海淀区",
    "preparer": "演示填报人甲",
    "reviewer": "演示复核人",
    "officer": "演示负责人",
    "phone": "010-00000000",
}
SUBMISSION = Submission("110108", "2025-02", COVER, {"R1": POINTS, "R2": [POOL], "R3": [TRADE], "I1": []})
MANNERS = {
    "neat workbook": NEAT,
    "codes": Manner(headings="code", names="code"),
    "another order": Manner(shuffled=True),
    "totals row": Manner(totals=True),
    "percent": Manner(percent=True),
    "texts": Manner(dates="chinese", flags="letter", thousands=True, padded=True),
    "folder": Manner("folder", dates="iso"),
    "folder in GB18030": Manner("folder", "gb18030", dates="slash", flags="digit", wide=True, thousands=True),
    "zip": Manner("zip", "utf-8-sig", dates="compact", flags="word"),
    "zip by code": Manner("zip", headings="code", names="code", dates="dot", percent=True, shuffled=True, totals=True),
}


DECLARED = declared_parameters().at(date(2026, 9, 30))


def opened(path: Path, kind: str, **known: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(write_template(path / "template.xlsx", kind=kind, policy=DECLARED, **known))


def form_sheets(kind: str) -> list[Form]:
    return [form for form in forms().values() if form.filed_by(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_a_form_with_unchanged_headers(tmp_path, kind):
    book = opened(tmp_path, kind)
    assert book.sheetnames[0] == "封面"
    assert book.sheetnames[1:-3] == [form.sheet for form in form_sheets(kind)]
    for form in form_sheets(kind):
        headers = [cell.value for cell in book[form.sheet][HEADER]]
        assert headers == [column.header for column in form.columns]
        assert book[form.sheet].max_row == HEADER
        assert book[form.sheet].freeze_panes in ("A4", "B4")


def test_forms_of_the_period_only(tmp_path):
    assert [form.code for form in expected_forms("bank", "2026-10")] == ["B1", "B2", "B4", "B6", "I1"]
    assert [form.code for form in expected_forms("district", "2026-09")] == ["R1", "R2", "R3", "R4", "I1"]
    book = opened(tmp_path, "bank", submitter_code="B001", submitter_name="演示国有银行01", period="2026-10")
    cover = {row[0].value: row[1].value for row in book["封面"].iter_rows()}
    assert cover["报送机构编码"] == "B001"
    assert cover["报送机构名称"] == "演示国有银行01"
    assert cover["报送期"] == "2026-10"
    assert "行数 B6" in cover and "金额 B1" in cover and "行数 B3" not in cover
    assert "2026-11-10" in "".join(row[0].value for row in book["填报说明"].iter_rows())


@pytest.mark.parametrize("kind", KINDS)
def test_required_headers_stand_out_and_every_header_has_its_note(tmp_path, kind):
    book = opened(tmp_path, kind)
    for form in form_sheets(kind):
        for column, cell in zip(form.columns, book[form.sheet][HEADER], strict=True):
            assert cell.fill.start_color.rgb == "FF" + HEADER_COLOURS[column.required][0].lstrip("#")
            assert column.note in cell.comment.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_validated_and_lists_offer_the_declared_names(tmp_path, kind):
    book = opened(tmp_path, kind)
    lists = book["代码表"]
    assert lists.sheet_state == "hidden"
    for form in form_sheets(kind):
        rules = {str(rule.sqref).partition(":")[0]: rule for rule in book[form.sheet].data_validations.dataValidation}
        assert len(rules) == len(form.columns)
        for column, cell in zip(form.columns, book[form.sheet][HEADER], strict=True):
            rule = rules[f"{cell.column_letter}{HEADER + 1}"]
            if column.code_list and column.type != "ip":
                area = rule.formula1.partition("!")[2].replace("$", "")
                offered = [row[0].value for row in lists[area]]
                assert offered == list(code_lists()[column.code_list].values())


def test_excel_says_what_a_check_would_say(tmp_path):
    book = opened(tmp_path, "bank", period="2026-10")
    rules = {str(rule.sqref): rule for rule in book["B1 质押贷款明细"].data_validations.dataValidation}
    registered = rules["M4:M20003"]  # 质押登记完成日
    assert registered.formula1 == (
        "AND(ISNUMBER($M4),$M4>=DATE(1990,1,1),NOT(AND(ISNUMBER($L4),ISNUMBER($M4),$M4<$L4)))"
    )
    assert registered.error == (
        "质押登记完成日应为日期，如2026-10-31；质押登记完成日早于质押登记申请日：按质押登记通知书核对两个日期"
    )
    assert "评估费却为“…”" in rules["R4:R20003"].error
    messages = [rule.error or "" for sheet in book for rule in sheet.data_validations.dataValidation]
    assert not any("{" in message or len(message) > 255 for message in messages)


@pytest.mark.parametrize("kind", KINDS)
def test_the_dictionary_has_a_row_a_column(tmp_path, kind):
    rows = list(opened(tmp_path, kind)["数据字典"].iter_rows(min_row=2, values_only=True))
    declared = [(form.code, column.code) for form in form_sheets(kind) for column in form.columns]
    assert [(row[0], row[2]) for row in rows] == declared


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_template_reads_as_nothing_to_report(tmp_path, kind):
    path = write_template(tmp_path / "2026-09_X.xlsx", period="2026-09", kind=kind, policy=DECLARED)
    reading = read_package(take(path))
    assert reading.problems == ()
    assert set(reading.tables) == {form.code for form in form_sheets(kind)}
    assert all(table.row_count == 0 for table in reading.tables.values())
    assert {item.code for item in cover_items()} <= set(reading.cover)


def judged(path: Path) -> tuple[list, dict[str, list]]:
    """Findings of a file, and its typed rows by form."""
    item = Submitted(0, SUBMISSION.submitter, "district", SUBMISSION.period, read_package(take(path)))
    with duckdb.connect() as connection:
        check_batch(connection, [item])
        findings = connection.execute("SELECT check_id, column_code, value FROM new_finding").fetchall()
        rows = {
            form: connection.execute(
                f"SELECT {', '.join(column.code for column in forms()[form].columns)} FROM typed_{form} ORDER BY row_no"
            ).fetchall()
            for form in ("R1", "R2", "R3")
        }
    return findings, rows


@pytest.mark.parametrize("manner", MANNERS)
def test_every_manner_is_read_back_as_it_was_meant(tmp_path, manner):
    findings, rows = judged(write_submission(tmp_path, SUBMISSION, MANNERS[manner]))
    assert findings == []
    for form, brought in rows.items():
        assert brought == [tuple(row.values()) for row in SUBMISSION.rows[form]]


def test_a_text_never_turns_into_a_formula(tmp_path):
    book = openpyxl.load_workbook(write_submission(tmp_path, SUBMISSION))
    cell = book["R1 综合服务点"].cell(HEADER + 1, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_control_totals_are_counted_unless_given(tmp_path):
    wrong = replace(SUBMISSION, cover={**COVER, "rows_R1": 5})
    findings, _ = judged(write_submission(tmp_path, wrong))
    assert [(column, value) for _, column, value in findings] == [("rows_R1", "5")]


@pytest.mark.parametrize("manner", MANNERS)
def test_the_same_submission_gives_the_same_bytes(tmp_path, manner):
    first, second = (write_submission(tmp_path / name, SUBMISSION, MANNERS[manner]) for name in "ab")
    assert digests(first) == digests(second)


def test_the_same_template_gives_the_same_bytes(tmp_path):
    first, second = (write_template(tmp_path / f"{name}.xlsx", kind="bank", policy=DECLARED) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def digests(path: Path) -> list[str]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [sha256(file.read_bytes()).hexdigest() for file in files]


def test_one_template_for_each_member_expected_in_a_period(pilot, tmp_path):
    run = CliRunner()
    out = tmp_path / "out"
    done = run.invoke(etl, ["template", "--out", str(out), "--all", "--period", "2026-10"])
    assert done.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        f"2026-10_{code}.xlsx" for code in ("110108", "B001", "B002")
    ]
    wrong = (
        ["--all"],
        ["--all", "--period", "2026-10", "--submitter", "B001"],
        ["--all", "--period", "2026-06"],  # before the first was admitted
        ["--period", "2026-13"],
        ["--submitter", "B999"],
    )
    assert [run.invoke(etl, ["template", "--out", str(out), *each]).exit_code for each in wrong] == [2] * len(wrong)


def test_a_template_says_when_it_is_due_by_the_parameters_decided(pilot, tmp_path, monkeypatch):
    """The 12th instead of the 10th from October on: 2026-11-12 is a Thursday, 2026-12-12 a Saturday."""
    facts = {"name": "deadline_day_month", "value": "12", "effective_from": "2026-10-01", "document_no": "试1号"}
    pilot.ledger.append(pilot.ledger.events()[-1].at, [Entry("parameter", "乙", "deadline_day_month", facts)])

    def told(*arguments: str, name: str) -> str:
        done = CliRunner().invoke(etl, ["template", "--out", str(tmp_path), *arguments])
        assert done.exit_code == 0, done.output
        (line,) = [row[0] for row in openpyxl.load_workbook(tmp_path / name)["填报说明"].values if "报送截止" in row[0]]
        return line.removeprefix("二、报送截止：").replace("，遇节假日顺延至下一工作日，北京时间24时止", "")

    def of_period(period: str) -> str:
        return told("--submitter", "B001", "--period", period, name=f"{period}_B001.xlsx")

    assert of_period("2026-08") == "月报为次月10日，季末月份为次月18日。本期（2026-08）截止日为2026-09-10。"
    assert of_period("2026-10") == "月报为次月12日，季末月份为次月18日。本期（2026-10）截止日为2026-11-12。"
    assert of_period("2026-11") == "月报为次月12日，季末月份为次月18日。本期（2026-11）截止日为2026-12-14。"
    for day, month in (("2026-09-30", 10), ("2026-10-01", 12)):
        monkeypatch.setenv("PILOT_NOW", f"{day}T09:00:00")
        assert told(name="模板_机构.xlsx") == f"月报为次月{month}日，季末月份为次月18日。"


def test_a_template_is_written_where_there_is_no_ledger_and_leaves_none(own_home, tmp_path):
    assert CliRunner().invoke(etl, ["template", "--out", str(tmp_path / "out")]).exit_code == 0
    assert not (own_home / "ledger.db").exists()
