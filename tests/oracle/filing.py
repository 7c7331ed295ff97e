"""Indicators of filing, M01 to M05, which speak of those that have not reported too, and C09."""

from __future__ import annotations

from collections.abc import Sequence

from tests.oracle.sets import View
from tests.oracle.world import Figure, Member, World, plain, quotient, year_to


def filing_figures(world: World, period: str, members: Sequence[Member], history: bool) -> dict[str, Figure]:
    """M01 to M04 over the year's periods; a group leaves what was filed as history out."""
    year = [it for it in year_to(period) if it in world.deadlines]
    judged = [late for member in members for it in year if (late := world.late(member.code, it)) is not None]
    received = [
        world.by_submission[member.code, it]
        for member in members
        for it in year
        if (member.code, it) in world.by_submission and (history or member.listed_in(it))
    ]
    versions = [version for submission in received for version in submission]
    figures = {}
    if judged:
        figures["M01"] = quotient(judged.count(False), len(judged))
    if received or any(member.listed_in(it) for member in members for it in year):
        figures["M02"] = quotient(sum(submission[0].taken for submission in received), len(received))
        figures["M04"] = quotient(sum(it.faults for it in versions), sum(it.data_rows for it in versions), times=1000)
        figures["M03"] = plain(sum(not version.taken for version in versions))
    return figures


def coverage(world: World, period: str, members: Sequence[Member]) -> dict[str, Figure]:
    """M05, of the members expected at the period."""
    expected = [member for member in members if member.listed_in(period)]
    taken = sum((member.code, period) in world.in_force for member in expected)
    return {"M05": quotient(taken, len(expected))} if expected else {}


def initiatives(view: View) -> dict[str, Figure]:
    """C09, the I1 rows of the year's periods; where a member has sent the form."""
    if not view.holders("I1", view.january):
        return {}
    return {"C09": plain(sum(1 for code in view.reports for _ in view.rows("I1", code, view.january)))}
