"""The page that a submitter prints, signs and seals (盖章页), as Word; its command is `python -m briefing.sealpage`."""

from __future__ import annotations

import docx
from docx.document import Document as WordFile
from docx.shared import Mm

from briefing.paper.official import (
    BOTH,
    CENTRE,
    LEFT,
    PITCH,
    RED,
    RIGHT,
    clear_theme,
    date_properties,
    saved,
    set_page,
    set_style,
)  # fmt: skip
from briefing.paper.typefaces import HEADING, TEXT, TITLE
from contract.wording import month_name
from metrics.queries.filing.seal import SealPage

HEADLINE = "知识产权金融生态综合试点数据报送确认页"
PLEDGE = "本单位已对上述报送内容进行审核，确认数据真实、准确、完整。"
SIGNATURES = ("填报人（签字）：\t复核人（签字）：", "监管统计负责人（签字）：\t单位（盖章）：")
LABEL, VALUE, HALF = Mm(48), Mm(108), Mm(84)
TOP, BOTTOM = Mm(25), Mm(20)  # all on one page, with room for the seal


def write(page: SealPage) -> bytes:
    """The docx file; the same page gives the same bytes."""
    file = docx.Document()
    _styles(file)
    section = set_page(file)
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    properties = date_properties(file, page.received_at)
    properties.title, properties.language = f"{HEADLINE}_{page.period}_{page.submitter}", "zh-CN"
    if page.demonstration:
        file.add_paragraph("演示数据，不得作为真实情况使用", style="提示")
    file.add_paragraph(HEADLINE, style="文题")
    _table(file, _facts(page))
    file.add_paragraph("", style="说明")
    _table(file, _totals(page))
    file.add_paragraph(PLEDGE, style="说明")
    for text in SIGNATURES:
        file.add_paragraph(text, style="签章").paragraph_format.tab_stops.add_tab_stop(HALF)
    file.add_paragraph("年　　月　　日", style="日期")
    file.add_paragraph(page.witness, style="校验")
    return saved(file)


def _facts(page: SealPage) -> list[tuple[str, str]]:
    return [
        ("报送机构", f"{page.name}（{page.submitter}）"),
        ("报送期", f"{month_name(page.period)}　第{page.version}版"),
        ("回执号", f"{page.submission_id}"),
        ("收到时间", f"{page.received_at:%Y-%m-%d %H:%M:%S}"),
        ("报送文件", page.file_name),
        ("文件校验码（SHA-256）", page.content_hash),
        ("校验规则版本", page.rule_book),
        ("填报人、复核人", f"{page.preparer}、{page.reviewer}"),
        ("监管统计负责人", f"{page.officer}　{page.phone}"),
        ("回执校验码", page.check_code),
    ]


def _totals(page: SealPage) -> list[tuple[str, str]]:
    rows = [(name, f"{count:,}行") for name, count in page.forms]
    rows.append(("合计", f"{sum(count for _, count in page.forms):,}行"))
    if page.balance is not None:
        rows.append(("质押贷款期末余额合计", f"{page.balance.normalize():,f}万元"))
    return rows


def _styles(file: WordFile) -> None:
    clear_theme(file)
    set_style(file, "Normal", TEXT, 12)
    set_style(file, "文题", TITLE, 20, after=14, align=CENTRE)
    set_style(file, "提示", TEXT, 12, after=6, colour=RED)
    set_style(file, "说明", TEXT, 12, before=8, after=8, align=BOTH)
    set_style(file, "栏名", HEADING, 11, before=2, after=2, align=LEFT)
    set_style(file, "栏文", TEXT, 11, before=2, after=2, align=LEFT)
    set_style(file, "签章", TEXT, 14, PITCH, before=14, align=LEFT)
    set_style(file, "校验", TEXT, 9, before=14, align=LEFT)
    set_style(file, "日期", TEXT, 14, PITCH, before=40, align=RIGHT)


def _table(file: WordFile, rows: list[tuple[str, str]]) -> None:
    table = file.add_table(rows=len(rows), cols=2, style="Table Grid")
    table.autofit = False
    for line, texts in zip(table.rows, rows, strict=True):
        for cell, text, style, width in zip(line.cells, texts, ("栏名", "栏文"), (LABEL, VALUE), strict=True):
            cell.width = width
            cell.paragraphs[0].style = file.styles[style]
            cell.paragraphs[0].add_run(text)
    for column, width in zip(table.columns, (LABEL, VALUE), strict=True):
        column.width = width
