"""What a link to each page can say: a frozen dataclass a page, whose fields are the parameters of its address.

A page reads no other parameter, and a link can name no other. `period` is every page's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from contract.standing import VERDICT_WORDS
from contract.wording import KINDS
from metrics.queries.detail.patterns import patterns
from pages.shell import navigation
from pages.shell.navigation import Entry
from pages.shell.selecting import PLACE, Selection, one_of


@dataclass(frozen=True, kw_only=True)
class Overview(Selection):
    """总览; `tile`: the indicator of the map."""

    page: ClassVar = navigation.OVERVIEW
    tile: str = ""


@dataclass(frozen=True, kw_only=True)
class Filing(Selection):
    """数据报送: the matrix of a year, held to members whose filing of the period has a verdict; or one member's filing,
    of which a version, beside another (`against`)."""

    PARTS: ClassVar = {
        "board": "报送情况",
        "detail": "报送明细",
        "questions": "说明与异议",
        "upload": "上传与模板",
        "work": "布置与催报",
        "quality": "报送质量",
    }
    VERDICTS: ClassVar = {"": "全部成员", **VERDICT_WORDS, "owing": "未受理"}
    page: ClassVar = navigation.FILING
    part: str = one_of(PARTS)
    year: str = ""
    verdict: str = one_of(VERDICTS)
    member: str = ""
    version: str = ""
    against: str = ""


@dataclass(frozen=True, kw_only=True)
class Roster(Selection):
    """试点名单: the list of a kind on a day, what changed between two days, a member's history; the decisions, or one
    alone (`proposal`); or the form of a new one with its kind (`decision`), member and trigger filled in."""

    PARTS: ClassVar = {"list": "名单", "difference": "两日比较", "history": "成员经历", "decisions": "决定办理"}
    page: ClassVar = navigation.ROSTER
    part: str = one_of(PARTS)
    on: date | None = None
    kind: str = one_of(KINDS)
    since: date | None = None
    until: date | None = None
    member: str = ""
    proposal: str = ""
    decision: str = ""
    trigger: str = ""


@dataclass(frozen=True, kw_only=True)
class Evaluation(Selection):
    """日常评价: the ranking of a kind and one member's scorecard; of one's own, the card of a round."""

    page: ClassVar = navigation.EVALUATION
    kind: str = one_of(KINDS)
    member: str = ""
    round: str = ""


@dataclass(frozen=True, kw_only=True)
class Warnings(Selection):
    """预警与退出: triggers of a level, rule and subject, one of them (`case`) in full; cases on their way, of which
    those shown; or a rule tried on past periods."""

    PARTS: ClassVar = {
        "open": "未关闭线索",
        "ways": "办理过程",
        "history": "历次线索",
        "incidents": "事件登记",
        "rules": "预警规则",
        "replay": "规则回溯",
    }
    SHOWN: ClassVar = {"open": "在办", "proposal": "待提建议", "overdue": "逾期", "all": "全部"}
    page: ClassVar = navigation.WARNINGS
    part: str = one_of(PARTS)
    level: str = ""
    rule: str = ""
    subject: str = ""
    case: str = ""
    shown: str = one_of(SHOWN)
    replay: str = ""


@dataclass(frozen=True, kw_only=True)
class Task(Selection):
    """A task page, by its address: a part of it, turned to a subject (`of`), an indicator compared in a way (`by`),
    and what its map shows."""

    PARTS: ClassVar = {"progress": "进展", "members": "机构与地区", "records": "各项记录", "lists": "名录清单"}
    task: str = field(metadata={PLACE: True})
    part: str = one_of(PARTS)
    of: str = ""
    indicator: str = ""
    by: str = ""
    measured: str = ""

    @property
    def entry(self) -> Entry:
        return navigation.TASKS[self.task]


@dataclass(frozen=True, kw_only=True)
class Meeting(Selection):
    """会商: the agenda of the period."""

    page: ClassVar = navigation.MEETING


@dataclass(frozen=True, kw_only=True)
class Followups(Selection):
    """督办事项: which are shown, and one of them in full; or the form of a new one, with what it comes from (`source`,
    of which `about`) filled in."""

    SHOWN: ClassVar = {
        "waiting": "未办结",
        "own": "本人负责",
        "overdue": "逾期",
        "answered": "待办结",
        "all": "全部",
    }
    page: ClassVar = navigation.FOLLOWUPS
    shown: str = one_of(SHOWN)
    task: str = ""
    source: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Firms(Selection):
    """重点企业对接: with or without a loan, of a district; one of them (`firm`, by its unified social credit code)."""

    SHOWN: ClassVar = {"without": "无贷款", "with": "有贷款", "all": "全部"}
    page: ClassVar = navigation.FIRMS
    shown: str = one_of(SHOWN)
    district: str = ""
    firm: str = ""


@dataclass(frozen=True, kw_only=True)
class Bank(Selection):
    """机构画像 of a bank, its loans by a trait; beside a period or another bank, with the course of an indicator."""

    page: ClassVar = navigation.BANK
    bank: str = ""
    trait: str = ""
    beside: str = ""
    course: str = ""


@dataclass(frozen=True, kw_only=True)
class District(Selection):
    """地区画像 of one of the 17 units, with its loans by a trait; beside a period or another unit, with a course."""

    page: ClassVar = navigation.DISTRICT
    district: str = ""
    trait: str = ""
    beside: str = ""
    course: str = ""


@dataclass(frozen=True, kw_only=True)
class Rows(Selection):
    """明细查询: rows of a kind and set (`of`), those of an entity in a scope, behind a figure (`G08.part`), that meet
    filters (as `metrics.queries.detail.selection.write_filters` has them), in an order, some columns, one leaf."""

    page: ClassVar = navigation.ROWS
    kind: str = ""
    of: str = ""
    scope: str = ""
    entity: str = ""
    figure: str = ""
    filters: str = ""
    sort: str = ""
    columns: str = ""
    leaf: int = 1


@dataclass(frozen=True, kw_only=True)
class Patterns(Selection):
    """疑点筛查: one pattern, with values tried in place of policy's."""

    page: ClassVar = navigation.PATTERNS
    pattern: str = one_of({code: declared.name for code, declared in patterns().items()})
    limit: str = ""
    share: str = ""
    days: str = ""


