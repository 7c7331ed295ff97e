"""参数试算: weights, limits and thresholds edited on a copy, what they would have given, and the way to adopt them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from html import escape

import pandas as pd
import streamlit as st

from casework.policy.changes import adopt
from contract.console.output import plain
from contract.errors import PilotError
from contract.settings import home
from contract.viewer import Viewer, may_see
from contract.wording import KINDS, NO_VALUE
from etl.snapshot.opened import Snapshot
from metrics.evaluation.card_changes import ITEM_KEYS, NUMBERS, items_of, rows_of
from metrics.evaluation.policy_proposals import PolicyBook
from metrics.evaluation.scorecards import DERIVED_ITEMS, scorecard_at
from metrics.evaluation.trial import differing, said, scored_names, template, usual_source
from metrics.evaluation.what_if import Compared
from metrics.indicators.catalogue import catalogue
from metrics.queries.evaluation.policy import beside_today, book_then
from pages.results.policy.proposals import worded
from pages.results.policy.trial_results import EXPORT, frame_of, results
from pages.shared import acts, downloads, on_paper, tables
from pages.shared.format import number
from pages.shared.in_url import segments
from pages.shell import states
from pages.shell.data import read
from pages.shell.plain import refused
from pages.shell.view import View

TRIAL_FILE = "参数试算.toml"
ADOPT = "adopt"


def trial(view: View) -> None:
    """The copy to edit, then every round beside today's, the file to take along, and the way to propose it."""
    st.caption("在副本上改动，以往各轮次随即按改动后的值重算，与现行结果对照；不影响任何数据。权重合计须为100。")
    book = read(view, _book)
    day = view.snapshot.now.date()
    tabs = st.tabs([*(f"{name}评分表" for name in KINDS.values()), "参数"])
    edited = {}
    for tab, kind in zip(tabs, KINDS, strict=False):
        with tab:
            edited[kind] = _edited_card(book, kind, day)
    with tabs[-1]:
        stated = _edited_values(book, day)
    try:
        cards = {kind: items_of(kind, rows, KINDS[kind]) for kind, rows in edited.items()}
        changed = differing(stated, cards, book, day)
    except PilotError as fault:
        st.error(refused(fault), icon=":material/block:")
        return
    notes = {name: values[0].note for name, values in book.parameters.history.items()}
    if not changed:
        states.empty("尚未改动任何数值。", "改动上面的权重、零分值、满分值或参数，结果随即列出", title="与现行相同")
        return
    lines = [escape(worded(line, notes)) for line in said(changed, book, day)]
    st.html(" ".join(f'<span class="tag tag-warn">{line}</span>' for line in lines))
    text = template(book, day, changed)
    outcomes = read(view, _tried, text=text)
    kind = segments("类别", "kind", KINDS)
    results(view, [outcome for outcome in outcomes if outcome.kind == kind], kind)
    _take_along(view, outcomes, text)
    if may_see(view.viewer, "propose"):
        _adopt(view, text)


def _book(viewer: Viewer, snapshot: Snapshot) -> PolicyBook:
    return book_then(viewer, snapshot, home())


def _tried(viewer: Viewer, snapshot: Snapshot, text: str) -> list[Compared]:
    return beside_today(viewer, snapshot, home(), text)


def _label(code: str) -> str:
    """`G12 余额同比增速`; of what is worked out from an indicator the name alone: its code is none that people know."""
    if derived := DERIVED_ITEMS.get(code):
        return derived.name
    named = catalogue().get(code)
    return f"{code} {named.name}" if named else code


def _scored(kind: str) -> list[str]:
    """What an item may be: what is worked out from an indicator, and every indicator of the kind that is better one
    way."""
    codes = [code for code, declared in catalogue().items() if declared.better != "neutral" and kind in declared.scopes]
    return [*codes, *DERIVED_ITEMS]


