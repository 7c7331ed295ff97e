"""总览."""

from pages.shared import frame, cards
from pages.shared.data import read
from metrics import queries

view = frame.open_page("试点总览", "北京辖内试点机构与试点地区")
cards.figure_row(
    view,
    read(
        view,
        queries.headlines,
        period=view.period,
        indicators=("G01", "G02", "G04", "G09", "G07", "S01"),
        scope="city",
        entity="BJ",
    ),
    "overview",
)
