"""What a `{token}` of a sentence stands for: an indicator of a subject, said in one of the declared ways."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from briefing.issue.content import Token
from briefing.issue.subject import GROWTHS, MONEY, POINTS, RATE, Subject, share
from contract.calendar import is_quarter_end, previous
from contract.declarations import code_lists, districts
from contract.wording import NOT_COMPUTABLE, city_money, count, growth, half_up, member_money, percent, shift
from metrics.indicators.catalogue import catalogue, indicator

MIXED = {"mixed": "组合质押"}
CITY_SUBJECT = "合计"

Way = Callable[[Subject, str], tuple[str, Decimal | None, str] | None]  # text, value, period; None: nothing to say


@cache
def codes() -> dict[str, str]:
    """Indicator's name → its code."""
    return {declared.name: code for code, declared in catalogue().items()}


@cache
def subjects() -> dict[str, tuple[str, str]]:
    """Name of a subject → scope and entity: types of right, types of bank, districts, and the city."""
    rights = {name: ("ip", code) for code, name in {**code_lists()["ip"], **MIXED}.items()}
    groups = {name: ("bank_type", code) for code, name in code_lists()["peer_group"].items()}
    places = {place.name: ("district", code) for code, place in districts().items()}
    return rights | groups | places


def known(name: str) -> bool:
    """Whether a token's name is of the declared form: an indicator of a known subject, said in a known way."""
    whose, code, way = parts(name)
    return code in codes() and way in WAYS and (whose in ("", CITY_SUBJECT) or whose in subjects())


def parts(name: str) -> tuple[str, str, str]:
    """Subject, indicator and way of a token's name `对象/指标·way`; each empty where it is not there."""
    whose, slash, rest = name.partition("/")
    code, _, way = (rest if slash else name).partition("·")
    return (whose if slash else "", code, way)


def subject_of(subject: Subject, whose: str) -> Subject:
    """The subject that a token names; the sentence's own where it names none."""
    if not whose:
        return subject
    if whose == CITY_SUBJECT:
        return Subject(subject.source)
    return Subject(subject.source, *subjects()[whose], in_yi=True)


def figure_token(subject: Subject, name: str) -> Token | None:
    """The token of a declared name; None where the data version has nothing to say for it."""
    whose, called, way = parts(name)
    spoken_of, code = subject_of(subject, whose), codes()[called]
    said = WAYS[way](spoken_of, code)
    if said is None:
        return None
    text, value, period = said
    return Token(name, text, value, code, spoken_of.scope, spoken_of.entity, period)


def is_withheld(subject: Subject, name: str) -> bool:
    """Whether there is a figure of a declared name, but too few stand behind it for this reader."""
    whose, called, _ = parts(name)
    spoken_of = subject_of(subject, whose)
    return spoken_of.source.figure(codes()[called], spoken_of.scope, spoken_of.entity).withheld


def _value(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    value = subject.value(code)
    if value is None:
        return (NOT_COMPUTABLE, None, subject.source.period) if subject.stopped(code) else None
    return subject.said(code), value, subject.source.period


def _on_year(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    if subject.value(code) is None or not subject.source.year_known or subject.thin(code):
        return None
    # What is said once in a note (`overall.no_base`) is not said again at every share and rate, amount and count.
    base = subject.year_before(code)
    nothing_then = subject.year_before("G01") == 0
    nowhere_then = Subject(subject.source).year_before("G01") == 0
    if (nothing_then and base is None) or (nowhere_then and base == 0 and code != "G01"):
        return None
    return subject.on_year(code), subject.change(code), subject.source.period


def _growth(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    rate = subject.value(code)
    return None if rate is None else (growth(rate), rate, subject.source.period)


def _share(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    part = share(subject.value(code), subject.source.value(code))
    return None if part is None else (percent(part), part, subject.source.period)


def _against(called: str, period_of: Callable[[Subject], str]) -> Way:
    """A rate beside the same rate at an earlier time: 比上年末上升0.05个百分点, 与上年末持平."""

    def said(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
        if indicator(code).unit not in (RATE, POINTS):
            return None
        period = period_of(subject)
        now, before = subject.value(code), subject.value(code, period)
        if now is None or before is None or period == subject.source.last_year:
            return None
        words = ("高", "低", 1) if code in GROWTHS else ("上升", "下降", indicator(code).decimals)
        moved = shift(now, before, *words)
        joined = f"与{called}{moved}" if moved.endswith("持平") else f"比{called}{moved}"
        return joined, now - before, subject.source.period

    return said


def last_quarter(subject: Subject) -> str:
    """The end of the quarter before the period."""
    period = previous(subject.source.period)
    while not is_quarter_end(period):
        period = previous(period)
    return period


def _on_quarter(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    """How a figure has moved since the quarter before, told at a quarter's end alone."""
    now, before = subject.value(code), subject.value(code, last_quarter(subject))
    if now is None or before is None or not is_quarter_end(subject.source.period):
        return None
    moved = now - before
    if indicator(code).unit in (RATE, POINTS):
        return shift(now, before, places=indicator(code).decimals), moved, subject.source.period
    if moved == 0:
        return "持平", moved, subject.source.period
    amount = abs(moved)
    if indicator(code).unit == MONEY:
        told = (city_money if subject.unit(code) != MONEY else member_money)(amount)
    else:
        told = count(amount, indicator(code).unit)
    return f"{'增加' if moved > 0 else '减少'}{told}", moved, subject.source.period


def _above_all_loans(subject: Subject, code: str) -> tuple[str, Decimal | None, str] | None:
    """How far a growth rate is from that of all loans, as published for the same month."""
    rate, public = subject.value(code), subject.source.all_loans_growth
    if rate is None or public is None or half_up(rate - public, 1) == 0:
        return None
    return f"{percent(abs(rate - public)).removesuffix('%')}个百分点", rate - public, subject.source.period


WAYS: dict[str, Way] = {
    "": _value,
    "同比": _on_year,
    "增速": _growth,
    "占比": _share,
    "比上年末": _against("上年末", lambda subject: subject.source.last_december),
    "比上季末": _against("上季末", last_quarter),
    "比上月末": _against("上月末", lambda subject: subject.source.last_month),
    "较上季末": _on_quarter,
    "高出各项贷款": _above_all_loans,
}
