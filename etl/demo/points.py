"""Integrated service points of the pilot districts: where they are, since when, and when they pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from contract.declarations import districts
from etl.demo.days import months_after, workdays
from etl.demo.situations import paused
from etl.demo.tables import FIRST_PERIOD, LAST_PERIOD, Area, areas, banks, lottery, month_number


@dataclass(frozen=True)
class Point:
    """One service point; `bank` where it is in a bank's outlet."""

    point_id: str
    district: str
    name: str
    host: str
    bank: str | None
    address: str
    opened_on: date
    one_stop: bool

    def running(self, period: str) -> bool:
        return not paused(self.district, period)


def draw_points(random: Random) -> tuple[Point, ...]:
    """Every point that will ever be, by district in the order of opening."""
    return tuple(point for area in areas().values() if area.pilot for point in _draw_district(random, area))


def _draw_district(random: Random, area: Area) -> list[Point]:
    span = month_number(LAST_PERIOD) - month_number(FIRST_PERIOD)
    later = area.points_last - area.points_first
    months = [months_after(FIRST_PERIOD, -random.randrange(2, 14)) for _ in range(area.points_first)]
    months += [months_after(FIRST_PERIOD, 1 + round((n + 0.5) * (span - 2) / later)) for n in range(later)]
    points = []
    for number, (month, host) in enumerate(zip(sorted(months), _hosts(random, len(months)), strict=True), start=1):
        opened_on = random.choice(workdays(month))
        hosts = [bank.code for bank in banks().values() if bank.admitted_on <= opened_on or bank.share >= 1]
        name = districts()[area.code].name
        points.append(
            Point(
                point_id=f"{area.code}-{number:02d}",
                district=area.code,
                name=f"演示{name}第{number}知识产权金融综合服务点",
                host=host,
                bank=random.choice(hosts) if host == "branch" else None,
                address=f"北京市{name}演示街{random.randrange(1, 200)}号",
                opened_on=opened_on,
                one_stop=number == 1 or random.random() < 0.8,
            )
        )
    return points


def _hosts(random: Random, number: int) -> list[str]:
    return [lottery("host").draw(random) for _ in range(number)]
