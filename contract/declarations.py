"""The data contract as objects: forms, columns, code lists, regions and their districts, read from `data/`.

One declaration drives reading, checks, template, data dictionary and demonstration data.

`data/regions.csv` declares regions, `data/districts.csv` the units of each; `PILOT_REGIONS` names a folder with others.
Where one region is declared, every process is that region's. Where several are, `PILOT_REGION` names the one whose
home, units and forms a process works with; without it a process is the country's (decision 0036).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from os.path import commonprefix
from pathlib import Path

from contract.errors import CallError, DeclarationError
from contract.levels import level_named, strictest
from contract.settings import DECLARATIONS, read_rows, region_asked

REGIONS, UNITS = "regions.csv", "districts.csv"
COUNTRY = ""  # in place of a region's code
OUTSIDE = "000000"  # 京外: borrowers registered outside the region
SCALAR_TYPES = ("text", "int", "money", "rate", "days", "date", "flag", "district", "institution", "ip", "ip_one")
PARTS_OF_FILE = {"cover": "封面", "file": "文件"}  # what a finding may stand in that is no form
COVER_FIELDS = ("no", "code", "header", "type", "required", "level", "note")
FORM_FIELDS = (*COVER_FIELDS, "source_system")
REGION_ITEM = "region"  # of the cover
COVER_AREA = "intake"  # of `data/access.csv`: who reaches what a cover says
# `B1.balance:贷款余额`, `int/other:笔数`
TOLD = re.compile(r"(?:(?P<form>\w+)\.(?P<column>\w+)|(?P<type>[a-z_]+)/(?P<level>\w+))(?::(?P<name>.+))?")


@dataclass(frozen=True)
class Region:
    """One region: code by GB/T 2260, and what it is called."""

    code: str
    name: str
    short_name: str


def declared_in() -> Path:
    """The folder with these files."""
    return Path(os.environ.get("PILOT_REGIONS") or DECLARATIONS)


@cache
def _regions(folder: Path) -> Mapping[str, Region]:
    if not (folder / REGIONS).is_file():
        raise CallError(f"环境变量PILOT_REGIONS所指的目录{folder}中没有{REGIONS}")
    rows = [Region(**row) for row in read_rows(folder / REGIONS, "code", "name", "short_name")]
    codes = [region.code for region in rows]
    if not codes or len(set(codes)) != len(codes) or any(len(code) != 6 or not code.isdigit() for code in codes):
        raise DeclarationError(f"{REGIONS}应至少有一个区域，编码为六位数字且不重复")
    return {region.code: region for region in rows}


def regions() -> Mapping[str, Region]:
    """Code → region, in declared order. Raises DeclarationError, CallError where `PILOT_REGIONS` names no folder."""
    return _regions(declared_in())


def here() -> str:
    """The code of the region whose process this is, `COUNTRY` where it is the country's. Raises CallError where
    `PILOT_REGION` names none that is declared."""
    asked = region_asked()
    if asked and asked not in regions():
        raise CallError(f"没有声明区域“{asked}”（PILOT_REGION），应为{'、'.join(regions())}之一")
    return asked or (next(iter(regions())) if len(regions()) == 1 else COUNTRY)


def only_in_a_region(what: str) -> None:
    """Raises CallError in a process of the country: what members file and what is decided of them is a region's."""
    if here() == COUNTRY:
        raise CallError(f"全国一级不办理{what}，请以环境变量PILOT_REGION指明区域")


@dataclass(frozen=True)
class Column:
    """One column of a form (or one item of the cover), or of a list that tells of their rows."""

    no: int
    code: str
    header: str
    type: str
    required: bool
    note: str
    source_system: str
    length: int | None = None
    level: str = field(kw_only=True)  # of `data/levels.csv`
    area: str = field(default="", kw_only=True)  # of `data/access.csv`: who reaches its form's rows; empty: no form's

    @property
    def code_list(self) -> str | None:
        """The code list that the values come from, if any."""
        if self.type in ("ip", "ip_one"):
            return "ip"
        return None if self.type in SCALAR_TYPES else self.type


