"""List decisions of the demonstration, each borne out by its figures: `data/demo/decisions.csv`."""

from __future__ import annotations

from etl.declarations import read_rows
from etl.demo.tables import FOLDER
from etl.ledger import Entry

COLUMNS = ("kind", "subject", "effective_on", "document_no", "reason", "proposer", "approver")


def demonstration_decisions() -> list[Entry]:
    """The decisions after admission, in the order of their effective dates."""
    rows = read_rows(FOLDER / "decisions.csv", *COLUMNS)
    return [Entry("decision", row["proposer"], row["subject"], row) for row in rows]
