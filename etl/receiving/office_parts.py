"""The parts of an Office package: what each of them is and what it leads to, as content types and relations say it.

Nothing is found by its usual name, and names are alike without regard to case, as the standard has both.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from lxml import etree

from contract.errors import RefusedFile
from contract.unseen import shown
from etl.receiving.advice import REPAIR
from etl.receiving.zip_parts import Parts

CONTENT_TYPES = "[content_types].xml"
PARSING = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
WIDE_BEGINNINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
UTF8_BOM = b"\xef\xbb\xbf"
DECLARATION = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["'][^>]*\?>|<\?xml\b[^>]*\?>""")
NARROW, WIDE = {"utf-8", "utf8", "us-ascii", "ascii"}, {"utf-16", "utf-16le", "utf-16be", "ucs-2", "iso-10646-ucs-2"}
DOCUMENT_TYPES = (b"<!DOCTYPE", b"<!ENTITY")
RELATION_TYPES = "/relationships/"


@dataclass(frozen=True)
class Relation:
    """What a part leads to: the kind is the last word of the relation's type, the target a part's full name."""

    id: str
    kind: str
    target: str
    is_outside: bool = False


@dataclass(frozen=True)
class OfficeParts:
    """A zip's files as parts of a package. Names are full, without a slash in front and in small letters."""

    parts: Parts

    @cached_property
    def entries(self) -> dict[str, str]:
        """Name of a part → of the zip's entry. Raises RefusedFile where two entries are one part."""
        entries: dict[str, str] = {}
        for entry in self.parts:
            name = _name(entry)
            if name in entries:
                raise RefusedFile(f"工作簿中有两个“{shown(entry)}”（只有大小写不同），不知以哪个为准；{REPAIR}")
            entries[name] = entry
        return entries

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def xml(self, name: str, called: str = "") -> bytes:
        """A part's XML in UTF-8. Raises RefusedFile for another encoding, or a document type.

        The part is named in the refusal as it is called, else as its entry of the zip.
        """
        return plain_xml(self.parts.read(self.entries[name]), called or self.entries[name])

    def tree(self, name: str) -> etree._Element:
        """A part's root element. Raises RefusedFile where it is no XML."""
        return parsed(self.xml(name), self.entries[name])

    @cached_property
    def _types(self) -> tuple[dict[str, str], dict[str, str]]:
        """Content types by ending, and by name of a part."""
        by_ending: dict[str, str] = {}
        by_name: dict[str, str] = {}
        if CONTENT_TYPES in self:
            for element in self.tree(CONTENT_TYPES).iterchildren("{*}Default", "{*}Override"):
                content_type = element.get("ContentType", "").strip().lower()
                if element.get("PartName") is None:
                    by_ending[element.get("Extension", "").lower()] = content_type
                else:
                    by_name[_name(element.get("PartName"))] = content_type
        return by_ending, by_name

    def content_type(self, name: str) -> str:
        """What a part is said to be, in small letters; empty where nothing is said of it."""
        by_ending, by_name = self._types
        return by_name.get(name) or by_ending.get(posixpath.splitext(name)[1].lstrip("."), "")

    def content_types(self) -> set[str]:
        """What parts are said to be, one by one or by their endings, of which some programs list more than they use."""
        return {*self._types[1].values(), *map(self.content_type, self)}

    def relations(self, name: str = "") -> list[Relation]:
        """What a part leads to; without a name, the package. Raises RefusedFile for two relations of one name."""
        folder, base = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self:
            return []
        relations: dict[str, Relation] = {}
        for element in self.tree(listing).iterchildren("{*}Relationship"):
            relation = _relation(element, folder)
            if relation.id in relations:
                raise RefusedFile(f"工作簿的“{shown(self.entries[listing])}”有两个{shown(relation.id)}；{REPAIR}")
            relations[relation.id] = relation
        return list(relations.values())

    def main(self) -> str | None:
        """The part that the package is about, where a relation says so and it is there."""
        targets = {relation.target for relation in self.relations() if relation.kind == "officedocument"}
        return next(iter(targets & self.entries.keys()), None) if len(targets) == 1 else None


def _name(written: str) -> str:
    return unquote(written).replace("\\", "/").lstrip("/").lower()


def _relation(element: etree._Element, folder: str) -> Relation:
    kind = element.get("Type", "").rpartition(RELATION_TYPES)[2].lower()
    outside = element.get("TargetMode", "").lower() == "external"
    written = unquote(element.get("Target", "")).replace("\\", "/").lower()
    target = posixpath.normpath(posixpath.join("/", folder, written)).lstrip("/")
    return Relation(element.get("Id", ""), kind, target, outside)


def plain_xml(xml: bytes, part: str) -> bytes:
    """XML in UTF-8 whatever it came in, of those that the standard allows. Raises RefusedFile."""
    wide = WIDE_BEGINNINGS.get(xml[:2])
    if wide:
        try:
            xml = xml.decode(wide).removeprefix("\ufeff").encode()
        except UnicodeError as error:
            raise RefusedFile(f"工作簿的“{shown(part)}”不是完整的UTF-16编码；{REPAIR}") from error
    xml = xml.removeprefix(UTF8_BOM)
    refuse_entities(xml, part)
    declaration = DECLARATION.match(xml)
    encoding = (declaration[1] or b"").decode().lower() if declaration else ""
    if encoding and encoding not in (WIDE if wide else NARROW):
        told = "所声明的编码与内容不符" if encoding in NARROW | WIDE else "的编码不是UTF-8或UTF-16"
        raise RefusedFile(f"工作簿的“{shown(part)}”{told}（{shown(encoding)}）；{REPAIR}")
    return xml[declaration.end() :] if wide and declaration else xml


def refuse_entities(xml: bytes, part: str) -> None:
    """Raises RefusedFile for XML that declares a document type: no program writes one into a workbook."""
    # The sign alone is looked for many times as fast.
    if b"!" in xml and any(declared in xml for declared in DOCUMENT_TYPES):
        raise RefusedFile(f"工作簿的“{shown(part)}”声明了XML实体，已拒收；请用Excel另存为.xlsx后重新报送")


def parsed(xml: bytes, part: str) -> etree._Element:
    """The root element of a part. Raises RefusedFile where the bytes are no XML."""
    try:
        return etree.fromstring(xml, etree.XMLParser(**PARSING))
    except etree.XMLSyntaxError as error:
        raise RefusedFile(f"工作簿的“{shown(part)}”不完整或已损坏，无法读取；{REPAIR}") from error
