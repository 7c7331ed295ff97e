"""How figures are said: rounding, units and the fixed phrases of an official briefing, in exact decimals.

Rounding is half up and happens once, when a figure is written. Money comes in 万元; rates, shares, growth in percent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from contract.widths import ROOMY

WAN_PER_YI = Decimal(10_000)
HUNDRED = Decimal(100)
NO_VALUE = "—"
MASKED = "＊＊＊"  # a cell that is not for who looks, by the level of its data
NOT_REPORTED = "未报送"
NOT_COMPARABLE = "不可比"
NOT_COMPUTABLE = "不可计算"
WITHHELD = "不列示"
# Kinds of members: their names, and the measure words with which they are counted.
KINDS = {"bank": "试点机构", "district": "试点地区"}
MEASURES = {"bank": "家", "district": "个"}


def exact(value: Decimal | float | int) -> Decimal:
    """A stored value as the decimal that is read when it is printed: 0.1 is one tenth."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half away from zero; never a negative zero."""
    rounded = value.quantize(Decimal(1).scaleb(-places), context=ROOMY)
    return abs(rounded) if rounded == 0 else rounded


def plain(value: Decimal, places: int, signed: bool = False, grouped: bool = False) -> str:
    """The digits, without exponent; `signed` puts a plus before what is above zero, `grouped` separates thousands."""
    rounded = half_up(value, places)
    return f"{rounded:{'+' if signed and rounded > 0 else ''}{',' if grouped else ''}f}"


def times(rate: Decimal) -> str:
    """A growth of more than 100 percent in times: 1.24倍."""
    return f"{plain(rate / HUNDRED, 2)}倍"


def yi(wan: Decimal) -> Decimal:
    """亿元 from 万元."""
    return wan / WAN_PER_YI


def city_money(wan: Decimal) -> str:
    """The city's money, in 亿元 with two places; below a hundredth of it, in 万元; none is 为零."""
    return f"{plain(yi(wan), 2)}亿元" if half_up(yi(wan), 2) != 0 else member_money(wan)


def member_money(wan: Decimal) -> str:
    """A member's money, in 万元 with two places and separators of thousands; none is 为零."""
    return f"{plain(wan, 2, grouped=True)}万元" if wan != 0 else "为零"


def percent(value: Decimal, places: int = 1) -> str:
    return f"{plain(value, places)}%"


def count(value: Decimal, unit: str) -> str:
    """A whole number with the measure word of what is counted: 户, 笔, 件, 个, 家."""
    return f"{plain(value, 0)}{unit}"


def growth_rate(now: Decimal | None, base: Decimal | None) -> Decimal | None:
    """Growth in percent; None where there is nothing to compare with: base missing, zero or below."""
    if now is None or base is None or base <= 0:
        return None
    return (now / base - 1) * HUNDRED


def growth(rate: Decimal) -> str:
    """增长33.7%, 下降2.0%, 持平; above 100 percent in times: 增长1.24倍."""
    if half_up(rate, 1) == 0:
        return "持平" if rate == 0 else "基本持平"
    if rate > HUNDRED:
        return f"增长{times(rate)}"
    return f"{'增长' if rate > 0 else '下降'}{percent(abs(rate))}"


def year_on_year(now: Decimal | None, base: Decimal | None) -> str:
    """同比 and the growth, or why there is none."""
    rate = growth_rate(now, base)
    return f"同比{growth(rate)}" if rate is not None else no_growth(base)


def no_growth(base: Decimal | None) -> str:
    """Why a growth rate is not given."""
    return (
        "上年同期无可比数据"
        if base is None
        else "上年同期为零，不计算增速"
        if base == 0
        else "上年同期为负，不计算增速"
    )


def shift(now: Decimal, base: Decimal, up: str = "上升", down: str = "下降", places: int = 2) -> str:
    """The difference of two rates: 上升0.05个百分点, 持平; other words for other comparisons (高, 低)."""
    difference = now - base
    if half_up(difference, places) == 0:
        return "持平" if difference == 0 else "基本持平"
    return f"{up if difference > 0 else down}{plain(abs(difference), places)}个百分点"


def rate_on_year(now: Decimal | None, base: Decimal | None, places: int = 2) -> str:
    """A rate against twelve months earlier, in 个百分点; says so where there is nothing to compare with."""
    if now is None or base is None:
        return no_growth(None)
    return f"同比{shift(now, base, places=places)}"


def days_on_year(now: Decimal | None, base: Decimal | None) -> str:
    """Days against twelve months earlier: 同比缩短1.3天."""
    if now is None or base is None:
        return no_growth(None)
    difference = half_up(now - base, 1)
    if difference == 0:
        return "同比基本持平" if now != base else "同比持平"
    return f"同比{'延长' if difference > 0 else '缩短'}{plain(abs(difference), 1)}天"


def direction(changes: Iterable[Decimal | None], up: str, down: str, otherwise: str) -> str:
    """A word for several changes, only where all of them bear it out."""
    known = list(changes)
    if known and all(change is not None and change > 0 for change in known):
        return up
    if known and all(change is not None and change < 0 for change in known):
        return down
    return otherwise


def adds_up(parts: Sequence[Decimal], total: Decimal, places: int) -> bool:
    """Whether the parts as shown add up to the total as shown."""
    return sum((half_up(part, places) for part in parts), Decimal(0)) == half_up(total, places)


def listing(names: Sequence[str]) -> str:
    """A、B和C."""
    return "和".join(("、".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def month_name(period: str) -> str:
    """2026年10月."""
    return f"{period[:4]}年{int(period[5:])}月"


def month_end(period: str) -> str:
    """10月末."""
    return f"{int(period[5:])}月末"


def year_to_date(period: str) -> str:
    """1—10月; 1月 in January."""
    return "1月" if period.endswith("-01") else f"1—{int(period[5:])}月"


PUBLISHING = re.compile(r"请?先?执行 ?python -m etl publish")
# A command or an option, with the bracket or the part of the sentence that tells of it.
COMMAND_HINT = re.compile(
    r"（[^（）]*(?:python -m|make |--[a-z])[^（）]*）|[；，：]?[^；，。：（）]*(?:python -m|--[a-z])[^；，。（）]*"
)


def for_screen(sentence: str) -> str:
    """A refusal as a page says it: without the command or option that is told beside it to users of commands."""
    return COMMAND_HINT.sub("", PUBLISHING.sub("请管理员发布新的数据版本", sentence))


def chinese_day(day: date | None) -> str:
    """`2026年11月16日`; nothing for no day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
