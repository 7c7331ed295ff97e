"""试点名单: who is on the list, since when, why?"""

import pandas as pd
import streamlit as st

from casework.decisions.rectification import on_limit
from casework.decisions.steps import known_proposals
from contract.settings import home
from contract.viewer import may_see
from contract.wording import KINDS
from ledger.proposals import PROPOSED
from metrics.queries.members.roster import members, roster_span
from pages.shared import acts
from pages.shared.in_url import kept, kept_day, segments
from pages.shell import frame, url
from pages.shell.data import read
from pages.shell.links import link, links
from pages.shell.selections import Filing, Roster, profile
from pages.shell.view import View
from pages.supervision.roster.comparison import difference
from pages.supervision.roster.decision_form import propose
from pages.supervision.roster.decisions import decided, pending
from pages.supervision.roster.history import history
from pages.supervision.roster.pilot_list import counts, listing
from pages.supervision.roster.rectification import rectifications

PART, MEMBER = "part", "member"
DESK = "decisions"  # for those who propose


def ways(view: View, member: pd.Series) -> None:
    """From a member on the list to its profile and its filing."""
    code = member["code"]
    links(view, (profile(member["kind"], code), "成员画像"), (Filing(part="detail", member=code), "报送明细"))


view = frame.open_page("试点名单")
first, last = read(view, roster_span)
parts = {part: name for part, name in Roster.PARTS.items() if part != DESK or may_see(view.viewer, "propose")}
part = segments("查看", PART, parts)
known = read(view, members).set_index("code", drop=False)

if part == DESK:
    acts.said(view.viewer)
    asked = url.selected(Roster)
    proposals, names = known_proposals(view.viewer, home()), known["short_name"].to_dict()
    one = [proposal for proposal in proposals if str(proposal.id) == asked.proposal]
    if one:
        link(view, Roster(part=DESK), "查看全部事项")
    pending(view, one or proposals, names)
    rectifications(view, on_limit(view.viewer, home()), names)
    asks = bool(asked.decision or asked.trigger)
    key = f"propose-open-{asks}"  # a link that fills the form in opens it; what was opened by hand stays so
    with st.expander("提出一项决定", icon=":material/add:", expanded=asks, key=key, on_change="rerun"):
        propose(view)
    if any(proposal.status != PROPOSED for proposal in one or proposals):
        decided(view, one or proposals, names)
elif part == "difference":
    before, after, _ = st.columns([1, 1, 2])
    earlier = before.date_input("从", **kept_day("since", first, last, first))
    later = after.date_input("到", **kept_day("until", first, last, last))
    difference(view, earlier, later)
elif part == "history":
    code = st.selectbox(
        "成员",
        **kept(MEMBER, known.index.tolist()),
        format_func=lambda code: f"{known.loc[code, 'short_name']}（{code}）",
    )
    ways(view, known.loc[code])
    history(view, code, known.loc[code, "short_name"])
else:
    kinds = [kind for kind in KINDS if kind in set(known["kind"])]
    chosen, kind_choice, note = st.columns([1, 1, 3], vertical_alignment="bottom")
    on = chosen.date_input("名单日期", **kept_day("on", first, last, last))
    kind = kind_choice.segmented_control("类别", **kept("kind", kinds), required=True, format_func=KINDS.get)
    note.caption(
        "点选一行查看该成员的名单经历和决定。内部评估上限：内部评估、协商确定价值的贷款，单笔金额不得超过此数。"
    )
    counts(view, on)
    code = listing(view, on, kind)
    if code:
        ways(view, known.loc[code])
        history(view, code, known.loc[code, "short_name"])
