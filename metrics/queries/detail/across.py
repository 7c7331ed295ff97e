"""A firm and a right followed across banks: loans, rights, names and terms, as all that was reported tells them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from contract.viewer import Viewer, may_see, own_only
from etl.snapshot.opened import Snapshot
from metrics.queries.detail.listing import asked, framed

AREA = "rows"
HELD = "($own IS NULL OR bank = $own)"
WITH_FILE = "LEFT JOIN submission AS file ON file.submission_id = r.submission_id"
FILE = "file.file_name, file.version, file.received_at, r.sheet, r.row_no, r.submission_id"

# The integer by which a borrower is counted: to compare it with all reports of all months costs a tenth of its text.
KEY = "SELECT firm_key FROM key_B1_uscc WHERE uscc = $uscc"
NOBODY = -1

# Grain: a bank and name, with the first and last period in which the bank called the firm so.
NAMES = f"""
    SELECT borrower_name, bank, min(period) AS since, max(period) AS until, count(DISTINCT loan_key) AS loans
    FROM set_B1 WHERE firm_key = $firm AND period <= $period AND {HELD} GROUP BY ALL ORDER BY since, bank, borrower_name
"""
# Grain: a loan, as last reported up to the period.
LOANS = f"""
    SELECT r.bank, r.loan_no, r.period AS reported_in, r.ip_types, r.amount, r.balance, r.rate, r.disbursed_on,
        r.matures_on, r.risk_class, r.overdue_days, r.status, r.closed_on, r.registration_no, {FILE}
    FROM (
        SELECT * FROM set_B1 WHERE firm_key = $firm AND period <= $period AND {HELD}
        QUALIFY row_number() OVER (PARTITION BY loan_key ORDER BY period DESC) = 1
    ) AS r {WITH_FILE}
    ORDER BY r.status <> 'active', r.balance DESC, r.disbursed_on, r.bank, r.loan_no
"""
# Grain: a period and bank with an outstanding balance.
COURSE = f"""
    SELECT period, bank, sum(balance) AS balance, count(*) AS loans FROM set_A
    WHERE firm_key = $firm AND period <= $period AND {HELD} GROUP BY ALL ORDER BY period, bank
"""
RIGHTS = f"""
    SELECT r.right_no, r.ip_type, r.bank, r.loan_no, r.registration_no, r.registered_on, r.expires_on, r.matures_on,
        r.reported_in, {FILE}
    FROM (SELECT * FROM set_pledged WHERE firm_key = $firm AND period = $period AND {HELD}) AS r {WITH_FILE}
    ORDER BY r.ip_type, r.right_no, r.bank, r.loan_no
"""
KEY_FIRM = f"""
    SELECT r.district, r.name, r.category, r.demand, r.matched_on, r.reported_in, {FILE}
    FROM (SELECT * FROM set_R4 WHERE uscc = $uscc AND period = $period AND ($district IS NULL OR district = $district))
        AS r {WITH_FILE}
    ORDER BY r.district
"""
CASES = f"""
    SELECT r.bank, r.case_no, r.loan_no, r.mode, r.status, r.opened_on, r.closed_on, r.exposure, r.recovered, {FILE}
    FROM (
        SELECT * FROM set_K WHERE period = $period AND {HELD} AND (bank, loan_no) IN (
            SELECT (bank, loan_no) FROM set_B1 WHERE firm_key = $firm AND period <= $period)
    ) AS r {WITH_FILE}
    ORDER BY r.opened_on, r.bank, r.case_no
"""
# Grain: a loan that the right was listed for in any report up to the period, with the loan as last reported.
PLEDGES = f"""
    WITH pledge AS (
        SELECT p.submitter AS bank, b.loan_no, b.ip_type, b.right_no, b.registration_no, b.registered_on, b.expires_on,
            b.period AS reported_in, b.submission_id, b.sheet, b.row_no
        FROM B6 AS b JOIN presence AS p ON p.submission_id = b.submission_id
        WHERE b.right_no = $right_no AND b.period <= $period AND ($own IS NULL OR p.submitter = $own)
        QUALIFY row_number() OVER (PARTITION BY p.submitter, b.loan_no, b.ip_type ORDER BY b.period DESC) = 1
    ),
    chosen AS (
        SELECT k.loan_key FROM key_B1_submitter_loan_no AS k
        SEMI JOIN pledge ON pledge.bank = k.submitter AND pledge.loan_no = k.loan_no
    ),
    known AS (
        SELECT b.submitter AS bank, b.loan_no, b.borrower_name, b.uscc, b.amount, b.balance, b.disbursed_on,
            b.matures_on, b.status, b.closed_on, b.period AS loan_reported_in
        FROM B1 AS b SEMI JOIN chosen ON chosen.loan_key = b.loan_key
        WHERE b.period <= $period
        QUALIFY row_number() OVER (PARTITION BY b.submitter, b.loan_no ORDER BY b.period DESC) = 1
    )
    SELECT r.ip_type, r.bank, r.loan_no, known.borrower_name, known.uscc, r.registration_no, r.registered_on,
        r.expires_on, known.disbursed_on, known.matures_on,
        date_diff('day', known.matures_on, r.expires_on) AS beyond, known.amount, known.balance, known.status,
        known.closed_on, r.reported_in, known.loan_reported_in, {FILE}
    FROM pledge AS r LEFT JOIN known ON known.bank = r.bank AND known.loan_no = r.loan_no {WITH_FILE}
    ORDER BY known.status IS DISTINCT FROM 'active', r.registered_on, r.bank, r.loan_no
