"""What lies behind a bar, a tile, a cell or a row: declared for every section, open to who may follow it, and true."""

from __future__ import annotations

import ast

import pandas as pd
import pytest

from contract.settings import Home
from etl.snapshot.opened import current
from metrics.queries.detail.listing import sums
from metrics.queries.tasks.declared import QUERIES, Leads, task_pages
from metrics.queries.tasks.reach import Subject
from pages.shared.behind.figures import behind_figure
from pages.shared.behind.marks import Behind
from pages.shell import navigation, url
from pages.shell.links import leads
from pages.shell.selections import Bank, Dictionary, Rows, Task
from pages.shell.view import View
from pages.tasks import leads as task_leads
from pages.tasks.record import Record
from tests.conftest import MadeOnce
from tests.metrics.queries.tasks import world
from tests.pages.shell.test_places import CODE
from tests.test_structure import tree

SECTIONS = {(page.address, section.title): section for page in task_pages().values() for section in page.sections}
DRAWN = ("tables.sheet", "charts.draw", "charts.show", "charts.plot", "annotated.draw")
# What leads nowhere by itself, by the module that draws it: lists that are the end of a way, and what no row is behind.
ENDS = {
    "pages.detail.followed": 2,  # one firm's rows and names
    "pages.detail.given": 1,  # what was given to others
    "pages.detail.listing": 1,  # rows themselves, each with its file
    "pages.overview.district_map": 1,  # a tile that is chosen is followed at once
    "pages.overview.regions": 2,  # figures of others, whose rows the region alone has
    "pages.overview.tie_out": 1,  # the other system's cells
    "pages.overview.waterfall": 2,  # its steps are links below it; its loans name their own number
    "pages.results.dictionary.references": 1,  # figures of others
    "pages.results.policy.trial_results": 1,  # rounds, which are chosen below
    "pages.results.rules.rule_book": 1,  # changes of the rule shown
    "pages.supervision.evaluation.rounds": 2,  # steps and uses of the round shown
    "pages.system.audit": 1,  # who did what
    "pages.system.machine": 1,  # what the machine is
    "pages.system.rights": 3,  # who may see what, did so last, and levels of data
    "pages.system.storage": 5,  # sizes, terms and copies
    "pages.system.users": 1,  # who there is
    "pages.system.versions": 1,  # the parts of the version chosen
    "pages.tasks.forms": 1,  # offered beside its table
    "pages.tasks.members": 2,  # offered beside its table, whose rows turn the page
}
FRAME = pd.DataFrame({"name": ["甲", "乙"], "code": ["B001", "B002"]})


@pytest.fixture(scope="session")
def version(made_once: MadeOnce):
    return current(Home(made_once("tasks", world.version)))


def view_of(version, viewer=world.ANALYST) -> View:
    return View(viewer, version, world.PERIOD, (world.PERIOD,))


def record(version, page: str, title: str, viewer=world.ANALYST, subject=("city", "BJ", "试点合计")) -> Record:
    section = SECTIONS[page, title]
    frame = QUERIES[section.query](viewer, version, world.PERIOD, *subject[:2], **section.arguments)
    return Record(view_of(version, viewer), Subject(*subject), section, frame)


def test_a_mark_is_found_by_its_category_its_custom_data_or_its_index():
    behind = Behind(None, lambda row: (), "name")
    for point in ({"y": "乙", "x": 3.0}, {"x": "乙", "y": 3.0}, {"customdata": ["乙", "9%"], "x": "丙"}):
        assert behind.of_mark(FRAME, [point])["code"] == "B002"
    assert behind.of_mark(pd.DataFrame({"name": ["<甲>"]}), [{"y": "&lt;甲&gt;"}])["name"] == "<甲>"
    assert behind.of_mark(FRAME, []) is behind.of_mark(FRAME, [{"x": "丙", "y": 1}]) is None
    assert Behind(None, lambda row: (), "").of_mark(FRAME, [{"customdata": "0"}])["code"] == "B001"


