"""Writes the demonstration: roster, submissions as files, and when each was received."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from random import Random

from contract.calendar import add_working_days, deadline, is_working_day, period_bounds
from contract.declarations import districts, read_rows
from etl.demo.defects import spoil
from etl.demo.members import pilot_areas, submissions
from etl.demo.situations import Situation, planted, situations
from etl.demo.tables import FIRST_PERIOD, FOLDER, LAST_PERIOD, banks, month_number
from etl.template.filled import NEAT, Manner, Submission, write_submission

ADMITTED_ON = "2025-01-01"
ROSTER_COLUMNS = ("code", "name", "kind", "peer_group", "ceiling", "admitted_on")
SOONEST, LATEST = 3, 9  # days after the month's end on which most files come in
RETURNED_DAYS, CORRECTED_DAYS = 1, 8  # working days to the next version, once returned or once accepted
MANNER_COLUMNS = ("member", "container", "encoding", "headings", "names", "dates", "flags", "traits")


@dataclass(frozen=True)
class Delivery:
    """A file as it came in; the path is relative to the demonstration's folder."""

    path: str
    received_at: datetime


def write_demonstration(out: Path, seed: int = 2026, progress: Callable[[int, int], None] | None = None) -> Path:
    """Writes `roster.csv`, `deliveries.csv` (in order of receipt) and the tree `submissions/` into `out`.

    Deterministic: the same seed gives the same bytes. `progress(done, all)` is called after each period.
    """
    out.mkdir(parents=True, exist_ok=True)
    _write_csv(out / "roster.csv", ROSTER_COLUMNS, _roster())
    deliveries: list[Delivery] = []
    periods = month_number(LAST_PERIOD) - month_number(FIRST_PERIOD) + 1
    with ProcessPoolExecutor() as pool:  # writing workbooks is most of the work, and one has no part in another
        batches = groupby(submissions(seed), key=attrgetter("period"))
        for done, (_, batch) in enumerate(batches, start=1):
            for delivered in pool.map(partial(_deliver, out, seed), batch):
                deliveries += delivered
            if progress:
                progress(done, periods)
    deliveries.sort(key=lambda delivery: (delivery.received_at, delivery.path))
    rows = ((delivery.path, delivery.received_at.isoformat()) for delivery in deliveries)
    _write_csv(out / "deliveries.csv", ("path", "received_at"), rows)
    return out


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _roster() -> list[tuple[str, ...]]:
    """The pilot list: all banks and the pilot districts."""
    listed = [
        (bank.code, bank.name, "bank", bank.peer_group, bank.ceiling, bank.admitted_on.isoformat())
        for bank in banks().values()
    ]
    pilots = [districts()[area.code] for area in pilot_areas()]
    return listed + [(pilot.code, pilot.name, "district", pilot.group, "", ADMITTED_ON) for pilot in pilots]


def _deliver(out: Path, seed: int, submission: Submission) -> list[Delivery]:
    """Writes all versions of a submission: those with a defect first, then the good one unless none came."""
    random = Random(f"{seed}:delivery:{submission.name}")
    folder = out / "submissions" / submission.period
    manner = _manners().get(submission.submitter, NEAT)
    returned = planted("returned", submission.submitter, submission.period)
    rejected = planted("rejected", submission.submitter, submission.period)
    corrected = planted("corrected", submission.submitter, submission.period)
    spoiled = returned or rejected or corrected
    defects = spoiled.value.split() if spoiled else []
    versions = [spoil(submission, defect) for defect in defects] + ([] if rejected else [submission])
    days = CORRECTED_DAYS if corrected else RETURNED_DAYS
    deliveries, received_at = [], _first_receipt(submission, random)
    for number, version in enumerate(versions, start=1):
        path = write_submission(folder if number == 1 else folder / f"v{number}", version, manner)
        deliveries.append(Delivery(path.relative_to(out).as_posix(), received_at))
        received_at = _at_office(add_working_days(received_at.date(), days), random)
    return deliveries


def _first_receipt(submission: Submission, random: Random) -> datetime:
    """When the first version came in: in the first working days, or late, or with the newcomer's history."""
    period, member = submission.period, submission.submitter
    due = deadline(period)
    late = planted("late", member, period)
    if late:
        days = int(late.value)
        return _at_office(add_working_days((due - timedelta(days=1)).date(), days), random)
    joined = _joined(member)
    if joined and period < joined.first:
        filed_on = date.fromisoformat(joined.value)
        place = month_number(period) - month_number(FIRST_PERIOD)
        return datetime.combine(filed_on, time(9)) + timedelta(minutes=7 * place)
    end = period_bounds(period)[1]
    hurried = planted("returned", member, period) or planted("rejected", member, period)
    soonest, latest = (SOONEST, 5) if hurried else (SOONEST, LATEST)
    days = [end + timedelta(days=n) for n in range(soonest, (due.date() - end).days)]
    days = [day for day in days if is_working_day(day)]
    usual = [day for day in days if day <= end + timedelta(days=latest)] or days[:1]
    return _at_office(random.choice(usual), random)


def _joined(member: str) -> Situation | None:
    return next(
        (situation for situation in situations() if (situation.kind, situation.member) == ("joined", member)), None
    )


def _at_office(day: date, random: Random) -> datetime:
    """A time of a day within office hours, lunch left out."""
    minute = random.randrange(0, 7 * 60)
    after_lunch = 90 if minute >= 150 else 0
    return datetime.combine(day, time(9)) + timedelta(minutes=minute + after_lunch, seconds=random.randrange(60))


@cache
def _manners() -> dict[str, Manner]:
    """Member → how it writes, for those that don't fill in the template as it is."""
    manners = {}
    for row in read_rows(FOLDER / "manners.csv", *MANNER_COLUMNS):
        member, traits = row.pop("member"), row.pop("traits").split()
        manners[member] = Manner(**row, **dict.fromkeys(traits, True))
    return manners
