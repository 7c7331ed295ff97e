"""总览."""

from pages.shared import frame

view = frame.open_page("试点总览", "北京辖内试点机构与试点地区")