"""


# Grain: a firm with loans reported for the period, or on a district's list; by a part of its name or its code.
NAMED = f"""
    SELECT uscc, max(name) AS name, max(banks) AS banks, max(balance) AS balance, bool_or(listed) AS listed
    FROM (
        SELECT uscc, max(borrower_name) AS name, count(DISTINCT bank) AS banks, sum(balance) AS balance, false AS listed
        FROM set_B1 WHERE period = $period AND {HELD}
            AND (contains(borrower_name, $text) OR contains(uscc, upper($text)))
        GROUP BY uscc
        UNION ALL
        SELECT uscc, max(name), 0, 0, true FROM set_R4
        WHERE period = $period AND $listed AND (contains(name, $text) OR contains(uscc, upper($text))) GROUP BY uscc
    ) GROUP BY uscc ORDER BY balance DESC, uscc LIMIT $most
"""
MOST_FIRMS = 50


@dataclass(frozen=True)
class Firm:
    """What was reported of one firm up to a period: a frame each, decimals exact; 万元.

    `names`: what banks called it, since and until when. `loans`: each as last reported. `course`: balance by period
    and bank. `rights`: those behind its outstanding loans. `key_firm`: the districts' record of it. `cases`: disposal.
    """

    uscc: str
    names: pd.DataFrame
    loans: pd.DataFrame
    course: pd.DataFrame
    rights: pd.DataFrame
    key_firm: pd.DataFrame
    cases: pd.DataFrame

    @property
    def rows(self) -> int:
        """How many rows of submissions are told of."""
        return sum(len(frame) for frame in (self.loans, self.rights, self.key_firm, self.cases))

    @property
    def name(self) -> str:
        """What it was called last; empty where nothing was reported of it."""
        if len(self.names):
            return self.names.sort_values(["until", "since"]).iloc[-1]["borrower_name"]
        return self.key_firm.iloc[-1]["name"] if len(self.key_firm) else ""


def firm(viewer: Viewer, snapshot: Snapshot, period: str, uscc: str) -> Firm:
    """One firm by its credit code, as far as the viewer may see loans: all banks', or its own alone.

    The districts' record of it is the Bureau's. Raises AccessDenied.
    """
    own = own_only(viewer, AREA)
    _, known = asked(snapshot, KEY, {"uscc": uscc})
    given = {"firm": known[0][0] if known else NOBODY, "period": period, "own": own}
    frames = [framed(*asked(snapshot, sql, given)) for sql in (NAMES, LOANS, COURSE, RIGHTS)]
    listed = may_see(viewer, "key_firms")
    held = {"uscc": uscc if listed else "", "period": period, "district": None}
    return Firm(uscc, *frames, framed(*asked(snapshot, KEY_FIRM, held)), framed(*asked(snapshot, CASES, given)))


def firms_named(viewer: Viewer, snapshot: Snapshot, period: str, text: str) -> pd.DataFrame:
    """One row a firm whose name or credit code holds the text: `uscc, name, banks, balance` (万元)`, listed` (as a key
    firm); the greatest balance first, at most MOST_FIRMS. As far as the viewer may see loans. Raises AccessDenied."""
    given = {"text": text, "period": period, "own": own_only(viewer, AREA), "listed": may_see(viewer, "key_firms")}
    return framed(*asked(snapshot, NAMED, given | {"most": MOST_FIRMS}))


def pledges(viewer: Viewer, snapshot: Snapshot, period: str, right_no: str) -> pd.DataFrame:
    """One row a loan that a right was listed for up to a period, the outstanding ones first: whose, since when, its
    term beside the loan's; `beyond`: by how many days the right outlives the loan (below 0: it ends before).

    A viewer held to its own reads its own loans alone. Raises AccessDenied.
    """
    own = own_only(viewer, AREA)
    return framed(*asked(snapshot, PLEDGES, {"right_no": right_no, "period": period, "own": own}))
