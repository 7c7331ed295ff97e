"""Generated packs: a seeded world of banks and districts over nineteen periods, with everything that may go wrong.

Members join with history and without, leave and come back; ceilings are amended; versions are late, missing,
returned, and corrected by later ones. The last deadline is still to come at the reference time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tests.oracle import packrows
from tests.oracle.packrows import Manner
from tests.oracle.world import Decision, Incident, Member, Row, Stretch, Version, World, earlier

FIRST, LAST = "2023-09", "2025-03"
NOW = datetime(2025, 4, 15, 9)
START = date(2023, 9, 1)
# How a submission may come: a character a version, `a` taken, `r` returned, in capitals after the deadline.
WAYS = {"a": 66, "A": 7, "ra": 6, "rA": 3, "RA": 2, "aa": 5, "aAr": 2, "r": 1, "rrra": 2, "rRRr": 1, "": 5}


@dataclass(frozen=True)
class Profile:
    """A member of a pack: who it is, what was decided of it, how it lends or what fails in a district."""

    code: str
    decisions: tuple[Decision, ...]
    manner: Manner | None = None
    history_from: str | None = None
    failing: tuple[str, ...] = ()  # a district's periods without a running point and with a low pool
    unruly: bool = False
    orderly: bool = False  # files once and on time, to the last but one period


def periods_from(first: str, last: str = LAST) -> list[str]:
    found = [last]
    while found[0] > first:
        found.insert(0, earlier(found[0], 1))
    return found


def _admitted(code: str, group: str, day: date = START, ceiling: Decimal | None = None) -> tuple[Decision, ...]:
    return (Decision(code, "admit", day, group, ceiling),)


IDLE = tuple(periods_from("2024-02", "2024-09"))
SINCE_LATER = tuple(periods_from("2024-03"))
FAILING = tuple(periods_from("2024-04", "2024-08"))
GONE, BACK = date(2023, 12, 20), date(2025, 1, 6)
LATER = date(2024, 3, 31)  # six months later a quarter ends
RAISED = date(2024, 6, 15)
PROFILES = (
    Profile("B001", _admitted("B001", "state"), Manner(30, 4, 0.02, least=400)),
    Profile("B002", _admitted("B002", "state"), Manner(8, 2, 0.1, idle=IDLE)),
    Profile("B003", _admitted("B003", "city", ceiling=Decimal(3000)), Manner(30, 2, 0.3, least=500)),
    Profile("B004", _admitted("B004", "city", LATER), Manner(6, 2, 0.2, idle=SINCE_LATER), "2023-10", orderly=True),
    Profile(
        "B005",
        (*_admitted("B005", "rural"), Decision("B005", "exit", GONE), Decision("B005", "readmit", BACK)),
        Manner(5, 2, 0.1),
    ),
    Profile(
        "B006",
        (
            *_admitted("B006", "other"),
            Decision("B006", "amend", RAISED, ceiling=Decimal(3000)),
            Decision("B006", "amend", date(2024, 8, 31), group="rural"),
        ),
        Manner(3, 2, 0.4, approved_on=(RAISED - timedelta(days=1), RAISED)),
    ),
    Profile("B007", _admitted("B007", "state"), Manner(0, 4, 0.0, idle=(FIRST,)), unruly=True),
    Profile(
        "B008",
        (*_admitted("B008", "joint_stock"), Decision("B008", "succeed", date(2024, 11, 20), successor="B001")),
        Manner(9, 2, 0.1),
    ),
    Profile("110108", _admitted("110108", "core")),
    Profile("110102", _admitted("110102", "core"), failing=FAILING, unruly=True),
    Profile("110115403", _admitted("110115403", "expanding", LATER), history_from="2024-01"),
    Profile("110116", (*_admitted("110116", "conservation"), Decision("110116", "exit", date(2024, 10, 10)))),
)
# A December closes at 24:00 of 25 January, or of the next working day: 26 January 2025, a Sunday, was one.
CLOSINGS = {"2023-12": datetime(2024, 1, 26), "2024-12": datetime(2025, 1, 27)}
INCIDENTS = (
    Incident("B001", "falsification", date(2023, 11, 20), date(2024, 1, 25)),  # decides 2023
    Incident("B003", "violation", date(2023, 12, 31), date(2024, 1, 26)),  # found too late for it: 2024
    Incident("B006", "falsification", date(2024, 10, 8)),  # confirmed by nobody
    Incident("B002", "penalty", date(2024, 10, 8), date(2024, 11, 8)),  # of a kind that decides nothing
    Incident("110108", "violation", date(2024, 12, 31), date(2025, 1, 26)),  # decides 2024
)
STATES = {"admit": "active", "readmit": "active", "exit": "exited", "succeed": "exited"}


def _stretches(changes: Sequence[tuple[date, object]]) -> tuple[Stretch, ...]:
    ends = [*(day for day, _ in changes[1:]), None][: len(changes)]
    return tuple(Stretch(value, day, end) for (day, value), end in zip(changes, ends, strict=True))


def member_of(profile: Profile) -> Member:
    """The member that the decisions make."""
    changes = {
        "states": [(it.day, STATES[it.kind]) for it in profile.decisions if it.kind in STATES],
        "groups": [(it.day, it.group) for it in profile.decisions if it.group],
        "ceilings": [(it.day, it.ceiling) for it in profile.decisions if it.ceiling is not None],
    }
    kind = "bank" if profile.manner else "district"
    return Member(profile.code, kind, **{name: _stretches(changed) for name, changed in changes.items()})


def _bank_forms(rng: Random, profile: Profile, periods: Sequence[str]) -> Iterator[dict[str, list[Row]]]:
    manner = profile.manner
    both = zip(periods, packrows.loans(rng, manner, periods), packrows.cases(rng, periods), strict=True)
    for period, loans, cases in both:
        forms = {"B1": loans, "B2": [packrows.summary(rng, manner.bad)], "B4": cases}
        if packrows.quarterly(rng, period):
            forms["B3"] = [packrows.mechanism(rng)]
        if packrows.quarterly(rng, period):
            forms["B5"] = packrows.products(rng)
        yield forms | {"I1": packrows.initiatives(rng)}


def _district_forms(rng: Random, profile: Profile, periods: Sequence[str]) -> Iterator[dict[str, list[Row]]]:
    for period in periods:
        fails = period in profile.failing
        forms = {"R1": packrows.points(rng, profile.code, fails), "R2": [packrows.pool(rng, fails)]}
        if packrows.quarterly(rng, period):
            forms["R4"] = packrows.key_firms(rng)
        yield forms | {"R3": packrows.trades(rng), "I1": packrows.initiatives(rng)}


def _corrected(rng: Random, forms: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The same forms with rows gone, as a later version may have them; forms of one row stay."""
    lists = ("B1", "B4", "B5", "R1", "R3", "R4", "I1")
    return {form: [row for row in rows if form not in lists or rng.random() < 0.8] for form, rows in forms.items()}