@dataclass(frozen=True, kw_only=True)
class Firm(Selection):
    """企业查询 of a firm, by its credit code."""

    page: ClassVar = navigation.FIRM
    uscc: str = ""


@dataclass(frozen=True, kw_only=True)
class Right(Selection):
    """权利查询 of a right, by its number."""

    page: ClassVar = navigation.RIGHT
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Monthly(Selection):
    """监管月报 of the city, a district or another part; one of its issues (by number), of which a view."""

    PARTS: ClassVar = {"words": "文字与版面", "text": "全文预览", "history": "办理经过"}
    page: ClassVar = navigation.MONTHLY
    scope: str = ""
    issue: str = ""
    part: str = one_of(PARTS)


@dataclass(frozen=True, kw_only=True)
class FreeTable(Selection):
    """自由制表: indicators, subjects (`bank-B001`) and periods, each a list with commas, and which of the three stand
    in rows and in columns, in their order; the figures themselves, or how they moved."""

    SPANS: ClassVar = {
        "6": "近6个月",
        "1": "本期",
        "3": "近3个月",
        "12": "近12个月",
        "24": "近24个月",
        "quarters": "近8个季末及本期",
        "years": "各年末及本期",
        "own": "自选期间",
    }
    MOVED: ClassVar = {"": "本期值", "month": "环比变动", "year": "同比变动"}
    page: ClassVar = navigation.FREE_TABLE
    indicators: str = ""
    subjects: str = ""
    span: str = one_of(SPANS)
    periods: str = ""
    rows: str = ""
    columns: str = ""
    moved: str = one_of(MOVED)


@dataclass(frozen=True, kw_only=True)
class Dictionary(Selection):
    """指标字典: indicators of a group that hold the words, one of them in full, and its figure of a subject
    (`of`: `bank-B001`) with all that it comes from."""

    page: ClassVar = navigation.DICTIONARY
    q: str = ""
    group: str = ""
    code: str = ""
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Rules(Selection):
    """校验规则: checks of a level and form that hold the words, and one of them in full."""

    page: ClassVar = navigation.RULES
    q: str = ""
    level: str = ""
    form: str = ""
    check: str = ""


@dataclass(frozen=True, kw_only=True)
class Giving(Selection):
    """对外提供: nothing but the page."""

    page: ClassVar = navigation.GIVING


@dataclass(frozen=True, kw_only=True)
class Policy(Selection):
    """评价参数: parameters; the scorecard of a kind since a day; trials, of which a round; or changes on their way."""

    PARTS: ClassVar = {"values": "参数", "cards": "评分表", "trial": "参数试算", "proposals": "变更办理"}
    page: ClassVar = navigation.POLICY
    part: str = one_of(PARTS)
    kind: str = one_of(KINDS)
    since: str = ""
    round: str = ""


@dataclass(frozen=True, kw_only=True)
class System(Selection):
    """系统管理: one of its panels (`pages/system/panels.py` draws each); of 查阅记录 a kind, a user and days;
    of 数据版本 one of them."""

    PARTS: ClassVar = {
        "sessions": "会话",
        "accounts": "账户",
        "users": "使用者与角色",
        "audit": "查阅记录",
        "rights": "谁能看什么",
        "versions": "数据版本",
        "storage": "存储与备份",
        "machine": "本机状况",
    }
    page: ClassVar = navigation.SYSTEM
    part: str = one_of(PARTS)
    kind: str = ""
    user: str = ""
    since: date | None = None
    until: date | None = None
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Setup(Selection):
    """启用准备: nothing but the page."""

    page: ClassVar = navigation.SETUP


@dataclass(frozen=True, kw_only=True)
class Tour(Selection):
    """演示导览: nothing but the page."""

    page: ClassVar = navigation.TOUR


@dataclass(frozen=True, kw_only=True)
class Nation(Selection):
    """全国总览: the country and its regions, or one region (`region`) beside the country."""

    page: ClassVar = navigation.NATION
    region: str = ""


# Address of a page of the menu → what a link to it can say.
SELECTIONS: dict[str, type[Selection]] = {
    kind.page.address: kind
    for kind in (
        Overview, Filing, Roster, Evaluation, Warnings, Meeting, Followups, Firms, Bank, District, Rows, Patterns,
        Firm, Right, Giving, Monthly, FreeTable, Dictionary, Rules, Policy, System, Setup, Tour, Nation,
    )
    if kind.page in navigation.MENU
} | {address: Task for address, entry in navigation.TASKS.items() if entry in navigation.MENU}  # fmt: skip


def selection_of(address: str, query: Mapping[str, str]) -> Selection:
    """The selection of the page at an address, read from its parameters."""
    kind = SELECTIONS[address]
    return kind.read(query, task=address) if kind is Task else kind.read(query)


def profile(kind: str, code: str) -> Bank | District:
    """The profile of a member of a kind."""
    return Bank(bank=code) if kind == "bank" else District(district=code)