def test_a_figure_leads_to_its_explanation_its_rows_and_whose_it_is(version):
    ways = {words: way for way, words in behind_figure(view_of(version), "G09", "bank", "B001")}
    assert list(ways) == ["不良率：口径与来源", "查看分子明细（贷款）", "查看分母明细（贷款）", "成员画像"]
    assert ways["不良率：口径与来源"] == Dictionary(code="G09", of="bank-B001")
    assert ways["成员画像"] == Bank(bank="B001")
    (explained, said), *rows = behind_figure(view_of(version), "G09", "bank", "B001", period=world.BEFORE)
    assert (explained.period, said) == (world.BEFORE, "2025年2月的不良率：口径与来源")
    assert {way.period for way, _ in rows if isinstance(way, Rows)} == {world.BEFORE}
    assert behind_figure(view_of(version), "G02_yoy", "bank", "B001") == ()


def test_who_may_see_no_rows_is_led_to_none(version):
    district = view_of(version, world.DISTRICT)
    behind = Behind(district, lambda row: behind_figure(district, "G01", "district", world.HAIDIAN))
    assert [type(way).__name__ for way, _ in behind.open_ways(FRAME.iloc[0])] == ["Dictionary", "District"]
    authority = view_of(version, world.AUTHORITY)
    assert not any(isinstance(way, Rows | Bank) for way, _ in behind_figure(authority, "G01", "city", "BJ"))


@pytest.mark.parametrize(("page", "title"), SECTIONS)
def test_every_row_of_every_section_leads_on(version, monkeypatch, page, title):
    """Counts side by side alone are no marks. Whatever rows are linked are rows that there are."""
    section = SECTIONS[page, title]
    if section.form == "counts":
        return
    assert section.leads != Leads()
    monkeypatch.setattr(url, "page_address", lambda: page)
    found = record(version, page, title)
    for _, row in found.shown.iterrows():
        if found.frame.loc[row.name].get("entity") == "BJ":
            continue  # the sum below the districts
        ways = task_leads.behind(found).open_ways(row)
        assert ways and all(leads(found.view, way) for way, _ in ways), row
        for way, _ in ways:
            if isinstance(way, Rows) and found.frame.loc[row.name].get("loans", 1):
                assert sums(world.ANALYST, version, task_leads.selection(found, found.frame.loc[row.name])).rows
            if isinstance(way, Task):
                assert way.task == page and way.parameters()["part"] in Task.PARTS


def test_the_rows_behind_a_part_are_as_many_as_it_counts(version):
    found = record(version, "coordination", "风险分担")
    for place, row in found.frame.iterrows():
        assert sums(world.ANALYST, version, task_leads.selection(found, row)).rows == row["loans"], place
    found = record(version, "service", "审批用时")
    for split, loans in found.frame.groupby("split")["loans"].sum().items():
        row = found.frame[found.frame["split"] == split].iloc[0]
        assert sums(world.ANALYST, version, task_leads.selection(found, row)).rows == loans, split
    found = record(version, "disposal", "办结案件的处置方式")
    for place, row in found.frame.iterrows():
        assert sums(world.ANALYST, version, task_leads.selection(found, row)).rows == row["cases"], place


def test_what_is_drawn_says_where_it_leads_or_stands_among_the_ends():
    missing: dict[str, int] = {}
    for module, path in CODE.items():
        if module.startswith("pages.shared."):
            continue
        for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
            named = {keyword.arg for keyword in call.keywords}
            if ast.unparse(call.func) in DRAWN[:4] and "behind" not in named:
                missing[module] = missing.get(module, 0) + 1
    assert {module: count for module, count in missing.items() if count > ENDS.get(module, 0)} == {}
    assert ENDS.keys() <= missing.keys()


def test_series_over_months_are_drawn_where_they_can_be_annotated():
    """Whoever draws lines over periods draws them by `annotated.draw`; one firm's course is nobody's to annotate."""
    for module, path in CODE.items():
        calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
        if calls & {"charts.line_chart", "charts.columns_chart"} and module != "pages.detail.followed":
            assert "annotated.draw" in calls, module


def test_the_dictionary_is_an_address_of_an_explanation():
    assert Dictionary(code="G01", of="bank-B001").parameters() == {"code": "G01", "of": "bank-B001"}
    assert navigation.DICTIONARY.open_to(world.ADMIN)
