"""Triggers X01 to X06, Y01 and Y02: what is open at each period, from the figures, scores and versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.oracle.indicators import Key
from tests.oracle.loans import above_ceiling
from tests.oracle.scores import Score, grade
from tests.oracle.world import Decision, Figure, Member, World, earlier, is_quarter_end, last_day, months_after

LEVELS = ("hint", "watch", "rectify", "exit")
SETTLING_MONTHS, FEW_FIRMS, SMALL_BALANCE = 6, 20, 10000
TOLERANCE, PASS_MARK, LOW_POOL = Fraction(3), 60, Decimal("0.2")


@dataclass(frozen=True)
class Trigger:
    """An open trigger at a period; `since` is the period it was first raised in."""

    rule: str
    subject: str
    period: str
    level: str
    since: str

    @property
    def id(self) -> str:
        return f"{self.rule}-{self.subject}-{self.since}"


@dataclass(frozen=True)
class Case:
    """What the rules look at: one member's figures and scores over all periods."""

    world: World
    figures: Mapping[str, Mapping[Key, Figure]]
    scores: Mapping[str, Mapping[str, Score]]
    member: Member

    def value(self, indicator: str, period: str) -> Fraction | None:
        """Its own, of a period in which it is on the list."""
        figure = self.figures.get(period, {}).get((self.member.kind, self.member.code, indicator))
        return figure.value if figure and self.member.listed_in(period) else None

    def score(self, period: str) -> Score | None:
        return self.scores.get(period, {}).get(self.member.code)

    def rows(self, form: str, period: str):
        version = self.world.in_force.get((self.member.code, period))
        return version.forms.get(form, ()) if version else ()

    def settling_in(self, period: str) -> bool:
        return last_day(period) <= months_after(self.member.admitted_on, SETTLING_MONTHS)

    def small(self, period: str) -> bool:
        firms, balance = self.value("G02", period), self.value("G01", period)
        few = firms is not None and firms < FEW_FIRMS
        return few or (balance is not None and balance < SMALL_BALANCE)


def run(holds: Callable[[str], bool], period: str, count: int, step: int = 1) -> bool:
    """Whether it holds in so many consecutive periods ending with this one."""
    return all(holds(earlier(period, step * back)) for back in range(count))


def _x01(case: Case, period: str) -> str | None:
    def idle(when: str) -> bool:
        return case.value("G06", when) == 0

    if not run(idle, period, 6):
        return None
    return "hint" if case.settling_in(period) else "watch"


def _x02(case: Case, period: str) -> str | None:
    def above(when: str) -> bool:
        gap = case.value("S18", when)
        return gap is not None and gap > TOLERANCE

    if not above(period):
        return None
    if case.settling_in(period) or case.small(period):
        return "hint"
    return "rectify" if run(above, period, 2, step=3) else "watch"


def _x03(case: Case, period: str) -> str | None:
    def is_d(when: str) -> bool:
        return grade(case.score(when), when) == "D"

    score = case.score(period)
    if score is None or score.total is None or (score.total >= PASS_MARK and not is_d(period)):
        return None
    if case.settling_in(period) or (case.member.kind == "bank" and case.small(period)):
        return "hint"
    if run(is_d, period, 2, step=12):
        return "exit"
    return "rectify" if is_d(period) else "watch"


def _x04(case: Case, period: str) -> str | None:
    def late(when: str) -> bool:
        return when in case.world.deadlines and bool(case.world.late(case.member.code, when))

    if run(late, period, 2):
        return "rectify"
    return "watch" if sum(late(earlier(period, back)) for back in range(12)) >= 3 else None


def _x05(case: Case, period: str) -> str | None:
    new = [loan for loan in case.rows("B1", period) if loan["disbursed_on"].isoformat()[:7] == period]
    return "watch" if any(above_ceiling(case.member, loan) for loan in new) else None


def _x06(case: Case, period: str) -> str | None:
    versions = case.world.by_submission.get((case.member.code, period), [])
    return "watch" if sum(not it.taken for it in versions) >= 3 else None


def _y01(case: Case, period: str) -> str | None:
    return "watch" if run(lambda when: case.value("D01", when) == 0, period, 3) else None


def _y02(case: Case, period: str) -> str | None:
    low = [row for row in case.rows("R2", period) if row["pool_balance"] < row["pool_size"] * LOW_POOL]
    return "hint" if low else None


# Rule → who it is for, how many months apart it is looked at, whether it lasts, and the level it gives.
RULES = {
    "X01": (("bank",), 1, True, _x01),
    "X02": (("bank",), 3, True, _x02),
    "X03": (("bank", "district"), 3, True, _x03),
    "X04": (("bank", "district"), 1, True, _x04),
    "X05": (("bank",), 1, False, _x05),
    "X06": (("bank", "district"), 1, False, _x06),
    "Y01": (("district",), 1, True, _y01),
    "Y02": (("district",), 1, True, _y02),
}


# What a decision answers that names no trigger: those standing on its day up to this level.
ANSWERS = {"watch": "watch", "rectify": "rectify", "release": "exit", "exit": "exit"}


def _settled(world: World, life: Sequence[Trigger], decision: Decision) -> int | None:
    """The level up to which a decision settles a trigger, given as its rows; None where it doesn't."""
    if life[0].subject != decision.subject:
        return None
    if decision.triggers:
        month = decision.day.isoformat()[:7]
        standing = [it for it in life if life[0].id in decision.triggers and it.period <= month]
        return max((it.period, LEVELS.index(it.level)) for it in standing)[1] if standing else None
    known = max((period for period, due in world.deadlines.items() if due.date() <= decision.day), default=None)
    levels = [LEVELS.index(it.level) for it in life if it.period == known]
    answered = LEVELS.index(ANSWERS[decision.kind]) if decision.kind in ANSWERS else -1
    return levels[0] if levels and levels[0] <= answered else None


def _still_open(world: World, life: Sequence[Trigger]) -> Iterator[Trigger]:
    """The rows of a trigger that no decision has settled by the day on which their period is seen."""
    settled = [(it.day, level) for it in world.decisions if (level := _settled(world, life, it)) is not None]
    for trigger in life:
        seen_on = last_day(trigger.period)
        if trigger.period == world.periods[-1]:
            seen_on = max(seen_on, world.now.date())
        if not any(day <= seen_on and LEVELS.index(trigger.level) <= level for day, level in settled):
            yield trigger


def _of_rule(case: Case, rule: str) -> list[Trigger]:
    _, step, lasts, level_at = RULES[rule]
    found: list[Trigger] = []
    open_now: Trigger | None = None
    for period in case.world.periods:
        if step == 1 or is_quarter_end(period):
            level = level_at(case, period) if case.member.listed_in(period) else None
            since = open_now.since if open_now and lasts else period
            open_now = Trigger(rule, case.member.code, period, level, since) if level else None
        if open_now and case.member.listed_in(period):
            found.append(Trigger(rule, case.member.code, period, open_now.level, open_now.since))
    return found


def triggers(
    world: World, figures: Mapping[str, Mapping[Key, Figure]], scores: Mapping[str, Mapping[str, Score]]
) -> set[Trigger]:
    """All triggers of all periods; `figures` and `scores` by period."""
    lives: dict[str, list[Trigger]] = {}
    for member in world.members.values():
        for rule, (kinds, *_) in RULES.items():
            if member.kind in kinds:
                for trigger in _of_rule(Case(world, figures, scores, member), rule):
                    lives.setdefault(trigger.id, []).append(trigger)
    return {trigger for life in lives.values() for trigger in _still_open(world, life)}
