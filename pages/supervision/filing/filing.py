"""数据报送: who has reported, how well, what do I send back?"""

import streamlit as st

from contract.viewer import may_see
from metrics.queries.members.roster import members
from pages.shared.in_url import kept, segments
from pages.shell import frame, session, url
from pages.shell.data import read
from pages.shell.selections import Filing
from pages.supervision.filing.detail import detail
from pages.supervision.filing.faults import faults
from pages.supervision.filing.matrix import counts_strip, matrix
from pages.supervision.filing.month_work import month_work
from pages.supervision.filing.quality import quality
from pages.supervision.filing.questions import questions
from pages.supervision.filing.template import template
from pages.supervision.filing.upload import upload

PART, MEMBER = "part", "member"
NEEDS = {"upload": "intake", "work": "batches"}  # part → the area that it takes


def opened(member: str, period: str) -> None:
    """A cell of the matrix was chosen: on to that member's filing for that period."""
    url.keep(PART, "detail")
    url.keep(MEMBER, member)
    session.keep_period(period)


view = frame.open_page("数据报送")
faults(view)
parts = {part: name for part, name in Filing.PARTS.items() if may_see(view.viewer, NEEDS.get(part, "filing"))}
part = segments("查看", PART, parts)

if part == "detail":
    known = read(view, members).set_index("code", drop=False)
    code = st.selectbox(
        "成员",
        **kept(MEMBER, known.index.tolist()),
        format_func=lambda code: f"{known.loc[code, 'short_name']}（{code}）",
    )
    detail(view, known.loc[code], view.period)
elif part == "questions":
    questions(view)
elif part == "upload":
    st.subheader("报送模板")
    template(view)
    st.subheader("上传报送文件")
    upload(view)
elif part == "work":
    month_work(view)
elif part == "quality":
    quality(view)
else:
    counts_strip(view)
    matrix(view, opened)
