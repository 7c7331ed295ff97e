"""One workbook in many spellings: what the standard allows and programs write, with the same cells in each.

A spelling takes the parts of a workbook as common programs lay it out, and gives the parts that say the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from lxml import etree

Parts = dict[str, bytes]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
SHARED, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
BOOK_RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
STRICT = (
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"),
)


def unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def streamed(parts: Mapping[str, bytes]) -> bytes:
    """Packed by a program that cannot go back: sizes stand behind each entry."""

    class Stream(io.RawIOBase):
        content = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:
            self.content += data
            return len(data)

    stream = Stream()
    stream.content = bytearray()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return bytes(stream.content)


def with_zip64(parts: Mapping[str, bytes]) -> bytes:
    """Packed with sizes of 64 bits, as programs do that do not know them beforehand."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
                entry.write(data)
    return content.getvalue()


PACKINGS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "deflated": packed,
    "stored": lambda parts: packed(parts, zipfile.ZIP_STORED),
    "streamed": streamed,
    "zip64": with_zip64,
}


def _edited(parts: Parts, edit: Callable[[str], str], chosen: Callable[[str], bool]) -> Parts:
    return {name: edit(data.decode()).encode() if chosen(name) else data for name, data in parts.items()}


def _is_sheet(name: str) -> bool:
    return bool(SHEETS.fullmatch(name))


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def in_sheets(edit: Callable[[str], str]) -> Callable[[Parts], Parts]:
    return lambda parts: _edited(parts, edit, _is_sheet)


def renamed(old: str, new: str) -> Callable[[Parts], Parts]:
    """A part under another name, in relations and content types as well."""

    def spell(parts: Parts) -> Parts:
        def edit(xml: str) -> str:
            xml = xml.replace(f'PartName="/{old}"', f'PartName="/{new}"')
            return re.sub(rf'Target="(/xl/|xl/)?{re.escape(old.removeprefix("xl/"))}"', f'Target="/{new}"', xml)

        parts = _edited(parts, edit, lambda name: name == TYPES or name.endswith(".rels"))
        return {new if name == old else name: data for name, data in parts.items()}

    return spell


def renamed_book(parts: Parts) -> Parts:
    """The workbook under another name, its relations with it."""
    parts = renamed(BOOK, "xl/workbook22.xml")(parts)
    return {name.replace(BOOK_RELATIONS, "xl/_rels/workbook22.xml.rels"): data for name, data in parts.items()}


def other_case(parts: Parts) -> Parts:
    """Names of entries in capitals, while relations and content types keep theirs."""
    return {name.upper() if name.startswith("xl/") else name: data for name, data in parts.items()}


def lower_case(parts: Parts) -> Parts:
    return {name.lower(): data for name, data in parts.items()}


def strict(parts: Parts) -> Parts:
    """Strict Open XML as Excel writes it: other namespaces, dates in ISO form."""

    def edit(xml: str) -> str:
        for old, new in STRICT:
            xml = xml.replace(old, new)
        return xml.replace("<workbook ", '<workbook conformance="strict" ')

    return _edited(iso_dates(parts), edit, _is_xml)


def iso_dates(parts: Parts) -> Parts:
    """Dates as cells of the type `d`; a workbook that has lost its styles (a contradiction) tells none apart."""
    if STYLES not in parts:
        return parts
    styles = parts[STYLES].decode()
    own = set(re.findall(r'numFmtId="(\d+)" formatCode="yyyy', styles)) | {"14"}
    cell_styles = re.search("<cellXfs.*?</cellXfs>", styles, re.DOTALL)[0]
    dates = [str(at) for at, number in enumerate(re.findall(r'<xf numFmtId="(\d+)"', cell_styles)) if number in own]

    def iso(match: re.Match) -> str:
        day = date(1899, 12, 30) + timedelta(int(match[3]))
        return f'{match[1]} t="d"><v>{day}</v></c>'

    pattern = rf'(<c r="[A-Z]+\d+" s="({"|".join(dates) or "none"})")><v>(\d+)</v></c>'
    return _edited(parts, lambda xml: re.sub(pattern, iso, xml), _is_sheet)


def wide(encoding: str, chosen: Callable[[str], bool]) -> Callable[[Parts], Parts]:
    """Parts in UTF-16, with a mark of the order of bytes where the encoding writes one."""

    def edit(data: bytes) -> bytes:
        return re.sub(r"""encoding=(["'])UTF-8\1""", 'encoding="UTF-16"', data.decode()).encode(encoding)

    return lambda parts: {name: edit(data) if chosen(name) else data for name, data in parts.items()}


