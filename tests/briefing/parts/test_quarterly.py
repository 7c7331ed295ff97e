"""The quarterly report's tie-out with S70, and the letter of transmission: texts and cells worked out by hand."""

from datetime import date
from decimal import Decimal

import pandas as pd

from briefing.issue.content import Number, paragraphs, tables
from briefing.paper.widths import needs_across
from briefing.parts.quarterly import tie_out
from briefing.parts.transmission import transmission_letter
from metrics.targets.s70 import APART, NOT_HERE, TIED, Comparison
from tests.briefing.samples import bank, document, source

WITNESS = f"台账校验码（截至第900号事件）：{'9d' * 32}"
LINES = pd.DataFrame(
    [
        {"scope": "city", "entity": "BJ", "name": "试点机构合计"} | dict.fromkeys("ABCDEFGH", 10.0),
        {"scope": "bank_type", "entity": "state", "name": "国有大型银行"} | dict.fromkeys("ABCDEFGH", 10.0),
        {"scope": "bank", "entity": "B001", "name": "演示甲"} | dict.fromkeys("ABCDEFG", 10.0) | {"H": None},
    ]
)


def said(compared=()) -> str:
    (paragraph,) = paragraphs([tie_out(source(period="2026-09"), LINES, compared)])
    return paragraph.text


def test_without_the_national_form_it_says_that_nothing_was_tied_out():
    assert said() == (
        "本期试点机构1家按1104报表S70各列汇总见下表，户数为各机构之和、跨机构不去重。各机构填报的S70尚未导入，未对数。"
    )


def test_what_ties_and_what_does_not_with_the_reason():
    compared = (
        Comparison("B001", "D", "贷款余额", Decimal("10.00"), Decimal("10.00"), TIED),
        Comparison("B001", "B", "当年累放贷款金额", Decimal("1012.5"), Decimal("1000"), APART, "S70含转贴现"),
        Comparison("B001", "A", "当年累放贷款户数", Decimal(3), None, NOT_HERE),
    )
    assert said(compared).endswith("与各机构填报的S70逐格对数，一致1格，不一致1格，一方无数1格。")
    section = tie_out(source(members=(bank("B001"),), period="2026-09"), LINES, compared)
    sums, differences = tables([section])
    assert [row[0] for row in sums.rows] == ["试点机构合计", "国有大型银行"]  # no single bank
    assert sums.rows[0][1] == Number(Decimal(10), 0) and sums.rows[0][2] == Number(Decimal("0.001"), 2)
    assert sums.columns[2].header == "B当年累放贷款金额（亿元）" and not needs_across(sums)
    assert differences.rows == (
        ("演示B001", "B当年累放贷款金额", Number(Decimal("1012.5"), grouped=True), Number(Decimal(1000), grouped=True),
         Number(Decimal("-12.5"), grouped=True), "不一致", "S70含转贴现"),
        ("演示B001", "A当年累放贷款户数", Number(Decimal(3), 0), "—", "—", "本系统无此数", "—"),
    )  # fmt: skip


def test_the_letter_says_what_is_enclosed_and_how_it_is_counted():
    letter = transmission_letter(document(), "分送市财政局", "北京市财政局", date(2026, 11, 25), WITNESS)
    assert (letter.name, letter.addressee, letter.dated) == ("报送函", "北京市财政局", date(2026, 11, 25))
    assert letter.witness == WITNESS
    assert letter.title == "关于报送2026年10月知识产权金融生态综合试点监管月报的函"
    assert letter.paragraphs[0] == "现送上2026年10月知识产权金融生态综合试点监管情况（分送市财政局），请查收。"
    assert "数据版本第7版" in letter.paragraphs[1] and "不是全市数" in letter.paragraphs[1]
    assert letter.paragraphs[-1] == "附件：北京市知识产权金融生态综合试点监管月报"
    assert (
        letter.demonstration
        and not transmission_letter(document(demonstration=None), "x", "y", letter.dated, WITNESS).demonstration
    )
