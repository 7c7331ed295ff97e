"""The explanation that every figure opens: what it means, how it is worked out, what it was, whence it comes."""

from __future__ import annotations

import streamlit as st

from metrics.catalogue import indicator
from pages.shared.session import View


def button(view: View, code: str, scope: str, entity: str, key: str) -> None:
    """口径: opens the explanation of one figure."""
    if st.button("口径", key=f"explain-{key}-{scope}-{entity}-{code}", type="tertiary", icon=":material/help:"):
        panel(view, code, scope, entity)


@st.dialog("指标口径", width="large")
def panel(view: View, code: str, scope: str, entity: str) -> None:
    st.subheader(indicator(code).name)
