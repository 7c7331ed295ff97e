"""Values tried in a pattern in place of policy's, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import streamlit as st

from contract.console.output import plain
from metrics.queries.detail.patterns import Threshold
from pages.shell import url

LABELS = {"limit": "限额", "share": "不低于限额的", "days": "放款日相隔不超过"}
MOST = {"limit": Decimal(10) ** 9, "share": Decimal(100), "days": Decimal(3660)}


def values(policy: Mapping[str, Threshold]) -> dict[str, Decimal]:
    """Name in the statement → value tried, of those that differ from policy's."""
    tried = {}
    if not policy:
        return tried
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="trying"):
        for name, threshold in policy.items():
            value = _asked(name, threshold.value)
            st.session_state[name] = plain(value)
            st.text_input(
                f"{LABELS[name]}（{threshold.unit}）",
                key=name,
                width=190,
                on_change=_keep,
                args=(name, threshold.value),
            )
            if value != threshold.value:
                tried[name] = value
    if tried:
        said = "、".join(f"{LABELS[name]}{plain(policy[name].value)}{policy[name].unit}" for name in tried)
        st.caption(f"现为试算；参数规定：{said}。")
    return tried


def _asked(name: str, policy: Decimal) -> Decimal:
    """The address's value where it is one, else policy's."""
    try:
        value = Decimal(url.asked(name) or policy)
    except InvalidOperation:
        return policy
    return value if value.is_finite() and 0 <= value <= MOST[name] else policy


def _keep(name: str, policy: Decimal) -> None:
    written = st.session_state[name].strip()
    url.keep(name, "" if written == plain(policy) else written)
