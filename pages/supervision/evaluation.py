"""日常评价."""

from pages.shared import frame

frame.open_page("日常评价")
