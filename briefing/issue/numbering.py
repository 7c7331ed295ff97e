"""Numbers of headings, tables, charts and annexes, given last: whatever a part leaves out, they run on."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from briefing.issue.content import Block, Chart, Section, Table

DIGITS = "零一二三四五六七八九"
TEN = "十"


def chinese(number: int) -> str:
    """1 to 99 in Chinese: 一, 十, 十二, 二十, 三十五."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return (DIGITS[tens] if tens > 1 else "") + TEN + (DIGITS[ones] if ones else "")


def numbered(
    sections: tuple[Section, ...], annexes: tuple[Table, ...]
) -> tuple[tuple[Section, ...], tuple[Table, ...]]:
    """Sections with 一、 and （一）, tables 表1, charts 图1 throughout; annexes 附表1, alone 附表."""
    tables, charts = count(1), count(1)

    def number(block: Block, place: int) -> Block:
        match block:
            case Section():
                return section(block, place)
            case Table():
                return replace(block, caption=f"表{next(tables)}　{block.caption}")
            case Chart():
                return replace(block, caption=f"图{next(charts)}　{block.caption}")
            case _:
                return block

    def section(block: Section, place: int) -> Section:
        label = f"{chinese(place)}、" if block.level == 1 else f"（{chinese(place)}）"
        places = count(1)
        inner = tuple(number(inside, next(places) if isinstance(inside, Section) else 0) for inside in block.blocks)
        return replace(block, heading=label + block.heading, blocks=inner)

    headed = tuple(section(block, place) for place, block in enumerate(sections, start=1))
    return headed, tuple(
        replace(table, caption=f"附表{at}　{table.caption}") for at, table in enumerate(annexes, start=1)
    )
