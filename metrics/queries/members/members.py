"""Who is on the pilot list, in what state, and by which decisions; which periods there are."""

from __future__ import annotations

from datetime import date

import pandas as pd

from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.members.roster import as_of


def periods(viewer: Viewer, snapshot: Snapshot) -> list[str]:
    """Calendar months that have values, the latest first. They are no figures: every role may know them."""
    frame = rows(snapshot, "SELECT DISTINCT period FROM value ORDER BY period DESC")
    return frame["period"].tolist()


def members(viewer: Viewer, snapshot: Snapshot, kind: str | None = None, code: str | None = None) -> pd.DataFrame:
    """One row a member that the viewer may know by name: code, name, short_name, kind, member_group, state, since…"""
    where, parameters = conditions(kind=kind, code=held_to_own(viewer, "members", code))
    return rows(snapshot, f"SELECT * FROM member {where} ORDER BY kind, code", parameters)


def members_as_of(viewer: Viewer, snapshot: Snapshot, on: date) -> pd.DataFrame:
    """One row a member on the list on a day, as it was: code, name, short_name, kind, member_group, state, since…"""
    where, parameters = conditions(code=held_to_own(viewer, "members", None))
    columns = "code, name, short_name, kind, member_group, state, since, ceiling"
    return rows(
        snapshot,
        f"SELECT {columns} FROM ({as_of('on_day')}) {where} ORDER BY kind, code",
        parameters | {"on_day": on},
    )


def timeline(viewer: Viewer, snapshot: Snapshot, code: str | None = None) -> pd.DataFrame:
    """One row a member and stretch of one state: code, state, from_date, to_date (exclusive, absent = still so)."""
    where, parameters = conditions(code=held_to_own(viewer, "members", code))
    return rows(snapshot, f"SELECT * FROM member_state {where} ORDER BY code, from_date", parameters)


def decisions(viewer: Viewer, snapshot: Snapshot, subject: str | None = None) -> pd.DataFrame:
    """One row a decision, the latest first; a member sees its own once approved."""
    own = own_only(viewer, "decisions")
    where, parameters = conditions(
        subject=held_to_own(viewer, "decisions", subject), status=None if own is None else "approved"
    )
    order = "ORDER BY coalesce(effective_on, proposed_on) DESC, decision_id DESC"
    return rows(snapshot, f"SELECT * FROM decision {where} {order}", parameters)
