"""The columns of S70 worked out by hand, their ties with the catalogue, and the national form held beside them."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from contract.errors import CallError, DeclarationError
from metrics.__main__ import metrics
from metrics.targets.s70 import APART, NOT_HERE, NOT_THERE, TIED, columns, compare, read_columns, read_national, s70
from tests.metrics.snapshots import Member, make, publish, report

PERIOD = "2025-03"
HEADER = "loan_no uscc amount balance rate disbursed_on matures_on pure_ip risk_class"
# F1 borrows twice of B001 and once of B002; L4 is of last year, L3 runs 12 months to the day, L2 a day longer.
LOANS = {
    "B001": f"""
        {HEADER}
        L1 F1 100.005 100.005 3.45 2025-01-10 2025-12-10 true  1
        L2 F1 200     150     4    2025-02-10 2026-02-11 false 3
        L3 F2 300     300     3    2025-03-10 2026-03-10 true  1
        L4 F3 500      80     5    2024-11-10 2027-11-10 false 5
    """,
    "B002": f"""
        {HEADER}
        L1 F1  50      50     6    2025-03-01 2025-09-01 true  1
    """,
    "B003": f"""
        {HEADER}
        L1 F9  70      70     2    2025-03-01 2025-09-01 true  1
    """,
}
MEMBERS = [Member("B002", "city"), Member("B003", "city", admitted="2025-06-01"), Member("B004")]
REPORTS = [report(bank, PERIOD, B1=loans) for bank, loans in LOANS.items()]


@pytest.fixture(scope="module")
def snapshot():
    return make(*REPORTS, members=MEMBERS)


def test_columns_are_worked_out_loan_by_loan(snapshot):
    lines = {line.entity: line for line in s70(snapshot, PERIOD)}
    assert list(lines) == ["BJ", "state", "city", "B001", "B002", "B003"]
    assert lines["B001"].figures == {
        "A": 2,
        "B": Decimal("600.005"),
        "C": 3,
        "D": Decimal("630.005"),
        "E": 150 + 80,
        "F": Decimal("400.005"),
        "G": 150 + 80,
        "H": Decimal("3.4501725") + 8 + 9,  # each amount times its rate, over 100
    }
    assert lines["B001"].rate == pytest.approx(20.4501725 / 600.005 * 100)


def test_groups_and_the_city_are_sums_of_the_banks_that_count(snapshot):
    """F1 counts twice in the sum of households and once in the distinct ones; B003 reports its history only."""
    lines = {line.entity: line for line in s70(snapshot, PERIOD)}
    assert not lines["B003"].in_total
    assert lines["city"].figures["D"] == 50
    assert lines["BJ"].figures == {
        code: lines["B001"].figures[code] + lines["B002"].figures[code] for code in columns()
    }
    assert (lines["BJ"].figures["A"], lines["BJ"].distinct["A_distinct"]) == (3, 2)
    assert (lines["BJ"].figures["C"], lines["BJ"].distinct["C_distinct"]) == (4, 3)


def test_nothing_lent_has_no_rate():
    connection = make(report("B001", PERIOD, B1=""))
    (_, _, bank) = s70(connection, PERIOD)
    assert set(bank.figures.values()) == {0}
    assert bank.rate is None
    assert s70(connection, "2025-01") == []


def test_columns_tie_exactly_with_the_catalogue_and_with_the_loans():
    """Any loans: each column is the catalogue's figure of the bank, to the last digit, and what the sets hold."""
    dice = random.Random(5)
    reports = []
    for period in ("2025-01", "2025-02", PERIOD):
        for bank in ("B001", "B002", "B003"):
            rows = []
            for number in dice.sample(range(20), 12):
                amount = Decimal(dice.randint(1, 10**10)) / 10**6
                day, end = dice.choice(["2024-11-05", "2025-01-02"]), dice.choice(["2025-12-31", "2027-01-02"])
                what = f"L{number} F{number % 7} {amount} {amount / 2} {Decimal(dice.randint(1, 24 * 10**6)) / 10**6}"
                rows.append(f"{what} {day} {end} {dice.choice(['true', 'false'])} {dice.randint(1, 5)}")
            reports.append(report(bank, period, B1="\n".join([HEADER, *rows])))
    connection = make(*reports, members=[Member("B002", "city")])
    query = "SELECT scope, entity, indicator, part FROM value WHERE period = ?"
    part = {tuple(key): value for *key, value in connection.execute(query, [PERIOD]).fetchall()}
    lines = s70(connection, PERIOD)
    assert len(lines) == 6
    for line in lines:
        for column, code in {"B": "G04", "D": "G01", "E": "S01", "F": "S04", "G": "G08"}.items():
            assert line.figures[column] == part[line.scope, line.entity, code]
        assert line.figures["H"] * 100 == part[line.scope, line.entity, "G07"]
        assert line.distinct["A_distinct"] == part[line.scope, line.entity, "G05"]
        assert line.distinct["C_distinct"] == part[line.scope, line.entity, "G02"]
        if line.scope == "bank":
            assert (line.figures["A"], line.figures["C"]) == tuple(line.distinct.values())
            lent = (
                "SELECT count(DISTINCT uscc), sum(amount), sum(amount * rate) FROM set_Y WHERE period = ? AND bank = ?"
            )
            households, amount, interest = connection.execute(lent, [PERIOD, line.entity]).fetchone()
            assert (line.figures["A"], line.figures["B"], line.figures["H"] * 100) == (households, amount, interest)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["A,户数,户,G99,1,"], "s70.csv第2行的指标“G99”"),
        (["A,户数,户,G05,1,", "A,金额,万元,G04,1,"], "s70.csv第3行：列A重复"),
        (["H,利息,万元,G07,0,"], "除数“0”应为正整数"),
        (["H,利息,万元,G07,一百,"], "除数“一百”"),
    ],
)
def test_a_wrong_column_is_named(tmp_path, rows, told):
    path = tmp_path / "s70.csv"
    path.write_text("\n".join(["column,name,unit,indicator,divisor,note", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_columns(path)


def national(folder: Path, *rows: str, header: str = "bank,column,value", encoding: str = "utf-8") -> Path:
    path = folder / "s70.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


def test_the_national_form_is_held_beside_ours(snapshot, tmp_path):
    """To two decimals 600.005 is 600.00 or 600.01: within a hundredth. 630.03 is not, nor one household."""
    given = [
        "B001,A,2", 'B001,B,"600.01"', "b001,C,4", "B001,D,630.03", "B001,E,230", "B001,F,400", "B001,G,230",
        "B004,A,1",
    ]  # fmt: skip
    compared = {
        (comparison.bank, comparison.column): comparison
        for comparison in compare(snapshot, PERIOD, read_national(national(tmp_path, *given)))
    }
    assert {key: comparison.outcome for key, comparison in compared.items()} == {
        ("B001", "A"): TIED, ("B001", "B"): TIED, ("B001", "C"): APART, ("B001", "D"): APART, ("B001", "E"): TIED,
        ("B001", "F"): TIED, ("B001", "G"): TIED, ("B001", "H"): NOT_THERE, ("B004", "A"): NOT_HERE,
    }  # fmt: skip
    assert (compared["B001", "C"].difference, compared["B001", "D"].difference) == (-1, Decimal("-0.025"))
    assert {comparison.reason for comparison in compared.values()} == {""}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["B001,Z,1"], "第2行的列“Z”应为A、B"),
        (["B001,A,1", "b001,a,2"], "第3行：b001的a列重复"),
        (["B001,A,一"], "第2行的数值“一”不是数"),
        (["B001,A,NaN"], "第2行的数值“NaN”不是数"),
        (["B001,A"], "第2行的数值“”不是数"),
    ],
)
def test_a_wrong_row_of_the_national_form_is_named(tmp_path, rows, told):
    with pytest.raises(CallError, match=told):
        read_national(national(tmp_path, *rows))


