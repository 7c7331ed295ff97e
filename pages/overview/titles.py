"""Chart titles that say what the figures show; every word of them follows from the figures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.wording import listing
from pages.shared.format import Measure, with_unit


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
