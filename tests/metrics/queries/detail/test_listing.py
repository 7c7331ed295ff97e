"""明细查询 gives the rows that were asked for, page by page, with what all of them come to and where each stands."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.errors import CallError, DeclarationError
from contract.settings import Home
from etl.snapshot.opened import current
from ledger.audit import stands_for
from metrics.indicators.relations import relations
from metrics.queries.detail.kinds import check_room, columns_of, kinds
from metrics.queries.detail.listing import EXPORT_ROWS, PAGE_ROWS, exported, listed, sums
from metrics.queries.detail.selection import (
    Filter,
    Selection,
    on_record,
    read_filter,
    read_filters,
    words,
    write_filters,
)
from tests.metrics.queries.detail.conftest import PERIOD
from tests.metrics.snapshots import publish, report
from tests.published import ANALYST


def loans(*filters: Filter, **more) -> Selection:
    return Selection("loans", PERIOD, filters=filters, **more)


def numbers(version, selection) -> list[str]:
    return listed(ANALYST, version, selection)["loan_no"].tolist()


def test_all_that_was_reported_unless_a_set_is_named(version):
    assert numbers(version, loans()) == ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]
    assert numbers(version, loans(of="A")) == ["a1", "a2", "a3", "b1", "b2", "c1"]
    assert numbers(version, loans(of="A", scope="bank", entity="B003")) == ["c1"]
    assert numbers(version, loans(of="Y")) == ["a1", "a2", "b1", "b2", "c1"]


def test_sums_are_exact_and_of_all_rows(version):
    told = sums(ANALYST, version, loans())
    assert (told.rows, told.firms) == (7, 5)
    assert told.sums == {"amount": Decimal(4439), "balance": Decimal("3759.5"), "closed_amount": Decimal(0)}
    assert sums(ANALYST, version, loans(of="A", scope="city")).rows == 5  # B003 has left the list


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        ("size", "small,micro", ["a1", "a2", "a3", "b2", "c1"]),
        ("balance", "120.5..900", ["a1", "a2", "a3", "b1"]),
        ("balance", "..40", ["a4", "c1"]),
        ("balance", "900..", ["a1", "a2", "b2"]),
        ("balance", "999", ["b2"]),
        ("rate", "4..", ["a3", "a4"]),
        ("disbursed_on", "2025-01-30..2025-02-20", ["a2", "b1"]),
        ("borrower_name", "甲", ["a1", "a2", "b1"]),
        ("borrower_name", "100%", ["a4"]),
        ("borrower_name", "_", []),
        ("uscc", "f1", ["a1", "a2", "b1"]),
        ("ip_types", "data,trademark", ["a2", "a3"]),
        ("bank", "B002", ["b1", "b2"]),
        ("bank_type", "city", ["b1", "b2"]),
        ("district", "110102,110105", ["a3", "a4"]),
        ("renewal", "true", []),
        ("closed_on", "空", ["a1", "a2", "a3", "b1", "b2", "c1"]),
    ],
)
def test_a_column_is_filtered_by_its_type(version, column, written, expected):
    asked = read_filter(columns_of(relations()["B1"])[column], written)
    assert numbers(version, loans(asked)) == expected
    assert sums(ANALYST, version, loans(asked)).rows == len(expected)
    assert read_filter(columns_of(relations()["B1"])[column], asked.written) == asked


def test_filters_hold_together(version):
    assert numbers(version, loans(Filter("uscc", text="F1"), Filter("bank", codes=("B001",)))) == ["a1", "a2"]


def test_rows_stand_in_the_order_asked_for(version):
    assert numbers(version, loans(sort="-balance"))[:3] == ["b2", "a1", "a2"]
    assert numbers(version, loans(sort="matures_on"))[:3] == ["a4", "a3", "c1"]
    assert numbers(version, loans(sort="closed_on"))[0] == "a4"  # empty cells come last, in either direction
    assert numbers(version, loans(sort="-closed_on"))[0] == "a4"


def test_a_row_tells_the_way_to_its_file(version):
    row = listed(ANALYST, version, loans(Filter("loan_no", text="b2"))).iloc[0]
    assert row[["file_name", "version", "sheet", "row_no"]].tolist() == ["2025-02_B002.xlsx", 1, "B1 质押贷款明细", 5]
    assert f"{row['received_at']:%Y-%m-%d}" == "2025-03-10"
    assert row["balance"] == Decimal(999)


def test_the_columns_chosen_are_shown_and_no_unknown_one(version):
    frame = listed(ANALYST, version, loans(columns=("loan_no", "tech", "loan_key", "nothing")))
    assert [code for code in frame.columns if code in ("loan_no", "tech", "loan_key", "nothing", "balance")] == [
        "loan_no", "tech",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "selection",
    [
        loans(of="R1"),
        loans(of="nothing"),
        loans(sort="loan_key"),
        loans(sort="1; DROP TABLE B1"),
        loans(scope="nowhere"),
        loans(Filter("on_list) OR (true", text="x")),
        loans(Filter("size", codes=("huge",))),
        loans(figure="G01.whole"),
        loans(figure="Z99.part"),
        loans(page=0),
        Selection("letters", PERIOD),
    ],
)
def test_what_there_is_not_is_refused_in_a_line(version, selection):
    with pytest.raises(CallError):
        listed(ANALYST, version, selection)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("balance", "abc.."),
        ("balance", "..1e99"),
        ("balance", "nan"),
        ("disbursed_on", "2025-02-30.."),
        ("rate", "..-"),
    ],
)
def test_the_end_of_a_span_that_is_no_value_is_refused(column, written):
    with pytest.raises(CallError, match="筛选"):
        read_filter(columns_of(relations()["B1"])[column], written)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            ["bank", "loan_no", "borrower_name", "name", "uscc", "matures_on", "balance"],
            "共宽1069像素，超过列表的1029像素",
        ),
        (["bank", "address"], "address没有声明宽度"),
    ],
)
def test_columns_shown_at_first_that_do_not_fit_into_the_list_are_refused(columns, said):
    known = dict(columns_of(relations()["B1"])) | dict(columns_of(relations()["R1"]))
    with pytest.raises(DeclarationError, match=said):
        check_room([known[column] for column in columns], "detail.toml的loans")


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_and_set_can_be_listed_with_every_column_filtered_and_sorted(version, kind):
    """Every declared column by its type; a filter that the column's own first value meets keeps its row."""
    for of in kinds()[kind].sets:
        whole = Selection(kind, PERIOD, of, columns=tuple(columns_of(relations()[of])))
        frame = exported(ANALYST, version, whole)
        assert len(frame) == sums(ANALYST, version, whole).rows
        for code, column in columns_of(relations()[of]).items():
            cells = frame[code].dropna()
            written = "空" if cells.empty else str(cells.iloc[0]).replace("True", "true").replace("False", "false")
            narrowed = Selection(kind, PERIOD, of, filters=(read_filter(column, written),), sort=f"-{code}")
            rows = sums(ANALYST, version, narrowed).rows
            assert rows >= 1 or frame.empty
            assert len(listed(ANALYST, version, narrowed)) == rows


