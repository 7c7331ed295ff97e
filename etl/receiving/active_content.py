"""What a workbook may carry besides its cells, and may not: macros, links, embedded objects, entities of XML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.zip_parts import Parts

CONTENT_TYPES = "[Content_Types].xml"
UNLINK = "请在Excel“数据—编辑链接”中断开链接，只保留数值后重新报送"
# What is found in the name of a part or in its declared content type, in small letters.
REFUSED = (
    ("vbaproject|vbadata|macroenabled|macrosheet|dialogsheet", "文件含有宏，已拒收；请另存为不含宏的.xlsx工作簿"),
    ("externallink", f"文件引用了其他文件的数据（外部链接），已拒收；{UNLINK}"),
    ("embeddings/|oleobject|activex", "文件含有嵌入对象或控件，已拒收；请删除后重新报送"),
    (r"xl/connections|connections\+|querytable", f"文件含有外部数据连接，已拒收；{UNLINK}"),
)
TARGET_OUTSIDE = re.compile(r"""<(?:\w+:)?Relationship\b[^>]*\bTargetMode\s*=\s*["']External["'][^>]*>""")
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
HYPERLINK = re.compile(r"""\bType\s*=\s*["'][^"']*/hyperlink["']""")
DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")


def _text(xml: bytes) -> str:
    """The text of a part; enough to look for what is plain ASCII, whatever its encoding."""
    encodings = dict.fromkeys(WIDE_BOMS, "utf-16") | {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    return xml.decode(encodings.get(xml[:2], "latin-1"), "replace")


def refuse_active(parts: Parts) -> None:
    """Raises RefusedFile for a workbook that carries what could run, or what lies outside of it."""
    _refuse_named(name.lower() for name in parts)
    if CONTENT_TYPES in parts:
        types = re.findall(r"""ContentType\s*=\s*["']([^"']*)""", _text(parts.read(CONTENT_TYPES)))
        _refuse_named(map(str.lower, types))
    for name in parts:
        if name.endswith(".rels"):
            relations = parts.read(name)
            refuse_entities(relations, name)
            if any(not HYPERLINK.search(outside) for outside in TARGET_OUTSIDE.findall(_text(relations))):
                raise RefusedFile(f"文件引用了其他文件或网址的内容（{shown(name)}），已拒收；{UNLINK}")


def _refuse_named(names: Iterable[str]) -> None:
    text = "\n".join(names)
    for found, told in REFUSED:
        if re.search(found, text):
            raise RefusedFile(told)


def refuse_entities(xml: bytes, part: str) -> None:
    """Raises RefusedFile for a part that declares a document type: no program writes one into a workbook."""
    encodings = ("utf-16-le", "utf-16-be") if b"\0" in xml[:4] or xml[:2] in WIDE_BOMS else ("ascii",)
    if any(declaration.encode(encoding) in xml for declaration in DECLARATIONS for encoding in encodings):
        raise RefusedFile(f"工作簿的“{shown(part)}”声明了XML实体，已拒收；请用Excel另存为.xlsx后重新报送")
