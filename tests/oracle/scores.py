"""Scores of banks and districts at a period, from the figures: items, weights, totals, ranks, percentiles, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.oracle.indicators import Key, same_banks
from tests.oracle.loans import firms
from tests.oracle.world import Figure, Member, World, earlier, growth, year_to


@dataclass(frozen=True)
class Item:
    """A line of a scorecard; where lower is better, floor is above full."""

    theme: str
    code: str
    weight: int
    floor: int
    full: int
    least_whole: int = 0


CARDS = {
    "bank": (
        Item("规模增长", "G12", 10, 0, 30),
        Item("规模增长", "G02_yoy", 5, 0, 20),
        Item("规模增长", "S10_pace", 10, 50, 100),
        Item("登记", "D03", 5, 0, 50, 20),
        Item("登记", "D08", 5, 50, 100),
        Item("评估", "V01", 10, 30, 80, 20),
        Item("服务机制", "S01", 8, 10, 40),
        Item("服务机制", "S03", 6, 20, 60),
        Item("服务机制", "S06", 4, 20, 5, 20),
        Item("服务机制", "S14", 4, 0, 5),
        Item("服务机制", "S15", 4, 0, 50),
        Item("服务机制", "S20", 4, 0, 20),
        Item("服务机制", "S21", 8, 0, 100),
        Item("风险", "S18", 12, 6, 3),
        Item("协同", "C05", 5, 0, 50),
    ),
    "district": (
        Item("规模增长", "G17", 10, 0, 30),
        Item("规模增长", "G05_yoy", 10, 0, 20),
        Item("登记", "D03", 15, 0, 50, 20),
        Item("登记", "D07", 10, 0, 30, 20),
        Item("处置", "P08", 10, 0, 60, 5),
        Item("协同", "C07", 25, 0, 40, 10),
        Item("协同", "C10", 15, 0, 60),
        Item("创新", "C09", 5, 0, 3),
    ),
}
# By the end of month 1…12, percent of a year's lending.
PACE = [Fraction(tenths, 10) for tenths in (75, 120, 225, 295, 370, 475, 545, 620, 715, 780, 865, 1000)]
MOST_BONUS, MOST_DEDUCTION, LATE, RETURNED_LATE = 5, 10, 2, 1
GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 0))
Figures = Mapping[str, Mapping[Key, Figure]]  # by period
NONE = Figure(None, None, None)


@dataclass(frozen=True)
class ItemScore:
    """What an item brought; weight and score are None where it is not applicable."""

    weight: Fraction | None
    score: Fraction | None


@dataclass(frozen=True)
class Score:
    """A member's score; without a total it is 未评."""

    total: Decimal | None
    items: Mapping[str, ItemScore]
    bonus: int = 0
    deduction: int = 0
    vetoed: bool = False  # in the annual round: the grade is D whatever the score


@dataclass(frozen=True)
class Place:
    """Where a scored member stands: rank from the best, percentile from the worst, among so many."""

    rank: int
    percentile: Fraction
    peers: int


