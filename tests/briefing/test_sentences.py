"""Sentences: which clauses are said, what a token knows, and words changed by an analyst over unchanged figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from briefing.issue.compose import compose_city
from briefing.issue.content import Said, Token, paragraphs
from briefing.issue.rewording import reworded, tokens_of, unknown_tokens
from briefing.issue.sentences import DeclaredParagraph, Wording, _checked, flat, resolver, say
from briefing.issue.source import Figure
from briefing.issue.subject import Subject
from contract.errors import CallError, DeclarationError
from tests.briefing.samples import source

BOARD = """
2026-10 . . G01 1683250
2025-10 . . G01 1350000
2026-09 . . G01 1600000
2026-10 . . G02 1750
2026-10 ip copyright G01 120000
2026-10 . . G09 1.02
2025-12 . . G09 0.97
"""


def said(text: str, board: str = BOARD, **phrases: str) -> str | None:
    template = flat(text, resolver(Subject(source(board)), phrases))
    return None if template is None else Said(template[0], "", tuple(template[1])).text


def test_figures_stand_in_their_places():
    assert said("余额{质押贷款余额}，{质押贷款余额·同比}") == "余额168.33亿元，同比增长24.7%"
    assert said("著作权{著作权/质押贷款余额}，占{著作权/质押贷款余额·占比}") == "著作权12.00亿元，占7.1%"
    assert said("不良率{不良率·比上年末}") == "不良率比上年末上升0.05个百分点"
    assert said("至{期末}的{累计期}") == "至10月末的1—10月"


def test_what_has_no_figure_is_left_out():
    assert said("户数{质押贷款户数}，累放{本年累计发放额}") is None
    assert said("户数{质押贷款户数}[，累放{本年累计发放额}]") == "户数1750户"
    assert said("户数{质押贷款户数}[，累放{本年累计发放额}|，没有累放]") == "户数1750户，没有累放"
    assert said("居前的是{居前}", 居前="") is None
    assert said("{没有这个名字}") is None


def test_against_the_quarter_before_only_at_its_end():
    september = "2026-09 . . G01 1600000\n2026-06 . . G01 1550000\n2026-09 . . G09 1.0\n2026-06 . . G09 1.1"
    subject = Subject(source(september, period="2026-09"))
    text, tokens = flat("{质押贷款余额·较上季末}、{不良率·较上季末}", resolver(subject))
    assert Said(text, "", tuple(tokens)).text == "增加5.00亿元、下降0.10个百分点"
    assert said("{质押贷款余额·较上季末}") is None  # October


def test_level_rates_are_not_higher_or_lower():
    board = "2026-10 . . G12 10.01\n2025-12 . . G12 10.04"
    assert said("增速{余额同比增速·比上年末}", board) == "增速与上年末基本持平"


def test_beside_all_loans():
    subject = Subject(source("2026-10 . . G12 24.6", all_loans_growth=Decimal("7.6")))
    paragraph = say("overall.figures", subject)
    assert paragraph.text.endswith("余额增速高出各项贷款平均增速17.0个百分点。")
    slower = Subject(source("2026-10 . . G12 5", all_loans_growth=Decimal("7.6")))
    assert say("overall.figures", slower).text.endswith("余额增速低于各项贷款平均增速2.6个百分点。")


def test_a_token_knows_its_figure():
    paragraph = say("overall.figures", Subject(source(BOARD)))
    tokens = {token.name: token for token in paragraph.tokens}
    assert tokens["质押贷款余额"] == Token(
        "质押贷款余额", "168.33亿元", Decimal(1683250), "G01", "city", "BJ", "2026-10"
    )
    assert tokens["期末"] == Token("期末", "10月末")
    assert paragraph.id == "overall.figures" and "{质押贷款余额}" in paragraph.template


def test_that_too_few_stand_behind_a_figure_is_not_called_no_report():
    nothing, one = source(), source("2026-10 . . G01 5")
    hidden = replace(one, figures={key: Figure(None, None, None, withheld=True) for key in one.figures})
    for identity, empty, withheld in (
        ("overall.figures", "没有已接收的试点机构报送", "各项数据不予列示"),
        ("features.quality", "本期无可用数据", "不予列示"),  # told by the balance, the figure that is always there
        ("regions.leading", "没有分地区的贷款数据", "不予列示"),
    ):
        assert empty in say(identity, Subject(nothing)).text
        assert withheld in say(identity, Subject(hidden)).text and empty not in say(identity, Subject(hidden)).text


def test_a_slip_of_the_pen_is_told_when_the_declaration_is_read():
    """A token of an unknown name would silence its clause for ever."""

    def paragraph(text: str, *phrases: str) -> DeclaredParagraph:
        return DeclaredParagraph("试", (((Wording(text),),),), phrases=frozenset(phrases))

    fine = paragraph("至{期末}余额{质押贷款余额}，居前的是{居前}", "居前")
    assert _checked(fine, "段落试") is fine
    for wrong in ("余额{质押贷款余}", "余额{质押贷款余额·同笔}", "余额{没有的对象/质押贷款余额}", "居前的是{居前}"):
        with pytest.raises(DeclarationError, match="段落试用到未知的"):
            _checked(paragraph(wrong), "段落试")


def test_a_section_gives_no_name_that_its_paragraph_does_not_declare():
    with pytest.raises(DeclarationError, match="没有声明居前"):
        say("features.lending", Subject(source(BOARD)), {"居前": "甲"})


def test_ids_are_unique_and_stable():
    ids = [paragraph.id for paragraph in paragraphs(compose_city(source(BOARD)).sections)]
    assert len(ids) == len(set(ids)) and all(ids)
    assert ids == [paragraph.id for paragraph in paragraphs(compose_city(source(BOARD)).sections)]


def test_words_change_and_figures_stay():
    document = compose_city(source(BOARD))
    edited = reworded(document, {"overall.figures": "试点{质押贷款余额}，户数{质押贷款户数}。"})
    (first, *_) = paragraphs(edited.sections)
    assert first.text == "试点168.33亿元，户数1750户。"
    assert [token.name for token in first.tokens] == ["质押贷款余额", "质押贷款户数"]
    assert paragraphs(edited.sections)[1:] == paragraphs(document.sections)[1:]
    assert document != edited


def test_an_edit_follows_the_figures_of_a_newer_data_version():
    newer = compose_city(source(BOARD.replace("G01 1683250", "G01 1700000")))
    edited = reworded(newer, {"overall.figures": "余额{质押贷款余额}。"})
    assert paragraphs(edited.sections)[0].text == "余额170.00亿元。"


def test_a_token_that_there_is_not_is_told():
    document = compose_city(source(BOARD))
    assert unknown_tokens("余额{质押贷款余额}和{去年的数}", tokens_of(document)) == ["去年的数"]
    with pytest.raises(CallError, match="去年的数"):
        reworded(document, {"overall.figures": "余额{去年的数}。"})
    with pytest.raises(CallError, match="没有段落“no.such”"):
        reworded(document, {"no.such": "文字"})
