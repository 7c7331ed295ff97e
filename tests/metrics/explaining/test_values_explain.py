"""An explanation gives the same figures as the table of values, and the rows and submissions that make them."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from contract.declarations import forms
from contract.errors import CallError
from metrics.explaining.explanation import TermExplained, explain
from metrics.explaining.explanation_text import WRITERS
from metrics.indicators.catalogue import Indicator, catalogue
from metrics.indicators.relations import relations
from tests.metrics.snapshots import Member, make, report

POINTS = "point_id consultations matched\n110108-01 20 5"
LOANS = """
loan_no uscc balance risk_class district ip_types        approved_on
L1      F1   80      1          110108   patent          2025-01-08
L2      F2   20      3          110105   patent,data     2025-01-09
"""
B3 = "credit_plan kpi_weight dd_cases_ytd\n500 2 3"


@pytest.fixture(scope="module")
def made() -> Iterator[duckdb.DuckDBPyConnection]:
    banks = [
        report(
            bank,
            period,
            B1=LOANS,
            B2="total_loans total_npl branches\n1000 10 4",
            B3=B3,
            B4="case_no\nC1",
            B5="",
            I1="",
        )
        for period in ("2024-03", "2024-12", "2025-03")
        for bank in ("B001", "B002")
    ]
    district = report(
        "110108", "2025-03", R1=POINTS, R2="pool_size\n10", R3="deals\n2", R4="uscc demand\nF1 200", I1=""
    )
    with make(*banks, district, members=[Member("B002", "city")]) as connection:
        keep_sets(connection)
        yield connection


@pytest.fixture(scope="module")
def partly() -> Iterator[duckdb.DuckDBPyConnection]:
    """In April B001's report was returned, B002 and the district sent nothing, and B003 is new and has no loans."""
    banks = [report(bank, period, B1=LOANS) for period in ("2024-03", "2025-03") for bank in ("B001", "B002")]
    april = [report("B001", "2025-04", verdict="returned", errors=1), report("B003", "2025-04", B1="")]
    members = [Member("B002", "city"), Member("B003", "rural", admitted="2025-04-01"), Member("110108")]
    with make(*banks, *april, members=members) as connection:
        yield connection