def marked_utf8(parts: Parts) -> Parts:
    return {name: b"\xef\xbb\xbf" + data if _is_xml(name) else data for name, data in parts.items()}


def prefixed(xml: str) -> str:
    """As the Open XML SDK writes it: every element with a prefix."""
    xml = re.sub(r"<(/?)(\w+)(?=[\s/>])", r"<\1x:\2", xml)
    return xml.replace('xmlns="', 'xmlns:x="', 1)


def prefixed_everywhere(parts: Parts) -> Parts:
    return _edited(parts, prefixed, lambda name: _is_sheet(name) or name in (SHARED, STYLES, BOOK))


def indented(xml: str) -> str:
    """Each row and cell on a line of its own."""
    return re.sub(r"(</c>|<row[^>]*>|</row>|<sheetData>)", "\\1\n    ", xml)


def single_quotes(xml: str) -> str:
    return re.sub(r'="([^"\']*)"', r"='\1'", xml)


def style_first(xml: str) -> str:
    """Attributes in another order."""
    return re.sub(r'<c (r="[^"]*")((?: [st]="[^"]*")+)', lambda match: f"<c{match[2]} {match[1]}", xml)


def number_last(xml: str) -> str:
    """As LibreOffice wrote it for long: the number of a row after its other attributes."""
    return re.sub(r'<row (r="\d+")([^>]*?)(/?)>', r'<row hidden="false"\2 \1\3>', xml)


def without_references(xml: str) -> str:
    """No addresses, where no cell is left out before another."""
    xml = re.sub(r'<row r="\d+"', "<row", xml) if not re.search(r"<row(?![^>]*r=)", xml) and _all_rows(xml) else xml
    return re.sub(r"<row[^>]*>.*?</row>", _without_addresses, xml, flags=re.DOTALL)


def _all_rows(xml: str) -> bool:
    numbers = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
    return numbers == list(range(1, len(numbers) + 1))


def _without_addresses(row: re.Match) -> str:
    letters = re.findall(r'<c r="([A-Z]+)\d+"', row[0])
    whole = [column for number in range(1, len(letters) + 1) for column in [_letters(number)]]
    return re.sub(r'<c r="[A-Z]+\d+"', "<c", row[0]) if letters == whole else row[0]


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def of_excel(xml: str) -> str:
    """Attributes, namespaces and elements that today's Excel adds."""
    xml = re.sub(
        r"<worksheet ",
        '<worksheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
        'xr:uid="{00000000-0001-0000-0000-000000000000}" ',
        xml,
    )
    xml = re.sub(r"<row ([^>]*?)(/?)>", r'<row \1 ht="15.6" x14ac:dyDescent="0.3"\2>', xml)
    return xml.replace(
        "</worksheet>",
        '<mc:AlternateContent><mc:Choice Requires="x14"><controls/></mc:Choice></mc:AlternateContent>'
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>',
    )


def alternative_formats(parts: Parts) -> Parts:
    """Number formats and cell styles of which there is one for newer programs and one for all."""
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'

    def choice(match: re.Match) -> str:
        other = re.sub(r'formatCode="[^"]*"', 'formatCode="0.000"', match[0])
        return (
            f'<mc:AlternateContent {space}><mc:Choice Requires="x16r2">{other}</mc:Choice>'
            f"<mc:Fallback>{match[0]}</mc:Fallback></mc:AlternateContent>"
        )

    return _edited(parts, lambda xml: re.sub(r"<numFmt [^>]*/>", choice, xml), lambda name: name == STYLES)


def texts_of(parts: Parts) -> list[str]:
    """The string table."""
    if SHARED not in parts:
        return []
    root = etree.fromstring(parts[SHARED])
    return ["".join(entry.itertext(f"{{{MAIN}}}t")) for entry in root.iter(f"{{{MAIN}}}si")]


