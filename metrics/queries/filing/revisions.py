"""By how much what counts now moved from what was filed first."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.door import conditions, held_to_own, rows
from metrics.queries.filing.board import BOARD

# Money of loans: what a supervisor asks for first. Districts file none.
MOVED = "sum({measure}) FILTER (form = 'B1' AND column_code = '{column}')"


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
        SELECT board.submitter, board.short_name, board.period, board.versions, board.returned,
            moved.* EXCLUDE (submission_id), 1000.0 * changed / nullif(cells, 0) AS per_mille
        FROM (SELECT * FROM ({BOARD}) {where}) AS board
        JOIN (
            SELECT submission_id, sum(cells) AS cells, sum(filled) AS filled, sum(blanked) AS blanked,
                sum(corrected) AS corrected, sum(filled + blanked + corrected) AS changed,
                {balance} AS balance_moved, 100 * {balance} / nullif({balances}, 0) AS balance_pct,
                {amount} AS amount_moved, 100 * {amount} / nullif({amounts}, 0) AS amount_pct
            FROM revision GROUP BY submission_id
        ) AS moved ON moved.submission_id = board.submission_id
        WHERE board.period BETWEEN $since AND $until
        ORDER BY per_mille DESC, board.submitter, board.period
        """,
        parameters | {"since": since, "until": until},
    )
