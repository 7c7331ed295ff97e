"""Which forms a version brought: with rows, without any business, not at all."""

from __future__ import annotations

import pandas as pd

from contract.declarations import forms
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import rows
from metrics.queries.filing.board import version

FILED = """
    SELECT t.form, t.data_rows, t.data_rows = 0 AND NOT EXISTS (
        SELECT 1 FROM finding f
        WHERE f.submission_id = t.submission_id AND f.form = 'cover' AND f.column_code = 'rows_' || t.form) AS nil
    FROM version_form t WHERE t.submission_id = $id"""


def filing_forms(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> pd.DataFrame:
    """One row a form that this kind of member files: form, name, data_rows (None = did not come), state.

    State: filed; nil (the form came without rows, and the cover's control total says so too); empty (it came without
    rows, and the control total is missing or says otherwise); missing (due, did not come); not_due.
    Raises AccessDenied where the version is another's, CallError where there is none.
    """
    found = version(viewer, snapshot, submission_id)
    came = rows(snapshot, FILED, {"id": submission_id}).set_index("form").to_dict("index")
    lines = []
    for form in forms().values():
        if form.filed_by(found["kind"]):
            one = came.get(form.code)
            if one is None:
                state = "missing" if form.due_in(found["period"]) else "not_due"
            elif one["data_rows"]:
                state = "filed"
            else:
                state = "nil" if one["nil"] else "empty"
            lines.append((form.code, form.name, one and int(one["data_rows"]), state))
    return pd.DataFrame(lines, columns=["form", "name", "data_rows", "state"]).astype({"data_rows": "Int64"})
