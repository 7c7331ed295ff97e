"""评价参数: which numbers does policy set, since when, by which document; and what would others have given?"""

import streamlit as st

from etl.proposals import PROPOSED
from etl.settings import home
from metrics.queries.policy import known_policy
from metrics.queries.users import user_changes
from metrics.viewer import may_see
from pages.shared import acts, frame, policy_view, user_view
from pages.shared.inurl import kept
from pages.shared.trial_view import trial

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
    policy_view.values(view)
elif part == "cards":
    policy_view.cards(view)
elif part == "trial":
    trial(view)
else:
    policy_view.proposals(view, found)
    user_view.proposals(view, of_users)
