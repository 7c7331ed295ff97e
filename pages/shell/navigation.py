"""Which pages there are, under which heading, with which icon, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

import streamlit as st

from contract.declarations import COUNTRY, here
from contract.levels import FREE
from contract.settings import PROJECT
from contract.viewer import Viewer, level_of_areas, may_see
from metrics.queries.tasks.declared import task_of, task_pages

OF_REPORTS = {"figures", "scores", "rows", "bank_profile", "district_profile", "briefing", "meetings"}  # areas


@dataclass(frozen=True)
class Entry:
    """One page: its file under the project, title, icon, and the areas of which its reader needs at least one.

    `own_address` where the file serves several pages; `without_data`: whether it opens before the first data version;
    `demonstration`: whether it is in the menu on the demonstration alone.
    """

    file: str
    title: str
    icon: str
    areas: tuple[str, ...] = ()
    own_address: str = ""
    without_data: bool = False
    demonstration: bool = False

    @property
    def address(self) -> str:
        """The page's address: its file's name, where it has none of its own."""
        return self.own_address or PurePosixPath(self.file).stem

    def page(self, **options: Any) -> st.Page:
        """The page as Streamlit knows it: in the navigation, and where a link leads to it."""
        return st.Page(PROJECT / self.file, title=self.title, icon=self.icon, url_path=self.address, **options)

    @property
    def guarded(self) -> bool:
        """Whether it is for rows of a level that no table gives away."""
        return level_of_areas(self.areas).export != FREE

    def area_of(self, viewer: Viewer) -> str:
        """The right by which a viewer opens it; empty for a page that needs none."""
        return next((area for area in self.areas if may_see(viewer, area)), "")

    @property
    def of_reports(self) -> bool:
        """Whether most of it comes from the reports of the period: where there are none, little is on it."""
        return not OF_REPORTS.isdisjoint(self.areas)

    def open_to(self, viewer: Viewer) -> bool:
        if self not in MENU:
            return False
        return not self.areas or any(may_see(viewer, area) for area in self.areas)


OVERVIEW = Entry("pages/overview/overview.py", "总览", ":material/dashboard:", ("figures", "filing"))
FILING = Entry("pages/supervision/filing/filing.py", "数据报送", ":material/upload_file:", ("filing",))
ROSTER = Entry("pages/supervision/roster/roster.py", "试点名单", ":material/checklist:", ("members",))
EVALUATION = Entry("pages/supervision/evaluation/evaluation.py", "日常评价", ":material/leaderboard:", ("scores",))
WARNINGS = Entry("pages/supervision/warnings/warnings.py", "预警与退出", ":material/notifications:", ("triggers",))
MEETING = Entry("pages/work/meeting/meeting.py", "会商", ":material/groups:", ("meetings",))
FOLLOWUPS = Entry("pages/work/followups/followups.py", "督办事项", ":material/task:", ("followups",))
FIRMS = Entry("pages/work/firms/firms.py", "重点企业对接", ":material/handshake:", ("key_firms",))
BANK = Entry("pages/profiles/bank.py", "机构画像", ":material/account_balance:", ("bank_profile",))
DISTRICT = Entry("pages/profiles/district.py", "地区画像", ":material/location_city:", ("district_profile",))
ROWS = Entry("pages/detail/rows.py", "明细查询", ":material/table_rows:", ("rows", "points", "key_firms"))
PATTERNS = Entry("pages/detail/patterns.py", "疑点筛查", ":material/troubleshoot:", ("rows",))
FIRM = Entry("pages/detail/firm.py", "企业查询", ":material/business:", ("rows",))
RIGHT = Entry("pages/detail/right.py", "权利查询", ":material/verified:", ("rows",))
GIVING = Entry("pages/detail/giving.py", "对外提供", ":material/outbound:", ("give",))
MONTHLY = Entry("pages/results/monthly/monthly.py", "监管月报", ":material/description:", ("briefing",))
FREE_TABLE = Entry("pages/results/free/free_table.py", "自由制表", ":material/table_view:", ("figures",))
DICTIONARY = Entry("pages/results/dictionary/dictionary.py", "指标字典", ":material/menu_book:", without_data=True)
RULES = Entry("pages/results/rules/rules.py", "校验规则", ":material/rule:")
POLICY = Entry("pages/results/policy/policy.py", "评价参数", ":material/tune:", ("policy",))
SYSTEM = Entry(
    "pages/system/system.py", "系统管理", ":material/admin_panel_settings:", ("accounts",), without_data=True
)
SETUP = Entry("pages/setup/setup.py", "启用准备", ":material/rocket_launch:", ("propose",), without_data=True)
TOUR = Entry("pages/tour/tour.py", "演示导览", ":material/tour:", ("policy",), demonstration=True)
# One page each that `data/tasks/pages.toml` declares.
TASKS = {
    page.address: Entry("pages/tasks/task.py", page.title, page.icon, ("figures",), page.address)
    for page in task_pages().values()
}

NATION = Entry("pages/overview/nation.py", "全国总览", ":material/public:", ("figures",))

REGION_SECTIONS: dict[str, tuple[Entry, ...]] = {
    "": (OVERVIEW,),
    "监管": (FILING, ROSTER, EVALUATION, WARNINGS),
    "任务": tuple(TASKS.values()),
    "推进": (MEETING, FOLLOWUPS, FIRMS),
    "画像": (BANK, DISTRICT),
    "明细": (ROWS, PATTERNS, FIRM, RIGHT, GIVING),
    "成果": (MONTHLY, FREE_TABLE, DICTIONARY, RULES, POLICY),
    "系统": (SYSTEM, SETUP, TOUR),
}
COUNTRY_SECTIONS = {"": (NATION,), "成果": (DICTIONARY,), "系统": (SYSTEM,)}
# The menu of this process: a region's, or the country's where several regions are declared (decision 0036).
SECTIONS = COUNTRY_SECTIONS if here() == COUNTRY else REGION_SECTIONS
MENU = frozenset(chain.from_iterable(SECTIONS.values()))
(FIRST,) = SECTIONS[""]  # at the root of the address


def first_page(viewer: Viewer) -> Entry:
    """The page on which a viewer begins: the overview, and for who sees no figure the system's own."""
    return FIRST if FIRST.open_to(viewer) else SYSTEM


def entry_at(address: str) -> Entry:
    """The page at an address of the menu."""
    return next(entry for listed in SECTIONS.values() for entry in listed if entry.address == address)


def task_entry(indicator: str) -> Entry | None:
    """The task page that an indicator belongs to; None for those of no task."""
    page = task_of(indicator)
    return None if page is None else TASKS[page.address]