def _versions(
    rng: Random, profile: Profile, period: str, forms: dict[str, list[Row]], way: str, deadline: datetime
) -> Iterator[Version]:
    """The versions of one submission; on time may be the very moment of the deadline."""
    received = deadline - timedelta(days=len(way) + rng.randint(0, 3))
    for number, kind in enumerate(way, 1):
        late = kind.isupper()
        if late:
            received = max(received, deadline) + timedelta(minutes=rng.choice((1, 1000)))
        elif number == 1 and len(way) == 1 and packrows.chance(rng, 0.1):
            received = deadline
        taken = kind.lower() == "a"
        held = (_corrected(rng, forms) if number > 1 and taken else forms) if taken else {}
        rows = sum(map(len, forms.values()))
        verdict = rng.choice(("accepted", "questions")) if taken else "returned"
        faults = 0 if taken else rng.randint(1, 9)
        yield Version(profile.code, period, number, received, verdict, faults, rows, held)
        received += timedelta(hours=rng.randint(1, 20))


def _filed(rng: Random, profile: Profile, deadlines: Mapping[str, datetime]) -> Iterator[Version]:
    member = member_of(profile)
    periods = periods_from(profile.history_from or member.admission)
    forms_of = _bank_forms if profile.manner else _district_forms
    for period, forms in zip(periods, forms_of(rng, profile, periods), strict=True):
        weights = list(WAYS.values())
        if profile.unruly:
            weights = [weight if way == "a" else weight * 3 for way, weight in WAYS.items()]
        way = rng.choices(list(WAYS), weights)[0]
        if profile.orderly:
            way = "a"
        if period == LAST:
            way = rng.choice(("a", "a", "r", "ra", ""))  # its deadline is still to come
        elif not member.listed_in(period) and period >= member.admission:
            way = rng.choice(("", "", "", "a"))  # off the list nobody expects anything, and something may come
        yield from _versions(rng, profile, period, forms, way, deadlines[period])


def pack(seed: int, deadlines: Mapping[str, datetime], profiles: Sequence[Profile] = PROFILES) -> World:
    """The world of a seed. `deadlines` by period, from the January of the first year on."""
    versions = [
        version for profile in profiles for version in _filed(Random(f"{seed}-{profile.code}"), profile, deadlines)
    ]
    rng = Random(seed)
    titles = [(it.submitter, it.period, row["title"]) for it in versions for row in it.forms.get("I1", ())]
    return World(
        members={profile.code: member_of(profile) for profile in profiles},
        versions=versions,
        periods=periods_from(f"{FIRST[:4]}-01"),
        deadlines=dict(deadlines),
        now=NOW,
        decisions=[decision for profile in profiles for decision in profile.decisions],
        recognised=frozenset(title for title in titles if rng.random() < 0.4),
        incidents=INCIDENTS if profiles is PROFILES else (),
        closings=CLOSINGS,
    )
