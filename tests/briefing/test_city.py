"""The city's briefing, sentence by sentence, from small boards of figures with the text worked out by hand."""

from datetime import date
from decimal import Decimal

from briefing.issue.compose import compose_city
from briefing.issue.content import Note, Number, Paragraph, Section, flat, tables
from briefing.issue.source import Change, Filing, Score, Trigger
from tests.briefing.samples import bank, source

BOARD = """
2026-10 . . G01 1683250
2025-10 . . G01 1350000
2026-10 . . G12 24.685 1683250 1350000
2026-10 . . G17 24.685 1683250 1350000
2025-12 . . G12 33.7
2026-10 . . G02 1750
2025-10 . . G02 1750
2026-10 . . G04 1280500
2025-10 . . G04 0
2026-10 . . G07 3.02
2025-10 . . G07 3.23
2026-10 . . G09 1.02 17169 1683250
2025-12 . . G09 0.97
2026-10 . . G18 1.1
"""


def texts(document, heading: str) -> list[str]:
    """The paragraphs and notes under a heading."""
    for block in flat(document.sections):
        if isinstance(block, Section) and block.heading == heading:
            return [item.text for item in block.blocks if isinstance(item, Paragraph | Note)]
    raise AssertionError(f"no heading {heading}")


def headings(document) -> list[str]:
    return [block.heading for block in flat(document.sections) if isinstance(block, Section)]


def test_five_figures_in_a_paragraph():
    assert texts(compose_city(source(BOARD)), "一、总体情况")[0] == (
        "质押贷款余额同比增长，增速较上年末回落。"
        "截至10月末，试点机构合计知识产权质押贷款余额168.33亿元，同比增长24.7%，增速比上年末低9.0个百分点；"
        "贷款户数1750户，同比持平；1—10月累计发放128.05亿元，上年同期为零，不计算增速；"
        "累放加权平均利率3.02%，同比下降0.21个百分点；不良率1.02%，比上年末上升0.05个百分点，计入本年核销、转让后为1.10%。"
    )


def test_growth_over_the_same_banks_where_the_list_has_changed():
    changed = BOARD.replace("G17 24.685 1683250 1350000", "G17 20.1 1500000 1248959")
    document = compose_city(source(changed))
    assert texts(document, "一、总体情况")[0].endswith(
        "两期报送机构有变化，按两期均报送的机构同口径计算，余额同比增长20.1%。"
    )
    assert "同口径" not in texts(compose_city(source(BOARD)), "一、总体情况")[0]


def test_nothing_is_compared_where_there_is_no_year_before():
    document = compose_city(source("2026-10 . . G01 1000000\n2026-10 . . G02 10"))
    assert texts(document, "一、总体情况") == [
        "截至10月末，试点机构合计知识产权质押贷款余额100.00亿元；贷款户数10户。",
        "2025年10月没有数据，本期不作同比比较。",
    ]


def test_nobody_has_reported():
    assert texts(compose_city(source()), "一、总体情况")[0] == (
        "截至10月末，没有已接收的试点机构报送，试点机构合计无数。"
    )


def test_who_is_missing_is_named():
    filings = (
        Filing("B001", "演示甲", "bank", "state", "accepted", True, True),
        Filing("B002", "演示乙", "bank", "state", "missing", False, False),
        Filing("B003", "演示丙", "bank", "state", "returned", True, False),
        Filing("B004", "演示丁", "bank", "state", "questions", False, True),
        Filing("110108", "海淀区", "district", "core", "accepted", True, True),
    )
    assert texts(compose_city(source(BOARD, filings=filings)), "一、总体情况")[1] == (
        "本期应报试点机构4家，已接收2家，未计入的有演示乙（未报送）和演示丙（已退回、待重报）；"
        "本期应报试点地区1个，已接收1个，无缺报；首次报送迟于截止时间的有演示丁；"
        "1份报送尚有合理性、一致性疑问待说明。"
    )


def test_cumulative_lending_is_not_compared_with_last_december():
    rows = {row[0]: row for row in tables(compose_city(source(BOARD + "2025-12 . . G04 1500000")).sections)[0].rows}
    assert rows["本年累计发放额"][3] == "—"
    assert rows["不良率"][3] == Number(Decimal("0.97"), 2)
    assert rows["不良率"][5] == "—" and rows["质押贷款余额"][6] == "—"  # rates differ in points, amounts in percent
    assert rows["本年累计发放额"][5] == "不可比"  # the base is zero


