"""Words that judge are said only where declared conditions hold, of the figures as shown (`judgements.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from briefing.issue.subject import DAYS, GROWTHS, POINTS, RATE, Subject
from briefing.issue.tokens import codes, last_quarter, parts, subject_of, subjects
from contract.errors import DeclarationError
from contract.settings import DECLARATIONS
from contract.wording import growth_rate, half_up
from metrics.indicators.catalogue import indicator

FILE = DECLARATIONS / "briefing" / "judgements.toml"
TIMES: dict[str, Callable[[Subject], str]] = {
    "上年同期": lambda subject: subject.source.last_year,
    "上年末": lambda subject: subject.source.last_december,
    "上季末": last_quarter,
    "上月末": lambda subject: subject.source.last_month,
}
ALL_LOANS = "各项贷款增速"
SIGNS = {"上升": 1, "下降": -1, "持平": 0}
LEVELS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "高于": lambda value, bound: value > bound,
    "低于": lambda value, bound: value < bound,
    "等于": lambda value, bound: value == bound,
}
OTHER = "不同于"


@dataclass(frozen=True)
class Condition:
    """One thing that must be so: a figure, a relation, and what it is held against."""

    figure: str
    relation: str
    reference: str

    def holds(self, subject: Subject) -> bool:
        whose, called, _ = parts(self.figure)
        spoken_of, code = subject_of(subject, whose), codes()[called]
        if self.relation == OTHER:
            return _drawn_otherwise(spoken_of, code, codes()[self.reference])
        value = spoken_of.value(code)
        if value is None:
            return False
        if self.relation in SIGNS:
            moved = _moved(code, value, spoken_of.value(code, TIMES[self.reference](spoken_of)))
            return moved is not None and (moved > 0) - (moved < 0) == SIGNS[self.relation]
        bound = spoken_of.source.all_loans_growth if self.reference == ALL_LOANS else Decimal(self.reference)
        places = 1 if code in GROWTHS else indicator(code).decimals
        return bound is not None and LEVELS[self.relation](half_up(value, places), half_up(bound, places))


@dataclass(frozen=True)
class Judgement:
    """A word that judges: it may be said where all conditions hold."""

    name: str
    conditions: tuple[Condition, ...]

    def holds(self, subject: Subject) -> bool:
        return all(condition.holds(subject) for condition in self.conditions)


def _moved(code: str, now: Decimal, before: Decimal | None) -> Decimal | None:
    """By how much a figure has moved, as shown: rates and days by their difference, amounts by their growth."""
    if before is None:
        return None
    if indicator(code).unit in (RATE, POINTS):
        return half_up(now - before, 1 if code in GROWTHS else indicator(code).decimals)
    if indicator(code).unit == DAYS:
        return half_up(now - before, 1)
    rate = growth_rate(now, before)
    return None if rate is None else half_up(rate, 1)


def _drawn_otherwise(subject: Subject, code: str, other: str) -> bool:
    """Whether two growth rates rest on different balances."""
    here, there = (subject.source.figure(name, subject.scope, subject.entity) for name in (code, other))
    if here.value is None or there.value is None:
        return False
    return (here.part, here.whole) != (there.part, there.whole)


def _condition(text: str, where: str) -> Condition:
    """A condition of three parts. Raises DeclarationError for a figure, relation or reference that there is not."""
    words = text.split()
    if len(words) != 3:
        raise DeclarationError(f"{where}的条件“{text}”应为“指标 关系 参照”三部分")
    condition = Condition(*words)
    whose, called, way = parts(condition.figure)
    if called not in codes() or way or (whose and whose not in subjects()):
        raise DeclarationError(f"{where}的条件“{text}”用到未声明的指标或对象“{condition.figure}”")
    if condition.relation in SIGNS:
        fits = condition.reference in TIMES
    elif condition.relation in LEVELS:
        fits = condition.reference == ALL_LOANS or _is_number(condition.reference)
    else:
        fits = condition.relation == OTHER and condition.reference in codes()
    if not fits:
        raise DeclarationError(f"{where}的条件“{text}”的关系或参照不对")
    return condition


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


@cache
def _declared() -> tuple[dict[str, Judgement], tuple[str, ...]]:
    try:
        declared = tomllib.loads(FILE.read_text(encoding="utf-8"))
        entries, words = declared["judgement"], tuple(declared["words"])
        made: dict[str, Judgement] = {}
        for entry in entries:
            where = f"{FILE.name}的“{entry['name']}”"
            if entry["name"] in made or not entry["all"]:
                raise DeclarationError(f"{where}重复或没有条件")
            made[entry["name"]] = Judgement(entry["name"], tuple(_condition(text, where) for text in entry["all"]))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise DeclarationError(f"{FILE.name}有误：{error}") from None
    return made, words


def judgements() -> dict[str, Judgement]:
    """Name → judgement, as declared. Raises DeclarationError where the declaration does not fit the catalogue."""
    return _declared()[0]


def judging_words() -> tuple[str, ...]:
    """Words that no sentence may hold without a judgement."""
    return _declared()[1]
