"""Task pages are data: what is declared is there, a further page is a further table, and each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from metrics.indicators.catalogue import catalogue
from metrics.queries.figures.progress import tasks
from metrics.queries.tasks.declared import QUERIES, read_task_pages, task_of, task_pages
from tests.metrics.queries.tasks.world import ANALYST, CITY, PERIOD

DECLARED = (DECLARATIONS / "tasks" / "pages.toml").read_text(encoding="utf-8")
SIXTH = """
[[page]]
address = "scale"
title = "规模"
icon = ":material/monitoring:"
group = "规模与质量"
theme = "other"
lead = ["G01", "G09"]

[[page.clause]]
text = "力争年累放户数、年累放金额逐年合理增长。"
document = "银保监发〔2019〕34号"
told_by = "公开报道"

[[page.section]]
title = "金额分布"
about = "本年发放贷款"
query = "spread"
arguments = { spread = "valuation_band" }
form = "bars"
says = "most"
draws = { label = "name", value = "share" }
[page.section.columns]
name = "贷款金额"
share = "占比（%）"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pages.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_task_of_the_overview_has_its_page_and_all_its_indicators():
    """管理 is no clause with records of its own: its indicators stand on 数据报送."""
    groups = {task.group for task in tasks()} - {"报送"}
    assert {page.group for page in task_pages().values()} == groups
    for page in task_pages().values():
        assert [one.code for one in page.indicators] == [c for c, one in catalogue().items() if one.group == page.group]


def test_an_indicator_leads_to_its_task():
    assert task_of("D08").address == "registration"
    assert task_of("S10").address == "service"
    assert task_of("G01") is None


def test_a_clause_is_never_called_the_documents_own_words():
    for page in task_pages().values():
        for clause in page.clauses:
            assert clause.text and clause.document and clause.told_by
    assert "原文" not in DECLARED.partition("[[page]]")[2]


@pytest.mark.parametrize("page", task_pages())
def test_every_declared_column_is_in_the_rows(version, page):
    for section in task_pages()[page].sections:
        frame = QUERIES[section.query](ANALYST, version, PERIOD, *CITY, **section.arguments)
        assert {column.code for column in section.columns} <= set(frame.columns), section.title


def test_a_sixth_page_is_data(tmp_path):
    pages = read_task_pages(written(tmp_path, SIXTH + DECLARED))
    assert next(iter(pages)) == "scale" and len(pages) == len(task_pages()) + 1
    page = pages["scale"]
    assert page.indicators[0].code == "G01"
    assert [section.title for section in page.sections] == ["金额分布", "本年创新举措"]
    assert page.sections[1].arguments == {"theme": "other"}
    assert (page.sections[0].column("share").name, page.sections[0].column("share").unit) == ("占比", "%")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"spread"\n', '"spreads"\n', "页scale的“金额分布”的query“spreads”不认识"),
        ('"占比（%）"', '"占比（成）"', "的列share的单位“成”不认识"),
        ('"占比（%）"', '"占比|codes"', "的列share的代码表“codes”不认识"),
        ('"占比（%）"', '"（%）"', "的列share“（%）”应为“名称（单位）”或“名称|代码表”"),
        ('value = "share"', 'value = "loans"', "的draws用到未列出的列：loans"),
        ('"G09"', '"S01"', "页scale的lead“S01”不是“规模与质量”的指标"),
        ('"规模与质量"', '"规模"', "页scale的group“规模”不认识"),
        ('"other"', '"scale"', "页scale的theme“scale”不是创新举措的任务"),
        ('"scale"\ntitle', '"disposal"\ntitle', "页disposal的address“disposal”重复"),
        ('"scale"\ntitle', '"Scale 6"\ntitle', "重复，或不是小写字母"),
        ('icon = ":material/monitoring:"\n', "", "页scale缺少：icon"),
        ('told_by = "公开报道"', 'said_by = "公开报道"', "页scale的clause缺少：told_by"),
        ('says = "most"', 'says = "most"\nwide = true', "有不认识的项：wide"),
    ],
)
def test_a_mistake_is_told(tmp_path, old, new, told):
    assert old in SIXTH
    with pytest.raises(DeclarationError, match=told.replace("|", r"\|")):
        read_task_pages(written(tmp_path, DECLARED.replace("\n[[section]]", SIXTH.replace(old, new) + "\n[[section]]")))
