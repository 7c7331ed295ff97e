"""预警与退出."""

from pages.shared import frame

frame.open_page("预警与退出")
