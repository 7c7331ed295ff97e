"""Every page that the navigation offers, opened cold by its address in a real browser, and looked at."""

from __future__ import annotations

import re
from itertools import cycle

import pytest

from metrics.indicators.catalogue import catalogue
from pages.shell.navigation import OVERVIEW, SECTIONS
from tests.browser.axe import bring_axe, grave, turn_to
from tests.browser.screen import HEIGHT, THOROUGH, WIDTH, Screen, looking_at
from tests.browser.server import serving

pytestmark = pytest.mark.browser

# Latin that a Chinese reader of these pages uses: names of formats, terms of the trade, and codes.
CUSTOMARY = re.compile(
    r"""
      \b(?:BP|FTP|LPR|CNIPA|GB(?:/T)?|BJ|Excel|PDF|Word|CSV|PNG|SVG|ZIP|MB|WPS|Ctrl|Esc)\b
    | (?<=\d)[KMG]B\b                         # a file's size
    | (?:\bcover)?\.(?:xlsx|docx|pdf|csv|zip)\b  # a file's ending; cover.csv is a name of the contract
    | \b[A-Z]-?\w{1,12}-\d{3}\b               # a check: V-B1-014
    | \b[XY]\d{2}(?:-[A-Z]?\d+-\d{4}-\d{2})?\b # a rule, or one of its triggers: X02-B004-2025-03
    | \b[A-Z]\d{1,3}(?:_[a-z]+)?\b            # a form, an indicator, a member, a derived item: B1, G12, B001, G02_yoy
    | \bZL\d{8,12}\.[\dX]\b                    # a patent's number
    | \b[0-9a-f]{8,64}\b                      # a hash
    """,
    re.VERBOSE | re.ASCII,
)
HYPHEN = re.compile(r"(?<![\w\-.])-\d")
POINTS = re.compile(r"\d\s*百分点")
FAILED_STATE = "页面未能打开"  # what the frame shows in place of a trace
WITHOUT_DATA = [f"/{page.address}" for pages in SECTIONS.values() for page in pages if page.without_data]
MOST_SHIFT = 0.1  # how far a page may move by itself while it loads
LEAST_CONTENT = 100  # characters: a heading alone is no page
LATIN = re.compile(r"[A-Za-z]{2,}")
NO_VALUE = re.compile(r"\b(?:nan|NaN|None|NaT|NA|null|undefined|inf)\b", re.ASCII)


# Set apart as the place of a folded table (`pages/shell/steady.js`), and holds something else by now.
LEFT = """() => [...document.querySelectorAll('[data-on-paper]')]
    .filter(place => !place.querySelector('.on-paper')).map(place => place.innerText.slice(0, 60))"""


def english(pieces: list[str]) -> list[str]:
    """The pieces of text with a word that is not customary, as they stand on the screen.

    The dictionary shows each indicator's English name beside the Chinese, as the catalogue declares it.
    """
    declared = {indicator.name_en for indicator in catalogue().values()}
    return [piece for piece in pieces if piece not in declared and LATIN.search(CUSTOMARY.sub(" ", piece))]


@pytest.mark.parametrize(
    ("piece", "left"),
    [
        ("质押贷款余额（亿元）", False),
        ("X02-B004-2025-03 不良率偏离", False),
        ("V-B1-014 借款人名称为空", False),
        ("2026-10_B001.xlsx", False),
        ("CSV报送加入cover.csv", False),
        ("FTP优惠（BP）", False),
        ("首次运行：执行 make run", True),
        ("已装入但未发布：执行 python -m etl publish", True),
        ("Choose an option", True),
        ("余额 None", True),
        ("loan_no", True),
    ],
)
def test_english_is_told_from_codes(piece, left):
    assert bool(english([piece])) is left


