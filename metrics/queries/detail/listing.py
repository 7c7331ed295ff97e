"""The rows of a selection, a page at a time, with the file that each came in; and what all of them add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from contract.errors import CallError
from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot, reading
from metrics.indicators.wide_sets import aggregate
from metrics.queries.detail.kinds import columns_of
from metrics.queries.detail.selection import Selection, conditions, open_columns, shown_columns

PAGE_ROWS = 50
EXPORT_ROWS = 20_000  # in one file
# Where a row stands: column → name, as every list of rows has it after its own columns.
ORIGIN = {
    "file_name": "文件",
    "version": "报送版本",
    "received_at": "收到时间",
    "sheet": "工作表",
    "row_no": "行号",
}


@dataclass(frozen=True)
class Sums:
    """What all rows of a selection come to. `sums`: column → sum, exact. `firms`: None where the rows know none.
    `figure`: what the aggregate of the figure gives on them, None for no figure."""

    rows: int
    sums: Mapping[str, Decimal]
    firms: int | None
    figure: Decimal | None


def asked(snapshot: Snapshot, sql: str, given: Mapping[str, object]) -> tuple[list[str], list[tuple]]:
    """Columns and rows of a statement, decimals exact. Raises OlderVersion where an older program published it."""
    with reading(snapshot) as connection:
        cursor = connection.execute(sql, given)
        return [column[0] for column in cursor.description], cursor.fetchall()


def framed(columns: list[str], rows: list[tuple]) -> pd.DataFrame:
    """The same as a frame of plain objects: decimals stay exact, an absent cell is none."""
    return pd.DataFrame(rows, columns=columns, dtype=object)


def sums(viewer: Viewer, snapshot: Snapshot, selection: Selection) -> Sums:
    """What all rows of the selection come to; its order, columns and page are of no account.

    Raises AccessDenied, CallError as `selection.check`.
    """
    where, given = conditions(viewer, selection)
    kind, known = selection.declared, open_columns(viewer, selection)
    added = [code for code in kind.sums if code in known]
    wanted = ["count(*)", *(f"coalesce(sum({code}), 0)" for code in added)]
    wanted.append(f"count(DISTINCT {kind.firms})" if kind.firms else "NULL")
    term = selection.term
    wanted.append(f"coalesce({aggregate(selection.relation, term.expression)[0]}, 0)" if term else "NULL")
    _, [(count, *amounts, firms, figure)] = asked(snapshot, f"SELECT {', '.join(wanted)} FROM {where}", given)
    totals = {code: Decimal(amount) for code, amount in zip(added, amounts, strict=True)}
    return Sums(count, totals, firms, None if figure is None else Decimal(figure))


def listed(viewer: Viewer, snapshot: Snapshot, selection: Selection) -> pd.DataFrame:
    """The selection's page: one row a row of a submission, its shown columns and those of ORIGIN; values as stored.

    Ordered by the column asked for, then as the rows stand in the submissions. Raises as `selection.check`, and
    CallError for a page before the first.
    """
    if selection.page < 1:
        raise CallError("页码从1起")
    return _rows(viewer, snapshot, selection, PAGE_ROWS, PAGE_ROWS * (selection.page - 1))


def exported(viewer: Viewer, snapshot: Snapshot, selection: Selection) -> pd.DataFrame:
    """All rows of the selection, for a file. Raises CallError where they are more than EXPORT_ROWS."""
    count = sums(viewer, snapshot, selection.rows).rows
    if count > EXPORT_ROWS:
        raise CallError(too_many(count))
    return _rows(viewer, snapshot, selection, EXPORT_ROWS, 0)


def too_many(count: int) -> str:
    """Why so many rows are not given out in one file, and what to do."""
    return f"共{count:,}行，超过一次导出的上限{EXPORT_ROWS:,}行：请先按机构、地区或日期筛选，分次导出"


def _rows(viewer: Viewer, snapshot: Snapshot, selection: Selection, limit: int, offset: int) -> pd.DataFrame:
    where, given = conditions(viewer, selection)
    known = columns_of(selection.relation)
    shown = shown_columns(viewer, selection)
    by = selection.sort.removeprefix("-")
    order = [f"{known[by].code} {'DESC' if selection.sort.startswith('-') else 'ASC'} NULLS LAST"] if by else []
    # First where the page's rows stand, by which all rows are ordered; then those few rows with all that is shown.
    _, places = asked(
        snapshot,
        f"SELECT submission_id, row_no FROM {where} ORDER BY {', '.join([*order, 'submission_id', 'row_no'])} "
        "LIMIT $limit OFFSET $offset",
        given | {"limit": limit, "offset": offset},
    )
    ids, lines = ([place[end] for place in places] for end in (0, 1))
    kept = dict.fromkeys([*shown, "submission_id", "sheet", "row_no", *_followed(selection)])
    columns, rows = asked(
        snapshot,
        f"""
        SELECT {", ".join(f"page.{code}" for code in kept)}, file.file_name, file.version, file.received_at
        FROM {selection.relation.view} AS page
        JOIN (
            SELECT unnest(CAST($ids AS INTEGER[])) AS submission_id, unnest(CAST($lines AS INTEGER[])) AS row_no,
                unnest(range(len($ids))) AS position
        ) AS place ON place.submission_id = page.submission_id AND place.row_no = page.row_no
        LEFT JOIN submission AS file ON file.submission_id = page.submission_id
        WHERE page.period = $period AND {_only("page.submission_id", ids)} AND {_only("page.row_no", lines)}
        ORDER BY place.position
        """,
        {"ids": ids, "lines": lines, "period": selection.period},
    )
    return framed(columns, rows)


def _only(column: str, numbers: Sequence[int]) -> str:
    """That a column holds one of these. As constants the database skips by them whatever cannot hold one, which it does
    not by a join: of ten million rows that is ten times the work."""
    return f"{column} IN ({', '.join(map(str, sorted(set(numbers))))})" if numbers else "false"


def _followed(selection: Selection) -> list[str]:
    """The columns by which a row leads on: to its firm, its right."""
    return [code for code in ("uscc", "right_no") if code in columns_of(selection.relation)]
