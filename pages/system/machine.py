"""本机状况: whether the system is well and what the machine is; what wants a hand stands first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from casework.access.upkept import condition_for
from contract.settings import home, wall_time
from etl.upkeep.machine import Fact, facts
from pages.shared import tables
from pages.shell.view import View

COLUMNS = {
    "verdict": tables.text("结论", width="small"),
    "subject": tables.text("事项", width="medium"),
    "state": tables.text("现状", width="large"),
}
KEPT_SECONDS = 60  # of what the machine is; whether the system is well is looked at each time


def machine(view: View) -> None:
    """One row a fact."""
    found = condition_for(view.viewer, home(), wall_time(), _facts(str(home().root)))
    faults = sum(not fact.fine for fact in found)
    told = f"其中{faults}项需要处理，列在最前" if faults else "都正常"
    st.caption(f"共{len(found)}项，{told}。与运行维护手册所列的命令相同；怎样处理见该手册。")
    rows = [vars(fact) | {"verdict": "正常" if fact.fine else "！需处理"} for fact in found]
    frame = pd.DataFrame(rows)
    tables.sheet(frame, COLUMNS, key="machine", about="本机状况", height="content", export=view.snapshot is not None)


@st.cache_data(ttl=KEPT_SECONDS, show_spinner="正在查看本机…")
def _facts(root: str) -> list[Fact]:
    """What the machine is, as `make doctor` tells it, for the home in a folder."""
    return facts()
