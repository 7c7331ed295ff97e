"""Two periods or two members side by side: differences in the unit, in percent where that means something."""

from __future__ import annotations

from dataclasses import replace

from metrics.queries.figures.values import Headline
from pages.profiles.beside import higher, known, line

BALANCE = Headline("G01", "bank", "B001", "2026-10", None, None, 120.0, None, None, ())
RATE = replace(BALANCE, indicator="G09", value=1.5)


def test_an_amount_differs_in_its_unit_and_in_percent():
    assert line(BALANCE, replace(BALANCE, value=100.0)) == {
        "code": "G01", "name": "质押贷款余额(万元)", "ours": "120.00", "theirs": "100.00", "gap": "+20.00万元",
        "rate": "+20.0%",
    }  # fmt: skip


def test_a_rate_differs_in_points_alone():
    told = line(RATE, replace(RATE, value=2.0))
    assert (told["gap"], told["rate"]) == ("−0.50个百分点", "—")


def test_what_is_absent_or_withheld_is_compared_with_nothing():
    absent, hidden = replace(BALANCE, value=None), replace(BALANCE, value=None, withheld=True)
    assert [line(BALANCE, other)["gap"] for other in (absent, hidden)] == ["—", "—"]
    assert [line(BALANCE, other)["theirs"] for other in (absent, hidden)] == ["—", "不披露"]
    assert [known(one) for one in (BALANCE, absent, hidden)] == [True, False, True]


def test_the_title_follows_from_the_figures():
    others = (replace(BALANCE, value=value) for value in (100.0, 130.0, 120.0, None))
    assert [higher(BALANCE, other) for other in others] == [
        "高于对照方", "低于对照方", "与对照方持平", "与对照方比较：本期缺一方数据",
    ]  # fmt: skip
