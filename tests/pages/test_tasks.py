"""Task pages without a browser: forms and titles that are declared are there, and titles follow from the figures."""

from __future__ import annotations

import pandas as pd
import pytest

from contract.errors import AccessDenied
from contract.settings import Home
from etl.snapshot.opened import current
from metrics.queries.tasks.declared import QUERIES, task_pages
from metrics.queries.tasks.reach import Subject
from pages.shared import tables
from pages.shared.format import measure
from pages.shell.navigation import SECTIONS, TASKS, task_entry
from pages.shell.view import View
from pages.tasks.forms import FORMS, unseen, untold
from pages.tasks.record import Record, fit
from pages.tasks.says import SAYS, greatest
from tests.conftest import MadeOnce
from tests.metrics.queries.tasks import world

SECTION = {(page.address, section.title): section for page in task_pages().values() for section in page.sections}
CITY = Subject("city", "BJ", "试点合计")
NOTHING = ("nan", "None", "—", "NaT")


@pytest.fixture(scope="session")
def version(made_once: MadeOnce):
    return current(Home(made_once("tasks", world.version)))


def record(version, page: str, title: str, viewer=world.ANALYST, subject: Subject = CITY) -> Record:
    section = SECTION[page, title]
    frame = QUERIES[section.query](
        viewer, version, world.PERIOD, subject.scope, subject.entity, **section.arguments
    )  # fmt: skip
    return Record(View(viewer, version, world.PERIOD, (world.PERIOD,)), subject, section, frame)


def said(version, page: str, title: str, *others) -> str:
    found = record(version, page, title, *others)
    return SAYS[found.section.says](found)


def test_forms_and_titles_are_those_that_are_declared():
    assert {section.form for section in SECTION.values()} == FORMS.keys()
    assert {section.says for section in SECTION.values()} | {"leader"} == SAYS.keys()


def test_tasks_stand_between_supervision_and_progress():
    assert list(SECTIONS)[1:4] == ["监管", "任务", "推进"]
    assert [entry.title for entry in SECTIONS["任务"]] == ["登记", "评估", "服务机制", "处置", "协同"]
    assert [entry.address for entry in TASKS.values()] == list(task_pages())


def test_an_indicator_leads_to_its_task_page():
    assert task_entry("V01").title == "评估"
    assert task_entry("M01") is None


@pytest.mark.parametrize(
    ("page", "title", "told"),
    [
        ("registration", "服务点名录", "服务点名录，4条"),
        ("valuation", "各金额段的估值方式", "100—500万元的最多，其中内部评估33.3%，协商确定33.3%，外部评估33.3%"),
        ("service", "审批用时", "审批用时中位数：绿色通道5天，非绿色通道7天"),
        ("service", "建立了哪些机制", "1项全部建立；建立绿色通道等4项的最少，0/3家"),
        ("service", "优惠、授权与考核", "内部资金转移定价优惠(BP)中位数20.0，在10.0至30.0之间"),
        ("service", "尽职免责", "本年启动认定8件，免责5件，申诉3件，改判1件"),
        ("service", "激励与培训", "1家设个人奖励计划，受奖3人，培训25人次"),
        ("service", "单列信贷计划与投放", "2家有单列信贷计划，1家低于序时进度22.5%"),
        ("service", "在售产品", "质押贷款最多，3个"),
        ("disposal", "处置案件所处阶段", "在办2件，本年办结3件"),
        ("disposal", "办结案件的处置方式", "司法拍卖回收率最高，为50.0%"),
        ("disposal", "交易方式", "转让最多，10笔"),
        ("coordination", "风险分担", "有分担的占33.3%，风险补偿资金池最多"),
        ("coordination", "补偿与补贴", "风险补偿和贴息最多，各30.00万元"),
        ("coordination", "重点企业有无贷款", "6户中4户已有贷款，2户尚无"),
        ("coordination", "重点企业需求满足", "融资需求0.25亿元，贷款满足0.19亿元"),
        ("coordination", "各地区的资金池与补贴", "试点地区合计资金池规模1,500.00万元，使用率20.0%"),
    ],
)
def test_a_title_says_what_the_rows_show(version, page, title, told):
    assert said(version, page, title) == told


