"""What commands of acts have in common: which thing one is about, the file handed in with it, publishing after it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import click

from casework.held import File
from contract.console.running import command
from contract.errors import CallError
from contract.settings import home
from etl.snapshot.publish import publish
from ledger import givings, incidents, proposals, rounds, users
from ledger.events import Ledger
from ledger.month import batches, followups
from metrics.evaluation import policy_proposals

CALLED = re.compile(r"(\d{4})年第(\d+)号")


class Numbered(Protocol):
    """What has a number by which people call it, 2026年第7号, beside its place in the ledger."""

    id: int
    number: str


def called(thing: Numbered, kind: str) -> str:
    """`2026年第7号事项（台账编号937）`: as people call it, and its place in the ledger, which is no other's."""
    return f"{thing.number}{kind}（台账编号{thing.id}）"


def _objections(ledger: Ledger) -> Mapping[int, Numbered]:
    held = rounds.rounds(ledger.events(*rounds.EVENTS)).values()
    return {objection.id: objection for known in held for objection in known.objections}


# What is numbered in one row → all of it, by its place in the ledger.
THINGS: dict[str, Callable[[Ledger], Mapping[int, Numbered]]] = {
    "名单决定": lambda ledger: proposals.proposals(ledger.events(*proposals.EVENTS)),
    "政策提议": lambda ledger: policy_proposals.policy_proposals(ledger.events(*policy_proposals.EVENTS)),
    "使用者提议": lambda ledger: users.user_proposals(ledger.events(*users.EVENTS)),
    "对外提供": lambda ledger: givings.givings(ledger.events(*givings.EVENTS)),
    "督办事项": lambda ledger: followups.followups(ledger.events(*followups.EVENTS)),
    "催报": lambda ledger: batches.reminders(ledger.events(*batches.EVENTS)),
    "事件": lambda ledger: incidents.incidents(ledger.events(*incidents.EVENTS)),
    "异议": _objections,
}


def place_of(called: str, *kinds: str) -> int:
    """The place in the ledger of what is called so, of kinds of `THINGS`: by that place itself, or as people call it.

    Raises CallError where it is neither, or nothing or more than one thing is called so.
    """
    if called.isascii() and called.isdecimal():
        return int(called)
    if not (match := CALLED.fullmatch(called.strip())):
        raise CallError(f"编号“{called}”应为台账编号，或如2026年第7号")
    ledger, name = Ledger(home().ledger), f"{match[1]}年第{int(match[2])}号"
    places = {kind: place for kind in kinds for place, thing in THINGS[kind](ledger).items() if thing.number == name}
    if len(places) == 1:
        return next(iter(places.values()))
    if not places:
        raise CallError(f"没有{name}{'或'.join(kinds)}")
    listed = "、".join(f"{kind}为{place}" for kind, place in places.items())
    raise CallError(f"{name}不止一件，请改用台账编号：{listed}")


def number_of(*kinds: str) -> Callable[[Callable], Callable]:
    """The argument that names the thing of these kinds; the command is given its place in the ledger as `number`."""

    def taking(function: Callable) -> Callable:
        @functools.wraps(function)
        def called(*args, number: str, **named):
            return function(*args, number=place_of(number, *kinds), **named)

        return click.argument("number", metavar="ID")(command(called))

    return taking


def file_of(path: Path) -> File:
    """A file to be handed in with an act. Raises CallError where there is none."""
    if not path.is_file():
        raise CallError(f"找不到文件{path}")
    return path.name, path.read_bytes()


def publish_after(no_publish: bool, by: str) -> None:
    """The list and what hangs on it, anew. On the error stream: the output is the decision's."""
    if not no_publish:
        click.echo(f"已发布数据版本第{publish(home(), Ledger(home().ledger), by)}版", err=True)
