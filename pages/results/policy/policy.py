"""评价参数: which numbers does policy set, since when, by which document; and what would others have given?"""

import streamlit as st

from contract.settings import home
from contract.viewer import may_see
from ledger.proposals import PROPOSED
from metrics.queries.evaluation.policy import known_policy
from metrics.queries.work.waiting import user_changes
from pages.results.policy import register, users
from pages.results.policy.trial import trial
from pages.shell import acts, frame
from pages.shell.in_url import kept

PARTS = {"values": "参数", "cards": "评分表", "trial": "参数试算", "proposals": "变更办理"}

view = frame.open_page("评价参数", "评价、预警和报送所用的数值，以及改动它们会怎样")
acts.said()
found = known_policy(view.viewer, view.snapshot, home())
of_users = user_changes(view.viewer, view.snapshot, home()) if may_see(view.viewer, "users") else ()
waiting = sum(one.status == PROPOSED for one in (*found, *of_users))
labels = PARTS | {"proposals": f"{PARTS['proposals']}（待复核{waiting}件）" if waiting else PARTS["proposals"]}
part = st.segmented_control(
    "查看", **kept("part", list(PARTS)), required=True, format_func=labels.get, label_visibility="collapsed"
)

if part == "values":
    register.values(view)
elif part == "cards":
    register.cards(view)
elif part == "trial":
    trial(view)
else:
    register.proposals(view, found)
    users.proposals(view, of_users)