def test_what_is_withheld_is_not_told_in_a_title(version):
    for viewer in (world.AUTHORITY, world.DISTRICT, world.INSTITUTION):
        for page, title in SECTION:
            try:
                told = said(version, page, title, viewer)
            except AccessDenied:
                continue
            assert not [word for word in NOTHING if word in told], (page, title, told)
    assert said(version, "service", "在售产品", world.AUTHORITY) == "在售产品涉及不足3家机构或企业，不披露"
    assert said(version, "coordination", "重点企业需求满足", world.AUTHORITY) == "融资需求0.25亿元"
    assert said(version, "disposal", "处置案件所处阶段", world.AUTHORITY) == "本年办结最多，3件"


def test_a_record_is_written_in_names_and_in_the_unit_of_whose_it_is(version):
    cases = record(version, "disposal", "案件进程").shown
    assert cases.loc[cases["case_no"] == "k3", ["mode", "agency", "days"]].values.tolist() == [["平台挂牌", "是", 40]]
    money = record(version, "disposal", "案件金额").shown
    assert money.loc[money["case_no"] == "k3", "exposure"].tolist() == [400]
    sums = record(version, "disposal", "交易方式")
    assert sums.shown["amount"].tolist() == [0.01, 0.0005]  # 亿元: a sum over districts
    own = record(version, "disposal", "交易方式", world.DISTRICT, Subject("district", world.HAIDIAN, "海淀"))
    assert own.shown["amount"].tolist() == [30, 5]  # 万元


def test_columns_that_a_viewer_is_not_given_fall_away(version):
    own = Subject("district", world.HAIDIAN, "海淀")
    assert "bank_name" in [column.code for column in record(version, "registration", "服务点名录").columns]
    assert "bank_name" not in [
        column.code for column in record(version, "registration", "服务点名录", world.DISTRICT, own).columns
    ]


def test_a_bar_that_is_not_whole_says_why(version):
    """Of the city the Bureau sees all, and no band is without a loan but one."""
    found = record(version, "valuation", "各金额段的估值方式")
    assert list(unseen(found, "name", "share")) == [("千万元限额—许可上限", "无", 0, "left")]
    hidden = record(version, "valuation", "各金额段的估值方式", world.AUTHORITY)
    assert {(name, why) for name, why, _, _ in unseen(hidden, "name", "share")} >= {("许可上限以上", "不披露")}


@pytest.mark.parametrize(
    ("values", "nothing"), [([None, 0.0], True), ([None, None], True), ([0.0, 0.0], False), ([None, 3.0], False)]
)
def test_withheld_bars_beside_nothing_are_told_and_not_drawn(values, nothing):
    assert untold(pd.Series(values, dtype=float)) is nothing


def test_a_list_gives_up_of_its_long_texts_what_its_place_has_not():
    """995 pixels: what is too much comes from the last long text, then from the one before; a name stays whole."""
    columns = {code: tables.text(code, width=width) for code, width in (("a", 180), ("b", 430), ("c", 430), ("d", 280))}
    fit(columns)
    assert [config["width"] for config in columns.values()] == [180, 355, 300, 160]
    fit(columns)
    assert [config["width"] for config in columns.values()] == [180, 355, 300, 160]


@pytest.mark.parametrize(
    ("unit", "told"), [("个", "甲服务点最多，为3个"), ("%", "甲服务点最高，为3.0%"), ("天", "甲服务点最高，为3.0天")]
)
def test_the_greatest_is_most_or_highest(unit, told):
    rows = pd.DataFrame({"name": ["甲", "乙"], "value": [3, 1]})
    assert greatest("服务点", rows, measure(unit, "city")) == told
