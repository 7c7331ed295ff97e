"""Widths: no number breaks, also with a wider face; type of at least 小五号; decimal points below each other."""

from decimal import Decimal

import pytest

from briefing.issue.compose import compose_city
from briefing.issue.content import Column, Number, Table, tables
from briefing.paper.cells import shown
from briefing.paper.widths import ACROSS, MM_PER_POINT, PADDING, SIZES, UPRIGHT, across, ems, fit, needs_across, tails
from tests.briefing.months import MONTHS


def table(*columns: Column, rows: tuple = ()) -> Table:
    return Table("表", "表", columns, rows)


def amounts(*texts: str, places: int = 2) -> tuple:
    return tuple((Number(Decimal(text), places, grouped=True),) for text in texts)


def test_an_em_is_counted_with_room_for_a_wider_face():
    assert ems("不良率") == 3
    assert ems("12") == pytest.approx(1.28)  # DejaVu Serif: 0.636 each
    assert ems("1,234.5") == pytest.approx(5 * 0.64 + 2 * 0.35)


def test_a_date_is_counted_with_the_gaps_that_some_programs_put_beside_digits():
    assert ems("2026年10月") == pytest.approx(6 * 0.64 + 2 + 3 * 0.25)


def test_the_room_behind_a_figure_counts():
    """`1,600` stands above `60.00` by its point: two digits and a point are missing behind it."""
    rows = ((Number(Decimal("1600"), 0, grouped=True),), (Number(Decimal("60"), 2),))
    narrow = fit(table(Column("数", 5), Column("字", 60, numeric=False), rows=tuple((*row, "字" * 40) for row in rows)))
    need = (ems("1,600") + 2 * 0.64 + 0.35) * narrow.size + 2 * PADDING
    assert narrow.widths[0] >= need * MM_PER_POINT


def test_where_words_wrap_what_is_left_of_the_width_goes_to_them():
    columns = (Column("机构", 4, numeric=False), *(Column(f"余额{at}（万元）", 5) for at in range(5)))
    rows = (("一家名称很长的试点机构甲乙丙丁", *amounts("1680672.07")[0] * 5),)
    fitted = fit(table(*columns, rows=rows))
    assert sum(fitted.widths) == pytest.approx(UPRIGHT)
    assert max(fitted.widths[1:]) == pytest.approx(min(fitted.widths[1:]))
    assert fitted.widths[1] == pytest.approx(((ems("1,680,672.07") + 0.1) * fitted.size + 2 * PADDING) * MM_PER_POINT)


def test_small_tables_are_set_in_the_larger_type_and_fill_the_page():
    fitted = fit(table(Column("余额（万元）", 5), rows=amounts("356498.70")))
    assert fitted.size == 10.5 and sum(fitted.widths) == pytest.approx(UPRIGHT)


def test_a_table_that_is_too_wide_upright_goes_across():
    wide = table(*(Column(f"本年累放{at}（万元）", 5) for at in range(12)), rows=(amounts("1680672.07")[0] * 12,))
    assert needs_across(wide) and not needs_across(table(Column("余额（万元）", 5), rows=amounts("1")))
    assert fit(wide, across=True).size >= 9 and sum(fit(wide, across=True).widths) == pytest.approx(ACROSS)
    assert across([wide]) and not across([])


@pytest.mark.parametrize("month", MONTHS)
def test_every_number_of_an_issue_stands_on_one_line(month):
    document = compose_city(MONTHS[month]())
    turned = across(document.annexes)
    for item, wide in [(each, False) for each in tables(document.sections)] + [
        (each, turned) for each in document.annexes
    ]:
        fitted = fit(item, wide)
        assert fitted.size in SIZES and min(SIZES) == 9
        for row in item.rows:
            for cell, width in zip(row, fitted.widths, strict=True):
                if isinstance(cell, Number):
                    need = (ems(shown(cell)) * fitted.size + 2 * PADDING) * MM_PER_POINT
                    assert need <= width + 1e-9, (item.caption, shown(cell))


def test_points_stand_below_each_other():
    mixed = table(
        Column("数", 5),
        rows=(
            (Number(Decimal("165.97")),),
            (Number(Decimal(1749), 0),),
            (Number(Decimal("150"), 1, growth=True),),  # 1.50倍
            ("—",),
        ),
    )
    assert [(tail.digits, tail.points, tail.wide) if tail else None for tail in tails(mixed, 0)] == [
        (0, 0, 1),
        (2, 1, 1),
        (0, 0, 0),
        None,
    ]


def test_growth_above_a_hundred_percent_is_told_in_times():
    assert shown(Number(Decimal("2997.6"), 1, signed=True, growth=True)) == "29.98倍"
    assert shown(Number(Decimal("100"), 1, signed=True, growth=True)) == "+100.0"
    assert shown(Number(Decimal("2997.6"), 1, signed=True)) == "+2997.6"


def test_money_in_ten_thousands_has_separators():
    assert shown(Number(Decimal("1680672.07"), grouped=True)) == "1,680,672.07"