def faults(screen: Screen) -> dict[str, list[str]]:
    """Everything that is wrong with an open page, by kind; empty where nothing is."""
    text = screen.text()
    wrong = {
        "exception": [*screen.exceptions(), *(piece for piece in text if piece == FAILED_STATE)],
        "console": screen.errors,
        "foreign address": screen.foreign,
        "English": english([*text, *screen.labels()]),
        "a hyphen for a minus": list(filter(HYPHEN.search, text)),
        "differences of rates": list(filter(POINTS.search, text)),
        "empty value": list(filter(NO_VALUE.search, text)),
        "title": [] if screen.page.locator("h1:visible").count() == 1 else ["a page has one main heading"],
        "not seen": screen.page.evaluate(LEFT),
        "width": [f"{screen.overflow()} px too wide"] if screen.overflow() > 0 else [],
    }
    return {kind: pieces for kind, pieces in wrong.items() if pieces}


def test_every_page_is_whole(browser, dashboard, artifacts, subtests):
    """And nothing on it is a grave finding of axe: on one page by day, on the next by night, which it is opened in."""
    with looking_at(browser, dashboard.address) as screen:
        bring_axe(screen)
        paths = screen.navigation()
        assert paths
        for path, scheme in zip(paths, cycle(("light", "dark"))):
            name = path.strip("/") or "home"
            with subtests.test(page=name):
                screen.follow(dashboard.address + path)
                wrong = faults(screen)
                if wrong or THOROUGH:
                    screen.photograph(artifacts / f"{WIDTH}x{HEIGHT}", name)
                assert wrong == {}
                assert len(screen.page.get_by_test_id("stMain").inner_text()) >= LEAST_CONTENT
                assert screen.page.url.startswith(dashboard.address + path)
            with subtests.test(page=name, scheme=scheme):
                turn_to(screen, scheme)
                assert grave(screen) == []
    assert "Traceback" not in dashboard.log.read_text(encoding="utf-8")


def test_what_stands_where_a_folded_table_stood_is_seen(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/filing?part=board&as=institution-B001") as screen:
        screen.follow(f"{dashboard.address}/filing?part=detail&member=B001")
        assert screen.page.evaluate(LEFT) == []
        assert screen.page.get_by_text("收到时间", exact=True).bounding_box()["width"] > 1


def test_no_page_moves_while_it_loads(browser, dashboard, subtests):
    """Pages on which kinds of elements come late: HTML, tables, charts, choices; with `PILOT_THOROUGH=1` all."""
    known = [f"/{entry.address}" for listed in SECTIONS.values() for entry in listed]
    with looking_at(browser, "about:blank", settled=False) as screen:
        screen.watch_shifts()
        for path in known if THOROUGH else ("/", "/filing", "/warnings", "/bank"):
            with subtests.test(page=path):
                screen.go(dashboard.address + path)
                assert screen.shift() < MOST_SHIFT


def test_a_page_opens_cold(demo_home, browser, tmp_path, subtests):
    """The page is the first thing asked of a fresh server: nothing may depend on another page having been there.

    One of the first section and one of the last; with `PILOT_THOROUGH=1` of each.
    """
    sections = list(SECTIONS.values())
    for pages in sections if THOROUGH else (sections[0], sections[-1]):
        path = "/" if pages[-1] is OVERVIEW else f"/{pages[-1].address}"
        name = path.strip("/") or "home"
        with subtests.test(page=name), serving(demo_home, tmp_path / f"{name}.log") as server:
            with looking_at(browser, server.address + path) as screen:
                wrong = faults(screen)
                assert wrong == {}
                assert screen.page.url.startswith(server.address + path)
            assert "Traceback" not in server.log.read_text(encoding="utf-8")


def test_every_page_says_when_nothing_is_published(browser, dashboard, nothing, subtests):
    """Before the first publication each page tells what to do, and none fails."""
    with looking_at(browser, dashboard.address) as home:
        paths = home.navigation()
    with looking_at(browser, nothing.address) as screen:
        for path in paths:
            with subtests.test(page=path):
                screen.follow(nothing.address + path)
                assert faults(screen) == {}
                assert ("还没有数据版本" in screen.text()) is (path not in WITHOUT_DATA)


def test_an_unknown_address_says_so(browser, dashboard):
    """A mistyped link ends on a page in Chinese, without a trace."""
    with looking_at(browser, f"{dashboard.address}/no-such-page") as screen:
        assert screen.exceptions() == []
        assert english(screen.text()) == []
