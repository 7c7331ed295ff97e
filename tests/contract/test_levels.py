"""Levels of data: every declared column has one, a declaration without is refused; what follows is one rule each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.replay.replay import kinds, read_kinds
from contract import declarations
from contract.declarations import cover_items, filed_level, forms, told
from contract.errors import DeclarationError
from contract.levels import kept_until, levels, read_levels, strictest
from contract.viewer import Viewer, areas, level_of_areas, shows
from etl.snapshot.columns import held_by, read_snapshot_columns

ANALYST, SUPERVISOR = Viewer("a", "甲", "analyst"), Viewer("b", "乙", "supervisor")
BANK, AUTHORITY = Viewer("c", "丙", "institution", "B001"), Viewer("d", "丁", "authority")
DISTRICT = Viewer("e", "戊", "district", "110108")
JUDGE = "casework.replay.acts:user_approval"
FORM = "no,code,header,type,required,level,note,source_system\n1,name,名称,text(9),是,{},,\n"
LEVELS = """level,name,shown,export,recorded,years
strict,甲,{},guarded,yes,10
other,乙,list,free,no,5
"""


def test_a_firms_name_and_code_and_amounts_of_loans_are_sensitive_figures_of_a_bank_are_not():
    said = {reference: held_by(reference).level for reference in (
        "B1.borrower_name", "B1.uscc", "B1.balance", "B6.right_no", "R4.name", "finding.value", "submission.phone",
        "B2.ip_balance", "R1.name", "value.value", "loan_movement.period", "loan_movement.borrower_name",
    )}  # fmt: skip
    assert {reference for reference, level in said.items() if level == "sensitive"} == {
        "B1.borrower_name", "B1.uscc", "B1.balance", "B6.right_no", "R4.name", "finding.value", "submission.phone",
        "loan_movement.borrower_name",
    }  # fmt: skip
    assert {item.code for item in cover_items() if item.level == "sensitive"} >= {"preparer", "phone"}
    assert filed_level() == "sensitive"
    assert (kinds()["submission"].level, kinds()["round"].level) == ("sensitive", "other")


@pytest.mark.parametrize("level", ["", "secret"])
def test_a_column_without_a_level_is_refused_wherever_it_is_declared(tmp_path: Path, level: str):
    declared = {
        lambda path: declarations._columns(path, "rows", *declarations.FORM_FIELDS): FORM.format(level),
        read_snapshot_columns: f"table,column,level,meaning\nvalue,,,a row a figure\nvalue,part,{level},what counts\n",
        read_kinds: f"kind,name,day,level,area,callable\nuser,使用者,,{level},users,{JUDGE}\n",
    }
    for number, (read, text) in enumerate(declared.items()):
        path = tmp_path / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DeclarationError, match=f"数据级别“{level}”应为core、important、sensitive、other之一"):
            read(path)
    with pytest.raises(DeclarationError):
        told("balance", f"money/{level}:余额", "某页")
    path.write_text("table,column,level,meaning\nvalue,,other,a row a figure\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="不应有数据级别"):
        read_snapshot_columns(path)


def test_a_listed_column_has_the_level_of_the_forms_or_names_its_own():
    owed, count = told("total", "B1.balance:贷款余额合计", "某页"), told("loans", "int/other:笔数", "某页")
    assert (owed.header, owed.type, owed.level, owed.area) == ("贷款余额合计", "money", "sensitive", "rows")
    assert (count.header, count.type, count.level, count.area) == ("笔数", "int", "other", "")
    assert told("uscc", "B1.uscc", "某页").header == "统一社会信用代码"
    for said in ("B9.balance:余额", "B1.weight:余额", "money:余额", "amount/other:余额"):
        with pytest.raises(DeclarationError):
            told("balance", said, "某页")


@pytest.mark.parametrize(
    ("viewer", "shown"),
    [
        (ANALYST, {"other", "sensitive", "important"}),
        (SUPERVISOR, {"other", "sensitive", "important", "core"}),
        (BANK, {"other", "sensitive"}),  # of its own loans, which are all that it is given
        (DISTRICT, {"other"}),
        (AUTHORITY, {"other"}),
    ],
)
def test_who_is_shown_a_column_of_loans_follows_from_its_level(viewer: Viewer, shown: set[str]):
    assert {level for level in levels() if shows(viewer, level, "rows")} == shown


def test_a_level_is_no_looser_than_those_after_it(tmp_path: Path):
    path = tmp_path / "levels.csv"
    for text, fault in {
        LEVELS.format("list").replace("guarded", "free").replace("yes,10", "no,4"): "各项都不应更宽",
        LEVELS.format("anyone"): "shown“anyone”应为list",
        LEVELS.format("form").replace("other", "strict"): "重复或为空",
        LEVELS.format("form").replace("yes,10", "yes,many"): "保存年限“many”",
        LEVELS.format("form").replace("other", "open"): "缺少级别other",
    }.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DeclarationError, match=fault):
            read_levels(path)
    path.write_text(LEVELS.format("form"), encoding="utf-8")
    assert list(read_levels(path)) == ["strict", "other"]


def test_the_strictest_counts_and_years_are_counted_from_the_day():
    assert strictest(["other", "sensitive", "other"]).code == "sensitive" and strictest([]).code == "other"
    assert kept_until(levels()["sensitive"], date(2026, 10, 31)) == date(2036, 10, 31)
    assert kept_until(levels()["other"], date(2028, 2, 29)) == date(2033, 2, 28)


def test_an_area_is_no_looser_than_what_the_forms_in_it_hold():
    for form in forms().values():
        assert form.area in areas()
        held, said = strictest(column.level for column in form.columns), level_of_areas([form.area])
        assert list(levels()).index(said.code) <= list(levels()).index(held.code), form.code
