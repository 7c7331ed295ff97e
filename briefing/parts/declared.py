"""What `data/briefing/parts.toml` declares: the parts of an issue, and the words of the letter that goes with them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from contract.declarations import declared_in, here, in_region_words, regions
from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS, read_rows
from contract.viewer import ROLES

FILE = DECLARATIONS / "briefing" / "parts.toml"
AUTHORITIES = "authorities.csv"  # beside regions.csv
KINDS = ("banks", "districts", "scores", "triggers", "tasks")


@dataclass(frozen=True)
class Part:
    """One part: for whom, read with whose rights, what it takes, what it may not hold; see the declaration's head."""

    code: str
    name: str
    to: str
    reader: str
    title: str
    take: tuple[str, ...]
    without: tuple[str, ...]
    sections: bool = True
    characters: int | None = None
    pages: int | None = None
    quarterly: bool = False


@dataclass(frozen=True)
class Transmission:
    """The words of the letter of transmission (报送函)."""

    issuer: str
    demonstration: str
    title: str
    paragraphs: tuple[str, ...]
    caliber: str


@cache
def _read() -> tuple[Mapping[str, Part], Transmission]:
    try:
        declared = tomllib.loads(in_region_words(FILE.read_text(encoding="utf-8")))
        made: dict[str, Part] = {}
        authorities = _authorities()
        if unknown := authorities.keys() - {entry["code"] for entry in declared["part"] if "to" not in entry}:
            raise DeclarationError(f"{AUTHORITIES}的{'、'.join(sorted(unknown))}不是分送部门的件")
        for entry in declared["part"]:
            lists = {name: tuple(entry[name]) for name in ("take", "without")}
            if "to" not in entry:
                if entry["code"] not in authorities:
                    continue
                name, short = authorities[entry["code"]]
                title = entry["title"].replace("{short_name}", short)
                entry |= {"name": f"分送{short}", "to": name, "title": title}
            part = Part(**(entry | lists))
            if part.code in made:
                raise DeclarationError(f"{FILE.name}的{part.code}重复")
            unknown = [kind for kind in part.without if kind not in KINDS]
            if unknown or part.reader not in ROLES:
                raise DeclarationError(f"{FILE.name}的{part.code}用到未知的{'、'.join(unknown) or part.reader}")
            made[part.code] = part
        letter = declared["transmission"]
        transmission = Transmission(**(letter | {"paragraphs": tuple(letter["paragraphs"])}))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DeclarationError(f"{FILE.name}有误：{error}") from None
    return made, transmission


def _authorities() -> dict[str, tuple[str, str]]:
    """Part → name and short name of the region's authority to which it goes."""
    path = declared_in() / AUTHORITIES
    if not path.exists():  # a region may send its briefing to nobody else
        return {}
    found = {}
    for row in read_rows(path, "region", "part", "name", "short_name"):
        if row["region"] not in regions():
            raise DeclarationError(f"{AUTHORITIES}用到未声明的区域“{row['region']}”")
        if row["region"] == here():
            found[row["part"]] = (row["name"], row["short_name"])
    return found


def parts() -> Mapping[str, Part]:
    """Code → part of this process's region, as declared. Raises DeclarationError for one of another form."""
    return _read()[0]


def part_of(code: str) -> Part:
    """The part of a code. Raises CallError where there is none."""
    if code not in parts():
        raise CallError(f"没有分送件“{code}”，可选{'、'.join(parts())}")
    return parts()[code]


def transmission() -> Transmission:
    return _read()[1]
