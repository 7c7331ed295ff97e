"""Where the year and the targets end at the present pace, and the loans in the columns of S70, through the door."""

from __future__ import annotations

from contextlib import closing

import pandas as pd

from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot, connect
from metrics.targets.outlook import Outlook, outlook
from metrics.targets.s70 import columns, s70


def outlooks(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> tuple[Outlook, ...]:
    """The year's lending, the year's plan and each target of an entity; none where it has no figures at the period.

    The Bureau's alone: what is worked out from them is no member's own figure.
    """
    own_only(viewer, "outlook")
    with closing(connect(snapshot.path)) as connection:
        return tuple(outlook(connection, period, scope, entity))


def s70_view(viewer: Viewer, snapshot: Snapshot, period: str) -> pd.DataFrame:
    """One row the city, a group or a bank that reported: `scope, entity, name, A … H, rate, in_total`; 万元, 户.

    The Bureau's alone.
    """
    own_only(viewer, "s70")
    with closing(connect(snapshot.path)) as connection:
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
