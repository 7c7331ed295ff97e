"""What of scores is open to whom: to the Bureau all, to a member its own of rounds that have come to its hearing."""

from __future__ import annotations

from contract.round_steps import FEEDBACK
from contract.viewer import Viewer
from metrics.warnings.rules import rules

TOTAL = "total"
DISCLOSED = f"""(SELECT period FROM "round" WHERE step = '{FEEDBACK}')"""
# The round that a period stands under: its own where it ends a quarter, else the one before.
LATEST_ROUND = """CASE
    WHEN right({0}, 2) < '03' THEN (CAST(left({0}, 4) AS INTEGER) - 1) || '-12'
    ELSE left({0}, 5) || lpad(CAST(CAST(right({0}, 2) AS INTEGER) // 3 * 3 AS TEXT), 2, '0')
END"""


def open_scores(viewer: Viewer, table: str) -> str:
    """A table of scores by period as the viewer may read it: for those outside the Bureau, disclosed rounds alone."""
    return table if viewer.bureau else f"(SELECT * FROM {table} WHERE period IN {DISCLOSED})"


def open_triggers(viewer: Viewer, table: str, period: str = "period") -> str:
    """A table of triggers as the viewer may read it: what a score raised follows with the disclosure of its round."""
    if viewer.bureau:
        return table
    by_score = ", ".join(f"'{rule.id}'" for rule in rules() if rule.value == TOTAL)
    disclosed = f"{LATEST_ROUND.format(period)} IN {DISCLOSED}"
    return f"(SELECT * FROM {table} WHERE rule NOT IN ({by_score}) OR {disclosed})"
