"""A drawing is, property by property, the figure that plotly makes of the same words."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io
import pytest
from plotly.subplots import make_subplots

from pages.shared.drawing import Drawing, Sent, panels

AXIS = {"tickfont": {"color": "grey"}}  # one for both axes: what is changed on one must not change the other
LAYOUT = {"height": 200, "xaxis": AXIS | {"type": "category"}, "yaxis": AXIS | {"tickformat": ","}}
DASHED = {"color": "grey", "dash": "dash"}


def said(figure: go.Figure | Sent) -> dict:
    return json.loads(plotly.io.to_json(figure, validate=False))


def add_to(figure: Drawing | go.Figure, **panel: int) -> None:
    """What both understand alike."""
    figure.add_bar(x=["甲", "乙"], y=[1.5, None], marker_color=["red", "blue"], text=None, **panel)
    figure.add_scatter(x=["甲"], y=[2], mode="markers", marker={"size": 7, "line": {"width": 1}}, **panel)
    figure.add_annotation(x="甲", y=2, text="①", showarrow=False, **panel)
    figure.update_xaxes(tickfont={"size": 9}, ticksuffix="%")
    figure.update_layout(barmode="stack")


def test_one_panel():
    ours, theirs = Drawing(LAYOUT), go.Figure(layout=LAYOUT)
    for figure in (ours, theirs):
        add_to(figure)
        figure.data[0]["text"] = ["一", "二"]
        figure.add_waterfall(x=["甲"], y=[1], increasing={"marker": {"color": "red"}})
        figure.update_traces(cliponaxis=False, text=None)
    assert said(Sent(ours)) == said(theirs)


def test_lines_across_and_their_names():
    ours, theirs = Drawing(LAYOUT), go.Figure(layout=LAYOUT)
    ours.add_vline(x=3, line=DASHED, name="中位数", font={"size": 11})
    ours.add_hline(y=2, line=DASHED, name="界限")
    ours.add_vline(x=0, line=DASHED)
    theirs.add_vline(
        x=3, line=DASHED, annotation_text="中位数", annotation_position="top", annotation_font={"size": 11}
    )
    theirs.add_hline(y=2, line=DASHED, annotation_text="界限", annotation_position="top left")
    theirs.add_vline(x=0, line=DASHED)
    assert said(Sent(ours)) == said(theirs)


def test_names_are_text_on_marks_ticks_and_where_words_stand():
    name, sent = "<b>甲</b>&乙", "&lt;b&gt;甲&lt;/b&gt;&amp;乙"
    drawing = Drawing(LAYOUT)
    drawing.add_bar(y=[name], x=[1], text=[name], customdata=[[name, 2]], hovertemplate="%{y}<extra></extra>")
    drawing.add_annotation(x=1, y=name, text="一<br>二")
    drawing.update_yaxes(categoryarray=[name], ticktext=(name,))
    (trace,), layout = drawing.data, drawing.layout
    assert (trace["y"], trace["text"], trace["customdata"]) == ([sent], [sent], [[sent, 2]])
    assert trace["hovertemplate"] == "%{y}<extra></extra>"
    assert layout["annotations"] == [{"x": 1, "y": sent, "text": "一<br>二"}]
    assert layout["yaxis"]["categoryarray"] == layout["yaxis"]["ticktext"] == [sent]


@pytest.mark.parametrize(("heights", "shared"), [((0.4, 0.6), True), ((1, 1, 1), False)])
def test_panels(heights, shared):
    ours = panels(LAYOUT, heights, 0.1, shared=shared)
    theirs = make_subplots(
        rows=len(heights), cols=1, shared_xaxes=shared, vertical_spacing=0.1, row_heights=list(heights)
    )
    theirs.update_layout(LAYOUT)
    for figure in (ours, theirs):
        add_to(figure, row=1, col=1)
        add_to(figure, row=2, col=1)
        figure.add_annotation(x=0, y=1, xref="x domain", yref="y domain", text="乙", showarrow=False, row=2, col=1)
        figure.update_yaxes(visible=False)
        figure.update_xaxes(showticklabels=False, row=2, col=1)
    mine, other = said(Sent(ours)), said(theirs)
    for axis in [name for name in mine["layout"] if name.startswith("yaxis")]:
        assert mine["layout"][axis].pop("domain") == pytest.approx(other["layout"][axis].pop("domain"))
    assert mine == other


def test_a_copy_leaves_the_first_as_it_was_and_a_wrong_word_is_refused():
    first = Drawing(LAYOUT)
    first.copy().add_bar(y=[1])
    assert first.data == []
    first.add_bar(y=[1], colour="red")
    with pytest.raises(ValueError, match="colour"):
        first.figure()
