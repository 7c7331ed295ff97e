"""A finding as it is kept and shown: its columns, the names that stay stable, and the order in which it is given."""

from __future__ import annotations

from collections.abc import Mapping

FINDING_COLUMNS = (
    "form",
    "sheet",
    "row_no",
    "column_code",
    "value",
    "level",
    "check_id",
    "message",
    "advice",
    "expected",
    "category",
    "record",
)
FINDING_ORDER = "array_position(['S', 'V', 'Q', 'M'], level), form, row_no NULLS FIRST, column_code, check_id"
FINDING_NAMES = {"row_no": "row", "column_code": "column", "check_id": "check"}
FINDING_FIELDS = tuple(FINDING_NAMES.get(name, name) for name in FINDING_COLUMNS)


def in_stable_names(finding: Mapping[str, object]) -> dict:
    """A finding of `FINDING_COLUMNS` in the names in which it is given to the submitter, `FINDING_FIELDS`."""
    return {FINDING_NAMES.get(name, name): value for name, value in finding.items()}
