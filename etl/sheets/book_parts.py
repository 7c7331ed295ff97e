"""What a workbook is made of: its sheets in their order, its string table, its styles, and where its dates begin."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.advice import REPAIR
from etl.receiving.office_parts import OfficeParts, Relation

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMESPACES = {MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"}  # the second is that of Strict Open XML
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RELATION_IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
WORKSHEET = "worksheet"
OTHER_SHEETS = {"chartsheet", "dialogsheet", "xlmacrosheet", "xlintlmacrosheet"}
MAX_SHEETS = 200
TRUE = ("1", "true")


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: the part that holds its cells, and whether it is hidden from who opens the workbook."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class BookParts:
    """A workbook by its relations; the parts of texts and styles where it has them.

    `computes_on_load`: whether it asks the program that opens it to compute all formulas.
    """

    sheets: tuple[SheetPart, ...]
    texts: str | None
    styles: str | None
    since_1904: bool
    computes_on_load: bool


def local_name(element: etree._Element) -> str:
    """An element's name within the namespaces of workbooks; empty for any other, and for comments."""
    if not isinstance(element.tag, str):
        return ""
    namespace, _, name = element.tag[1:].partition("}")
    return name if namespace in NAMESPACES else ""


def children(element: etree._Element) -> list[etree._Element]:
    """The elements within one; of alternatives, those that are for programs which know nothing beyond the standard."""
    listed: list[etree._Element] = []
    for child in element.iterchildren(tag=etree.Element):
        if child.tag == f"{{{COMPATIBILITY}}}AlternateContent":
            ways = {etree.QName(way).localname: way for way in reversed(list(child.iterchildren(tag=etree.Element)))}
            way = ways.get("Fallback", ways.get("Choice"))
            listed += [] if way is None else children(way)
        else:
            listed.append(child)
    return listed


def book_parts(office: OfficeParts) -> BookParts:
    """The workbook's parts. Raises RefusedFile where its relations lead nowhere, or two sheets are one."""
    main = office.main()
    if main is None:
        raise RefusedFile(f"工作簿没有指明哪一部分是主体（_rels/.rels），无法读取；{REPAIR}")
    book = office.tree(main)
    if local_name(book) != "workbook":
        raise RefusedFile(f"工作簿的“{shown(office.entries[main])}”不是工作簿的主体，无法读取；{REPAIR}")
    relations = office.relations(main)
    settings = {local_name(child): child.attrib for child in children(book)}
    return BookParts(
        tuple(_sheets(office, book, relations)),
        _only(office, relations, "sharedstrings"),
        _only(office, relations, "styles"),
        settings.get("workbookPr", {}).get("date1904") in TRUE,
        settings.get("calcPr", {}).get("fullCalcOnLoad") in TRUE,
    )


def _only(office: OfficeParts, relations: list[Relation], kind: str) -> str | None:
    """The part of a kind, None where the workbook has none. Raises RefusedFile for several, or one that is missing."""
    targets = {relation.target for relation in relations if relation.kind == kind}
    if len(targets) > 1:
        raise RefusedFile(f"工作簿有{len(targets)}个{kind}部分，不知以哪个为准；{REPAIR}")
    for target in targets - office.entries.keys():
        raise RefusedFile(f"工作簿缺少“{shown(target)}”，无法读取；{REPAIR}")
    return next(iter(targets), None)


def _sheets(office: OfficeParts, book: etree._Element, relations: list[Relation]) -> list[SheetPart]:
    by_id = {relation.id: relation for relation in relations}
    sheets: dict[str, SheetPart] = {}
    groups = [group for group in children(book) if local_name(group) == "sheets"]
    listed = [sheet for group in groups for sheet in children(group) if local_name(sheet) == "sheet"]
    if len(listed) > MAX_SHEETS:
        raise RefusedFile(f"工作簿的工作表超过{MAX_SHEETS}个，已拒收；请只保留报送制度规定的工作表")
    for element in listed:
        name = element.get("name", "")
        if name in sheets or shown(name) != name:
            raise RefusedFile(f"工作表名“{shown(name)}”重复或不合规范，已拒收；请改名后重新报送")
        relation = by_id.get(next(filter(None, map(element.get, RELATION_IDS)), ""))
        if relation is None or relation.kind not in OTHER_SHEETS | {WORKSHEET} or relation.target not in office:
            raise RefusedFile(f"工作表“{name}”指向工作簿中没有的内容，无法读取；{REPAIR}")
        if relation.target in {sheet.part for sheet in sheets.values()}:
            raise RefusedFile(f"工作表“{name}”与另一工作表是同一内容，不知以哪个为准；{REPAIR}")
        content_type = office.content_type(relation.target)
        if relation.kind == WORKSHEET and "spreadsheetml." in content_type and WORKSHEET not in content_type:
            raise RefusedFile(f"工作表“{name}”被声明为另一种内容（{shown(content_type)}），无法读取；{REPAIR}")
        hidden = element.get("state", "visible") != "visible"
        sheets[name] = SheetPart(name, relation.target if relation.kind == WORKSHEET else "", hidden)
    return [sheet for sheet in sheets.values() if sheet.part]
