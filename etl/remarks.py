"""Reasons that come back in the marked workbook: its sheets' names, and what a submitter has written beside findings."""

from __future__ import annotations

from dataclasses import dataclass

from etl.grids import UNREADABLE, Grid

MARK = "【校验反馈】"  # the first words of a sheet that the marked workbook adds: no sheet of the submitter's own
BLOCKERS, SUMMARY, RESULT, RULES = "须改正", "校验汇总", "校验结果", "校验规则"
KEY_HEADER, REASON_HEADER = "问题标识", "说明原因"
OBJECTION = "异议"  # a reason that begins so contests the finding instead of explaining it
HEADER_SEARCH_ROWS = 20
MOST_CHARACTERS = 500


@dataclass(frozen=True)
class Remark:
    """What a submitter has written beside one finding, which its stable key names."""

    key: str
    reason: str


def is_feedback(grid: Grid) -> bool:
    """Whether a sheet is one that the marked workbook added; such a sheet is never a form."""
    first = next((cells[0] for _, cells in grid.rows if cells), None)
    return (first or "").startswith(MARK)


def remarks_of(grid: Grid) -> tuple[Remark, ...]:
    """The reasons that stand in a results sheet, a key once (its first); none in any other sheet."""
    headers = [[(cell or "").strip() for cell in cells] for _, cells in grid.rows[:HEADER_SEARCH_ROWS]]
    found = next((row for row, cells in enumerate(headers) if {KEY_HEADER, REASON_HEADER} <= set(cells)), None)
    if found is None or not is_feedback(grid):
        return ()
    key_at, reason_at = headers[found].index(KEY_HEADER), headers[found].index(REASON_HEADER)
    remarks: dict[str, Remark] = {}
    for _, cells in grid.rows[found + 1 :]:
        key, reason = ((cells[at] or "").strip() if at < len(cells) else "" for at in (key_at, reason_at))
        if key and reason and not reason.startswith(UNREADABLE):
            remarks.setdefault(key, Remark(key, reason[:MOST_CHARACTERS]))
    return tuple(remarks.values())