def inline_texts(parts: Parts) -> Parts:
    """Texts in the cells, and no string table."""
    texts = [
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
        for text in texts_of(parts)
    ]

    def inline(match: re.Match) -> str:
        return f't="inlineStr"><is><t xml:space="preserve">{texts[int(match[1])]}</t></is></c>'

    parts = _edited(parts, lambda xml: re.sub(r't="s"><v>(\d+)</v></c>', inline, xml), _is_sheet)
    parts = {name: data for name, data in parts.items() if name != SHARED}
    gone = _edited(
        parts, lambda xml: re.sub(r"<Relationship [^>]*sharedStrings[^>]*/>", "", xml), BOOK_RELATIONS.__eq__
    )
    return _edited(gone, lambda xml: re.sub(r"<Override [^>]*sharedStrings[^>]*/>", "", xml), TYPES.__eq__)


def rich_texts(parts: Parts) -> Parts:
    """Texts in several fonts, with their readings."""

    def rich(match: re.Match) -> str:
        text = match[1]
        half = 0 if "&" in text or "_x" in text else len(text) // 2
        return (
            f'<si><r><t xml:space="preserve">{text[:half]}</t></r><r><rPr><b/></rPr>'
            f'<t xml:space="preserve">{text[half:]}</t></r><rPh sb="0" eb="1"><t>yǎnshì</t></rPh>'
            '<phoneticPr fontId="1"/></si>'
        )

    pattern = r"<si><t(?: [^>]*)?>([^<]*)</t></si>"
    return _edited(parts, lambda xml: re.sub(pattern, rich, xml), lambda name: name == SHARED)


def without(*kinds: str) -> Callable[[Parts], Parts]:
    """The workbook without parts that it can do without."""

    def spell(parts: Parts) -> Parts:
        pattern = rf"<(?:Relationship|Override) [^>]*(?:{'|'.join(kinds)})[^>]*/>"
        gone = {name: data for name, data in parts.items() if not re.search("|".join(kinds), name)}
        return _edited(gone, lambda xml: re.sub(pattern, "", xml), lambda name: name == TYPES or name.endswith(".rels"))

    return spell


def without_size(xml: str) -> str:
    return re.sub(r"<dimension [^>]*/>", "", xml)


def blanks_added(xml: str) -> str:
    """Formats, blanks and empty texts to the last row and the last column that Excel has."""
    far = (
        '<row r="1048575" s="0" customFormat="1"><c r="A1048575"/><c r="XFC1048575" s="0"/></row>'
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t> </t></is></c>'
        '<c r="XFD1048576" t="str"><v></v></c></row>'
    )
    return xml.replace("</sheetData>", f"{far}</sheetData>")


# In the order in which they can follow each other: cells, signs, names of parts, encodings.
SPELLINGS: dict[str, Callable[[Parts], Parts]] = {
    "blanks at the far end": in_sheets(blanks_added),
    "iso dates": iso_dates,
    "inline texts": inline_texts,
    "rich texts": rich_texts,
    "alternative formats": alternative_formats,
    "without size": in_sheets(without_size),
    "without theme and properties": without("theme", "docProps"),
    "without addresses": in_sheets(without_references),
    "style before address": in_sheets(style_first),
    "row number last": in_sheets(number_last),
    "as Excel": in_sheets(of_excel),
    "strict": strict,
    "indented": in_sheets(indented),
    "prefixed sheets": in_sheets(prefixed),
    "prefixed": prefixed_everywhere,
    "single quotes": in_sheets(single_quotes),
    "Styles.xml": renamed(STYLES, "xl/Styles.xml"),
    "styles2.xml": renamed(STYLES, "xl/styles2.xml"),
    "sharedStrings2.xml": renamed(SHARED, "xl/sharedStrings2.xml"),
    "workbook22.xml": renamed_book,
    "sheets in UTF-16": wide("utf-16", _is_sheet),
    "all in UTF-16, big end first": wide("utf-16-be", _is_xml),
    "UTF-8 with marks": marked_utf8,
    "entries in capitals": other_case,
    "entries in small letters": lower_case,
}
# Of each of these at most one.
ALTERNATIVES = (
    {"Styles.xml", "styles2.xml"},
    {"sheets in UTF-16", "all in UTF-16, big end first", "UTF-8 with marks"},
    {"entries in capitals", "entries in small letters"},
)


def spelled(parts: Parts, *names: str) -> Parts:
    """The parts in several spellings; of alternatives, in the first."""
    chosen = [name for name in SPELLINGS if name in names]
    for ways in ALTERNATIVES:
        taken = [name for name in chosen if name in ways]
        chosen = [name for name in chosen if name not in taken[1:]]
    for name in chosen:
        parts = SPELLINGS[name](parts)
    return parts
