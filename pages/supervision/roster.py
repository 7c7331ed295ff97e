"""试点名单."""

from pages.shared import frame

frame.open_page("试点名单")
