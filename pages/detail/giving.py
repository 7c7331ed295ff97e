"""对外提供: what is to be given to whom outside the Bureau, who lets it go, and what was given out."""

import streamlit as st

from casework.giving.given import givings_for
from contract.settings import home
from ledger.proposals import APPROVED, PROPOSED
from pages.detail import given
from pages.shared import acts, approval
from pages.shell import frame

view = frame.open_page("对外提供", "提供给外单位的数据须由另一人批准，只给出一次")
acts.said(view.viewer)
known = givings_for(view.viewer, home())
given.ask(view)
approval.waiting("对外提供", "giving", known, lambda giving: given.card(view, giving))
given.to_hand_out(view, [giving for giving in known if giving.status == APPROVED and not giving.given_on])
given.closed(view, [giving for giving in known if giving.status != PROPOSED])
st.caption("申请、批准、领出记入台账；领出同时记入查阅记录，写明给谁、用途、行数、级别和文件的校验值。")
