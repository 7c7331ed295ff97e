"""The kinds of rows that 明细查询 lists (`data/detail.toml`), and the columns of each set with type and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from contract.declarations import Column, code_lists, districts, forms, told
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS
from contract.viewer import Viewer, may_see, shows
from metrics.indicators.relations import Relation, check_fields, read_toml, relations

FILE = "detail.toml"
FIELDS = ("code", "name", "unit", "form", "own", "sets", "columns", "headings", "sums", "firms")
# What a column is asked for by: codes from a list, a span from low to high, a text that it contains.
CODES, SPAN, TEXT = "codes", "span", "text"
SPANS = ("money", "rate", "int", "days", "date")


@dataclass(frozen=True)
class Kind:
    """One kind of rows: whose they are, what is shown of them, what is added up."""

    code: str
    name: str
    unit: str
    form: str
    own: str
    sets: Mapping[str, str]  # set → what it is called
    columns: tuple[str, ...]
    headings: Mapping[str, str]  # column → what stands above it in the list, where that is not its own name
    sums: tuple[str, ...]
    firms: str

    @property
    def area(self) -> str:
        """The area of `data/access.csv` that says whose rows a role reaches: the form's."""
        return forms()[self.form].area

    def shows(self, viewer: Viewer, column: Column) -> bool:
        """Whether a column is open to who reaches these rows: by its level, and no other member by name to a member."""
        names_another = column.type == "institution" and column.code != self.own
        return shows(viewer, column.level, column.area) and (viewer.bureau or not names_another)

    def open_to(self, viewer: Viewer) -> bool:
        return may_see(viewer, self.area)


@cache
def _declared() -> dict[str, Any]:
    return read_toml(DECLARATIONS / FILE)


@cache
def kinds() -> dict[str, Kind]:
    """Code → kind of rows, in declared order. Raises DeclarationError."""
    result: dict[str, Kind] = {}
    for row in _declared()["kind"]:
        where = f"{FILE}的{row.get('code', '（未命名）')}"
        check_fields(row, FIELDS, FIELDS, where)
        for code in row["sets"]:
            if code not in relations() or relations()[code].form != row["form"]:
                raise DeclarationError(f"{where}的集合“{code}”应是表{row['form']}的集合")
            known = columns_of(relations()[code])
            for column in (row["own"], *row["columns"], *row["headings"], *row["sums"]):
                if column not in known:
                    raise DeclarationError(f"{where}的集合{code}没有可供查询的列“{column}”")
            check_room([known[column] for column in row["columns"]], f"{where}的集合{code}")
        lists = {name: tuple(row[name]) for name in ("columns", "sums")}
        result[row["code"]] = Kind(**row | lists | {name: MappingProxyType(row[name]) for name in ("sets", "headings")})
    return result


def width_of(column: Column) -> int | None:
    """How many pixels a column of a list takes at least; None for one that takes what its cells do."""
    widths = _declared()["widths"]
    return widths.get(column.code, widths.get(column.type))


def check_room(columns: Sequence[Column], where: str) -> None:
    """Raises DeclarationError where columns do not fit beside each other into the list on the smallest usual screen."""
    widths, place = [width_of(column) for column in columns], _declared()["place"]
    unknown = [column.code for column, width in zip(columns, widths, strict=True) if width is None]
    if unknown:
        raise DeclarationError(f"{where}默认显示的列{'、'.join(unknown)}没有声明宽度")
    if sum(widths) > place:
        raise DeclarationError(f"{where}默认显示的列共宽{sum(widths)}像素，超过列表的{place}像素")


def kind_of(code: str) -> Kind:
    """One kind of rows. Raises CallError where there is none of that code."""
    if code not in kinds():
        raise CallError(f"明细查询没有“{code}”这一类，应为{'、'.join(kinds())}之一")
    return kinds()[code]


def kind_of_set(code: str) -> Kind | None:
    """The kind whose rows a set holds; None for a set of another form."""
    return next((kind for kind in kinds().values() if relations()[code].form == kind.form), None)


@cache
def columns_of(relation: Relation) -> Mapping[str, Column]:
    """Code → column of a set that can be shown and filtered: the form's own in their order, after those that the set
    adds."""
    own = {column.code: column for column in forms()[relation.form].columns} if relation.form else {}
    added = {
        code: _added(code, relation)
        for code in relation.columns
        if code in _declared()["types"] and (code not in own or code in relation.scopes)
    }
    kept = {code: column for code, column in own.items() if code in relation.columns and code not in added}
    return MappingProxyType(added | kept)


def _added(code: str, relation: Relation) -> Column:
    return replace(told(code, _declared()["types"][code], FILE), header=relation.name_of(code))


def asked_by(column: Column) -> str:
    """How a column is asked for: one of CODES, SPAN, TEXT."""
    if column.type in SPANS:
        return SPAN
    return CODES if column.code_list or column.type in ("flag", "district", "institution") else TEXT


@cache
def codes_of(column: Column) -> Mapping[str, str]:
    """Code → name of what a column can hold; empty for members, whom the snapshot knows."""
    if column.type == "flag":
        return {"true": "是", "false": "否"}
    if column.type == "district":
        return {unit.code: unit.short_name for unit in districts().values()}
    return code_lists()[column.code_list] if column.code_list else {}
