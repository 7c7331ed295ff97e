"""服务机制: what banks have set up, plan against lending, liability cases, incentives, bank by bank and in sum."""

from __future__ import annotations

import pandas as pd

from contract.declarations import forms
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.behind import FEWEST
from metrics.queries.figures.parts import withheld_places
from metrics.queries.tasks.reach import OF_BANKS, asked, refuse, refuse_unless_own, sees_all

FORM = "B3"
# Mechanism → its name, and the SQL that says a bank has it.
MECHANISMS = {
    code: (forms()[FORM].column(code).header.removeprefix("是否"), code)
    for code in (
        "has_ip_policy", "has_green_channel", "has_risk_review", "has_dd_policy", "has_appeal", "has_incentive_plan",
    )
} | {
    "dedicated_units": ("设有专营机构", "dedicated_units > 0"),
    "ftp_discount_bp": ("给予内部资金转移定价优惠", "ftp_discount_bp > 0"),
    "credit_plan": ("单列信贷计划", "credit_plan > 0"),
    "dedicated_quota": ("安排专项信贷额度", "dedicated_quota > 0"),
}  # fmt: skip
RANGE = {"count": "banks", "min": "lowest", "25%": "low", "50%": "median", "75%": "high", "max": "highest"}
RANGES = ("ftp_discount_bp", "delegated_limit", "kpi_weight", "npl_tolerance_pp")
# What counts from January on, of the same year alone.
OF_YEAR = (
    "credit_plan", "dd_cases_ytd", "dd_exempted_ytd", "dd_fast_ytd", "dd_fast_days", "dd_appeals_ytd",
    "dd_appeals_upheld_ytd", "incentive_amount_ytd", "incentive_staff_ytd", "training_sessions_ytd",
    "training_attendance_ytd",
)  # fmt: skip

# Grain: a bank present in the period, with its latest form B3 up to it. Not the set B3 of the catalogue, which reads
# all loans in force besides.
YEARLY = ", ".join(
    f"CASE WHEN left(h.reported_in, 4) = left(h.period, 4) THEN {name} END AS {name}" for name in OF_YEAR
)
HELD = f"""
    held AS (
        SELECT h.on_list, h.submitter AS bank, h.member_group AS bank_type, h.reported_in,
            {YEARLY},
            b.* EXCLUDE (submission_id, submitter, period, {", ".join(OF_YEAR)})
        FROM set_held AS h JOIN B3 AS b ON b.submission_id = h.submission_id
        WHERE h.form = 'B3' AND h.period = $period
    ),
    bank AS (SELECT * FROM held WHERE {OF_BANKS})
"""
BY_BANK = f"""
    WITH {HELD}
    SELECT bank.*, member.short_name AS bank_name, CAST(lent.part AS DOUBLE) AS lent,
        100 * CAST(lent.part AS DOUBLE) / nullif(CAST(credit_plan AS DOUBLE), 0) AS completed, pace.value AS pace
    FROM bank JOIN member ON member.code = bank.bank
    LEFT JOIN value AS lent ON (lent.period, lent.scope, lent.entity, lent.indicator)
        = ($period, 'bank', bank.bank, 'G04')
    LEFT JOIN (
        SELECT CAST(value AS DOUBLE) AS value FROM parameter JOIN period ON period.period = $period
        WHERE name = 'lending_share_' || right($period, 2) AND effective_from <= last_day
            AND (effective_to IS NULL OR last_day < effective_to)
    ) AS pace ON true
    ORDER BY bank.bank
"""
SHARES = f"""
    WITH {HELD}
    SELECT {{counts}}, count(*) AS reported, count(credit_plan) AS of_year FROM bank
"""
SPREAD = f"""
    WITH {HELD}
    UNPIVOT (SELECT bank, {", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in RANGES)} FROM bank)
    ON {", ".join(RANGES)} INTO NAME item VALUE value
"""
SUMS = f"""
    WITH {HELD}
    SELECT count(*) AS banks, count(dd_cases_ytd) AS of_year, CAST(sum(dd_cases_ytd) AS BIGINT) AS cases,
        CAST(sum(dd_fast_ytd) AS BIGINT) AS fast, CAST(sum(dd_exempted_ytd) AS BIGINT) AS exempted,
        CAST(sum(dd_cases_ytd - dd_exempted_ytd) AS BIGINT) AS kept, CAST(sum(dd_appeals_ytd) AS BIGINT) AS appeals,
        CAST(sum(dd_appeals_upheld_ytd) AS BIGINT) AS upheld,
        count(*) FILTER (has_incentive_plan) AS with_plan, CAST(sum(incentive_amount_ytd) AS DOUBLE) AS amount,
        CAST(sum(incentive_staff_ytd) AS BIGINT) AS rewarded, CAST(sum(ip_staff) AS BIGINT) AS staff,
        CAST(sum(training_sessions_ytd) AS BIGINT) AS sessions,
        CAST(sum(training_attendance_ytd) AS BIGINT) AS attendance
    FROM bank
"""
# Step of a liability case → its name, its count in SUMS, and what it is a share of.
STEPS = {
    "cases": ("启动尽职认定", "cases"),
    "fast": ("其中：快速认定", "cases"),
    "exempted": ("认定免责", "cases"),
    "kept": ("未予免责", "cases"),
    "appeals": ("提出申诉", "kept"),
    "upheld": ("申诉改判", "appeals"),
}
INCENTIVES = {
    "with_plan": ("设个人奖励计划的机构", "家"),
    "amount": ("本年奖励金额", "万元"),
    "rewarded": ("本年受奖人数", "人"),
    "staff": ("知识产权金融从业人员", "人"),
    "sessions": ("本年培训场次", "场"),
    "attendance": ("本年培训人次", "人次"),
}


