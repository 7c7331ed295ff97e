"""What a submitter signs and seals after a version was accepted: what was received, its totals, a check code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contract.declarations import forms
from contract.errors import CallError
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from ledger.guard.chain import words
from metrics.queries.door import rows
from metrics.queries.filing.versions import version
from metrics.queries.members.roster import members


@dataclass(frozen=True)
class SealPage:
    """One accepted version. `forms`: a form that came (code and name) and its data rows; `balance` of B1 in 万元.

    `check_code` is taken from the receipt's hash in the ledger, which covers all that is said here; `witness` is the
    ledger's head on which the data version was built, in words.
    """

    submission_id: int
    submitter: str
    name: str
    period: str
    version: int
    received_at: datetime
    file_name: str
    content_hash: str
    rule_book: str
    forms: tuple[tuple[str, int], ...]
    balance: Decimal | None
    preparer: str
    reviewer: str
    officer: str
    phone: str
    check_code: str
    demonstration: bool
    witness: str

    @property
    def paper_name(self) -> str:
        """Under which the page is saved as Word."""
        return f"盖章页_{self.period}_{self.submitter}_第{self.version}版.docx"


def seal_page(viewer: Viewer, snapshot: Snapshot, submission_id: int) -> SealPage:
    """The page of one version.

    Raises:
        AccessDenied: the version is another's.
        CallError: there is no such version, or it was returned.
    """
    received = version(viewer, snapshot, submission_id)
    if received["verdict"] == "returned":
        raise CallError(f"{received['submitter']}在{received['period']}的第{received['version']}版已退回，没有盖章页")
    this = {"id": submission_id}
    came = rows(snapshot, "SELECT form, data_rows FROM version_form WHERE submission_id = $id", this)
    counts = dict(came.itertuples(index=False, name=None))
    loans = rows(snapshot, "SELECT CAST(sum(balance) AS TEXT) AS balance FROM fact_B1 WHERE submission_id = $id", this)
    event = rows(snapshot, "SELECT event_hash FROM version WHERE submission_id = $id", this).iloc[0]["event_hash"]
    head = rows(snapshot, "SELECT ledger_seq, ledger_hash FROM snapshot", {}).iloc[0]
    code = event.rpartition(":")[2][:16].upper()
    return SealPage(
        submission_id,
        received["submitter"],
        members(viewer, snapshot, code=received["submitter"]).iloc[0]["name"],
        received["period"],
        int(received["version"]),
        received["received_at"].to_pydatetime(),
        received["file_name"],
        received["content_hash"],
        received["rule_book"],
        tuple((form.sheet, int(counts[form.code])) for form in forms().values() if form.code in counts),
        Decimal(loans.iloc[0]["balance"] or 0) if "B1" in counts else None,
        *(received[person] or "" for person in ("preparer", "reviewer", "officer", "phone")),
        "-".join(code[place : place + 4] for place in range(0, len(code), 4)),
        snapshot.demonstration,
        words(int(head["ledger_seq"]), head["ledger_hash"]),
    )
