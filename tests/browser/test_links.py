"""Every link of every page is followed, by each role: it opens what its words named, and its address stays as sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from contract.viewer import BUREAU_ROLES
from pages.shell import navigation
from pages.shell.selecting import EXPLAINED
from pages.shell.selections import SELECTIONS
from tests.browser.screen import THOROUGH, Screen, looking_at
from tests.browser.test_task_pages import choose, heading

pytestmark = pytest.mark.browser

PERIOD = "2026-10"
HAIDIAN, OWN_BANK, OTHER_BANK = "district-110108", "institution-B007", "B011"
REFUSED, FAILED, NOT_THERE = "无权查看", "页面未能打开", "网址所指的一项不在下表中"
SEARCH = "搜索成员、指标、规则、企业、页面"
# Every link within the page: its words, where it leads, and whether the words name what it opens.
LINKS = """() => [...document.querySelectorAll(
    '[data-testid="stMain"] a.way'
)].map(link => [
    link.innerText.trim(), link.href,
    !link.closest('.ways, .waiting, .month-step, table.free') && link.innerText !== '办理过程',
])"""
# What a person reads on the page, what its inputs hold among it.
MAIN = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return [main.innerText, ...[...main.querySelectorAll('input, textarea')].map(field => field.value)].join('\\n');
}"""
MOST_ALIKE = 2
PATIENCE = 20  # looks at a page that has run, a tenth of a second apart, until what it shows is on the screen


@dataclass(frozen=True)
class Found:
    """A link on a page: its words, its address, and whether the words name what it opens."""

    words: str
    address: str
    names: bool


