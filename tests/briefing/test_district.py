"""A district's briefing: one rule with its pages of what is withheld, and follow-ups as the data version knew them."""

from __future__ import annotations

import pytest

from briefing.issue.compose import compose
from briefing.issue.content import Number, paragraphs, tables
from briefing.issue.declared import wordings
from contract.settings import Home
from etl.snapshot.opened import current
from ledger.proof.witness import witnesses_in
from metrics.indicators.catalogue import catalogue, indicator
from metrics.queries.door import snapshot_seal
from metrics.queries.figures.values import values
from tests.published import DISTRICT, HAIDIAN, PERIOD, XICHENG, small_version

QUALITY = ("G08", "G09", "G10", "G18")


@pytest.fixture(scope="module")
def version(made_once):
    return current(Home(made_once("small", small_version)))


def viewer(code: str):
    return DISTRICT if code == HAIDIAN else DISTRICT.__class__("x", "西", "district", code)


def shown_on_pages(version, code: str) -> dict[str, bool]:
    """Indicator → whether a page shows its figure to the district; what has no figure at all is left out."""
    frame = values(viewer(code), version, PERIOD, scopes=("district",), entities=(code,))
    return {row.indicator: not row.withheld for row in frame.itertuples()}


def listed(version, code: str) -> dict[str, object]:
    """Indicator → its cell in the annex and in table 1 of the district's briefing."""
    document = compose(viewer(code), version, PERIOD)
    names = {item.name: indicator_code for indicator_code, item in catalogue().items()}
    cells = {names[row[0]]: row[2] for row in tables(document.sections)[0].rows}
    return cells | {row[0]: row[3] for row in document.annexes[0].rows}


@pytest.mark.parametrize("code", [HAIDIAN, XICHENG])
def test_the_briefing_lists_what_the_pages_show_and_withholds_what_they_withhold(version, code):
    pages, briefing = shown_on_pages(version, code), listed(version, code)
    for name, is_shown in pages.items():
        if name not in briefing or indicator(name).kind != "plain":
            continue
        assert isinstance(briefing[name], Number) == is_shown, name
        assert (briefing[name] == "不列示") == (not is_shown), name


def test_quality_is_listed_where_enough_stand_behind_it(version):
    """海淀 has four borrowers of three banks, 西城 one."""
    assert shown_on_pages(version, HAIDIAN)["G08"] and not shown_on_pages(version, XICHENG)["G08"]
    assert set(QUALITY) <= {*listed(version, HAIDIAN)} and set(QUALITY[:2]) <= {*wordings().tables["district"]}
    text = "".join(paragraph.text for paragraph in paragraphs(compose(viewer(XICHENG), version, PERIOD).sections))
    assert "本期质量数据涉及的机构或企业较少，不予列示。" in text and "不良贷款余额" not in text


def test_an_issue_bears_witness_to_the_ledger(version):
    """What is printed is read back by `etl verify --against`."""
    document = compose(DISTRICT, version, PERIOD)
    printed = {paragraph.id: paragraph.text for paragraph in paragraphs(document.sections)}["quality.witness"]
    (read,) = witnesses_in(printed)
    assert (read.seq, read.hash) == snapshot_seal(version)
