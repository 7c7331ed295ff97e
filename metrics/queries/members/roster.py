"""The pilot list: who is on it in what state, as of a day and between two days, and by which decisions."""

from __future__ import annotations

from datetime import date

import pandas as pd

from contract.viewer import Viewer, own_only
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows

COMPARED = ("state", "ceiling", "name", "member_group", "contact")


def members(viewer: Viewer, snapshot: Snapshot, kind: str | None = None, code: str | None = None) -> pd.DataFrame:
    """One row a member that the viewer may know by name: code, name, short_name, kind, member_group, state, since…"""
    where, parameters = conditions(kind=kind, code=held_to_own(viewer, "members", code))
    return rows(snapshot, f"SELECT * FROM member {where} ORDER BY kind, code", parameters)


def roster(viewer: Viewer, snapshot: Snapshot, on: date) -> pd.DataFrame:
    """One row a member on a day: code, name, short_name, kind, member_group, state, since, ceiling (万元), batch…"""
    where, parameters = conditions(code=held_to_own(viewer, "members", None))
    return rows(snapshot, f"SELECT * FROM ({as_of('on_day')}) {where} ORDER BY kind, code", parameters | {"on_day": on})


def roster_span(viewer: Viewer, snapshot: Snapshot) -> tuple[date, date]:
    """The first day on which anyone was on the list, and the last that is known: today, or that of a later decision."""
    held_to_own(viewer, "members", None)
    (span,) = rows(snapshot, "SELECT min(from_date) AS first, max(from_date) AS last FROM member_state").to_dict(
        "records"
    )
    first, last = (pd.Timestamp(span[name]).date() for name in ("first", "last"))
    return first, max(snapshot.now.date(), last)


def roster_changes(viewer: Viewer, snapshot: Snapshot, before: date, after: date) -> pd.DataFrame:
    """One row a member with any of `COMPARED` different between two days, each as `…_before` and `…_after`."""
    where, parameters = conditions(code=held_to_own(viewer, "members", None))
    return rows(
        snapshot,
        f"SELECT * FROM ({changes('before_day', 'after_day')}) {where} ORDER BY kind, code",
        parameters | {"before_day": before, "after_day": after},
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


def _attribute(name: str, day: str) -> str:
    return f"""
        LEFT JOIN member_attribute AS "{name}_then"
            ON "{name}_then".code = member.code AND "{name}_then".attribute = '{name}'
            AND "{name}_then".from_date <= ${day}
            AND ("{name}_then".to_date IS NULL OR ${day} < "{name}_then".to_date)
    """


def as_of(day: str) -> str:
    """The list on the day that a parameter holds. Grain: a member that has a state on that day.

    Everything is as it was on the day. Batch and document are those of the decision that admitted it, the latest where
    it was admitted again; `successor` and `predecessors` tell who took whose place up to then.
    """
    return f"""
        SELECT member.code, coalesce(name_then.value, member.name) AS name,
            CASE WHEN member.kind = 'bank' THEN coalesce(name_then.value, short_name) ELSE short_name END AS short_name,
            kind, coalesce(group_then.value, member_group) AS member_group, contact_then.value AS contact,
            stretch.state, stretch.from_date AS since, ceiling.ceiling, entry.batch, entry.document_no,
            coalesce(entry.effective_on, member.admitted_on) AS admitted_on, heir.heir AS successor, before.predecessors
        FROM member
        JOIN member_state AS stretch
            ON stretch.code = member.code AND stretch.from_date <= ${day}
            AND (stretch.to_date IS NULL OR ${day} < stretch.to_date)
        LEFT JOIN ceiling
            ON ceiling.code = member.code AND ceiling.from_date <= ${day}
            AND (ceiling.to_date IS NULL OR ${day} < ceiling.to_date)
        {_attribute("name", day)} {_attribute("group", day)} {_attribute("contact", day)}
        LEFT JOIN heir
            ON heir.code = member.code AND heir.from_date <= ${day} AND (heir.to_date IS NULL OR ${day} < heir.to_date)
        LEFT JOIN (
            SELECT heir.heir AS code, string_agg(heir.code, '、' ORDER BY heir.code) AS predecessors
            FROM heir WHERE heir.from_date <= ${day} AND (heir.to_date IS NULL OR ${day} < heir.to_date)
            GROUP BY heir.heir
        ) AS before ON before.code = member.code
        LEFT JOIN (
            SELECT subject, arg_max(batch, effective_on) AS batch, arg_max(document_no, effective_on) AS document_no,
                max(effective_on) AS effective_on
            FROM decision
            WHERE kind IN ('admit', 'readmit') AND status = 'approved' AND effective_on <= ${day}
            GROUP BY subject
        ) AS entry ON entry.subject = member.code
    """


def changes(before: str, after: str) -> str:
    """What differs between the days that two parameters hold. Grain: a member; absent where it was not listed."""
    pairs = ", ".join(f"earlier.{column} AS {column}_before, later.{column} AS {column}_after" for column in COMPARED)
    differs = " OR ".join(f"earlier.{column} IS DISTINCT FROM later.{column}" for column in COMPARED)
    return f"""
        SELECT coalesce(later.code, earlier.code) AS code, coalesce(later.name, earlier.name) AS name,
            coalesce(later.short_name, earlier.short_name) AS short_name, coalesce(later.kind, earlier.kind) AS kind,
            {pairs}, later.since
        FROM ({as_of(before)}) AS earlier
        FULL JOIN ({as_of(after)}) AS later ON later.code = earlier.code
        WHERE {differs}
    """
