"""How well members file: passing at first try, attempts, lateness, what fails most, and what later versions moved."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.filing.board import FILING

ACCEPTED = """
    SELECT submitter, period, min(version) AS accepted_as
    FROM submission WHERE verdict <> 'returned' GROUP BY submitter, period
"""

# Over the expected periods alone: history is sent once and has no deadline.
MEASURES = """
    count(*) AS expected,
    count(*) FILTER (versions > 0) AS filed,
    count(*) FILTER (first_verdict <> 'returned') AS passed_first,
    100.0 * count(*) FILTER (first_verdict <> 'returned') / nullif(count(*) FILTER (versions > 0), 0) AS first_pass_pct,
    sum(versions) AS versions,
    sum(versions) / nullif(count(*) FILTER (versions > 0), 0) AS attempts,
    avg(accepted_as) AS until_accepted,
    sum(returned) AS returned,
    count(*) FILTER (late OR missing) AS late,
    100.0 * count(*) FILTER (on_time) / nullif(count(*), 0) AS on_time_pct
"""

# Money of loans: what a supervisor asks for first. Districts file none.
MOVED = "sum({measure}) FILTER (form = 'B1' AND column_code = '{column}')"


def quality_by_period(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a period whose deadline has passed: expected, filed, passed_first, first_pass_pct, attempts, late…

    `first_pass_pct`: first versions accepted ÷ members that filed, percent; `attempts`: versions a member that filed;
    `until_accepted`: the number of the first version accepted, on average of those that have one; `late`: came late
    or is missing.
    """
    return _quality(viewer, snapshot, "period", since, until)


def quality_by_member(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a member, the same measures over its periods whose deadline has passed; the weakest first."""
    frame = _quality(viewer, snapshot, "submitter, short_name, kind", since, until)
    return frame.sort_values(["returned", "late", "submitter"], ascending=[False, False, True], ignore_index=True)


def _quality(viewer: Viewer, snapshot: Snapshot, grain: str, since: str, until: str) -> pd.DataFrame:
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    return rows(
        snapshot,
        f"""
        SELECT {grain}, {MEASURES}
        FROM (SELECT * FROM ({FILING}) {where}) LEFT JOIN ({ACCEPTED}) USING (submitter, period)
        WHERE on_list AND deadline_passed AND period BETWEEN $since AND $until
        GROUP BY {grain} ORDER BY {grain}
        """,
        parameters | {"since": since, "until": until},
    )


def failing_checks(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a check and column that found something, the most frequent first, over all versions received.

    check_id, level, form, column_code, findings, submissions, members, and one message and advice as an example.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "findings", None))
    return rows(
        snapshot,
        f"""
        SELECT check_id, level, form, column_code, count(*) AS findings,
            count(DISTINCT submission_id) AS submissions, count(DISTINCT submitter) AS members,
            arg_max(message, submission_id) AS message, arg_max(advice, submission_id) AS advice
        FROM finding JOIN (SELECT * FROM submission {where}) USING (submission_id)
        WHERE period BETWEEN $since AND $until
        GROUP BY check_id, level, form, column_code
        ORDER BY findings DESC, check_id, column_code
        """,
        parameters | {"since": since, "until": until},
    )


def revisions(viewer: Viewer, snapshot: Snapshot, since: str, until: str) -> pd.DataFrame:
    """One row a member and period whose version in force (else the latest) is not its first; the most moved first.

    versions, returned; cells that have a value in either, changed (filled, blanked, corrected) and per_mille
    of them; in 万元 balance_moved and amount_moved (Σ|Δ| over loans, one that only one version has counts whole), and
    in percent of the sum that counts now balance_pct and amount_pct. None where the member files no loans.
    """
    where, parameters = conditions(submitter=held_to_own(viewer, "filing", None))
    balance, amount = (MOVED.format(measure="moved", column=column) for column in ("balance", "amount"))
    balances, amounts = (MOVED.format(measure="total", column=column) for column in ("balance", "amount"))
    return rows(
        snapshot,
        f"""
        SELECT filing.submitter, filing.short_name, filing.period, filing.versions, filing.returned,
            moved.* EXCLUDE (submission_id), 1000.0 * changed / nullif(cells, 0) AS per_mille
        FROM (SELECT * FROM ({FILING}) {where}) AS filing
        JOIN (
            SELECT submission_id, sum(cells) AS cells, sum(filled) AS filled, sum(blanked) AS blanked,
                sum(corrected) AS corrected, sum(filled + blanked + corrected) AS changed,
                {balance} AS balance_moved, 100 * {balance} / nullif({balances}, 0) AS balance_pct,
                {amount} AS amount_moved, 100 * {amount} / nullif({amounts}, 0) AS amount_pct
            FROM revision GROUP BY submission_id
        ) AS moved ON moved.submission_id = filing.submission_id
        WHERE filing.period BETWEEN $since AND $until
        ORDER BY per_mille DESC, filing.submitter, filing.period
        """,
        parameters | {"since": since, "until": until},
    )
