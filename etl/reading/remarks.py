"""Reasons that come back in the marked workbook: its sheets' names, and what stands beside findings."""

from __future__ import annotations

from dataclasses import dataclass

from etl.sheets.grids import UNREADABLE, Grid

MARK = "【校验反馈】"  # the first words of a sheet that the marked workbook adds: no sheet of the submitter's own
BLOCKERS, SUMMARY, RESULT, RULES = "须改正", "校验汇总", "校验结果", "校验规则"
KEY_HEADER, REASON_HEADER = "问题标识", "说明原因"
# What tells which finding a row is about, beside its key: header → field of `Remark`.
ABOUT = {"校验编号": "check", "所在记录": "record", "填报值": "value", "对照值": "expected"}
OBJECTION = "异议"  # a reason that begins so contests the finding instead of explaining it
HEADER_SEARCH_ROWS = 20
MOST_CHARACTERS = 500


@dataclass(frozen=True)
class Remark:
    """What a submitter has written beside one finding: the finding's stable key, and what the row says of it."""

    key: str
    reason: str
    check: str
    record: str
    value: str
    expected: str


def is_feedback(grid: Grid) -> bool:
    """Whether a sheet is one that the marked workbook added; such a sheet is never a form."""
    return any((cell or "").startswith(MARK) for _, cells in grid.rows(0, 1) for cell in cells[:1])


def remarks_of(grid: Grid) -> tuple[Remark, ...]:
    """The reasons that stand in a results sheet, a key once (its first); none in any other sheet."""
    if not is_feedback(grid):
        return ()
    headers = [[(cell or "").strip() for cell in cells] for _, cells in grid.rows(0, HEADER_SEARCH_ROWS)]
    wanted = {KEY_HEADER: "key", REASON_HEADER: "reason"} | ABOUT
    top = next((row for row, cells in enumerate(headers) if set(wanted) <= set(cells)), None)
    if top is None:
        return ()
    places = {name: headers[top].index(header) for header, name in wanted.items()}
    remarks: dict[str, Remark] = {}
    for _, cells in grid.rows(top + 1):
        texts = {name: (cells[at] or "").strip() if at < len(cells) else "" for name, at in places.items()}
        if texts["key"] and texts["reason"] and not texts["reason"].startswith(UNREADABLE):
            remarks.setdefault(texts["key"], Remark(**texts))
    return tuple(remarks.values())
