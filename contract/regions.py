"""Regions, the level above districts: which are declared, and whose this process is.

`data/regions.csv` declares them, `data/districts.csv` the units of each; `PILOT_REGIONS` names a folder with other two
such files. Where one region is declared, every process is that region's. Where several are, `PILOT_REGION` names the
one whose home, units and forms a process works with; without it a process is the country's (decision 0036).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.errors import CallError, DeclarationError
from contract.settings import DECLARATIONS, read_rows, region_asked

REGIONS, UNITS = "regions.csv", "districts.csv"
COUNTRY = ""  # in place of a region's code


@dataclass(frozen=True)
class Region:
    """One region: code by GB/T 2260, and what it is called."""

    code: str
    name: str
    short_name: str


def declared_in() -> Path:
    """The folder with the two files."""
    return Path(os.environ.get("PILOT_REGIONS") or DECLARATIONS)


@cache
def _regions(folder: Path) -> Mapping[str, Region]:
    rows = [Region(**row) for row in read_rows(folder / REGIONS, "code", "name", "short_name")]
    codes = [region.code for region in rows]
    if not codes or len(set(codes)) != len(codes) or any(len(code) != 6 or not code.isdigit() for code in codes):
        raise DeclarationError(f"{REGIONS}应至少有一个区域，编码为六位数字且不重复")
    return {region.code: region for region in rows}


def regions() -> Mapping[str, Region]:
    """Code → region, in declared order. Raises DeclarationError."""
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
