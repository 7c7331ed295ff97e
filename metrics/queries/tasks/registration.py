"""登记: service points and their use, by district and one by one."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.queries.tasks.reach import OF_DISTRICTS, asked, refuse_unless_own

# Grain: a district that filed form R1 for the period, and the city. Days are weighed by the registrations they took.
USE = f"""
    WITH point AS (SELECT * FROM set_R1 WHERE period = $period AND {OF_DISTRICTS}),
    used AS (
        SELECT coalesce(district, '{CITY}') AS entity,
            count(*) FILTER (status = 'running') AS running,
            count(*) FILTER (status = 'running' AND one_stop) AS one_stop,
            sum(consultations) AS consultations, sum(registrations) AS registrations, sum(matched) AS matched,
            100 * CAST(sum(matched) AS DOUBLE) / nullif(sum(consultations), 0) AS match_rate,
            CAST(sum(avg_days * registrations) FILTER (avg_days IS NOT NULL) AS DOUBLE)
                / nullif(sum(registrations) FILTER (avg_days IS NOT NULL), 0) AS avg_days
        FROM point GROUP BY GROUPING SETS ((district), ())
    )
    SELECT used.*, coalesce(unit.short_name, '试点地区合计') AS name
    FROM used LEFT JOIN district_unit AS unit ON unit.code = used.entity
    WHERE running IS NOT NULL AND (entity <> '{CITY}' OR EXISTS (FROM point))
    ORDER BY entity = '{CITY}', running DESC, entity
"""
POINTS = f"""
    SELECT point.point_id, point.name, point.district, unit.short_name AS district_name, point.host, point.bank,
        member.short_name AS bank_name,
        point.status, point.one_stop, point.opened_on, point.consultations, point.registrations, point.matched,
        point.avg_days
    FROM (
        SELECT * FROM set_R1
        WHERE period = $period AND ({OF_DISTRICTS} OR ($scope = 'bank' AND bank = $entity))
    ) AS point
    JOIN district_unit AS unit ON unit.code = point.district
    LEFT JOIN member ON member.code = point.bank
    ORDER BY point.district, point.status <> 'running', point.consultations DESC, point.point_id
"""


def service_use(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a district and one, the last, of their sum: `entity, name, running, one_stop` (points), `consultations,
    registrations, matched` (of the month), `match_rate` (%), `avg_days`.

    Who is bound to one member reads of the city the sum alone. Nothing for banks and their groups.
    """
    frame = asked(viewer, snapshot, USE, period, scope, entity)
    if scope != "city":
        return frame[frame["entity"] != CITY]
    return frame[frame["entity"] == CITY] if viewer.own_scope else frame


def service_points(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a service point of a district, or at the bank's own branches: `point_id, name, district,
    district_name, host, bank, bank_name, status, one_stop, opened_on, consultations, registrations, matched, avg_days`.

    Which bank runs a point is told to the Bureau and to that bank. Raises AccessDenied for a viewer bound to one
    member that asks for the city's.
    """
    refuse_unless_own(viewer, "figures", scope, entity)
    frame = asked(viewer, snapshot, POINTS, period, scope, entity)
    return frame if viewer.bureau or viewer.role == "institution" else frame.drop(columns=["bank", "bank_name"])
