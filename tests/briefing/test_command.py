"""`python -m briefing` on the demonstration's data version: files, rights, and one clear line for a wrong call."""

from pathlib import Path

import pytest

from briefing.issue.compose import compose
from briefing.issue.content import Chart, Paragraph, Section, Table, flat
from briefing.paper.typefaces import HEADING, SUBHEADING, TEXT, TITLE, coverage
from briefing.paper.writers import WRITERS
from contract.declarations import districts
from contract.errors import AccessDenied
from contract.settings import Home
from contract.viewer import Viewer
from etl.snapshot.opened import current
from tests.processes import run_here, run_module

ANALYST = Viewer("test", "测试", "analyst")
CITY_SECTIONS = [
    "一、总体情况",
    "二、主要特点",
    "三、试点机构",
    "四、试点地区",
    "五、名单、评价与预警线索",
    "六、创新举措与督办",
    "七、数据质量与口径说明",
]


@pytest.fixture(scope="module")
def document(demo_home):
    return compose(ANALYST, current(Home(demo_home)), "2026-10")


@pytest.fixture(scope="module")
def haidian(demo_home):
    return compose(Viewer("test", "测试", "district", "110108"), current(Home(demo_home)), "2026-10")


def everything(document) -> str:
    """All text of a document."""
    texts = [document.title, document.scope_name]
    for block in flat((*document.sections, *document.annexes)):
        match block:
            case Section():
                texts.append(block.heading)
            case Table():
                texts += [block.caption, *(column.header for column in block.columns), *block.notes]
                texts += [cell for row in block.rows for cell in row if isinstance(cell, str)]
            case Chart():
                texts += [block.caption, *(name for panel in block.panels for name in panel.categories)]
            case _:
                texts.append(block.text)
    return "\n".join(texts)


@pytest.fixture(scope="module")
def written(demo_home, tmp_path_factory) -> list[Path]:
    """What the command writes, all formats, in a process of its own."""
    out = tmp_path_factory.mktemp("briefing")
    formats = ("--format", "xlsx,docx,pdf")
    done = run_module("briefing", "2026-10", *formats, "--out", out, home=demo_home, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.split()]


def test_the_command_writes_the_formats_asked_for(written):
    assert [file.suffix for file in written] == [".xlsx", ".docx", ".pdf"] and all(file.exists() for file in written)


@pytest.mark.parametrize(
    "arguments",
    [
        ("2019-01",),
        ("2026-10", "--format", "odt"),
        ("2026-10", "--district", "000000"),
        ("2026-10", "--district", "津"),
    ],
)
def test_a_wrong_call_is_one_clear_line(demo_home, tmp_path, arguments):
    done = run_here("briefing", *arguments, "--out", tmp_path, home=demo_home)
    assert done.returncode == 2
    assert done.stderr.startswith("错误：") and len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_no_data_version_yet(own_home, tmp_path):
    done = run_here("briefing", "2026-10", "--out", tmp_path, home=own_home)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1


def test_sections_charts_and_annexes_of_the_city(document):
    assert [section.heading for section in document.sections] == CITY_SECTIONS
    charts = [block for block in flat(document.sections) if isinstance(block, Chart)]
    assert [chart.caption[:2] for chart in charts] == ["图1", "图2", "图3", "图4"]
    assert [annex.caption[:3] for annex in document.annexes] == ["附表1", "附表2", "附表3", "附表4"]
    assert document.demonstration and document.definitions.rows


def test_the_same_data_version_gives_the_same_document(document, demo_home):
    assert compose(ANALYST, current(Home(demo_home)), "2026-10") == document


@pytest.mark.parametrize("period", ["2025-01", "2025-12", "2026-09"])
def test_every_kind_of_month_can_be_written(demo_home, period):
    text = everything(compose(ANALYST, current(Home(demo_home)), period))
    assert "None" not in text and "nan" not in text.lower() and "；；" not in text and "，，" not in text


def test_a_district_reads_its_own_figures_and_the_citys_alone(haidian, demo_home):
    text = everything(haidian)
    others = [place.name for code, place in districts().items() if code not in ("110108", "000000")]
    assert not [name for name in others if name in text]
    assert "演示" not in text.replace("演示参数", "")  # every bank of the demonstration is called 演示…
    assert "海淀区" in text and "试点机构合计" in text


def test_only_the_bureau_and_districts_have_a_briefing(demo_home):
    with pytest.raises(AccessDenied):
        compose(Viewer("test", "测试", "institution", "B001"), current(Home(demo_home)), "2026-10")


def test_every_character_has_a_glyph_in_the_face_that_sets_it(document, haidian):
    for issue in (document, haidian):
        stand_in = coverage(HEADING)
        assert set(everything(issue)) - stand_in - set("\n　") == set()
        assert set(issue.title + issue.masthead) - coverage(TITLE) == set()
        for block in flat(issue.sections):
            if isinstance(block, Section) and block.level == 2:
                assert set(block.heading) - coverage(SUBHEADING) == set(), block.heading
            if isinstance(block, Paragraph):
                assert set(block.text) - coverage(TEXT) == set()


def test_the_bytes_do_not_depend_on_the_process(document, written):
    """Hash seeds and import order differ between processes; the files must not."""
    for file in written:
        assert WRITERS[file.suffix[1:]](document) == file.read_bytes(), file.name
