"""Annotations on series as a viewer may read them, by the ledger as it is now: for charts, and for the briefing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contract.settings import Home
from contract.viewer import Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot
from ledger.events import Ledger
from ledger.sharing.annotations import EVENTS, Annotation, annotations
from metrics.indicators.catalogue import indicator
from metrics.queries.figures.values import refuse_others

AREA = "annotations"
SCORE = "score"


@dataclass(frozen=True)
class Series:
    """What can be annotated month by month: an indicator, or what is worked out beside the catalogue."""

    name: str
    scopes: tuple[str, ...]


OTHERS = {SCORE: Series("评价得分", ("bank", "district"))}  # beside the indicators


def series_of(code: str) -> Series:
    """The series of a code. Raises CallError where there is none."""
    declared = OTHERS.get(code) or indicator(code)
    return Series(declared.name, tuple(declared.scopes))


def pinned(
    viewer: Viewer, snapshot: Snapshot, home: Home, indicators: Sequence[str], scope: str, entity: str, upto: str
) -> tuple[Annotation, ...]:
    """What is pinned to the series of some indicators of one entity, up to a period: by period, then as entered.

    None for a viewer whom annotations are not open to. Raises AccessDenied for an entity that is not the viewer's.
    """
    refuse_others(viewer, (scope,), (entity,))
    if not may_see(viewer, AREA):
        return ()
    series = {(code, scope, entity) for code in indicators}
    standing = (one for one in _standing(home) if one.series in series and one.period <= upto)
    return tuple(sorted(standing, key=lambda one: (one.period, one.id)))


def pinned_in(viewer: Viewer, snapshot: Snapshot, home: Home, period: str) -> tuple[Annotation, ...]:
    """All that is pinned to a period, whatever the series, as entered: what a briefing about it may draw on.

    Raises AccessDenied where annotations are not open to the viewer.
    """
    own_only(viewer, AREA)
    return tuple(one for one in _standing(home) if one.period == period)


def _standing(home: Home) -> list[Annotation]:
    """Those that are not withdrawn, as entered."""
    return [one for one in annotations(Ledger(home.ledger).events(*EVENTS)).values() if one.withdrawn is None]
