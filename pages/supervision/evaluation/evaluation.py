"""日常评价: who does well at what, who moved, why?"""

import streamlit as st

from contract.wording import KINDS
from metrics.queries.evaluation.scorecard import ranking, spread
from pages.shared import downloads, tables
from pages.shared.in_url import segments
from pages.shell import frame, states
from pages.shell.data import read
from pages.shell.links import links
from pages.shell.selections import Filing, Roster, profile
from pages.supervision.evaluation import judging, rounds
from pages.supervision.evaluation.own_score import own_scores
from pages.supervision.evaluation.ranking import EXPORT, columns, distribution, explanation, named, summary
from pages.supervision.evaluation.scorecard import card

MEMBER = "member"
TABLE_ROWS = 12

view = frame.open_page("日常评价")
if view.viewer.own_scope:
    own_scores(view)
    st.stop()
rounds.line(view)
judging.recognition(view)

kind = segments("类别", "kind", KINDS)
ranked = named(read(view, ranking, period=view.period, kind=kind))
if ranked.empty:
    states.empty(f"本期名单上没有{KINDS[kind]}。", "请另选报告期")
    st.stop()
score_spread = read(view, spread, period=view.period, kind=kind)
summary(score_spread, kind)
st.caption(explanation(view.period, bool(ranked["is_round"].any())))

listed, drawn = st.columns([2, 1])
with listed:
    height = tables.tall(len(ranked), TABLE_ROWS)
    code = tables.pick_kept(
        ranked,
        columns(ranked, kind),
        MEMBER,
        "subject",
        key=f"ranking-{kind}",
        about="得分与位次",
        height=height,
        export=False,
    )
    downloads.buttons(view, ranked, EXPORT, name=f"日常评价_{KINDS[kind]}_{view.period}", key="ranking")
with drawn:
    distribution(view, ranked, score_spread, kind, code)
ways = [(profile(kind, code), "成员画像"), (Filing(part="detail", member=code), "报送明细")]
links(view, *ways, (Roster(part="history", member=code), "名单经历"))
chosen = ranked.set_index("subject", drop=False).loc[code]
card(view, chosen)
judging.assessment(view, code, chosen["short_name"])
