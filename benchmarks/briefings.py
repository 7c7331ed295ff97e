"""How long the files of a month's briefing take: of the city, of a district, and of everything that goes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import GROWN, MOMENT, demonstrated
from benchmarks.intake import Case, measured
from benchmarks.measure import Result
from briefing.paper.writers import WRITERS
from briefing.parts.declared import parts
from contract.declarations import districts

PERIOD = "2026-09"  # the last of a quarter: all parts are due
BRIEFING = ("-m", "briefing", PERIOD)


def briefings(rows: int, runs: int, demonstration: Path | None = None) -> list[Result]:
    """Commands as a person gives them, in all formats; their `rows` are the files that they write.

    `demonstration` is a home that holds it; without one it is made first. How many rows a form has is the
    demonstration's: `rows` changes nothing.
    """
    formats = len(WRITERS)
    places = sum(bool(place.group) for place in districts().values())
    everything = (len(parts()) + places + 1) * formats

    def cases(work: Path) -> Iterator[Case]:
        yield Case("copy", 0, (*GROWN, "copy", demonstrated(work, demonstration)))
        yield Case("city", formats, BRIEFING)
        yield Case("district", formats, (*BRIEFING, "--district", "110108"))
        yield Case("all parts", everything, (*BRIEFING, "--part", "all"))

    return measured(runs, cases, MOMENT)