def _edited_card(book: PolicyBook, kind: str, day: date) -> list[dict[str, str]]:
    """The rows of a scorecard as edited, as `metrics.evaluation.card_changes.items_of` reads them."""
    items = scorecard_at(book.cards, kind, day).items
    frame = pd.DataFrame(
        [
            {"theme": item.theme, "item": _label(item.code)}
            | {key: None if (value := getattr(item, key)) is None else float(value) for key in NUMBERS}
            for item in items
        ]
    )
    codes = dict.fromkeys([*(item.code for item in items), *_scored(kind)])
    by_label = {_label(code): code for code in codes}
    columns = {
        "theme": st.column_config.TextColumn("主题", required=True, width=100),
        "item": st.column_config.SelectboxColumn("评分项", options=list(by_label), required=True, width=330),
        "weight": st.column_config.NumberColumn("权重", min_value=0, max_value=100, required=True, width=80),
        "floor": st.column_config.NumberColumn("零分值", required=True, width=80),
        "full": st.column_config.NumberColumn("满分值", required=True, width=80),
        "min_whole": st.column_config.NumberColumn("最低样本", min_value=0, width=80),
    }
    on_paper.table(frame, columns, "试算所用的评分表", edited=True)
    edited = st.data_editor(
        frame,
        column_config=columns,
        num_rows="dynamic",
        hide_index=True,
        height="content",
        placeholder=NO_VALUE,
        alt=f"试算所用的{KINDS[kind]}评分表",
        key=f"trial-{kind}",
    )
    total = edited["weight"].sum()
    st.caption(f"权重合计{number(total, 0 if float(total).is_integer() else 2)}")
    before = {row["item"]: row for row in rows_of(items)}
    return [_row(row, before, by_label) for row in edited.to_dict("records")]


def _row(row: dict, before: dict[str, dict[str, str]], by_label: dict[str, str]) -> dict[str, str]:
    """A row as edited; what is not shown stays as it was, or is as usual for a new item."""
    code = by_label.get(row["item"], "")
    usual = dict.fromkeys(ITEM_KEYS, "") | {"item": code, "source": usual_source(code)}
    numbers = {key: "" if pd.isna(row[key]) else plain(Decimal(repr(float(row[key])))) for key in NUMBERS}
    return before.get(code, usual) | {"theme": str(row["theme"] or "")} | numbers


def _edited_values(book: PolicyBook, day: date) -> dict[str, Decimal]:
    policy = book.parameters.at(day)
    names = [name for name in scored_names(book.parameters) if name in policy]
    frame = pd.DataFrame(
        [
            {"note": policy.entry(name).note, "value": float(policy[name]), "unit": policy.entry(name).unit}
            for name in names
        ],
        index=names,
    )
    columns = {
        "note": tables.text("参数", disabled=True, width=420),
        "value": st.column_config.NumberColumn("值", min_value=0, required=True, width=90),
        "unit": tables.text("单位", disabled=True, width=60),
    }
    on_paper.table(frame, columns, "试算所用的参数", edited=True)
    edited = st.data_editor(
        frame,
        column_config=columns,
        hide_index=True,
        height="content",
        placeholder=NO_VALUE,
        alt="试算所用的参数",
        key="trial-values",
    )
    return {name: Decimal(repr(float(value))) for name, value in edited["value"].items()}


def _take_along(view: View, outcomes: Sequence[Compared], text: str) -> None:
    frame = frame_of(outcomes)
    downloads.buttons(view, frame, EXPORT, name="参数试算对照", key="trial")
    downloads.button("下载试算文件", text.encode, TRIAL_FILE, key="trial-file", mime="text/plain")


def _adopt(view: View, text: str) -> None:
    turn = acts.turn(ADOPT)
    opened = st.expander("提出采用", icon=":material/gavel:", key="adopt-open", on_change="rerun")
    with opened, st.form(f"{ADOPT}-{turn}", border=False):
        st.caption("全部改动作为一项政策提议，试算文件随提议存档；须由另一人批准，自生效日起适用。")
        left, right = st.columns(2)
        effective = left.date_input("生效日期", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        document_no = right.text_input("文号", max_chars=60, key=f"{ADOPT}-document-{turn}")
        reason = st.text_area("事由", height=70, max_chars=500, key=f"{ADOPT}-reason-{turn}")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        acts.do(
            lambda: adopt(home(), (TRIAL_FILE, text.encode()), effective, document_no, reason, view.viewer),
            lambda proposal: f"已登记为{proposal.number}政策提议，待另一人批准",
            empties=ADOPT,
        )