@dataclass(frozen=True)
class Form:
    """One form of a submission: its columns in template order, who files it, how often."""

    code: str
    name: str
    by: str  # bank, district, all
    cadence: str  # month, quarter
    key: tuple[str, ...]
    rows: str  # any, one
    area: str  # of `data/access.csv`: who reaches its rows
    columns: tuple[Column, ...]

    @property
    def sheet(self) -> str:
        return f"{self.code} {self.name}"

    def column(self, code: str) -> Column:
        for column in self.columns:
            if column.code == code:
                return column
        raise DeclarationError(f"表{self.code}没有列“{code}”")

    def filed_by(self, kind: str) -> bool:
        return self.by in (kind, "all")

    def due_in(self, period: str) -> bool:
        """Whether the form is expected with this period (`YYYY-MM`)."""
        return self.cadence == "month" or int(period[5:]) % 3 == 0


@dataclass(frozen=True)
class District:
    """One of a region's units (Beijing's 17), or what is outside of it (`OUTSIDE`, 京外)."""

    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...]
    group: str
    region: str = field(kw_only=True)

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.code, self.name, self.short_name, *self.aliases)


def _column(row: dict[str, str], where: str, area: str) -> Column:
    where = f"{where}第{row['no']}列{row['code']}"
    match = re.fullmatch(r"([a-z_]+)(?:\((\d+)\))?", row["type"])
    if not match or (match[1] == "text") != (match[2] is not None):
        raise DeclarationError(f"{where}的类型“{row['type']}”不认识")
    if match[1] not in SCALAR_TYPES and match[1] not in code_lists():
        raise DeclarationError(f"{where}用到未声明的代码表“{match[1]}”")
    return Column(
        no=int(row["no"]),
        code=row["code"],
        header=row["header"],
        type=match[1],
        required=row["required"] == "是",
        note=in_region_words(row["note"]),
        source_system=row.get("source_system", ""),
        length=int(match[2]) if match[2] else None,
        level=level_named(row["level"], where),
        area=area,
    )


def _columns(path: Path, area: str, *fields: str) -> tuple[Column, ...]:
    columns = tuple(_column(row, path.name, area) for row in read_rows(path, *fields))
    for attribute in ("no", "code", "header"):
        values = [getattr(column, attribute) for column in columns]
        twice = {str(value) for value in values if values.count(value) > 1}
        if twice:
            raise DeclarationError(f"{path.name}的{attribute}重复：{'、'.join(sorted(twice))}")
    return columns


@cache
def code_lists() -> dict[str, dict[str, str]]:
    """Code list → code → Chinese name, in declared order."""
    lists: dict[str, dict[str, str]] = {}
    for row in read_rows(DECLARATIONS / "codes.csv", "list", "code", "name"):
        codes = lists.setdefault(row["list"], {})
        if row["code"] in codes or row["name"] in codes.values():
            raise DeclarationError(f"codes.csv的代码表{row['list']}中“{row['code']} {row['name']}”重复")
        codes[row["code"]] = row["name"]
    return lists


def member_groups() -> dict[str, str]:
    """Code → Chinese name of the groups in which members are compared: of banks, then of districts."""
    return code_lists()["peer_group"] | code_lists()["district_group"]


def districts() -> Mapping[str, District]:
    """Code → district of this process's region, what is outside of it last; in a process of the country of them all."""
    return units_of(here())


def units_of(region: str) -> Mapping[str, District]:
    """Code → district of a region, or of the country. Raises DeclarationError."""
    return _units(declared_in(), region)


@cache
def _units(folder: Path, region: str) -> Mapping[str, District]:
    rows = read_rows(folder / UNITS, "region", "code", "name", "short_name", "aliases", "group")
    if unknown := {row["region"] for row in rows} - regions().keys():
        raise DeclarationError(f"{UNITS}中的区域{'、'.join(sorted(unknown))}没有声明")
    if strange := [row["code"] for row in rows if not row["code"].isdigit()]:
        raise DeclarationError(f"{UNITS}中的地区代码{'、'.join(strange)}应为数字")
    found: dict[str, District] = {}
    for row in rows:
        if region not in ("", row["region"]):
            continue
        if row["code"] in found and row["code"] != OUTSIDE:
            raise DeclarationError(f"{UNITS}中的地区代码{row['code']}重复")
        facts = {name: row[name] for name in ("code", "name", "short_name", "group", "region")}
        found[row["code"]] = District(**facts, aliases=tuple(filter(None, row["aliases"].split("、"))))
    if OUTSIDE not in found or len(found) < 2:
        raise DeclarationError(f"{UNITS}中区域{region}应有地区，及代码为{OUTSIDE}的一行（借款人在其外的）")
    return found