def half_up(amount: Fraction, places: int) -> Decimal:
    """Rounded half-up, from the exact number."""
    scaled = amount * 10**places
    units = scaled.numerator * 2 // scaled.denominator
    return Decimal((units + 1) // 2 if units >= 0 else -((-units) // 2)).scaleb(-places)


def _pace(done: Figure, period: str) -> Figure:
    """S10 against the month's share of a year's lending; a plan of 0 scores nothing, no plan of the year doesn't."""
    if done.whole == 0:
        return Figure(None, None, Fraction(0))
    return NONE if done.value is None else Figure(None, None, done.value / PACE[int(period[5:]) - 1] * 100)


def _firms_growth(world: World, member: Member, period: str) -> Figure:
    """G05 of a district against 12 months earlier, over the banks in force in both periods."""
    views = same_banks(world, period)
    now, then = (firms([loan for _, loan in it.disbursed if loan["district"] == member.code]) for it in views)
    return growth(Decimal(now), Decimal(then)) if views[0].reports else NONE


def item_figure(world: World, figures: Figures, member: Member, period: str, code: str) -> Figure:
    """What an item is scored by."""

    def own(indicator: str, at: str = period) -> Figure:
        return figures.get(at, {}).get((member.kind, member.code, indicator), NONE)

    if code == "S10_pace":
        return _pace(own("S10"), period)
    if code == "G05_yoy":
        return _firms_growth(world, member, period)
    if code == "G02_yoy":
        now, before = own("G02"), own("G02", earlier(period, 12))
        return NONE if now.part is None else growth(now.part, before.part)
    return own(code)


def _points(item: Item, figure: Figure) -> Fraction | None:
    """0 to 100 between floor and full; None where the item is not applicable."""
    if figure.value is None or (item.least_whole and (figure.whole or 0) < item.least_whole):
        return None
    return min(max((figure.value - item.floor) * 100 / (item.full - item.floor), Fraction(0)), Fraction(100))


def _weights(card: Sequence[Item], points: Mapping[str, Fraction | None]) -> dict[str, Fraction]:
    """What each applicable item weighs, with the weight of the others shared out: in its theme, else among themes."""
    themes: dict[str, list[Item]] = {}
    for item in card:
        themes.setdefault(item.theme, []).append(item)
    left = {theme: [item for item in items if points[item.code] is not None] for theme, items in themes.items()}
    full = {theme: sum(item.weight for item in items) for theme, items in themes.items()}
    shared = sum(full[theme] for theme, items in left.items() if items)
    return {
        item.code: Fraction(full[theme] * 100, shared) * item.weight / sum(each.weight for each in items)
        for theme, items in left.items()
        for item in items
    }


def _bonus(world: World, member: Member, period: str) -> int:
    """A point for each recognised I1 row of the year's periods."""
    if member.kind != "bank":
        return 0
    versions = [it for it in (world.in_force.get((member.code, when)) for when in year_to(period)) if it]
    rows = [(it.submitter, it.period, row["title"]) for it in versions for row in it.forms.get("I1", ())]
    return min(sum(row in world.recognised for row in rows), MOST_BONUS)


def _deduction(world: World, member: Member, period: str) -> int:
    """Two points for a period whose first version missed the deadline, one for each version returned after it."""
    lost = 0
    for when in year_to(period):
        late = world.late(member.code, when) if when in world.deadlines else None
        if late is not None:
            versions = world.by_submission.get((member.code, when), [])
            after = [it for it in versions if it.received_at > world.deadlines[when] and not it.taken]
            lost += LATE * late + RETURNED_LATE * len(after)
    return min(lost, MOST_DEDUCTION)


def score(world: World, figures: Figures, member: Member, period: str) -> Score:
    """One member's score; `figures` holds the figures of this period and of 12 months earlier."""
    card = CARDS[member.kind]
    bonus, deduction = _bonus(world, member, period), _deduction(world, member, period)
    beside = (bonus, deduction, period[5:] == "12" and world.vetoed(member.code, int(period[:4])))
    if (member.code, period) not in world.in_force:
        return Score(None, {}, *beside)
    points = {it.code: _points(it, item_figure(world, figures, member, period, it.code)) for it in card}
    weights = _weights(card, points)
    items = {code: ItemScore(weights.get(code), each) for code, each in points.items()}
    if not weights:
        return Score(None, items, *beside)
    total = sum(weights[code] * points[code] for code in weights) / 100 + bonus - deduction
    return Score(half_up(min(max(total, Fraction(0)), Fraction(100)), 2), items, *beside)


def scores(world: World, figures: Figures, period: str) -> dict[str, Score]:
    """Member on the list in the period → its score."""
    listed = [member for member in world.members.values() if member.listed_in(period)]
    return {member.code: score(world, figures, member, period) for member in listed}


def places(totals: Mapping[str, Decimal]) -> dict[str, Place]:
    """Among those scored: ranks leave gaps at ties; the percentile is 100 × mean rank from the worst / number."""
    found = {}
    for code, total in totals.items():
        above, below = (sum(sign * it > sign * total for it in totals.values()) for sign in (1, -1))
        ties = len(totals) - above - below
        found[code] = Place(above + 1, Fraction(100 * (2 * below + ties + 1), 2 * len(totals)), len(totals))
    return found


def grade(score: Score | None, period: str) -> str | None:
    """The annual round's grade; none without a score."""
    if score is None or score.total is None or period[5:] != "12":
        return None
    return "D" if score.vetoed else next(name for name, least in GRADES if score.total >= least)
