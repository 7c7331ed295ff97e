"""自由制表: indicators × objects × periods, arranged on the page and given away as it is seen."""

import streamlit as st

from contract.wording import month_name
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.free_table import MOST_CELLS, free_table, subjects
from pages.results.free import choices, drawn, files
from pages.results.free.arranged import Key, arranged
from pages.shared import downloads
from pages.shared.behind.figures import explained
from pages.shared.format import MEMBER_SCOPES, measured
from pages.shell import frame, states
from pages.shell.data import read
from pages.shell.links import anchor
from pages.shell.selections import FreeTable

view = frame.open_page("自由制表", "指标、对象、期间自行组合")
known = read(view, subjects, period=view.period)
if not known:
    states.empty("本期没有可供制表的数据。", "换一个报告期")
    st.stop()

choice = choices.choose(view, known)
cells = len(choice.indicators) * len(choice.subjects) * len(choice.periods)
if not cells:
    states.empty("指标、对象、期间各至少选一项。", "在上面选择", title="还没有内容")
    st.stop()
if cells > MOST_CELLS:
    states.empty(f"所选内容共{cells:,}格，超过一张表的{MOST_CELLS:,}格。", "减少指标、对象或期间", title="内容过多")
    st.stop()

table = read(
    view, free_table, indicators=choice.indicators, periods=choice.periods, moved=choice.moved,
    subjects_asked=tuple((one.scope, one.entity) for one in choice.subjects),
)  # fmt: skip
# One unit an indicator over the whole table: a member's beside the city's would else differ by four digits.
scope = "bank" if any(one.scope in MEMBER_SCOPES for one in choice.subjects) else "city"
hows = {code: measured(indicator(code), scope) for code in choice.indicators}
units = {code: how.difference_unit if choice.moved else how.unit for code, how in hows.items()}
laid_out = arranged(
    table.assign(subject=table["scope"] + "-" + table["entity"]),
    choices.names_of(
        choice,
        {code: f"{indicator(code).name}({units[code]})" for code in choice.indicators},
        {period: month_name(period) for period in choice.periods},
    ),
    hows, choice.rows, choice.columns,
)  # fmt: skip
if not laid_out.cells:
    states.empty("所选指标对所选对象都不适用。", "换一项指标，或把对象换成试点合计", title="没有可列的数据")
    st.stop()

title = f"{FreeTable.MOVED[choice.moved]}：{choices.said(choice)}"
notes = (
    f"报告期：{month_name(view.period)}",
    *(f"{indicator(code).name}（{code}）：{indicator(code).definition}" for code in choice.indicators),
    choices.LEGEND,
    *downloads.provenance(view),
)


def linked(key: Key, said: str) -> str:
    scope, _, entity = key["subject"].partition("-")
    return anchor(view, explained(key["indicator"], scope, entity, key["period"]), said)


st.html(drawn.html(laid_out, title, linked))
st.caption(choices.LEGEND)
name = downloads.file_name(f"自由制表_{view.period}")
downloads.button(
    "按所见导出Excel", lambda: files.as_seen(laid_out, title, notes), f"{name}.xlsx", key="free-table", type="primary",
    rows=len(laid_out.cells),
)  # fmt: skip
