"""A workbook that contradicts itself, or points to what is not there, is refused with sheet and cell.

Each case stands beside a sound neighbour that is read exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from contract.errors import RefusedFile
from etl.sheets.grids import ERROR_VALUE, Grid
from etl.sheets.workbook import read_workbook
from tests.etl.reading.spellings_of_books import MAIN, packed
from tests.etl.submissions import package
from tests.fuzz.fidelity import outcomes

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TEXTS = ("甲", "乙 丙", "丁")
PERCENT, DATE, UNKNOWN = "1", "2", "3"  # numbers of styles


def book(sheet: str, **parts: str) -> bytes:
    """A workbook of one sheet with these rows, three texts and four styles."""
    rows = sheet if "<sheetData" in sheet else f"<sheetData>{sheet}</sheetData>"
    texts = "".join(f"<si><t>{text}</t></si>" for text in TEXTS)
    written = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}'
        f'.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": related(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="B1" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{rows}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/>'
        '<xf numFmtId="14"/><xf numFmtId="199"/></cellXfs></styleSheet>',
    }
    written |= {name.replace("__", "/"): part for name, part in parts.items()}
    return packed({name: part.encode() for name, part in written.items() if part})


def related(*relations: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def cells(content: bytes) -> dict[str, str]:
    """Address → text of the filled cells of the first sheet."""
    grid: Grid = read_workbook(content)[0]
    return {
        f"{chr(65 + column)}{row}": text
        for row, texts in grid.rows()
        for column, text in enumerate(texts)
        if text is not None
    }


def in_a1(inner: str, attributes: str = "") -> str:
    return f'<row r="1"><c r="A1"{attributes}>{inner}</c></row>'


SOUND: dict[str, tuple[str, dict[str, str]]] = {
    "a text of the table": (in_a1("<v>1</v>", ' t="s"'), {"A1": "乙 丙"}),
    "the last text of the table": (in_a1("<v>2</v>", ' t="s"'), {"A1": "丁"}),
    "an index among blanks": (in_a1("<v> 2\n</v>", ' t="s"'), {"A1": "丁"}),
    "a number": (in_a1("<v>-1.50E2</v>", ' t="n"'), {"A1": "-150"}),
    "a number without a digit before the point": (in_a1("<v>.5</v>"), {"A1": "0.5"}),
    "per cent": (in_a1("<v>0.0338</v>", f' s="{PERCENT}"'), {"A1": "3.38%"}),
    "a date": (in_a1("<v>45313</v>", f' s="{DATE}"'), {"A1": "2024-01-22"}),
    "a date in ISO form": (in_a1("<v>2024-01-21</v>", ' t="d"'), {"A1": "2024-01-21"}),
    "a moment in ISO form": (in_a1("<v>2024-01-21T09:30:00Z</v>", ' t="d"'), {"A1": "2024-01-21 09:30:00"}),
    "a text that no style touches": (in_a1("<v>0</v>", f' t="s" s="{UNKNOWN}"'), {"A1": "甲"}),
    "a logical value": (in_a1("<v>1</v>", ' t="b"'), {"A1": "TRUE"}),
    "an error": (in_a1("<v>#N/A</v>", ' t="e"'), {"A1": ERROR_VALUE + "#N/A"}),
    "a text in its cell": (in_a1("<is><t>戊</t></is>", ' t="inlineStr"'), {"A1": "戊"}),
    "a text in its cell, as a value": (in_a1("<v>戊</v>", ' t="inlineStr"'), {"A1": "戊"}),
    "a text in pieces": (
        in_a1("<is><r><t>戊</t></r><r><t>己</t></r><rPh sb='0' eb='1'><t>wù</t></rPh></is>", ' t="inlineStr"'),
        {"A1": "戊己"},
    ),
    "a text with escapes": (in_a1("<is><t>a_x000A_b_x005F_x000A_</t></is>", ' t="inlineStr"'), {"A1": "a\nb_x000A_"}),
    "a text with entities": (in_a1("<v>&lt;&#20013;&amp;&gt;</v>", ' t="str"'), {"A1": "<中&>"}),
    "a text set apart": (in_a1("<v><![CDATA[<c r=]]></v>", ' t="str"'), {"A1": "<c r="}),
    "a shared formula": (
        in_a1('<f t="shared" ref="A1:A2" si="0">1+1</f><v>2</v>')
        + '<row r="2"><c r="A2"><f t="shared" si="0"/><v>3</v></c></row>',
        {"A1": "2", "A2": "3"},
    ),
    "a blank of a type that needs no content": (in_a1("", ' t="n"') + '<row r="2"><c r="A2" t="str"/></row>', {}),
    "rows and cells left out": (
        '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row><row r="7"><c r="A7"><v>3</v></c></row>',
        {"B2": "1", "D2": "2", "A7": "3"},
    ),
    "no addresses": (
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
        {"A1": "1", "B1": "2", "A2": "3"},
    ),
    "some addresses": (
        '<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>',
        {"B3": "1", "C3": "2", "A4": "3"},
    ),
    "comments and instructions": (
        '<!-- a --><row r="1"><!-- b --><c r="A1"><v>1</v></c><?c d?></row>',
        {"A1": "1"},
    ),
    "no rows": ("<sheetData/>", {}),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_read_as_it_is_written(name: str):
    rows, expected = SOUND[name]
    assert cells(book(rows)) == expected


TWO = "<v>1</v>"
CONTRADICTIONS: dict[str, tuple[str, str]] = {  # rows → what the refusal says after the sheet
    "an index that is no number": (in_a1("<v>abc</v>", ' t="s"'), "A1单元格自相矛盾：所指文字表的“abc”不是序号"),
    "an index below zero": (in_a1("<v>-1</v>", ' t="s"'), "A1单元格自相矛盾：所指文字表的“-1”不是序号"),
    "an index with a point": (in_a1("<v>1.0</v>", ' t="s"'), "A1单元格自相矛盾：所指文字表的“1.0”不是序号"),
    "an index past the end": (in_a1("<v>3</v>", ' t="s"'), "A1单元格自相矛盾：指向文字表第4项，文字表只有3项"),
    "an index beyond any": (in_a1(f"<v>{'9' * 30}</v>", ' t="s"'), "A1单元格自相矛盾：所指文字表的“9"),
    "no index": (in_a1("", ' t="s"'), "A1单元格自相矛盾：声明为文字，却没有指明"),
    "no index, closed": ('<row r="1"><c r="A1" t="s"/></row>', "A1单元格自相矛盾：声明为文字，却没有指明"),
    "a style past the end": (in_a1("<v>1</v>", ' s="4"'), "A1单元格自相矛盾：样式序号4不在样式表中（共4种）"),
    "a style past the end, of a blank": ('<row r="1"><c r="A1" s="4"/></row>', "A1单元格自相矛盾：样式序号4"),
    "a style that is no number": (in_a1("<v>1</v>", ' s="x"'), "A1单元格自相矛盾：样式“x”不是序号"),
    "a style of a format that is not there": (
        in_a1("<v>1</v>", f' s="{UNKNOWN}"'),
        "A1单元格自相矛盾：样式3所用的数字格式不在样式表中",
    ),
    "a type that there is not": (in_a1("<v>1</v>", ' t="x"'), "A1单元格自相矛盾：类型“x”"),
    "a number that is a text": (in_a1("<v>12a</v>", ' t="n"'), "A1单元格自相矛盾：声明为数字，内容却是“12a”"),
    "a number that is a text, undeclared": (in_a1("<v>壹</v>"), "A1单元格自相矛盾：声明为数字，内容却是“壹”"),
    "a number that is none": (in_a1("<v>NaN</v>"), "A1单元格自相矛盾：声明为数字，内容却是“NaN”"),
    "a number beyond measure": (in_a1("<v>1E400</v>"), "A1单元格自相矛盾：声明为数字，内容却是“1E400”"),
    "a logical value that is none": (in_a1("<v>2</v>", ' t="b"'), "A1单元格自相矛盾：声明为逻辑值，内容却是“2”"),
    "a logical value without content": (in_a1("", ' t="b"'), "A1单元格自相矛盾：声明为逻辑值，却没有内容"),
    "a date that is none": (in_a1("<v>2024-02-30</v>", ' t="d"'), "A1单元格自相矛盾：声明为日期，内容却是“2024-02-30”"),
    "a date as a number": (in_a1("<v>45313</v>", ' t="d"'), "A1单元格自相矛盾：声明为日期，内容却是“45313”"),
    "an error that is none": (in_a1("<v>5</v>", ' t="e"'), "A1单元格自相矛盾：声明为错误值，内容却是“5”"),
    "a number with a text in it": (in_a1("<is><t>戊</t></is>"), "A1单元格自相矛盾：声明为数字，却有内嵌文字"),
    "a text and a value": (
        in_a1("<v>1</v><is><t>戊</t></is>", ' t="inlineStr"'),
        "A1单元格自相矛盾：既有内嵌文字又有值",
    ),
    "two values": (in_a1("<v>1</v><v>2</v>"), "A1单元格自相矛盾：其中有两个“v”"),
    "a value in a value": (in_a1("<v>1<v>2</v></v>"), "A1单元格自相矛盾：值中还有别的内容"),
    "a cell in a cell": (in_a1('<c r="B1"><v>1</v></c>'), "A1单元格自相矛盾：其中有标准没有规定的“c”"),
    "an address twice": (
        f'<row r="1"><c r="A1">{TWO}</c><c r="A1"><v>2</v></c></row>',
        "A1单元格出现两次，不知以哪个为准",
    ),
    "an address twice, apart": (
        f'<row r="1"><c r="A1">{TWO}</c><c r="B1">{TWO}</c><c r="A1"><v>2</v></c></row>',
        "A1单元格排在B1之后，次序不对",
    ),
    "an address out of order": (
        f'<row r="1"><c r="B1">{TWO}</c><c r="A1"/></row>',
        "A1单元格排在B1之后，次序不对",
    ),
    "an address of another row": (f'<row r="1"><c r="A2">{TWO}</c></row>', "A2单元格写在第1行中，与地址不符"),
    "an address that is none": (f'<row r="1"><c r="1A">{TWO}</c></row>', "第1行有一格的地址是“1A”"),
    "an address in small letters": (f'<row r="1"><c r="a1">{TWO}</c></row>', "第1行有一格的地址是“a1”"),
    "an address of no column": (f'<row r="1"><c r="1">{TWO}</c></row>', "第1行有一格的地址是“1”"),
    "an address beyond the last column": (f'<row r="1"><c r="XFE1">{TWO}</c></row>', "第1行有一格的地址是“XFE1”"),
    "an address that follows one left out": (
        f'<row r="1"><c>{TWO}</c><c r="A1"><v>2</v></c></row>',
        "A1单元格出现两次",
    ),
    "a row twice": (f'{in_a1(TWO)}<row r="1"><c r="B1"><v>2</v></c></row>', "第1行出现两次"),
    "a row out of order": (f'<row r="5"/>{in_a1(TWO)}', "第1行排在第5行之后，次序不对"),
    "a row that is no number": ('<row r="x"/>', "有一行的行号是“x”"),
    "row zero": ('<row r="0"/>', "有一行的行号是“0”"),
    "a row beyond the last": ('<row r="1048577"/>', "有第1048577行"),
    "something else in a row": ('<row r="1"><d r="A1"><v>1</v></d></row>', "第1行中有标准没有规定的“d”"),
    "a cell outside of a row": ('<c r="A1"><v>1</v></c>', "它的内容不是一行行的单元格"),
    "two tables of rows": ("<sheetData/><sheetData></sheetData>", "它的内容不是一行行的单元格"),
    "merged cells that are none": (
        '<sheetData/><mergeCells><mergeCell ref="A1:"/></mergeCells>',
        "“A1:”不是单元格区域",
    ),
    "a row torn in two": ('<row r="1"><c r="A1"><v>1</v></row></c>', "无法读取"),
    "a text beside the cells, damaged": ('<row r="1"><c r="A1"><v>1</v></c>&x;</row>', "无法读取"),
}
SPELLED: dict[str, Callable[[str], str]] = {
    "as most programs write": lambda rows: rows,
    "otherwise": lambda rows: re.sub(r"<row\b", "<row\n", rows),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("spelling", SPELLED)
def test_what_contradicts_itself_is_refused_with_its_place(name: str, spelling: str):
    rows, told = CONTRADICTIONS[name]
    with pytest.raises(RefusedFile) as refusal:
        read_workbook(book(SPELLED[spelling](rows)))
    assert str(refusal.value).startswith("工作表“B1”已损坏") and told in str(refusal.value)
    assert "打开并修复" in str(refusal.value) and len(str(refusal.value)) < 200


def test_the_cell_is_named_wherever_it_stands():
    """Among thousands of rows in several blocks, in a column of its own."""
    rows = [
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="AB{row}" t="s"><v>0</v></c></row>'
        for row in range(1, 90_001)
    ]
    rows[70_000] = rows[70_000].replace("<v>0</v>", "<v>77</v>")
    with pytest.raises(RefusedFile, match="B1”已损坏：AB70001单元格自相矛盾：指向文字表第78项，文字表只有3项"):
        read_workbook(book("".join(rows)))


BOOKS: dict[str, tuple[dict[str, str], str]] = {
    "a sheet without a part": ({"xl__worksheets__sheet1.xml": ""}, "工作表“B1”指向工作簿中没有的内容"),
    "a string table that is not there": ({"xl__sharedStrings.xml": ""}, "缺少“xl/sharedstrings.xml”"),
    "styles that are not there": ({"xl__styles.xml": ""}, "缺少“xl/styles.xml”"),
    "a package without a main part": ({"_rels__.rels": ""}, "没有指明哪一部分是主体"),
    "a main part that is not there": (
        {"_rels__.rels": related(("officeDocument", "xl/book.xml"))},
        "没有指明哪一部分是主体",
    ),
    "a main part that is another": (
        {"_rels__.rels": related(("officeDocument", "xl/styles.xml"))},
        "“xl/styles.xml”不是工作簿的主体",
    ),
    "two string tables": (
        {
            "xl___rels__workbook.xml.rels": related(
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("sharedStrings", "s.xml"),
            )
        },
        "有2个sharedstrings部分",
    ),
    "two parts that differ by case alone": ({"xl__Styles.xml": "<x/>"}, "两个“xl/"),
    "a sheet that is a chart by its type": (
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override ContentType="{SHEET_TYPE}'
            '.chartsheet+xml" PartName="/xl/worksheets/sheet1.xml"/></Types>'
        },
        "工作表“B1”被声明为另一种内容",
    ),
    "a sheet that is none": ({"xl__worksheets__sheet1.xml": f'<chartsheet xmlns="{MAIN}"/>'}, "它不是工作表"),
    "a string table that is torn": ({"xl__sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>x</si></sst>'}, "文字表"),
    "an encoding that is not allowed": (
        {"xl__sharedStrings.xml": f'<?xml version="1.0" encoding="GBK"?><sst xmlns="{MAIN}"/>'},
        "编码不是UTF-8或UTF-16（gbk）",
    ),
    "an encoding that is another": (
        {"xl__sharedStrings.xml": f'<?xml version="1.0" encoding="utf-16"?><sst xmlns="{MAIN}"/>'},
        "声明的编码与内容不符（utf-16）",
    ),
}


@pytest.mark.parametrize("name", BOOKS)
def test_relations_that_lead_nowhere_are_refused(name: str):
    parts, told = BOOKS[name]
    with pytest.raises(RefusedFile, match=re.escape(told)) as refusal:
        read_workbook(book(in_a1("<v>0</v>", ' t="s"'), **parts))
    assert "打开并修复" in str(refusal.value)


def test_a_confined_child_says_the_same():
    contents = [book(rows) for rows, _ in CONTRADICTIONS.values()]
    refusals = [outcome.refusal for outcome in outcomes(map(package, contents))]
    told = [told for _, told in CONTRADICTIONS.values()]
    assert [one in refusal for one, refusal in zip(told, refusals, strict=True)] == [True] * len(told)
