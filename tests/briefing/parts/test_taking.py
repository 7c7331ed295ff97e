"""Parts by declaration: what each takes of the one tree, on one page where it must, for full, thin and empty months."""

import io

import pytest
from pypdf import PdfReader

from briefing.issue.compose import city_sections, compose_city, compose_district
from briefing.issue.content import Chart, Section, blocks, flat, paragraphs, tables
from briefing.paper.writers import WRITERS, in_formats
from briefing.parts.declared import part_of, parts
from briefing.parts.taking import compose_part, identity, take
from contract.errors import CallError
from tests.briefing.months import MONTHS, STEADY, board, made
from tests.briefing.samples import source

AUTHORITIES = ("ip_office", "copyright_office", "finance", "industry", "local_finance", "central_bank")


def thin():
    """One figure of the city and nothing else."""
    return source("2026-10 . . G01 1000000")


def quarter_end():
    """A full September."""
    lines = [line.replace("2026-10", "2026-09").replace("2025-10", "2025-09") for line in board(STEADY, ("0", "0"))]
    return source("\n".join(lines), period="2026-09")


def headings(document) -> list[str]:
    return [block.heading for block in flat(document.sections) if isinstance(block, Section)]


def test_the_parts_are_those_of_the_design():
    assert set(parts()) == {"special", *AUTHORITIES, "quarterly"}
    assert {part_of(code).reader for code in AUTHORITIES} == {"authority"}
    with pytest.raises(CallError, match="没有分送件“nobody”"):
        part_of("nobody")


def test_every_id_that_is_taken_is_one_of_the_tree():
    known = {identity(block) for block in flat(city_sections(MONTHS["everything-falls"]()))}
    known |= {
        "overall.no_year",
        "standing.triggers",
        "主要指标表",
        "地区表",
        "regions.compensation",
        "features.disposal",
    }
    assert [(part.code, name) for part in parts().values() for name in part.take if name not in known] == []


@pytest.mark.parametrize("month", [MONTHS["everything-falls"], thin, source], ids=["full", "thin", "empty"])
@pytest.mark.parametrize("code", ["special", *AUTHORITIES])
def test_every_part_is_made_of_every_month(code, month):
    document = compose_part(month(), part_of(code))
    assert paragraphs(document.sections)
    assert {kind: write(document)[:2] for kind, write in WRITERS.items()} == {
        "docx": b"PK",
        "pdf": b"%P",
        "xlsx": b"PK",
    }


def test_a_heading_that_judges_does_not_stand_over_a_part_of_its_section():
    document = compose_part(MONTHS["everything-falls"](), part_of("copyright_office"))
    assert "（一）贷款结构" in headings(document) and not any("占比下降" in heading for heading in headings(document))
    whole = compose_part(MONTHS["everything-falls"](), part_of("central_bank"))
    assert any("占比下降" in heading for heading in headings(whole))


def test_numbers_of_headings_and_tables_run_on_whatever_is_left_out():
    document = compose_part(MONTHS["nothing-changed"](), part_of("finance"))
    assert [heading for heading in headings(document) if "、" in heading[:2]] == [
        "一、总体情况", "二、试点地区", "三、口径说明",
    ]  # fmt: skip
    captions = [block.caption for block in blocks(document) if hasattr(block, "caption")]
    assert captions == ["表1　主要指标", "表2　试点地区情况"]


def test_one_heading_does_not_stand_directly_below_another():
    sections = (Section("甲", 1, (Section("乙", 2, (), "b"), Section("丙", 2, (), "c")), "a", plain="丁"),)
    kept = take((Section("甲", 1, (Section("乙", 2, city_sections(thin())[0].blocks[:1], "b"),), "a", plain="丁"),),
                frozenset({"b"}))  # fmt: skip
    assert [block.heading for block in kept] == ["丁"] and not isinstance(kept[0].blocks[0], Section)
    assert take(sections, frozenset({"a"})) == sections
    assert take(sections, frozenset({"x"})) == ()


@pytest.mark.parametrize("month", MONTHS)
def test_the_special_report_is_one_page_of_at_most_600_characters(month):
    document = compose_part(MONTHS[month](), part_of("special"))
    said = paragraphs(document.sections)
    assert said[0].id == "overall.figures" and sum(len(paragraph.text) for paragraph in said) <= 600
    assert len(PdfReader(io.BytesIO(WRITERS["pdf"](document))).pages) == 1


def test_without_data_the_special_report_says_so_once():
    texts = [paragraph.text for paragraph in paragraphs(compose_part(source(), part_of("special")).sections)]
    assert texts[0] == "截至10月末，没有已接收的试点机构报送，试点机构合计无数。"
    assert not any("本期无可用数据" in text for text in texts) and len(texts) == len(set(texts))


def test_an_empty_month_has_no_empty_table_and_no_chart():
    for document in (compose_city(source()), compose_district(source(), "110108")):
        assert [block for block in blocks(document) if isinstance(block, Chart)] == []
        assert all(table.rows for table in (*tables(document.sections), *document.annexes))
        assert {kind: len(content) > 1000 for kind, content in in_formats(document).items()} == dict.fromkeys(
            WRITERS, True
        )


def test_a_quarterly_report_is_made_at_a_quarters_end_alone():
    with pytest.raises(CallError, match="2026年10月不是季末月份"):
        compose_part(made(board(STEADY, ("0", "0")), ()), part_of("quarterly"))
    assert "季度报告（2026年9月）" in compose_part(quarter_end(), part_of("quarterly")).title
