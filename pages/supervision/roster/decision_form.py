"""The form that puts a list decision forward: its kind first, then whom it may concern and what it may set."""

from __future__ import annotations

import streamlit as st

from casework.decisions import steps
from casework.decisions.drafts import Draft
from contract.decision_kinds import FIELDS, NEVER_LISTED, DecisionKind, decision_kinds
from contract.declarations import code_lists, districts
from contract.settings import home
from contract.wording import month_name
from metrics.queries.members.roster import members
from metrics.queries.members.trigger_cases import Case, cases
from pages.shared import acts, forms, wording
from pages.shared.cases import because
from pages.shared.in_url import kept
from pages.shell import url
from pages.shell.data import read
from pages.shell.view import View

FORM = "propose"
LONGEST = 500  # characters of a reason
PLACEHOLDERS = {"ceiling": "万元，如2000", "rectify_due": "如2027-02-26；不填则按参数推算"}


def propose(view: View) -> None:
    """Kind and member outside the form, since what the form asks hangs on them; the rest in one piece."""
    names = {code: kind.name for code, kind in decision_kinds().items()}
    first, second = st.columns(2)
    kind = decision_kinds()[first.selectbox("决定", **kept("decision", list(names)), format_func=names.get)]
    with second:
        subject = new_member() if NEVER_LISTED in kind.source else listed_member(view, kind)
    if not subject:
        return
    standing = open_cases(view, subject)
    named = [case for case in standing if case == url.asked("trigger")]
    turn = acts.turn(FORM)
    at = f"{turn}-{''.join(named)}"
    with st.form(f"{FORM}-{at}", border=False):
        reasons = "".join(because(standing[case]) for case in named)
        reason = st.text_area("事由", value=reasons[:LONGEST], height=80, max_chars=LONGEST, key=f"{FORM}-reason-{at}")
        left, right = st.columns(2)
        document_no = left.text_input("文号", max_chars=60, key=f"{FORM}-document-{turn}")
        effective = right.date_input("生效日期", value=view.snapshot.now.date(), format="YYYY-MM-DD")
        sets = fields(kind, subject)
        triggers = st.multiselect(
            "所依据的预警线索",
            list(standing),
            default=named,
            format_func=lambda case: in_words(standing[case]),
            placeholder="可不选；批准后所选线索随之办结",
        )
        files = st.file_uploader("依据文件", accept_multiple_files=True, key=f"{FORM}-files-{turn}")
        sent = st.form_submit_button("提出，待另一人批准", type="primary")
    if sent:
        stated = (kind, subject, reason, document_no, effective)
        draft = Draft(*stated, batch=sets.pop("batch", ""), triggers=tuple(triggers), sets=sets)
        papers = [forms.handed_in(file) for file in files]
        acts.do(
            lambda: steps.propose(home(), draft, view.viewer, papers),
            lambda proposal: f"已登记为{proposal.number}事项，待另一人批准",
            empties=FORM,
        )


def listed_member(view: View, kind: DecisionKind) -> str | None:
    """One of the members whose state allows the decision."""
    known = read(view, members)
    fitting = known[known["state"].isin(kind.source)]
    names = {row.code: f"{row.short_name}（{row.code}，{wording.STATES[row.state]}）" for row in fitting.itertuples()}
    if not names:
        st.info(f"名单上没有可以{kind.name}的成员。")
        return None
    return st.selectbox("对象", **kept("member", list(names)), format_func=names.get)


def new_member() -> str:
    """The code of one that was never listed, empty until it is typed."""
    return st.text_input("编码", placeholder="机构编码如B031，或地区代码如110101", key="propose-new").strip().upper()


def fields(kind: DecisionKind, subject: str) -> dict[str, str]:
    """What the kind may set beside the state, for this member."""
    is_district = subject in districts()
    left_out = {"member_kind", *(("name", "ceiling") if is_district else ())}
    asked = [name for name in kind.fields if name not in left_out]
    given = {}
    places = st.columns(max(1, min(3, len(asked))))
    for at, name in enumerate(asked):
        place = places[at % len(places)]
        if name == "group":
            groups = {"": "未定"} | code_lists()["district_group" if is_district else "peer_group"]
            given[name] = place.selectbox(FIELDS[name], list(groups), format_func=groups.get, key="field-group")
        else:
            given[name] = place.text_input(FIELDS[name], placeholder=PLACEHOLDERS.get(name, ""), key=f"field-{name}")
    if NEVER_LISTED in kind.source:
        given["batch"] = st.text_input("批次", placeholder="如第三批")
    return given


def open_cases(view: View, subject: str) -> dict[str, Case]:
    """Id → trigger, of those of a member that are open by the latest period."""
    triggers = read(view, cases, period=view.periods[0])
    return {case.id: case for case in triggers if case.subject == subject}


def in_words(case: Case) -> str:
    """`同比增速过低（关注，自2026年7月起）`."""
    return f"{case.rule.name}（{wording.LEVELS[case.level]}，自{month_name(case.since)}起）"
