"""评估: the year's loans valued inside above what the bank was permitted, one by one."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.queries.tasks.reach import OF_BANKS, asked, refuse_unless_own

CASES = f"""
    SELECT c.bank, member.short_name AS bank_name, c.loan_no, c.borrower_name, c.uscc, c.valuation_method,
        CAST(c.valuation AS DOUBLE) AS valuation, CAST(c.amount AS DOUBLE) AS amount, c.approved_on,
        CAST(c.permitted_ceiling AS DOUBLE) AS permitted_ceiling,
        CAST(c.amount - c.permitted_ceiling AS DOUBLE) AS above, c.disbursed_on, c.reported_in, submission.file_name,
        c.sheet, c.row_no
    FROM ceiling_case AS c
    JOIN member ON member.code = c.bank
    JOIN submission ON submission.submission_id = c.submission_id
    WHERE c.period = $period AND {OF_BANKS}
    ORDER BY above DESC, c.bank, c.loan_no
"""


def ceiling_cases(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a loan, 万元: bank, borrower, method, amount, the ceiling in force on the day of approval, by how much it
    is above, and in which file, sheet and row it stands.

    Loan rows: the Bureau's and the bank's own. Raises AccessDenied.
    """
    refuse_unless_own(viewer, "rows", scope, entity)
    return asked(viewer, snapshot, CASES, period, scope, entity)
