"""处置: cases from opening to closing by stage and by way, one by one, and the trades that districts report."""

from __future__ import annotations

import pandas as pd

from contract.declarations import code_lists
from contract.errors import CallError
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.queries.figures.parts import Told
from metrics.queries.tasks.reach import OF_BANKS, OF_DISTRICTS, asked, refuse_unless_own, withhold_parts

# Stage → its name, in order. Open cases by how long they have been open at the end of the period.
STAGES = {
    "to_180": "在办180天以内",
    "to_365": "在办181—365天",
    "over_365": "在办超过一年",
    "closed": "本年办结",
    "stopped": "本年终止",
}
COUNTED = ["cases", "exposure", "recovered", "compensation", "recovery_rate", "platform_share", "agency_share", "days"]

# Grain: a case that is open, or ended this year: a stopped one in the year of the report that says so. Days run to its
# closing, else to the end of the period.
CASE = """
    disposal AS (
        SELECT k.*, date_diff('day', k.opened_on, CASE WHEN k.status = 'closed' THEN k.closed_on ELSE t.last_day END)
            AS days,
            CASE WHEN k.status <> 'open' THEN k.status WHEN days <= 180 THEN 'to_180' WHEN days <= 365 THEN 'to_365'
                ELSE 'over_365' END AS stage
        FROM set_K AS k JOIN period AS t ON t.period = k.period
        WHERE k.period = $period AND {of_banks} AND (k.status = 'open'
            OR (k.status = 'closed' AND year(k.closed_on) = t.year AND k.closed_on <= t.last_day)
            OR (k.status = 'stopped' AND left(k.reported_in, 4) = left(k.period, 4)))
    )
"""
SUMMED = """
    count(*) AS cases, CAST(sum(exposure) AS DOUBLE) AS exposure, CAST(sum(recovered) AS DOUBLE) AS recovered,
    CAST(sum(compensation) AS DOUBLE) AS compensation,
    100 * CAST(sum(recovered) AS DOUBLE) / nullif(CAST(sum(exposure) AS DOUBLE), 0) AS recovery_rate,
    100 * CAST(count(*) FILTER (mode = 'listing') AS DOUBLE) / count(*) AS platform_share,
    100 * CAST(count(*) FILTER (agency) AS DOUBLE) / count(*) AS agency_share,
    median(days) AS days
"""
OF_ONE = CASE.format(of_banks=OF_BANKS)
BY_STAGE = f"WITH {OF_ONE} SELECT stage, {SUMMED} FROM disposal GROUP BY stage"
BY_MODE = f"""
    WITH {OF_ONE} SELECT mode, {SUMMED} FROM disposal WHERE stage = 'closed' GROUP BY mode ORDER BY cases DESC, mode
"""
# How many banks have cases of each kind, by place; what indicators tell of the kinds of cases together.
BEHIND = f"""
    WITH {CASE.format(of_banks="k.on_list")}
    SELECT coalesce(bank_type, '{CITY}') AS entity, {{code}}, count(DISTINCT bank) AS number FROM disposal
    WHERE list_contains([{{stages}}], stage) GROUP BY GROUPING SETS ((bank_type, {{code}}), ({{code}}))
"""
OPEN, CLOSED, STOPPED = ("to_180", "to_365", "over_365"), ("closed",), ("stopped",)
STAGES_TOLD = {OPEN: Told("P05"), CLOSED: Told("P01"), STOPPED: Told()}
MODES_TOLD = Told("P01", "P04", tuple(code for code in code_lists()["disposal_mode"] if code != "listing"))
CASES = f"""
    WITH {OF_ONE}
    SELECT c.bank, member.short_name AS bank_name, c.case_no, c.loan_no, c.ip_types, c.stage, c.mode, c.platform,
        c.agency, c.opened_on, c.closed_on, c.days, CAST(c.exposure AS DOUBLE) AS exposure,
        CAST(c.appraised AS DOUBLE) AS appraised, CAST(c.recovered AS DOUBLE) AS recovered,
        CAST(c.compensation AS DOUBLE) AS compensation,
        100 * CAST(c.recovered AS DOUBLE) / nullif(CAST(c.exposure AS DOUBLE), 0) AS recovery_rate
    FROM disposal AS c JOIN member ON member.code = c.bank
    ORDER BY list_position($stages, c.stage), c.days DESC, c.bank, c.case_no
"""
# Trades of the year to date; agencies are counted a line of form R3, so lines are not added up: the most that one has.
TRADES = f"""
    SELECT {{by}} AS code, CAST(sum(deals) AS BIGINT) AS deals, CAST(sum(amount) AS DOUBLE) AS amount,
        CAST(sum(agency_deals) AS BIGINT) AS agency_deals,
        100 * CAST(sum(agency_deals) AS DOUBLE) / nullif(sum(deals), 0) AS agency_share,
        CAST(max(agencies) FILTER (reported_in = $period) AS BIGINT) AS agencies,
        CAST(sum(deals) FILTER (reported_in = $period) AS BIGINT) AS month_deals
    FROM set_R3 WHERE period = $period AND {OF_DISTRICTS} GROUP BY 1 ORDER BY deals DESC, code
"""
# How trades may be laid out: the column, and the list its codes are from.
WAYS = {"mode": "trade_mode", "ip_type": "ip", "platform": ""}


def disposal_stages(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a stage that has cases, in order: `name, cases, exposure, recovered, compensation` (万元),
    `recovery_rate, platform_share, agency_share` (%), `days` (median), `withheld` where fewer than 3 banks have any."""
    frame = asked(viewer, snapshot, BY_STAGE, period, scope, entity)
    frame = frame.sort_values("stage", key=lambda stages: stages.map(list(STAGES).index), ignore_index=True)
    frame = frame.assign(name=frame["stage"].map(STAGES))
    parts = [
        withhold_parts(
            viewer, snapshot, period, (scope, entity), frame[frame["stage"].isin(stages)], "stage", COUNTED,
            _behind("stage", stages), told,
        )
        for stages, told in STAGES_TOLD.items()
    ]  # fmt: skip
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def disposal_modes(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """The same, a row a way of disposal, of the cases closed this year: `mode` and what stages have."""
    frame = asked(viewer, snapshot, BY_MODE, period, scope, entity)
    behind = _behind("mode", CLOSED)
    return withhold_parts(viewer, snapshot, period, (scope, entity), frame, "mode", COUNTED, behind, MODES_TOLD)


def _behind(code: str, stages: tuple[str, ...]) -> str:
    return BEHIND.format(code=code, stages=", ".join(f"'{stage}'" for stage in stages))


def disposal_cases(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a case that is open or ended this year, the longest open first. Loan rows: the Bureau's and a bank's own.
    Raises AccessDenied."""
    refuse_unless_own(viewer, "rows", scope, entity)
    frame = asked(viewer, snapshot, CASES, period, scope, entity, stages=list(STAGES))
    return frame.assign(stage=frame["stage"].map(STAGES))


def trades(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, by: str) -> pd.DataFrame:
    """One row a way of trading, kind of right or platform (`by`), the year to date: `name, deals, amount` (万元),
    `agency_deals, agency_share` (%), `agencies` (this month, the most that one line has), `month_deals`."""
    if by not in WAYS:
        raise CallError(f"交易流转不能按“{by}”列示")
    frame = asked(viewer, snapshot, TRADES.format(by=by), period, scope, entity)
    names = code_lists()[WAYS[by]] if WAYS[by] else {}
    return frame.assign(name=[names.get(code, code) for code in frame["code"]])
