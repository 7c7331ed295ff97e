"""Pins a text to a month of a series, and takes it back: two events, the text itself is never changed."""

from __future__ import annotations

import re

from casework.held import Held, holding
from contract.calendar import period_of
from contract.declarations import code_lists, districts, member_groups
from contract.errors import CallError
from contract.settings import Home
from ledger.people import Actor, check_person
from ledger.sharing.annotations import ANNOTATED, EVENTS, WITHDRAWN, Annotation, annotations
from metrics.indicators.relations import CITY
from metrics.queries.work.annotations import series_of

AREA = "annotations"  # of `data/access.csv`
MOST = 200  # characters
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def annotate(home: Home, code: str, scope: str, entity: str, period: str, text: str, by: Actor) -> Annotation:
    """Pins a text to a period of a series (an indicator, or the score) of a scope's entity.

    Raises:
        CallError: there is no such indicator, entity or period, or the text is empty or too long.
        AccessDenied: the user's role pins none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "添加批注")
        declared = series_of(code)
        if scope not in declared.scopes or entity not in _entities(held, scope):
            raise CallError(f"{declared.name}没有对象{scope}/{entity}，无处添加批注")
        if not PERIOD.fullmatch(period) or period > period_of(held.today):
            raise CallError(f"批注的月份“{period}”须写作2026-10的形式，且不晚于本月")
        said = _said(text, "批注内容")
        facts = {"indicator": code, "scope": scope, "entity": entity, "period": period, "text": said}
        number = held.append(ANNOTATED, actor, entity, **facts, on=held.today.isoformat())
        return annotations(held.ledger.events(*EVENTS))[number]


def withdraw(home: Home, number: int, reason: str, by: Actor) -> Annotation:
    """Takes an annotation back, with the reason; it stays on record.

    Raises:
        CallError: there is none of the number, it is withdrawn already, or no reason is given.
        AccessDenied: the user's role pins none.
    """
    with holding(home) as held:
        actor = check_person(held.ledger, by, AREA, "撤回批注")
        known = annotations(held.ledger.events(*EVENTS))
        if number not in known:
            raise CallError(f"没有台账第{number}号批注")
        if before := known[number].withdrawn:
            raise CallError(f"该批注已于{before.on}由{before.by}撤回")
        said = _said(reason, "撤回理由")
        held.append(WITHDRAWN, actor, known[number].entity, annotation=number, reason=said, on=held.today.isoformat())
        return annotations(held.ledger.events(*EVENTS))[number]


def _entities(held: Held, scope: str) -> set[str]:
    """Whom a scope holds: of members those on the list, ever."""
    if scope == "bank":
        return {code for code, member in held.listed.items() if member.kind == "bank"}
    fixed = {
        "city": {CITY},
        "bank_type": set(member_groups()),
        "district": set(districts()),
        "ip": {*code_lists()["ip"], "mixed"},
    }
    return fixed[scope]


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise CallError(f"须写明{what}")
    if len(said) > MOST:
        raise CallError(f"{what}不超过{MOST}字，现有{len(said)}字")
    return said