def parameters(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def addresses(paths: list[str]) -> list[str]:
    """Every page of a menu and, where it has parts, every part of it."""
    listed = []
    for path in paths:
        kind = SELECTIONS[path.strip("/") or "overview"]
        listed += [f"{path}?part={part}" for part in getattr(kind, "PARTS", ())] or [f"{path}?"]
    return listed


def main_text(screen: Screen) -> str:
    return screen.page.evaluate(MAIN)


def links_of(screen: Screen, base: str, section: str) -> dict[str, Found]:
    """Address → link, of every link on every part of every page of a section of this viewer's menu; within the suite
    no more than a few of each page that lead to the same page with the same parameters."""
    links: dict[str, Found] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    own = {"/" if entry is navigation.OVERVIEW else f"/{entry.address}" for entry in navigation.SECTIONS[section]}
    for address in addresses([path for path in screen.navigation() if path in own]):
        screen.follow(f"{base}{address}&period={PERIOD}")
        for words, target, names in screen.page.evaluate(LINKS):
            kind = (address, urlsplit(target).path, *sorted(parameters(target)))
            alike[kind] += 1
            if THOROUGH or alike[kind] <= MOST_ALIKE:
                links.setdefault(target, Found(words, target, names))
    return links


def broken(screen: Screen, link: Found) -> list[str]:
    """What is wrong with a link that was followed; nothing where it keeps its word."""
    text = main_text(screen)
    wrong = [state for state in (REFUSED, FAILED, NOT_THERE) if state in text] + screen.exceptions() + screen.errors
    if parameters(screen.page.url) != parameters(link.address):
        wrong.append(f"the address became {screen.page.url}")
    if urlsplit(screen.page.url).path != urlsplit(link.address).path:
        wrong.append(f"another page: {screen.page.url}")
    if link.names and link.words not in text:
        wrong.append("what its words name is not on the page")
    if EXPLAINED in parameters(link.address) and not screen.page.get_by_role("dialog", name="这个数是怎么来的").count():
        wrong.append("no explanation is open")
    return wrong


@pytest.fixture(scope="module")
def followed() -> dict[str, set[Found]]:
    """Reach → the links followed with it: the supervisor follows what the analyst has not."""
    return defaultdict(set)


# The whole takes minutes: `PILOT_THOROUGH=1`. In the suite the analyst follows where work begins, others their profile.
IN_SHORT = {"analyst": ("", "监管", "推进", "画像"), "supervisor": (), HAIDIAN: ("画像",), OWN_BANK: ("画像",)}
FOLLOWED = [
    (role, section)
    for role, short in IN_SHORT.items()
    for section in navigation.SECTIONS
    if THOROUGH or section in short
]


@pytest.mark.parametrize(("role", "section"), FOLLOWED)
def test_every_link_of_every_page_opens_what_its_words_named(browser, dashboard, followed, subtests, role, section):
    done = followed["bureau" if role in BUREAU_ROLES else role]
    with looking_at(browser, f"{dashboard.address}/?as={role}") as screen:
        for address, link in links_of(screen, dashboard.address, section).items():
            if link in done:
                continue
            with subtests.test(words=link.words, address=address.removeprefix(dashboard.address)):
                screen.follow(address)
                for _ in range(PATIENCE):
                    if not broken(screen, link):
                        break
                    screen.page.wait_for_timeout(100)
                assert broken(screen, link) == []
            done.add(link)


def test_each_reach_has_links(followed):
    """Runs after the one above: whoever's links were followed, there were some."""
    assert all(followed.values())


def test_what_waits_opens_exactly_those_filings(browser, dashboard):
    """`1家退回待重报` and the name under it: one member is listed, that one, and a click goes on to its filing."""
    with looking_at(browser, dashboard.address) as screen:
        link = screen.page.get_by_role("link", name="家退回待重报")
        count = int(link.inner_text().strip().partition("家")[0])
        lines = list(filter(None, screen.page.locator(".waiting").inner_text().split("\n")))
        name = lines[lines.index(f"{count}家退回待重报") + 1]
        link.click()
        screen.page.wait_for_url("**/filing?**")
        screen.drawn()
        assert parameters(screen.page.url) == {"period": PERIOD, "verdict": "returned"}
        assert f"2026年10月已退回：{count}家" in main_text(screen)
        assert screen.page.locator(".ways a").count() == count
        screen.page.locator(".ways a", has_text=name).click()
        screen.page.wait_for_function("() => location.search.includes('part=detail')")
        screen.drawn()
        assert name in main_text(screen) and "最近一版已退回" in main_text(screen)


def test_the_calendars_step_lists_as_many_as_it_says(browser, dashboard):
    with looking_at(browser, dashboard.address) as screen:
        step = screen.page.locator(".month-step", has_text="评价与预警")
        said = int(step.inner_text().split("\n")[-1].partition("项预警尚无建议")[0])
        step.get_by_role("link").click()
        screen.page.wait_for_url("**/warnings?**")
        screen.drawn()
        assert screen.page.get_by_role("radio", name="待提建议").is_checked()
        assert f"待提建议：{said}件" in main_text(screen)


def test_a_warning_leads_to_a_decision_and_a_followup_that_are_filled_in(browser, dashboard):
    """Nothing is typed or picked: kind, member, reason, trigger of the decision; source, reason, owner of the task."""
    with looking_at(browser, f"{dashboard.address}/warnings?period={PERIOD}") as screen:
        member, rule = screen.page.locator("h3.case").inner_text().split("\n")[-1].split("：")
        member = member.split()[-1]
        screen.page.get_by_role("link", name="提出决定").click()
        screen.page.wait_for_url("**/roster?**")
        screen.drawn()
        assert screen.page.get_by_role("combobox", name="对象").input_value().startswith(member)
        assert screen.page.get_by_role("combobox", name="决定", exact=True).input_value() == "限期整改"
        assert screen.page.get_by_role("textbox", name="事由").input_value().startswith(f"{rule}：")
        assert screen.page.get_by_role("button", name=rule).or_(screen.page.get_by_text(f"{rule}（")).count()
        screen.page.go_back()
        screen.drawn()
        screen.page.get_by_role("link", name="交办督办").click()
        screen.page.wait_for_url("**/followups?**")
        screen.drawn()
        assert screen.page.get_by_role("combobox", name="预警线索").input_value().startswith(f"{member}：{rule}")
        assert screen.page.get_by_role("textbox", name="督办内容").input_value().startswith(f"{rule}：")
        assert screen.page.get_by_role("combobox", name="责任人").input_value().startswith(member)


def test_back_and_forward_and_a_sent_link_keep_page_period_and_selection(browser, dashboard):
    sent = f"{dashboard.address}/bank?bank={OTHER_BANK}&period=2026-09&trait=size"
    with looking_at(browser, sent) as screen:
        filing = screen.page.get_by_role("link", name="2026年8月", exact=True)
        filing.click()
        screen.page.wait_for_url("**/filing?**")
        screen.drawn()
        there = screen.page.url
        assert parameters(there) == {"part": "detail", "member": OTHER_BANK, "period": "2026-08"}
        screen.page.go_back()
        screen.drawn()
        assert parameters(screen.page.url) == parameters(sent)
        assert screen.page.get_by_role("radio", name="企业规模").is_checked()
        assert "2026年9月末" in main_text(screen)
        screen.page.go_forward()
        screen.drawn()
        assert screen.page.url == there


def test_nothing_of_another_page_stays_in_the_address(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/overview?period=2026-09&bank=B001&tile=G02") as screen:
        assert urlsplit(screen.page.url).path == "/"
        assert parameters(screen.page.url) == {"period": "2026-09", "tile": "G02"}
        grid = screen.page.get_by_role("region", name="试点机构一览")
        grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        screen.page.mouse.click(box["x"] + 12, box["y"] + 35 + 17)
        screen.page.wait_for_url("**/bank?**")
        screen.drawn()
        screen.page.go_back()
        screen.drawn()
        assert parameters(screen.page.url) == {"period": "2026-09", "tile": "G02"}


def test_a_link_shared_between_roles_shows_each_its_own(browser, dashboard, subtests):
    """The Bureau's link to one bank, opened by another bank and by a district."""
    with looking_at(browser, f"{dashboard.address}/bank?bank={OTHER_BANK}") as screen:
        name = screen.page.locator(".identity b").inner_text()
    for role in (OWN_BANK, HAIDIAN):
        with looking_at(browser, f"{dashboard.address}/?as={role}") as screen:
            for address in (
                f"/bank?bank={OTHER_BANK}", f"/filing?part=detail&member={OTHER_BANK}", "/filing?verdict=accepted",
                f"/roster?part=history&member={OTHER_BANK}", f"/warnings?case=X03-{OTHER_BANK}-2026-09",
                f"/evaluation?kind=bank&member={OTHER_BANK}", f"/service?part=members&of=bank-{OTHER_BANK}",
            ):  # fmt: skip
                with subtests.test(role=role, address=address):
                    screen.follow(dashboard.address + address)
                    assert name not in main_text(screen)
                    assert not set(screen.exceptions())


def test_a_deep_link_asks_the_server_nothing_in_vain(browser, dashboard):
    with looking_at(browser, dashboard.address) as screen:
        refused: list[str] = []
        screen.page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
        screen.go(f"{dashboard.address}/filing?part=detail&member=B014&period=2026-07")
        assert refused == []


def test_the_search_box_leads_by_keyboard_to_a_member_an_indicator_and_a_page(browser, dashboard):
    with looking_at(browser, dashboard.address) as screen:
        for words, title, shown in (
            ("股份银行03", "机构画像", "演示股份银行03"),
            ("还原不良率", "指标字典", "G18"),
            ("规则回溯", "预警与退出", "可知日"),
        ):
            box = screen.page.get_by_role("textbox", name=SEARCH)
            box.fill(words)
            box.press("Enter")
            screen.drawn()
            screen.page.locator(".st-key-search-results a").first.wait_for()
            box.press("Tab")
            screen.page.keyboard.press("Enter")
            screen.page.locator("header.page h1", has_text=title).wait_for()
            screen.drawn()
            assert shown in main_text(screen)
            assert box.input_value() == ""


def test_the_demonstrations_role_outlives_a_reload_and_is_in_no_address(browser, dashboard):
    with looking_at(browser, f"{dashboard.address}/followups") as screen:
        choose(screen, "演示登录 · 角色", "区级用户")
        choose(screen, "所属地区", "西城")
        screen.page.reload()
        screen.drawn()
        assert heading(screen).startswith("督办事项")
        assert screen.page.get_by_role("combobox", name="所属地区").input_value().startswith("西城")
        assert parameters(screen.page.url) == {"period": PERIOD}
