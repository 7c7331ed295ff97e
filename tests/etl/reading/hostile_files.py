"""Files that mean harm, or look as if they did: each made anew from a valid submission, with what must be said of it.

All but one are generated here; `samples/encrypted.xlsx` was encrypted by a real program (ECMA-376, agile).
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.etl.submissions import csv_files, submission, workbook, zipped

NAME = "2026-09_B001"
SHEET_OF_B1 = "xl/worksheets/sheet2.xml"
VALID = workbook(submission())
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Hostile:
    """One file: its bytes, the words that its refusal must have, and the name under which it comes."""

    content: bytes
    told: str
    name: str = f"{NAME}.xlsx"


def entry(name: str, mode: int = 0, packing: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """A zip's entry as Unix writes it, with its file mode."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    info.compress_type = packing
    return info


def with_entries(*entries: tuple[str | zipfile.ZipInfo, bytes], base: bytes | None = None) -> bytes:
    """A valid zip of CSV files, or `base`, with more entries."""
    content = io.BytesIO(base or zipped(csv_files(submission())))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return content.getvalue()


def with_parts(parts: Mapping[str, bytes] | None = None, edits: Mapping[str, Callable] | None = None) -> bytes:
    """A valid workbook with parts added, and the text of others edited."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(VALID)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            edit = (edits or {}).get(name)
            data = source.read(name)
            changed = edit(data.decode()) if edit else data
            target.writestr(name, changed.encode() if isinstance(changed, str) else changed)
        for name, data in (parts or {}).items():
            target.writestr(name, data)
    return written.getvalue()


def typed_as(content_type: str, part: str = "/xl/anything.bin") -> Callable[[str], str]:
    """[Content_Types].xml that declares one more part."""
    return lambda xml: xml.replace("</Types>", f'<Override PartName="{part}" ContentType="{content_type}"/></Types>')


def related(kind: str, target: str) -> Callable[[str], str]:
    """A part's relations with one more, to what lies outside of the file."""
    more = f'<Relationship Id="rId99" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/>'
    return lambda xml: xml.replace("</Relationships>", f"{more}</Relationships>")


def declared(doctype: str, reference: str = "") -> Callable[[str], str]:
    """A part with a document type, whose entity the first text refers to."""

    def edit(xml: str) -> str:
        head, body = re.match(r"(<\?xml.*?\?>)(.*)", xml, re.DOTALL).groups()
        return f"{head}\n{doctype}{body}".replace("<t>", f"<t>{reference}", 1)

    return edit


LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
LAUGHTER = declared(f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;")
OUTSIDE = declared('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;")


def lying(content: bytes, name: str, said: int) -> bytes:
    """A zip whose directory, and the header before the entry, say another unpacked size than is true."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo(name).header_offset
    listed = content.rindex(name.encode()) - 46  # the entry in the directory, a fixed length before its name
    assert content[start : start + 4] == b"PK\x03\x04" and content[listed : listed + 4] == b"PK\x01\x02"
    changed[start + 22 : start + 26] = changed[listed + 24 : listed + 28] = struct.pack("<I", said)
    return bytes(changed)


def many_sheets(count: int) -> bytes:
    """A workbook that lists so many sheets, all of them the same part."""

    def edit(xml: str) -> str:
        more = "".join(f'<sheet name="S{at}" sheetId="{at + 100}" r:id="rId1"/>' for at in range(count))
        return xml.replace("</sheets>", f"{more}</sheets>")

    return with_parts(edits={"xl/workbook.xml": edit})


def in_b1(edit: Callable[[str], str]) -> bytes:
    return with_parts(edits={SHEET_OF_B1: edit})


def rows_added(rows: str) -> Callable[[str], str]:
    return lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>")


def old_office(stream: str) -> bytes:
    """The beginning of an old Office file and the name of its main stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


def twice() -> bytes:
    """A zip with two entries of one name."""
    files = csv_files(submission())
    return with_entries(("B9.csv", b"other"), base=zipped(files)).replace(b"B9.csv", b"B1.csv")


def document(part: str) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", part: b"<x/>"})


LARGE = zipped({"cover.csv": b"item,value\n", "B1.csv": b"x,y\n" * 1_250_000})
SYMLINK = entry("B9.csv", stat.S_IFLNK | 0o777)
DEVICE = entry("B9.csv", stat.S_IFCHR | 0o666)
NO_RELATIONS = "<Relationships></Relationships>"
LONG = "长" * 300

HOSTILE: dict[str, Hostile] = {
    "a zip bomb": Hostile(with_entries(("B9.csv", b"0" * 100_000_000)), "解开后过大"),
    "a zip bomb of many files": Hostile(zipped({f"{at}.csv": b"x" for at in range(2_001)}), "2001个文件"),
    "a zip that lies about a size": Hostile(lying(LARGE, "B1.csv", 100_000), "B1.csv”的实际内容与压缩包目录所记不符"),
    "a zip that promises more than it has": Hostile(
        lying(LARGE, "B1.csv", 5_000_001), "B1.csv”的实际内容与压缩包目录所记不符"
    ),
    "a zip in a zip": Hostile(with_entries(("内.zip", zipped({"B1.csv": b"x"}))), "内.zip”是压缩包"),
    "a workbook in a zip": Hostile(zipped({f"{NAME}.xlsx": VALID}), "xlsx”是工作簿"),
    "a zip named as a csv": Hostile(
        with_entries(("B9.csv", zipped({"a": b"x"}))), "B9.csv”是压缩包或工作簿", f"{NAME}.zip"
    ),
    "a workbook that lies about a size": Hostile(
        lying(VALID, "xl/sharedStrings.xml", 10), "sharedStrings.xml”的实际内容与压缩包目录所记不符"
    ),
    "entities that multiply in the texts": Hostile(
        with_parts(edits={"xl/sharedStrings.xml": LAUGHTER}), "sharedStrings.xml”声明了XML实体"
    ),
    "entities that multiply in a sheet": Hostile(in_b1(LAUGHTER), "B1”声明了XML实体"),
    "entities that multiply in the styles": Hostile(
        with_parts(edits={"xl/styles.xml": LAUGHTER}), "styles.xml”声明了XML"
    ),
    "an entity from outside": Hostile(with_parts(edits={"xl/sharedStrings.xml": OUTSIDE}), "声明了XML实体"),
    "an entity in the relations": Hostile(
        with_parts(edits={"xl/_rels/workbook.xml.rels": OUTSIDE}), "workbook.xml.rels”声明了XML实体"
    ),
    "an entity in UTF-16": Hostile(
        with_parts(edits={"xl/styles.xml": lambda xml: LAUGHTER(xml).encode("utf-16")}), "styles.xml”声明了XML实体"
    ),
    "macros": Hostile(with_parts({"xl/vbaProject.bin": b"x"}), "含有宏"),
    "macros under another name": Hostile(
        with_parts(edits={"[Content_Types].xml": typed_as("application/vnd.ms-office.vbaProject")}), "含有宏"
    ),
    "an xlsm": Hostile(
        with_parts(
            edits={"[Content_Types].xml": lambda xml: xml.replace("sheet.main+xml", "sheet.macroEnabled.main+xml")}
        ),
        "含有宏",
        f"{NAME}.xlsm",
    ),
    "macros of the old kind": Hostile(with_parts({"xl/macrosheets/sheet1.xml": b"<x/>"}), "含有宏"),
    "links to another workbook": Hostile(with_parts({"xl/externalLinks/externalLink1.xml": b"<x/>"}), "外部链接"),
    "a picture from the network": Hostile(
        with_parts({"xl/drawings/_rels/d.xml.rels": related("image", "http://192.0.2.1/x.png")(NO_RELATIONS).encode()}),
        "其他文件或网址",
    ),
    "a template from the network": Hostile(
        with_parts(edits={"xl/_rels/workbook.xml.rels": related("attachedTemplate", "\\\\192.0.2.1\\x")}),
        "其他文件或网址",
    ),
    "embedded objects": Hostile(with_parts({"xl/embeddings/oleObject1.bin": b"x"}), "嵌入对象"),
    "a control": Hostile(with_parts({"xl/activeX/activeX1.xml": b"<x/>"}), "嵌入对象或控件"),
    "a data connection": Hostile(with_parts({"xl/connections.xml": b"<x/>"}), "外部数据连接"),
    "a path that leads out": Hostile(with_entries(("../B3.csv", b"x")), "指向压缩包之外"),
    "a path that leads out in the middle": Hostile(with_entries(("a/../../B3.csv", b"x")), "指向压缩包之外"),
    "an absolute path": Hostile(with_entries(("/etc/B9.csv", b"x")), "/etc/B9.csv”不合规范"),
    "a drive letter": Hostile(with_entries(("C:/B9.csv", b"x")), "C:/B9.csv”不合规范"),
    "backslashes that lead out": Hostile(with_entries(("..\\B3.csv", b"x")), "指向压缩包之外"),
    "backslashes from the root": Hostile(with_entries(("\\etc\\B9.csv", b"x")), "/etc/B9.csv”不合规范"),
    "a link in a zip": Hostile(with_entries((SYMLINK, b"/etc/passwd")), "B9.csv”不是普通文件"),
    "a device in a zip": Hostile(with_entries((DEVICE, b"")), "B9.csv”不是普通文件"),
    "two entries of one name": Hostile(twice(), "两个“B1.csv”"),
    "a name that turns its direction": Hostile(with_entries(("B3\u202evsc.exe.csv", b"x")), r"B3<U\+202E>vsc"),
    "a name with a line end": Hostile(with_entries(("B3\n.csv", b"x")), "不合规范"),
    "a name beyond measure": Hostile(with_entries((f"{LONG}.csv", b"x")), "共304字"),
    "a method of packing that nobody uses": Hostile(
        with_entries((entry("B9.csv", packing=zipfile.ZIP_BZIP2), b"x")), "B9.csv”的压缩方式"
    ),
    "an empty zip": Hostile(zipped({}), "压缩包是空的"),
    "an empty file": Hostile(b" \n", "文件是空的"),
    "text as a workbook": Hostile("贷款合同编号,借款人名称\n1,演示\n".encode(), "一张文本表"),
    "a roster": Hostile("\ufeff编码,名称,类别,同组,评估上限（万元）,纳入日期\n".encode(), "是试点名单，不是报送文件"),
    "a roster for commands": Hostile(b"code,name,kind,peer_group,ceiling,admitted_on\n", "在“启用准备”页登记"),
    "a PDF": Hostile(b"%PDF-1.7\n1 0 obj\n", "PDF"),
    "a picture": Hostile(b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
    "an old workbook": Hostile(old_office("Workbook"), "旧版Office", f"{NAME}.xls"),
    "a page saved as a workbook": Hostile(
        b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table></html>", "网页", f"{NAME}.xls"
    ),
    "an XML table": Hostile(b'<?xml version="1.0"?><Workbook/>', "XML表格"),
    "a document renamed": Hostile(document("word/document.xml"), "Word文档"),
    "a binary workbook": Hostile(document("xl/workbook.bin"), "xlsb"),
    "another archive": Hostile(b"Rar!\x1a\x07\x01\x00", "rar、7z"),
    "a program": Hostile(b"MZ\x90\x00", "程序"),
    "noise": Hostile(bytes(range(256)) * 8, "既不是Excel工作簿"),
    "an encrypted workbook": Hostile((Path(__file__).parent / "samples" / "encrypted.xlsx").read_bytes(), "打开密码"),
    "a workbook cut off": Hostile(VALID[: len(VALID) * 2 // 3], "不完整或已损坏"),
    "2,000 sheets": Hostile(many_sheets(2_000), "工作表超过200个"),
    "two sheets of one name": Hostile(
        with_parts(edits={"xl/workbook.xml": lambda xml: xml.replace('name="I1"', 'name="B1"')}), "B1”重复"
    ),
    "a sheet name that turns its direction": Hostile(
        with_parts(edits={"xl/workbook.xml": lambda xml: xml.replace('name="I1"', 'name="I1&#x202E;x"')}), r"<U\+202E>"
    ),
    "a cell at the far corner": Hostile(
        in_b1(rows_added('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "B1"
    ),
    "a shared text out of range": Hostile(
        in_b1(rows_added('<row r="9"><c r="A9" t="s"><v>999999</v></c></row>')), "工作表“B1”已损坏"
    ),
    "a sheet whose size is no size": Hostile(
        in_b1(lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="#REF!"', xml)), "工作表“B1”已损坏"
    ),
    "a file's name that turns its direction": Hostile(VALID, r"<U\+202E>", f"{NAME}\u202exslx.exe"),
    "a file's name with a control character": Hostile(VALID, r"<U\+0007>", f"{NAME}\a.xlsx"),
    "a file's name beyond measure": Hostile(VALID, "共.*字", f"{NAME}_{'x' * 200}.xlsx"),
}