def mechanisms(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a bank: `bank_name, bank, reported_in`, the columns of its latest form B3 (those that count from January
    on absent where it is last year's), `lent` this year (万元), `completed` of the credit plan and `pace`, the month's
    share of a year's lending (%).

    The Bureau's, and a bank's own. Raises AccessDenied.
    """
    refuse_unless_own(viewer, "bank_profile", scope, entity)
    return asked(viewer, snapshot, BY_BANK, period, scope, entity)


def plans(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """Of these rows those with a credit plan, the least completed first, with `behind`: short of the month's pace."""
    frame = mechanisms(viewer, snapshot, period, scope, entity)
    frame = frame[frame["credit_plan"] > 0].sort_values(["completed", "bank"], ignore_index=True)
    return frame.assign(behind=frame["completed"] < frame["pace"])


def mechanism_shares(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a mechanism: `name, banks` that have it, `reported` (banks whose form says), `share` (%)."""
    counts = ", ".join(f"count(*) FILTER ({condition}) AS {code}" for code, (_, condition) in MECHANISMS.items())
    found = asked(viewer, snapshot, SHARES.format(counts=counts), period, scope, entity).iloc[0]
    told = [
        (name, int(found[code]), int(found["of_year"] if code in OF_YEAR else found["reported"]))
        for code, (name, _) in MECHANISMS.items()
    ]
    frame = pd.DataFrame(told, columns=["name", "banks", "reported"])
    frame = frame[_enough(viewer, snapshot, period, scope, entity, frame["reported"])]
    return frame.assign(share=100 * frame["banks"] / frame["reported"])


def mechanism_ranges(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a quantity that banks set: `name, banks, lowest, low, median, high, highest` over the banks (quartiles by
    linear interpolation), in the unit that its name ends with. Nothing for one bank."""
    refuse(viewer, scope, entity)
    if scope == "bank":
        return pd.DataFrame(columns=["name", *RANGE.values()])
    found = asked(viewer, snapshot, SPREAD, period, scope, entity)
    told = found.groupby("item")["value"].describe().rename(columns=RANGE)[list(RANGE.values())]
    told = told.loc[[item for item in RANGES if item in told.index]]
    columns = [forms()[FORM].column(item) for item in told.index]
    told["name"] = [f"{one.header}(万元)" if one.type == "money" else one.header for one in columns]
    return told[_enough(viewer, snapshot, period, scope, entity, told["banks"])].reset_index(drop=True)


def liability(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a step of this year's liability cases, in order: `name, count, share` of the step that it follows (%)."""
    found = asked(viewer, snapshot, SUMS, period, scope, entity).iloc[0]
    if not _enough(viewer, snapshot, period, scope, entity, pd.Series([found["of_year"]])).iat[0]:
        return pd.DataFrame(columns=["name", "count", "share"])
    told = [
        (name, int(found[code]), 100 * found[code] / found[whole] if found[whole] else None)
        for code, (name, whole) in STEPS.items()
    ]
    return pd.DataFrame(told, columns=["name", "count", "share"]).astype({"share": float})


def incentives(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a sum over the banks: `name, count, unit`: rewards, staff, training."""
    found = asked(viewer, snapshot, SUMS, period, scope, entity).iloc[0]
    if not _enough(viewer, snapshot, period, scope, entity, pd.Series([found["banks"]])).iat[0]:
        return pd.DataFrame(columns=["name", "count", "unit"])
    told = [(name, found[code], unit) for code, (name, unit) in INCENTIVES.items()]
    return pd.DataFrame(told, columns=["name", "count", "unit"]).astype({"count": float})


def _enough(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str, banks: pd.Series) -> pd.Series:
    """Of which rows enough banks have told to show them to this viewer; none of those that no bank has told of, and
    none of a place of which figures drawn from the same forms are withheld."""
    if sees_all(viewer, scope):
        return banks > 0
    untold = set().union(*(withheld_places(snapshot, period, relation, scope) for relation in ("B3", "B3_year")))
    return (banks >= FEWEST) & (entity not in untold)