def test_a_heading_judges_only_what_both_figures_bear_out():
    longer = "2026-10 . . S01 36\n2025-10 . . S01 31\n"
    both = longer + "2026-10 . . S03 66\n2025-10 . . S03 60"
    only_longer = longer + "2026-10 . . S03 60\n2025-10 . . S03 66"
    assert "（二）中长期和战略性新兴产业贷款占比上升" in headings(compose_city(source(both)))
    assert "（二）贷款结构" in headings(compose_city(source(only_longer)))


def test_groups_that_do_not_add_up_as_shown_carry_a_note():
    members = (bank("B001", "state"), bank("B002", "city"), bank("B003", "rural"))
    third = "2026-10 bank_type {} G01 333333.333333\n"
    board = "2026-10 . . G01 1000000\n" + "".join(third.format(group) for group in ("state", "city", "rural"))
    table = tables(compose_city(source(board, members)).sections)[1]
    assert [row[2] for row in table.rows][:3] == [Number(Decimal("33.3333333333"), 2)] * 3
    assert table.notes == ("因四舍五入，表中分项之和与合计可能略有出入。",)
    even = "2026-10 . . G01 1000000\n2026-10 bank_type state G01 400000\n2026-10 bank_type city G01 600000"
    assert tables(compose_city(source(even, members[:2])).sections)[1].notes == ()


def test_not_reported_is_not_none():
    members = (bank("B001"), bank("B002"))
    filings = (
        Filing("B001", "演示B001", "bank", "state", "accepted", True, True),
        Filing("B002", "演示B002", "bank", "state", "missing", False, False),
    )
    made = compose_city(source("2026-10 bank B001 G01 500\n2026-10 bank B001 G04 0", members, filings))
    (annex,) = [table for table in made.annexes if table.key == "试点机构表"]
    rows = {row[0]: row for row in annex.rows}
    assert rows["演示B001"][2:6] == (
        Number(Decimal(500), 2, grouped=True),
        "不可比",
        "—",
        Number(Decimal(0), 2, grouped=True),
    )
    assert rows["演示B002"][2:4] == ("未报送", "—")


def test_list_scores_and_triggers():
    document = compose_city(
        source(
            BOARD,
            (bank("B001"), bank("B002", state="watch")),
            changes=(
                Change("演示乙", "bank", "active", "watch", date(2026, 10, 9)),
                Change("演示丁", "bank", None, "active", date(2026, 10, 20)),
            ),
            scores=(
                Score("B001", "演示甲", "bank", "state", Decimal("91.255"), None, None, False, None),
                Score("B002", "演示乙", "bank", "state", Decimal("60"), None, None, False, None),
                Score("B003", "演示丙", "bank", "state", None, None, None, False, "未报送"),
            ),
            triggers=(
                Trigger(
                    "X01",
                    "连续未发放",
                    "连续6期为零",
                    "演示甲",
                    "bank",
                    "watch",
                    Decimal(7),
                    Decimal(6),
                    "2026-04",
                    "期",
                ),
                Trigger(
                    "X02",
                    "不良率偏离",
                    "高于3",
                    "演示乙",
                    "bank",
                    "rectify",
                    Decimal("3.4"),
                    Decimal(3),
                    "2026-06",
                    "百分点",
                ),
            ),
        )
    )
    assert texts(document, "（一）试点名单") == [
        "截至10月末，名单内试点机构2家，其中在册1家、关注1家；名单内试点地区0个。"
        "演示乙自10月9日起由在册转为关注；演示丁自10月20日起纳入名单。"
    ]
    assert texts(document, "（二）日常评价")[0] == (
        "试点机构监测分最高91.26分、中位数75.63分、最低60.00分；未评1家：演示丙（未报送）。"
    )
    table = tables(document.sections)[-1]
    assert table.rows == (  # the gravest first
        ("演示乙", "不良率偏离", "限期整改", Number(Decimal("3.4"), 2), Number(Decimal(3), 2), "百分点", "2026年6月"),
        ("演示甲", "连续未发放", "关注", Number(Decimal(7), 0), Number(Decimal(6), 0), "期", "2026年4月"),
    )
    assert table.notes[:2] == ("连续未发放——连续6期为零。", "不良率偏离——高于3。")