def test_pages_are_cut_by_the_database_and_hold_every_row_once(tmp_path):
    many = PAGE_ROWS * 2 + 7
    lines = "\n".join(f"L{number:04} {number % 9 + 1}" for number in range(many))
    publish(tmp_path, report("B001", PERIOD, B1=f"loan_no balance\n{lines}"))
    version = current(Home(tmp_path))
    pages = [listed(ANALYST, version, loans(sort="-balance", page=page)) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 7, 0]
    seen = [number for page in pages for number in page["loan_no"]]
    assert len(set(seen)) == many
    balances = [balance for page in pages for balance in page["balance"]]
    assert balances == sorted(balances, reverse=True)
    assert exported(ANALYST, version, loans(sort="-balance"))["loan_no"].tolist() == seen


def test_too_many_rows_for_one_file_are_refused_with_a_word(version, monkeypatch):
    monkeypatch.setattr("metrics.queries.detail.listing.EXPORT_ROWS", 6)
    with pytest.raises(CallError, match="共7行，超过一次导出的上限"):
        exported(ANALYST, version, loans())
    assert len(exported(ANALYST, version, loans(of="A"))) == 6 < EXPORT_ROWS


def test_a_selection_is_said_in_words(version):
    columns = columns_of(relations()["A"])
    asked = (read_filter(columns["size"], "small,micro"), read_filter(columns["balance"], "100.."))
    told = words(loans(*asked, of="A", scope="bank", entity="B001", figure="G09.whole"), {"B001": "甲行"})
    assert told == "存量贷款；机构：甲行；不良率（G09）的分母；企业规模：小型、微型；期末余额：100及以上"


def test_filters_go_into_an_address_and_back():
    asked = (
        Filter("borrower_name", text="甲&乙=1%,.."),
        Filter("size", codes=("small", "micro")),
        Filter("balance", low="1.5"),
        Filter("closed_on", absent=True),
    )
    assert read_filters(relations()["B1"], write_filters(asked)) == asked
    assert read_filters(relations()["B1"], "") == ()
    with pytest.raises(CallError, match="没有可供筛选的列“loan_key”"):
        read_filters(relations()["B1"], "loan_key=1")


def test_the_audit_is_told_codes_and_spans_and_no_text():
    asked = (Filter("borrower_name", text="甲公司"), Filter("balance", low="1.5"), Filter("size", codes=("small",)))
    told = on_record(loans(*asked, of="A", scope="bank", entity="B001", page=3))
    assert told == {
        "period": PERIOD, "set": "A", "scope": "bank", "entity": "B001", "page": "3",
        "borrower_name": stands_for("甲公司"), "balance": "1.5..", "size": "small",
    }  # fmt: skip
    assert "甲公司" not in str(told)
