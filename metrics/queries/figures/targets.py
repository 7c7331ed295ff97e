"""Targets and reference series beside figures, where the year ends at the present pace, and the columns of S70."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, reading
from metrics.queries.door import conditions, rows, told
from metrics.queries.figures.values import reach, refuse_others
from metrics.targets.outlook import Outlook, outlook
from metrics.targets.s70 import columns, s70

# What tells a figure that is withheld: the figure itself, and of a base what is drawn from it.
HIDDEN = "NOT $bureau AND (here.indicator IS NOT NULL OR (base IS NOT NULL AND then_.indicator IS NOT NULL))"
STANDING = ("level", "value", "progress", "met", "gap", "goal", "base")


def targets(
    viewer: Viewer,
    snapshot: Snapshot,
    period: str,
    indicators: Sequence[str] | None = None,
    scopes: Sequence[str] | None = None,
    entities: Sequence[str] | None = None,
    since: str | None = None,
) -> pd.DataFrame:
    """One row a target, period and entity that it holds for, as the table `target`; and `withheld`.

    Where `withheld`, too few stand behind the figure or its base for this viewer, and all that would tell it is
    absent. `period` alone, or all from `since` on. Reach as of figures; raises AccessDenied alike.
    """
    refuse_others(viewer, scopes, entities)
    whole, own = reach(viewer)
    where, parameters = conditions(indicator=indicators, scope=scopes, entity=entities)
    return rows(
        snapshot,
        f"""
        SELECT * REPLACE ({told(STANDING)}) FROM (
            SELECT t.*, {HIDDEN} AS withheld
            FROM target t
            LEFT JOIN withheld here ON (here.period, here.scope, here.entity, here.indicator)
                = (t.period, t.scope, t.entity, t.indicator)
            LEFT JOIN withheld then_ ON (then_.period, then_.scope, then_.entity, then_.indicator)
                = (t.base_period, t.scope, t.entity, t.indicator)
        )
        {where or "WHERE true"} AND period BETWEEN $since AND $period
            AND (list_contains($open_scopes, scope) OR (scope = $own_scope AND entity = $own))
        ORDER BY target, scope, entity, period
        """,
        parameters
        | {"since": since or period, "period": period, "bureau": viewer.bureau, "open_scopes": list(whole)}
        | {"own_scope": viewer.own_scope, "own": own},
    )


def reference_series(
    viewer: Viewer,
    snapshot: Snapshot,
    series: Sequence[str] | None = None,
    since: str | None = None,
    beside: str | None = None,
) -> pd.DataFrame:
    """One row a reference series and period: the value in force, in the series' unit, with basis and source.

    `beside`: those drawn on the chart of that indicator.

    Public figures of others: open to all who see figures.
    """
    own_only(viewer, "figures")
    where, parameters = conditions(series=series, beside=beside)
    return rows(
        snapshot,
        f"""
        SELECT series, name, unit, frequency, basis, period, CAST(value AS DOUBLE) AS value, source, published_on
        FROM reference_series {where or "WHERE true"} AND replaced_on IS NULL AND ($since IS NULL OR period >= $since)
        ORDER BY series, period
        """,
        parameters | {"since": since},
    )


def outlooks(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> tuple[Outlook, ...]:
    """The year's lending, the year's plan and each target of an entity; none where it has no figures at the period.

    The Bureau's alone: what is worked out from them is no member's own figure.
    """
    own_only(viewer, "outlook")
    with reading(snapshot) as connection:
        return tuple(outlook(connection, period, scope, entity))


def s70_view(viewer: Viewer, snapshot: Snapshot, period: str) -> pd.DataFrame:
    """One row the city, a group or a bank that reported: `scope, entity, name, A … H, rate, in_total`; 万元, 户.

    The Bureau's alone.
    """
    own_only(viewer, "s70")
    with reading(snapshot) as connection:
        lines = s70(connection, period)
    return pd.DataFrame(
        [
            {"scope": line.scope, "entity": line.entity, "name": line.name}
            | {code: float(line.figures[code]) for code in columns() if code in line.figures}
            | {"rate": line.rate, "in_total": line.in_total}
            for line in lines
        ],
        columns=["scope", "entity", "name", *columns(), "rate", "in_total"],
    )
