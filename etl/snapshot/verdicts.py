"""The step of a snapshot after all checks: what was said about each finding, and the verdicts that follow."""

from __future__ import annotations

import duckdb

from etl.feedback.explanations import KINDS, settle
from etl.snapshot.context import BuildContext


def build(connection: duckdb.DuckDBPyConnection, context: BuildContext) -> None:
    """Adds the table `explanation`, one row a finding, and sets each version's verdict.

    A version with open questions is `questions`: its cover's note, or the Bureau's confirmation of each, closes them.
    One on which a rule broke stays so until the rule has judged it, or is switched off.
    """
    settle(connection, context.ledger.events(*KINDS))
