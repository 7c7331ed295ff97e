"""Reads deliveries and tells whose they are: submitter and period of each, or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contract.calendar import period_bounds
from contract.errors import RefusedFile
from etl.checks.cover import Submitted, identity
from etl.reading.sandbox import read_all
from etl.reading.submission import Reading
from etl.receiving.receive import Delivery, Package, take
from ledger.roster import Member


@dataclass(frozen=True)
class Arrival:
    """A delivery that could be read; `submission` has its place in the batch as its number."""

    delivery: Delivery
    package: Package
    submission: Submitted


@dataclass(frozen=True)
class Refusal:
    """A delivery, by its place in the batch, that becomes no version; no package where its bytes could not be taken."""

    place: int
    delivery: Delivery
    package: Package | None
    reason: str


def identify(
    package: Package, reading: Reading, listed: Mapping[str, Member], received_at: datetime
) -> tuple[Member, str]:
    """Submitter and period of a submission, by the file's name first, else by its cover.

    Raises RefusedFile where neither tells, the submitter is not on the list, or the period has not ended.
    """
    submitter, period = identity(package.name, reading)
    if not submitter or not period:
        raise RefusedFile("从文件名和封面都看不出报送机构和报送期；文件名应如2026-10_B001.xlsx，封面应填写完整")
    member = listed.get(submitter)
    if member is None:
        raise RefusedFile(f"报送机构{submitter}不在试点名单上，未受理")
    first, last = period_bounds(period)
    if received_at.date() <= last:
        raise RefusedFile(f"报送期{period}在收到时（{received_at:%Y-%m-%d}）尚未结束，未受理")
    if first >= member.admitted_on and not member.expected_in(period):
        raise RefusedFile(f"{member.name}在{period}已不在试点名单上，未受理")
    return member, period


def arrivals_of(deliveries: Sequence[Delivery], listed: Mapping[str, Member]) -> tuple[list[Arrival], list[Refusal]]:
    """A batch of deliveries, those read and identified apart from those refused; `listed`: members by code."""
    packages: dict[int, Package] = {}
    refusals: list[Refusal] = []
    for place, delivery in enumerate(deliveries):
        try:
            packages[place] = take(delivery.path)
        except RefusedFile as refusal:
            refusals.append(Refusal(place, delivery, None, str(refusal)))
    arrivals = []
    for (place, package), reading in zip(packages.items(), read_all(list(packages.values())), strict=True):
        delivery = deliveries[place]
        try:
            if isinstance(reading, RefusedFile):
                raise reading
            member, period = identify(package, reading, listed, delivery.received_at)
        except RefusedFile as refusal:
            refusals.append(Refusal(place, delivery, package, str(refusal)))
            continue
        ceilings = tuple((stretch.since, Decimal(stretch.value)) for stretch in member.ceilings)
        submission = Submitted(place, member.code, member.kind, period, reading, ceilings)
        arrivals.append(Arrival(delivery, package, submission))
    return arrivals, refusals
