"""The catalogue of indicators: complete as declared, and each mistake told in one line that names it."""

import re
from pathlib import Path

import pytest

from contract.declarations import forms
from contract.errors import CallError, DeclarationError
from metrics.explaining.explanation import taken_in
from metrics.indicators.aggregates import cells_read
from metrics.indicators.catalogue import BETTER, GROUPS, UNITS, catalogue, indicator, read_catalogue
from metrics.indicators.relations import read_relations, relations
from metrics.queries.detail.kinds import kinds
from metrics.queries.detail.patterns import READ

NUMBERS = {"G": 19, "D": 8, "V": 5, "S": 23, "P": 8, "C": 10, "M": 5}
BALANCE = {
    "code": '"G01"',
    "name": '"余额"',
    "name_en": '"Balance"',
    "group": '"规模与质量"',
    "unit": '"万元"',
    "better": '"higher"',
    "scopes": '"cb"',
    "decimals": "2",
    "clause": '"目标"',
    "definition": '"余额之和。"',
    "part.A": '"sum(balance)"',
}


def declared(folder: Path, *rows: dict[str, str]) -> dict:
    path = folder / "indicators.toml"
    blocks = ["[[indicator]]\n" + "".join(f"{key} = {value}\n" for key, value in row.items()) for row in rows]
    path.write_text("\n".join(blocks), encoding="utf-8")
    return read_catalogue(path, relations())


def test_every_indicator_of_the_design_is_declared_in_order():
    assert list(catalogue()) == [f"{letter}{n:02}" for letter, count in NUMBERS.items() for n in range(1, count + 1)]


@pytest.mark.parametrize("code", list(catalogue()))
def test_what_a_reader_sees_is_complete_chinese(code):
    each = catalogue()[code]
    assert each.unit in UNITS and each.group in GROUPS and each.better in BETTER
    assert each.definition.endswith("。") and each.clause and each.name and each.name_en.isascii()
    for term in each.terms:
        relation = relations()[term.relation]
        names = [relation.name_of(column) for column in (*relation.keys, *cells_read(term.expression))]
        assert not [name for name in names if name.isascii()]


def test_each_set_is_used_or_read_by_another():
    used = {term.relation for each in catalogue().values() for term in each.terms}
    read = {code for code in relations() for other in relations().values() if f"set_{code} " in f"{other.sql} "}
    domains = {relation.domain for relation in relations().values()}
    listed = {code for kind in kinds().values() for code in kind.sets} | {
        view.removeprefix("set_") for view in READ.values()
    }
    unread = [code for code in relations() if code not in used | read | domains | listed]
    assert unread == []


def test_the_sets_read_every_form_that_has_figures():
    read = {form for form in forms() for relation in relations().values() if re.search(rf"\b{form}\b", relation.sql)}
    assert set(forms()) == read


def test_an_unknown_indicator_is_a_wrong_call():
    with pytest.raises(CallError, match="X99"):
        indicator("X99")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit": '"元"'}, "G01的unit“元”"),
        ({"group": '"规模"'}, "G01的group“规模”"),
        ({"better": '"up"'}, "G01的better“up”"),
        ({"scopes": '"cx"'}, "G01的scopes“cx”"),
        ({"scopes": '"cc"'}, "G01的scopes“cc”"),
        ({"decimals": '"2"'}, "G01的decimals“2”"),
        ({"code": '"g1"'}, "指标编码“g1”"),
        ({"scale": "100"}, "scale“100”"),
        ({"colour": '"red"'}, "G01有不认识的项：colour"),
        ({"definition": None}, "G01缺少：definition"),
        ({"part.A": None}, "G01缺少：part"),
        ({"part.A": '"sum(balanse)"'}, "集合A没有的列“balanse”"),
        ({"part.A": '"sum(balance"'}, "“sum\\(balance”不能解析"),
        ({"part.A": '"balance"'}, "“balance”没有汇总"),
        ({"part.A": '"avg(balance)"'}, "“avg\\(balance\\)”只能由sum和count组成"),
        ({"part.A": None, "part.Z": '"count(*)"'}, "G01的part用到未声明或不供汇总的集合“Z”"),
        ({"part.A": None, "part.banks": '"count(*)"'}, "集合“banks”"),
        ({"part.A": None, "part.R1": '"count(*)"'}, "不提供范围“bank”"),
        ({"growth": "true"}, "growth、minus须有whole"),
        ({"part.A": None, "growth": '{ of = "G99", since = "year_before" }'}, "growth.of“G99”"),
        ({"part.A": '"count(*)"\npart.A = "count(*)"'}, "不是有效的TOML"),
        ({"beside": '"G99"'}, "G01的beside“G99”应是另一个以万元计的指标"),
        ({"beside": '"G01"'}, "G01的beside“G01”"),
    ],
)
def test_a_mistake_names_file_indicator_and_value(tmp_path, change, told):
    row = {key: value for key, value in (BALANCE | change).items() if value is not None}
    with pytest.raises(DeclarationError, match=f"indicators.toml.*{told}") as error:
        declared(tmp_path, row)
    assert "\n" not in str(error.value)


def test_a_code_is_declared_once(tmp_path):
    with pytest.raises(DeclarationError, match="“G01”重复"):
        declared(tmp_path, BALANCE, BALANCE)


def test_growth_takes_the_terms_of_the_indicator_that_it_follows(tmp_path):
    follower = BALANCE | {"code": '"G12"', "unit": '"%"', "growth": '{ of = "G01", since = "year_before" }'}
    del follower["part.A"]
    growth = declared(tmp_path, BALANCE, follower)["G12"]
    assert [(term.role, term.expression, term.base) for term in growth.terms] == [
        ("part", "sum(balance)", "now"),
        ("whole", "sum(balance)", "year_before"),
    ]


SET = 'code = "A"\ntitle = "甲"\nsql = "SELECT period, on_list, submitter AS bank FROM presence"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SET + 'sql = "SELECT 1"\n', "不是有效的TOML"),
        (SET.replace("presence", "presents"), "集合A的SQL不能执行.*presents"),
        (SET.replace('title = "甲"\n', ""), "集合A缺少：title"),
        (SET + 'scopes = ["town"]\n', "范围“town”"),
        (SET + 'scopes = ["city", "district"]\n', "缺少列“district”"),
        (SET + 'own = ["bank"]\n', "own“bank”"),
        (SET + 'domain = "banks"\n', "domain“banks”"),
        (SET + 'form = "B9"\n', "form“B9”"),
        (SET + "[[relation]]\n" + SET.lower().replace('"a"', '"a"'), "集合名“a”重复"),
        (SET.replace('"A"', '"A b"'), "集合名“A b”"),
    ],
)
def test_a_mistake_in_a_set_names_it(tmp_path, text, told):
    path = tmp_path / "relations.toml"
    path.write_text("[[relation]]\n" + text, encoding="utf-8")
    with pytest.raises(DeclarationError, match=told):
        read_relations(path)


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("sum(balance)", None),
        ("sum(a) FILTER (WHERE x > 1)", "(x > 1)"),
        ("sum(a) FILTER (WHERE x > 1) + count(*) FILTER (WHERE y)", "(x > 1) OR (y)"),
        ("sum(a) FILTER (WHERE x > 1) + count(*)", None),
    ],
)
def test_the_rows_behind_an_aggregate(expression, rows):
    assert taken_in(expression) == rows
