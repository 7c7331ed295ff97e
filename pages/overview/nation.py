"""全国总览: the country and its regions side by side, or one region beside the country, with its members."""

import streamlit as st

from metrics.queries.figures.nation import regions
from pages.overview.regions import WHOLE, comparison, region_beside
from pages.shared.in_url import kept
from pages.shell import frame, session
from pages.shell.data import read

CHOICE = "region"  # in the URL

view = session.view()
known = read(view, regions)
names = dict(zip(known["code"], known["name"], strict=True))
given = int(known["made_at"].notna().sum())
frame.heading("全国总览", view, f"{len(names)}个区域，{given}个已提供数据")
region = st.selectbox("区域", **kept(CHOICE, ["", *names]), format_func=lambda code: names.get(code, WHOLE), width=280)
if region:
    region_beside(view, region, names[region])
else:
    comparison(view, known)
