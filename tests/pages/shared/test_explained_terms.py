"""Parts of a figure in words: what is added up, in which unit, and the cell in its sheet."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from casework.filing.source_rows import SourceRows
from metrics.explaining.explanation import TermExplained
from metrics.indicators.aggregates import cells_read
from metrics.indicators.relations import relations
from pages.shared.explained_terms import amount, excerpt, headed, in_words

TERM = TermExplained(
    role="分子", relation=relations()["B1"] if "B1" in relations() else next(
        relation for relation in relations().values() if relation.form == "B1"
    ), period="2026-09", expression="", statement="SELECT 1", parameters=(), amount=Decimal("1816"),
    columns=(), cells=(), rows=(), row_count=4,
)  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "words", "said"),
    [
        ("sum(balance)", "在上述范围内按“期末余额”合计", "1,816.00万元"),
        (
            "sum(balance) FILTER (WHERE risk_class IN ('3', '4', '5'))",
            "在上述范围内取“五级分类”符合条件的各行，按“期末余额”合计",
            "1,816.00万元",
        ),
        ("count(*)", "在上述范围内逐条计条数", "1,816条"),
        ("count(DISTINCT uscc)", "在上述范围内按“统一社会信用代码”去重计户数", "1,816户"),
        ("sum(balance * rate)", "在上述范围内由“期末余额”、“年利率(%)”算得", "1,816"),
    ],
)
def test_a_part_is_told_with_its_unit(expression, words, said):
    term = replace(TERM, expression=expression, cells=cells_read(expression))
    how, unit = in_words(term)
    assert (how, amount(term, unit)) == (words, said)


def test_the_cells_that_count_are_marked_and_text_is_text():
    headers = {
        "loan_no": "贷款合同编号",
        "name": "借款人",
        "amount": "贷款金额",
        "balance": "期末余额",
        "rate": "年利率",
    }
    rows = ((38, ("L1", "甲", "1", "2", "3")), (39, ("<b>L2", "乙", "4", "5", "6")))
    html = excerpt(SourceRows("a.xlsx", b"", "B1 质押贷款明细", 39, headers, rows), ("balance",))
    assert html.count("<mark") == 1
    assert '<mark aria-label="计入本指标">5</mark>' in html
    assert "&lt;b&gt;L2" in html
    assert "第39行" in html
    assert "借款人" not in html  # neither the key, nor counting, nor beside what counts


def test_a_column_of_figures_is_headed_with_its_unit_once():
    assert headed(TERM.relation, "balance", "期末余额") == "期末余额(万元)"
    assert headed(TERM.relation, "rate", "年利率(%)") == "年利率(%)"
    assert headed(TERM.relation, "loan_no", "贷款合同编号") == "贷款合同编号"
