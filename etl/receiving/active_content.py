"""What a workbook may carry besides its cells, and may not: macros, links, embedded objects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.office_parts import OfficeParts

UNLINK = "请在Excel“数据—编辑链接”中断开链接，只保留数值后重新报送"
# What is found in the name of a part, in its declared content type or in the kind of a relation, in small letters.
REFUSED = (
    (
        "vbaproject|vbadata|macroenabled|macrosheet|dialogsheet",
        "文件含有宏，已拒收；请按“文件—另存为”，类型选“Excel工作簿（*.xlsx）”（不含宏）后重新报送",
    ),
    ("externallink", f"文件引用了其他文件的数据（外部链接），已拒收；{UNLINK}"),
    ("embeddings/|oleobject|activex", "文件含有嵌入对象或控件，已拒收；请删除后重新报送"),
    (r"xl/connections|connections\+|^connections$|querytable", f"文件含有外部数据连接，已拒收；{UNLINK}"),
)


def refuse_active(office: OfficeParts) -> None:
    """Raises RefusedFile for a workbook that carries what could run, or what lies outside of it."""
    _refuse_named(office)
    _refuse_named(office.content_types())
    for listing in office:
        folder, _, name = listing.rpartition("_rels/")
        if not name.endswith(".rels"):
            continue
        relations = office.relations(folder + name.removesuffix(".rels"))
        _refuse_named(relation.kind for relation in relations)
        if any(relation.is_outside and relation.kind != "hyperlink" for relation in relations):
            entry = shown(office.entries[listing])
            raise RefusedFile(f"文件引用了其他文件或网址的内容（{entry}），已拒收；{UNLINK}")


def _refuse_named(names: Iterable[str]) -> None:
    text = "\n".join(names)
    for pattern, told in REFUSED:
        if re.search(pattern, text, re.MULTILINE):
            raise RefusedFile(told)
