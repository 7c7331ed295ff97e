"""One version received: what came, what its submitter is told, which forms it brought, and beside another version."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from contract.declarations import forms
from contract.errors import CallError
from contract.settings import Home
from contract.standing import Receipt
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, reading
from etl.snapshot.status import receipt_of
from etl.warehouse.differences import CHANGE_FIELDS, FORM_FIELDS, acknowledged, differences
from metrics.queries.door import conditions, held_to_own, rows

# Grain: a form of a version that came; nil where it came without rows and the control total says so too.
CAME = """
    SELECT t.form, t.data_rows, t.data_rows = 0 AND NOT EXISTS (
        SELECT 1 FROM finding f
        WHERE f.submission_id = t.submission_id AND f.form = 'cover' AND f.column_code = 'rows_' || t.form) AS nil
    FROM version_form t WHERE t.submission_id = $id"""


def version(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> pd.Series:
    """One version received, as the table `submission` has it.

    Raises AccessDenied where it is another's, CallError where there is none.
    """
    frame = rows(snapshot, "SELECT * FROM submission WHERE submission_id = $id", {"id": submission_id})
    if frame.empty:
        raise CallError(f"数据版本第{snapshot.number}版中没有第{submission_id}号报送")
    held_to_own(viewer, "findings", frame.iloc[0]["submitter"])
    return frame.iloc[0]


def receipt(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> Receipt:
    """What the submitter is told of a version: where it stands and what comes next.

    Raises AccessDenied where it is another's, CallError where there is none.
    """
    version(viewer, snapshot, submission_id)
    with reading(snapshot) as connection:
        return receipt_of(connection, submission_id)


def submissions(
    viewer: Viewer, snapshot: Snapshot, submitter: str | None = None, period: str | None = None
) -> pd.DataFrame:
    """One row a version received, the latest first, as the table `submission` has it."""
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", submitter), period=period)
    return rows(snapshot, f"SELECT * FROM submission {where} ORDER BY received_at DESC, submission_id DESC", parameters)


def filing_forms(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> pd.DataFrame:
    """One row a form that this kind of member files: form, name, data_rows (None = did not come), state.

    State: filed; nil (the form came without rows, and the cover's control total says so too); empty (it came without
    rows, and the control total is missing or says otherwise); missing (due, did not come); not_due.
    Raises AccessDenied where the version is another's, CallError where there is none.
    """
    received = version(viewer, snapshot, submission_id)
    came = rows(snapshot, CAME, {"id": submission_id}).set_index("form").to_dict("index")
    lines = []
    for form in forms().values():
        if form.filed_by(received["kind"]):
            sheet = came.get(form.code)
            if sheet is None:
                state = "missing" if form.due_in(received["period"]) else "not_due"
            elif sheet["data_rows"]:
                state = "filed"
            else:
                state = "nil" if sheet["nil"] else "empty"
            lines.append((form.code, form.name, sheet and int(sheet["data_rows"]), state))
    return pd.DataFrame(lines, columns=["form", "name", "data_rows", "state"]).astype({"data_rows": "Int64"})


@dataclass(frozen=True)
class SideBySide:
    """What changed from one version to another, as `etl.warehouse.differences.Differences` tells it, as frames."""

    forms: pd.DataFrame
    changes: pd.DataFrame
    total: int


def side_by_side(viewer: Viewer, snapshot: Snapshot, home: Home, old: int, new: int, limit: int) -> SideBySide:
    """The first so many changes from one version received to another of the same member and period, and their number.

    `old` and `new` are submission ids; both are read again from the archive, so that returned ones count too.

    Raises:
        AccessDenied: the versions are another's.
        CallError: there is no such version, or they are not of one member and period.
        RefusedFile: the archive lacks one of them, or it cannot be read any more.
    """
    first, last = (version(viewer, snapshot, number) for number in (old, new))
    place, other = ((received["submitter"], received["period"]) for received in (first, last))
    if place != other:
        raise CallError("只能对比同一成员同一报送期的两版")
    events = acknowledged(home, *place, (int(first["version"]), int(last["version"])))
    changed = differences(home, *events, limit=limit)
    return SideBySide(
        pd.DataFrame(changed.forms, columns=FORM_FIELDS),
        pd.DataFrame(changed.changes, columns=CHANGE_FIELDS),
        changed.total,
    )