def keep_sets(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the sets tables: nearly all the time of some 2,000 small statements would go into planning views."""
    views = {row[0] for row in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    sets = sorted(views & {relation.view for relation in relations().values()})
    for name in sets:
        connection.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}")
    for name in sets:
        connection.execute(f"DROP VIEW {name}")
        connection.execute(f"ALTER TABLE kept_{name} RENAME TO {name}")


def counted_again(connection: duckdb.DuckDBPyConnection, term: TermExplained) -> Decimal:
    """The aggregate over nothing but the rows that the explanation lists."""
    if not term.rows:
        return Decimal(0)
    rows = pa.table({column: [row[at] for row in term.rows] for at, column in enumerate(term.columns)})
    connection.register("listed", rows)
    amount = connection.execute(f"SELECT {term.expression} FROM listed").fetchall()[0][0]
    connection.unregister("listed")
    return Decimal(amount or 0)


FILED = "SELECT submission_id, file_name, version, received_at FROM submission"


def cells_reported(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, str, int], dict]:
    """(form, submission, sheet, row) → its cells, as reported."""
    cells = {}
    for form in forms():
        rows = connection.execute(f"SELECT * FROM {form}")
        names = [column[0] for column in rows.description]
        for row in (dict(zip(names, values, strict=True)) for values in rows.fetchall()):
            cells[form, row["submission_id"], row["sheet"], row["row_no"]] = row
    return cells


def assert_rows_are_found_again(terms: Iterable[TermExplained], reported: dict, filed: dict) -> None:
    """Every row names its file, version and time; a form's row its sheet and row too, and the cells are those there."""
    for term in terms:
        for row in (dict(zip(term.columns, values, strict=True)) for values in term.rows):
            if row.get("submission_id"):
                named = [row[name] for name in ("file_name", "file_version", "file_received_at")]
                assert named == filed[row["submission_id"]]
            form = term.relation.form
            if form:
                there = reported[form, row["submission_id"], row["sheet"], row["row_no"]]
                cells = [name for name in term.cells if name in there]
                assert [row[name] for name in cells] == [there[name] for name in cells]


def value_of(indicator: Indicator, terms: Iterable[TermExplained]) -> float | None:
    """The value, from what the terms give and nothing else."""
    sums: dict[str, Decimal] = {}
    for term in terms:
        role = term.role.partition("（")[0]
        sums[role] = sums.get(role, Decimal(0)) + term.amount
    part, whole = sums["分子"], sums.get("分母")
    if indicator.kind == "plain":
        return float(part)
    if not whole:
        return None
    if indicator.kind == "growth":
        return float((part - whole) * 100 / whole)
    if indicator.kind == "difference":
        return float((part / whole - sums["减项分子"] / sums["减项分母"]) * indicator.scale)
    return float(part * indicator.scale / whole)


def test_the_rows_of_every_figure_in_every_scope_give_it_back(made):
    rows = made.execute(
        "SELECT scope, entity, indicator, part, whole FROM value WHERE period = '2025-03' "
        "AND (entity IN ('BJ', 'B001', '110108', 'city', 'mixed'))"
    ).fetchall()
    seen, reported = set(), cells_reported(made)
    filed = {number: place for number, *place in made.execute(FILED).fetchall()}
    for scope, entity, code, part, whole in rows:
        explained = explain(made, catalogue()[code], "2025-03", scope, entity)
        for term in explained.terms:
            assert (len(term.rows), counted_again(made, term)) == (term.row_count, term.amount), (code, term.role)
        amounts = {role: sum(t.amount for t in explained.terms if t.role.startswith(role)) for role in ("分子", "分母")}
        assert (explained.part, explained.whole) == (part, whole)
        if catalogue()[code].kind != "difference":
            assert amounts["分子"] == part, code
            assert whole is None or amounts["分母"] == whole, code
        assert value_of(catalogue()[code], explained.terms) == pytest.approx(explained.value), code
        assert_rows_are_found_again(explained.terms, reported, filed)
        seen.add((code, scope))
    assert seen == {(code, scope) for code, indicator in catalogue().items() for scope in indicator.scopes}


def test_every_row_names_its_file_sheet_row_and_cells(made):
    bad, _ = explain(made, catalogue()["G09"], "2025-03", "bank", "B001").terms
    row = dict(zip(bad.headers, bad.rows[0], strict=True))
    place = {name: row[name] for name in ("文件", "报送版本", "工作表", "行号")}
    assert place == {"文件": "2025-03_B001.xlsx", "报送版本": 1, "工作表": "B1 质押贷款明细", "行号": 5}
    assert row["收到时间"] == made.execute(
        "SELECT received_at FROM submission WHERE submitter = 'B001' AND period = '2025-03'"
    ).fetchall()[0][0]  # fmt: skip
    assert bad.cells == ("balance", "risk_class")


def test_the_rows_behind_are_those_that_count(made):
    bad, all_loans = explain(made, catalogue()["G09"], "2025-03", "bank", "B001").terms
    assert (bad.row_count, all_loans.row_count) == (1, 2)
    row = dict(zip(bad.headers, bad.rows[0], strict=True))
    assert (row["贷款合同编号"], row["期末余额"], row["五级分类"], row["行号"]) == ("L2", 20, "3", 5)
    assert "risk_class" in bad.statement and "B001" not in bad.statement
    assert bad.parameters == ("2025-03", "B001")


def test_a_ratio_is_told_with_the_figure_without_which_it_misleads(made):
    """G18 beside G09, the same banks' growth beside growth; nothing where the other has no such scope."""
    for code, other, scope, entity in (("G09", "G18", "bank", "B001"), ("G12", "G17", "city", "BJ")):
        told = explain(made, catalogue()[code], "2025-03", scope, entity)
        query = "SELECT value FROM value WHERE period = '2025-03' AND scope = ? AND entity = ? AND indicator = ?"
        assert told.beside == made.execute(query, [scope, entity, other]).fetchone()[0]
        assert (f"并看：{other}" in WRITERS["text"](told)) == (told.beside is not None)
        assert json.loads(WRITERS["json"](told))["beside"] == {"code": other, "value": told.beside}
    assert explain(made, catalogue()["G12"], "2025-03", "bank", "B001").beside is None
    assert explain(made, catalogue()["G01"], "2025-03", "bank", "B001").beside is None


def test_a_limit_cuts_the_rows_and_not_their_count(made):
    (loans,) = explain(made, catalogue()["G03"], "2025-03", "city", "BJ", limit=1).terms
    assert (len(loans.rows), loans.row_count, loans.amount) == (1, 4, 4)
    (everyone,) = explain(made, catalogue()["G03"], "2025-03", "city", "BJ").terms
    assert loans.rows == everyone.rows[:1]


def test_growth_names_the_submissions_of_both_periods(made):
    explained = explain(made, catalogue()["G12"], "2025-03", "bank", "B001")
    assert [(source.period, source.submitter) for source in explained.sources] == [
        ("2024-03", "B001"),
        ("2025-03", "B001"),
    ]
    assert [term.period for term in explained.terms] == ["2025-03", "2024-03"]


def test_none_is_answered_by_the_submission_that_says_none(made):
    explained = explain(made, catalogue()["S19"], "2025-03", "bank", "B001")
    assert (explained.value, explained.terms[0].row_count) == (0, 0)
    assert [(source.submitter, source.period) for source in explained.sources] == [("B001", "2025-03")]


@pytest.mark.parametrize(
    ("code", "period", "scope", "entity", "kind", "told"),
    [
        ("G07", "2025-04", "bank", "B003", "none", "分母为0"),
        ("G01", "2025-04", "bank", "B001", "not_reported", "已退回"),
        ("G01", "2025-04", "bank", "B002", "not_reported", "截止时间已过"),
        ("G01", "2024-03", "bank", "B003", "not_applicable", "不在试点名单"),
        ("S14", "2025-04", "bank", "B003", "not_applicable", "按季报送"),
        ("D08", "2025-04", "bank", "B003", "not_reported", "B2 机构汇总"),
        ("S11", "2025-04", "bank_type", "rural", "not_applicable", "按季报送"),
        ("G12", "2025-04", "bank", "B003", "not_applicable", "上年同期（2024-04）没有数据，不适用"),
        ("G12", "2025-03", "bank", "B001", "", ""),
        ("G13", "2024-03", "bank", "B001", "not_applicable", "首个报送期之前"),
        ("G17", "2025-04", "city", "BJ", "not_applicable", "没有本期和上年同期"),
        ("D01", "2025-03", "district", "000000", "not_applicable", "不是试点地区"),
        ("D01", "2025-04", "district", "110108", "not_reported", "截止时间已过"),
        ("G01", "2024-05", "district", "110108", "not_reported", "应报2家，均未受理"),
        ("G01", "2025-04", "bank_type", "state", "not_reported", "应报1家，均未受理"),
        ("M05", "2024-03", "bank", "B003", "not_applicable", "不在试点名单"),
    ],
)
def test_why_there_is_no_value(partly, code, period, scope, entity, kind, told):
    explained = explain(partly, catalogue()[code], period, scope, entity)
    assert (explained.absence.kind if explained.absence else "") == kind
    assert (explained.value is None) == bool(kind)
    if kind:
        assert told in explained.absence.words
        assert explained.absence.words in WRITERS["text"](explained)
        assert json.loads(WRITERS["json"](explained))["absence"]["kind"] == kind


@pytest.mark.parametrize(
    ("code", "scope", "entity", "told"),
    [("D01", "bank", "B001", "没有范围“bank”"), ("G09", "bank", "B009", "B009"), ("S13", "ip", "patent", "没有范围")],
)
def test_a_figure_that_is_not_there_is_a_wrong_call(made, code, scope, entity, told):
    with pytest.raises(CallError, match=told):
        explain(made, catalogue()[code], "2025-03", scope, entity)


def test_both_ways_of_writing_hold_the_same(made):
    explained = explain(made, catalogue()["G18"], "2025-03", "city", "BJ")
    text, program = WRITERS["text"](explained), json.loads(WRITERS["json"](explained))
    assert (program["part"], program["whole"], program["value"]) == ("40", "200", 20.0)
    assert [term["row_count"] for term in program["terms"]] == [2, 0, 4, 0]
    assert [source["file_name"] for source in program["submissions"]] == ["2025-03_B001.xlsx", "2025-03_B002.xlsx"]
    for shown in ("还原不良率", "分子：40", "值：20", "closed_amount", "2025-03_B001.xlsx", "集合set_A"):
        assert shown in text
