"""The year's initiatives (创新举措) that members reported for one task of the plan."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.tasks.reach import asked, refuse_unless_own

# Grain: a row of form I1 in the year up to the period, of members that count for the entity.
REPORTED = """
    SELECT i.bank, i.district, member.short_name AS member_name, i.title, i.kind, i.issued_on, i.doc_no, i.summary
    FROM set_I1 AS i JOIN member ON member.code = coalesce(i.bank, i.district)
    WHERE i.period = $period AND i.theme = $theme AND (
        CASE $scope WHEN 'city' THEN i.on_list AND ($banks_named OR i.district IS NOT NULL)
        WHEN 'bank_type' THEN i.on_list AND $banks_named AND member.member_group = $entity
        ELSE member.code = $entity END)
    ORDER BY i.issued_on DESC, member.code, i.title
"""


def task_initiatives(
    viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, theme: str
) -> pd.DataFrame:
    """One row an initiative, the latest first: `bank` or `district`, `member_name, title, kind, issued_on,
    doc_no, summary`.

    Whom an initiative is of is told to the Bureau, to the member itself, and of districts to authorities. Raises
    AccessDenied.
    """
    refuse_unless_own(viewer, "figures", scope, entity)
    named = viewer.bureau or viewer.role == "institution"
    return asked(viewer, snapshot, REPORTED, period, scope, entity, theme=theme, banks_named=named)