def test_the_header_is_read_in_words_or_in_codes(tmp_path):
    words = read_national(national(tmp_path, "B001,A,1", header="机构编码,列,数值", encoding="gb18030"))
    assert words == read_national(national(tmp_path, "B001,A,1")) == {("B001", "A"): Decimal(1)}


def test_another_header_and_an_unknown_bank_are_refused(snapshot, tmp_path):
    with pytest.raises(CallError, match="列应为机构编码、列、数值，现为机构、列"):
        read_national(national(tmp_path, header="机构,列", encoding="gb18030"))
    with pytest.raises(CallError, match="没有机构“B777”"):
        compare(snapshot, PERIOD, read_national(national(tmp_path, "B777,A,1", encoding="utf-8-sig")))


def run(*arguments: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(metrics, ["s70", "--period", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done


def test_the_command_shows_and_compares(own_home, tmp_path):
    publish(own_home, report("B001", "2025-02", B1=LOANS["B001"]), *REPORTS, members=MEMBERS)
    done = run(PERIOD, "--entity", "B001")
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["A"], row["B"], row["D"], row["H"]) == ("2", "600.005", "630.005", "20.4501725")
    assert "季末，应与各机构填报的S70对数" in done.stderr
    assert "未列入也不在合计内的机构：B004" in done.stderr
    assert "不是季末" in run("2025-02").stderr

    given = national(tmp_path, "B001,A,2", "B002,D,50")
    compared = run(PERIOD, "--compare", given, code=1)  # columns that the form does not list
    assert compared.stdout.splitlines()[:2] == [
        "period,bank,column,name,s70,pilot,difference,outcome,reason",
        "2025-03,B001,A,当年累放贷款户数,2,2,0,一致,",
    ]
    every = [f"B002,{column},{value}" for column, value in zip("ABCDEFGH", (1, 50, 1, 50, 0, 50, 0, 3), strict=True)]
    run(PERIOD, "--compare", national(tmp_path, *every))

    out = tmp_path / "s70.xlsx"
    run(PERIOD, "--format", "xlsx", "--out", out)
    cells = list(openpyxl.load_workbook(out).worksheets[0].values)
    assert "试点机构合计" in [row[3] for row in cells]
    assert "演示数据，不得作为真实情况使用" in [row[0] for row in cells]
    for wrong, told in (
        ((PERIOD, "--entity", "B777"), "B777"),
        ((PERIOD, "--format", "xlsx"), "--out"),
        (("2030-01",), "2030-01"),
        ((PERIOD, "--compare", tmp_path / "none.csv"), "none.csv"),
    ):
        assert told in run(*wrong, code=2).stderr
