"""演示导览: on the demonstration alone, ten planted situations, each with what to look at and the way there."""

import streamlit as st

from pages.shell import frame, session, states
from pages.shell.links import link
from pages.tour.stops import stops

view = session.view()
frame.heading("演示导览", view, "演示数据中预先安排的情形，逐一打开查看")
if not view.snapshot.demonstration:
    states.empty("演示导览只用于演示数据。", "真实数据没有预先安排的情形", title="本页没有内容")
    st.stop()
st.caption("各站相互独立，可任选。看完用浏览器的“后退”回到本页。")
for number, stop in enumerate(stops(), start=1):
    with st.container(border=True, key=f"stop-{number}", gap="small"):
        st.subheader(f"{number}　{stop.title}")
        st.markdown(f"**看什么**　{stop.look}  \n**点哪里**　{stop.click}  \n**应看到**　{stop.see}")
        link(view, stop.selection, f"打开“{stop.selection.entry.title}”")
