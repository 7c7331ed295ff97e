"""启用准备: what has to be done before the system is in use, how far is it, and the act of each step."""

import streamlit as st

from casework.policy.setting_up import setting_up
from contract.settings import home
from pages.setup import acts_of_steps
from pages.shared import acts
from pages.shell import frame, session

view = session.view()
frame.heading("启用准备")
acts.said(view.viewer)
steps = setting_up(view.viewer, home())
done = sum(step.done for step in steps)
st.caption(f"五项准备，已办{done}项。名单登记后即可接收报送，其余各项可随后补办；每一步都记入台账。")
opened = next((step.code for step in steps if not step.done), "")
for number, step in enumerate(steps, 1):
    mark = ":material/check_circle:" if step.done else ":material/radio_button_unchecked:"
    with st.expander(f"{number}　{step.name}：{step.says}", icon=mark, expanded=step.code == opened):
        acts_of_steps.draw(view, step)
