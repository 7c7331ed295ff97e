"""Chart titles that say what the figures show; every word of them follows from the figures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.wording import listing, percent, shift
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import Headline
from pages.shared.format import Measure, exact, measure, with_unit

STEADY = 0.05  # a rate that moves by less is said to be level: it would round to nothing


def growth_title(name: str, headline: Headline) -> str:
    """`余额同比增速回落至33.7%`: the growth now, against last month's."""
    if headline.value is None:
        return f"{name}暂无可比数据"
    now = percent(exact(headline.value))
    if headline.last_month is None:
        return f"{name}为{now}"
    moved = headline.value - headline.last_month
    if abs(moved) < STEADY:
        return f"{name}持平于{now}"
    if headline.value < 0:
        return f"{name}{'收窄' if moved > 0 else '扩大'}至{now}"
    return f"{name}{'回升' if moved > 0 else '回落'}至{now}"


def level_title(headline: Headline) -> str:
    """`中长期贷款占比38.6%，比上年同期上升5.20个百分点`; without a base, the level alone."""
    declared = indicator(headline.indicator)
    how = measure(declared.unit, headline.scope, declared.decimals)
    if headline.withheld:
        return f"{declared.name}不披露"
    if headline.value is None:
        return f"{declared.name}暂无数据"
    said = f"{declared.name}{with_unit(headline.value, how)}"
    if headline.last_year is None:
        return said
    if how.rate:
        return f"{said}，比上年同期{shift(exact(headline.value), exact(headline.last_year))}"
    gap = with_unit(abs(headline.value - headline.last_year), how)
    word = "增加" if headline.value > headline.last_year else "减少" if headline.value < headline.last_year else ""
    return f"{said}，比上年同期{word}{gap}" if word else f"{said}，与上年同期持平"


def leader_title(name: str, frame: pd.DataFrame, how: Measure) -> str:
    """`余额同比增速：昌平最高，56.0%`; of a frame with columns name and value."""
    known = frame.dropna(subset=["value"])
    if known.empty:
        return f"{name}暂无数据"
    best = known.loc[known["value"].idxmax()]
    return f"{best['name']}{name}最高，为{with_unit(best['value'], how)}"


def movement_title(name: str, change: float, how: Measure, ups: Sequence[str], downs: Sequence[str]) -> str:
    """`质押贷款余额比上月增加2.10亿元，甲和乙增加最多`: what moved a sum, and who most."""
    gap = with_unit(abs(change), how)
    if change > 0:
        return f"{name}比上月增加{gap}" + (f"，{listing(ups)}增加最多" if ups else "")
    if change < 0:
        return f"{name}比上月减少{gap}" + (f"，{listing(downs)}减少最多" if downs else "")
    return f"{name}与上月持平"


def sources_title(name: str, change: float, how: Measure, reasons: Sequence[tuple[str, float]]) -> str:
    """`质押贷款余额比上月增加0.49亿元：发放10.69亿元，收回7.03亿元`: a movement and its reasons."""
    said = "，".join(f"{reason}{with_unit(abs(amount), how)}" for reason, amount in reasons)
    return movement_title(name, change, how, (), ()) + (f"：{said}" if said else "")
