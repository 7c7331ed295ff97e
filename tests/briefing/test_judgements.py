"""Each word that judges, seen where the figures bear it out and where they do not; none is said without a condition."""

from decimal import Decimal

import pytest

from briefing.issue.judgements import _condition, judgements, judging_words
from briefing.issue.sentences import declared_headings, declared_paragraphs, wordings_of
from briefing.issue.subject import Subject
from contract.errors import DeclarationError
from tests.briefing.samples import source

# A line an indicator: now, a year before, last December, last quarter's end (September); . where there is none.
MONTHS = ("2026-10", "2025-10", "2025-12", "2026-09")
CASES = {
    "余额增长且增速加快": ("G01 110 100 . .; G12 10 . 9 .", "G01 110 100 . .; G12 10 . 10.04 ."),
    "余额增长但增速回落": ("G01 110 100 . .; G12 10 . 11 .", "G01 110 100 . .; G12 10 . . ."),
    "余额增长且增速较上季加快": ("G01 110 100 . .; G12 10 . . 9", "G01 90 100 . .; G12 -10 . . -11"),
    "余额增长但增速较上季回落": ("G01 110 100 . .; G12 10 . . 11", "G01 110 100 . .; G12 10 . . 9"),
    "余额增长": ("G01 100.1 100 . .", "G01 100.04 100 . ."),  # 0.04 percent is shown as 基本持平
    "余额下降": ("G01 99 100 . .", "G01 99 0 . ."),
    "余额大体相当": ("G01 100.04 100 . .", "G01 100.1 100 . ."),
    "高于各项贷款增速": ("G12 7.7 . . .", "G12 7.64 . . ."),  # all loans grow by 7.6
    "低于各项贷款增速": ("G12 7.5 . . .", "G12 7.6 . . ."),
    "投放和户数增长": ("G04 2 1 . .; G05 3 2 . .", "G04 2 1 . .; G05 2 2 . ."),
    "投放和户数下降": ("G04 1 2 . .; G05 1 2 . .", "G04 1 2 . .; G05 3 2 . ."),
    "利率下降": ("G07 2.70 2.75 . .", "G07 2.751 2.75 . ."),
    "利率上升": ("G07 2.80 2.75 . .", "G07 2.80 . . ."),
    "结构占比上升": ("S01 36 31 . .; S03 66 60 . .", "S01 36 31 . .; S03 60 66 . ."),
    "结构占比下降": ("S01 31 36 . .; S03 60 66 . .", "S01 31 36 . .; S03 60 . . ."),
    "用时缩短": ("D04 1.3 2.4 . .; S06 10 13 . .", "D04 1.3 2.4 . .; S06 13 13 . ."),
    "用时延长": ("D04 2.4 1.3 . .; S06 13 10 . .", "D04 2.4 1.3 . .; S06 10 13 . ."),
    "不良双升": ("G08 2 1 . .; G09 1.2 1.1 . .", "G08 2 1 . .; G09 1.1 1.2 . ."),
    "不良双降": ("G08 1 2 . .; G09 1.1 1.2 . .", "G08 1 2 . .; G09 1.2 1.2 . ."),
    "不良余额升不良率降": ("G08 2 1 . .; G09 1.1 1.2 . .", "G08 2 1 . .; G09 1.2 1.1 . ."),
    "不良率上升": ("G09 1.2 1.1 . .", "G09 1.104 1.1 . ."),  # 0.00 points as shown
    "不良率下降": ("G09 1.0 1.1 . .", "G09 1.0 . . ."),
    "无超范围估值": ("V03 0 . . .", "V03 1 . . ."),
}


def subject(lines: str) -> Subject:
    board = []
    for line in lines.split(";"):
        code, *values = line.split()
        board += [f"{month} . . {code} {value}" for month, value in zip(MONTHS, values, strict=True) if value != "."]
    return Subject(source("\n".join(board), all_loans_growth=Decimal("7.6")))


@pytest.mark.parametrize("name", CASES)
def test_a_word_is_said_where_the_figures_bear_it_out_and_not_where_they_do_not(name):
    holds, fails = CASES[name]
    assert judgements()[name].holds(subject(holds))
    assert not judgements()[name].holds(subject(fails))


def test_growth_over_the_same_banks_is_told_only_where_the_banks_differ():
    board = "2026-10 . . G12 24.7 168 135\n2026-10 . . G17 {}"
    differs = judgements()["两期机构不同"]
    assert differs.holds(Subject(source(board.format("20.1 150 125"))))
    assert not differs.holds(Subject(source(board.format("24.7 168 135"))))


def test_every_judgement_has_its_case():
    assert judgements().keys() == CASES.keys() | {"两期机构不同"}


def test_nothing_judges_without_figures():
    nothing = Subject(source())
    assert [name for name, judgement in judgements().items() if judgement.holds(nothing)] == []


def test_no_sentence_holds_a_judging_word_without_a_condition():
    ways = [way for paragraph in declared_paragraphs().values() for way in wordings_of(paragraph)]
    ways += [way for clause in declared_headings().values() for way in clause]
    assert [(way.say, word) for way in ways if not way.when for word in judging_words() if word in way.say] == []
    assert {way.when for way in ways if way.when} <= judgements().keys()


@pytest.mark.parametrize(
    "text",
    [
        "不良率 上升",
        "没有的指标 上升 上年同期",
        "不良率·同比 上升 上年同期",
        "不良率 上升 前年",
        "不良率 高于 很多",
        "不良率 好于 上年同期",
        "没有的对象/不良率 上升 上年同期",
    ],
)
def test_a_condition_of_another_form_is_told_with_its_place(text):
    with pytest.raises(DeclarationError, match="judgements.toml的“试”"):
        _condition(text, "judgements.toml的“试”")
