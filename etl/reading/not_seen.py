"""What is filed though nobody who looks at a sheet sees it: hidden sheets, hidden or filtered rows, hidden columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from etl.sheets.grids import Grid, are_filled, column_letters

MOST_RANGES = 10  # of rows or columns, named in one finding


def not_seen(
    grid: Grid, data_rows: Sequence[int], columns: Mapping[int, pa.DictionaryArray]
) -> Iterator[tuple[str, int | None, str]]:
    """(check, row, where) of what a form's table holds unseen: one each of its sheet, its rows and its columns.

    `data_rows` are as a person counts them, `columns` the declared ones by position, from 0.
    """
    if grid.hidden and data_rows:
        yield "hidden_sheet", None, grid.name
    rows = [row for row in data_rows if row in grid.hidden_rows]
    if rows:
        yield "hidden_rows", rows[0], f"第{ranges(rows)}行（共{len(rows)}行）"
    places = [
        place for place, cells in columns.items() if place in grid.hidden_columns and pc.any(are_filled(cells)).as_py()
    ]
    if places:
        yield "hidden_columns", None, f"{ranges(places, column_letters)}列（共{len(places)}列）"


def ranges(numbers: Sequence[int], name: Callable[[int], str] = str) -> str:
    """Numbers in order, runs of them by their ends: `5—7、9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    told = "、".join("—".join(map(name, run)) for run in runs[:MOST_RANGES])
    return told + ("等" if len(runs) > MOST_RANGES else "")