def region_words() -> dict[str, str]:
    """What declared texts say for `{region}` (北京), `{region_name}` (北京市), `{region_kind}` (市), `{units}` (how
    many it has), `{outside}` and `{prefix}` (with what all their codes begin)."""
    units = [code for code in districts() if code != OUTSIDE]
    region = regions().get(here())
    return {
        "{region}": region.short_name if region else "全国",
        "{region_name}": region.name if region else "全国",
        "{region_kind}": region.name[-1] if region else "国",  # 市, 省, 区
        "{units}": str(len(units)),
        "{outside}": districts()[OUTSIDE].name,
        "{prefix}": commonprefix(units),  # noqa: RUF071 - of codes, no paths
    }


def in_region_words(text: str, words: Mapping[str, str] | None = None) -> str:
    """A declared text, or the whole of a declaration, with the `region_words` filled in; `words`: those, where many
    texts are read at once."""
    for token, word in (words or region_words()).items():
        text = text.replace(token, word)
    return text


@cache
def forms() -> dict[str, Form]:
    """Code → form, in the order of the contract."""
    rows = read_rows(DECLARATIONS / "forms.csv", "code", "name", "by", "cadence", "key", "rows", "area")
    result = {}
    for row in rows:
        columns = _columns(DECLARATIONS / "forms" / f"{row['code']}.csv", row["area"], *FORM_FIELDS)
        key = tuple(row["key"].split())
        unknown = set(key) - {column.code for column in columns}
        if unknown:
            raise DeclarationError(f"forms.csv中表{row['code']}的主键列{'、'.join(sorted(unknown))}不存在")
        told = {name: row[name] for name in ("code", "name", "by", "cadence", "rows", "area")}
        result[row["code"]] = Form(**told, key=key, columns=columns)
    return result


def form_name(code: str) -> str:
    """What a finding's form is called: `B1 质押贷款明细`, 封面, 文件; a code that is no form stands for itself."""
    return PARTS_OF_FILE.get(code) or (forms()[code].sheet if code in forms() else code)


@cache
def all_cover_items() -> tuple[Column, ...]:
    """The fixed items that a cover can have; control totals (`rows_B1`, `amount_B1`) follow the forms sent."""
    return _columns(DECLARATIONS / "cover.csv", COVER_AREA, *COVER_FIELDS)


def cover_items() -> tuple[Column, ...]:
    """Those that a cover has here: the region is asked for where there are several."""
    return tuple(item for item in all_cover_items() if item.code != REGION_ITEM or len(regions()) > 1)


def filed_level() -> str:
    """The level of a file as it was handed in, or goes back: the strictest of all that the forms declare."""
    return strictest(column.level for form in forms().values() for column in form.columns).code


def told(code: str, said: str, where: str) -> Column:
    """A column of a list that tells of rows: `B1.balance:贷款余额` is a form's column by another name, with its type,
    level and area, `int/other:笔数` is of no form and names its own type and level. Without a name it has the form's,
    or its code. Raises DeclarationError."""
    match = TOLD.fullmatch(said)
    if match is None:
        raise DeclarationError(
            f"{where}的列{code}“{said}”应写明来自哪张表的哪一列（B1.balance:名称），或类型和级别（int/other:名称）"
        )
    if match["form"]:
        if match["form"] not in forms():
            raise DeclarationError(f"{where}的列{code}：没有表“{match['form']}”")
        own = forms()[match["form"]].column(match["column"])
        return replace(own, no=0, code=code, header=match["name"] or own.header, required=False, note="")
    if match["type"] not in SCALAR_TYPES and match["type"] not in code_lists():
        raise DeclarationError(f"{where}的列{code}的类型“{match['type']}”不认识")
    level = level_named(match["level"], f"{where}的列{code}")
    return Column(0, code, match["name"] or code, match["type"], False, "", "", level=level)


def name_of(code_list: str, code: str) -> str:
    """The Chinese name of a code; districts are the list `district`, flags the list `yes_no`."""
    if code_list == "district":
        return districts()[code].name
    return code_lists()[code_list][code]


def named(column: Column, value: str) -> str:
    """A stored value as people read it: codes by their names, several joined by 、; anything else as it is."""
    names = _names(column)
    parts = value.split(",") if column.type == "ip" else [value]
    return "、".join(names[part] for part in parts) if names.keys() >= set(parts) else value


@cache
def _names(column: Column) -> dict[str, str]:
    """Stored code → name for a column's values; empty where a value stands for itself."""
    if column.type == "flag":
        return {"true": "是", "false": "否"}
    if column.type == "district":
        return {district.code: district.name for district in districts().values()}
    return code_lists()[column.code_list] if column.code_list else {}
