"""Invented firms: names marked 演示, valid credit codes, size, industry and district; who borrows again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

from etl.demo.identifiers import credit_code
from etl.demo.tables import Bank, Lottery, areas, lottery, month_number, sectors

# Regions that firms outside Beijing are registered in, and those whose code is not their district's.
OUTSIDE = ("120116", "130131", "130682", "130802", "310115", "440305")
REGISTERED_IN = {"110115403": "110115"}
STEMS_FIRST = "云启星辰宏博瑞景安恒嘉远泰和锐华凌睿思芯源智海天元朗清明曜"
STEMS_SECOND = "图航创科鸣川峰力衡达维信拓远联晟合润通盛翔泽正川彤沐晖朔"

Owing = dict[str, dict[str, str]]  # credit code → bank → last period of disbursement of its live loans


@dataclass(frozen=True)
class Firm:
    """An invented borrower (or key enterprise) as the forms describe it."""

    name: str
    uscc: str
    district: str
    size: str
    industry: str
    sei: str
    tech: str


class Firms:
    """All firms so far, and who has borrowed where. Draws come from the one generator given."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names = _names()
        self._serial = 10_000_000
        self.customers: dict[str, list[Firm]] = defaultdict(list)  # bank → its borrowers so far
        self.borrowers: list[Firm] = []

    def found(self, district: str, sei_share: float) -> Firm:
        """A new firm in a district; `sei_share` percent of them in strategic emerging industries."""
        random = self._random
        emerging = random.random() * 100 < sei_share
        sector = sectors().draw(random)
        while (sector.sei != "0") != emerging:
            sector = sectors().draw(random)
        self._serial += random.randrange(7, 4_000)
        region = random.choice(OUTSIDE) if district == "000000" else REGISTERED_IN.get(district, district)
        name = f"演示{next(self._names)}{sector.word}科技有限公司"
        return Firm(
            name=name,
            uscc=credit_code(region, self._serial),
            district=district,
            size=lottery("size").draw(random),
            industry=sector.industry,
            sei=sector.sei,
            tech="none" if sector.industry in "FE" else lottery("tech").draw(random),
        )

    def borrower(self, bank: Bank, period: str, owing: Owing) -> tuple[Firm, bool]:
        """Who takes a new loan at `bank`, and whether it has never borrowed before.

        A firm that owes this bank money already borrows again only after half a year, so that no loan
        looks split up.
        """
        random = self._random
        chance = random.random()
        if chance < 0.42:
            for firm in _some(random, self.customers[bank.code], 12):
                if firm.uscc not in owing:
                    return firm, False
        elif chance < 0.50:
            for firm in _some(random, self.borrowers, 12):
                if owing.get(firm.uscc) and bank.code not in owing[firm.uscc]:
                    return firm, False
        elif chance < 0.55:
            for firm in _some(random, self.customers[bank.code], 12):
                last = owing.get(firm.uscc, {}).get(bank.code)
                if last and len(owing[firm.uscc]) == 1 and month_number(period) - month_number(last) >= 6:
                    return firm, False
        return self.found(_districts(period[:4]).draw(random), bank.sei), True

    def record(self, firm: Firm, bank: str) -> None:
        """Remembers that a firm has borrowed at a bank."""
        if firm not in self.customers[bank]:
            self.customers[bank].append(firm)
        self.borrowers.append(firm)


def _some(random: Random, firms: list[Firm], number: int) -> list[Firm]:
    return [random.choice(firms) for _ in range(number)] if firms else []


@cache
def _districts(year: str) -> Lottery:
    """The districts of new borrowers, their shares growing by their tilt a year."""
    return Lottery.of({area.code: area.share * area.tilt ** (int(year) - 2024) for area in areas().values()})


def _names():
    """Two-character stems, three-character ones when those run out; each once."""
    seconds = tuple(dict.fromkeys(STEMS_SECOND))
    firsts = tuple(dict.fromkeys(STEMS_FIRST))
    pairs = [first + second for first, second in product(firsts, seconds) if first != second]
    Random(len(pairs)).shuffle(pairs)
    yield from pairs
    for pair, second in product(pairs, seconds):
        if second not in pair:
            yield pair + second
